import Formats
import Testing

@Suite struct PrintableTests {
  @Test(arguments: [
    ("grün → 5 × 5, \u{1F600}", "grün → 5 × 5, \u{1F600}"), ("a\nb\tc\r\n", "a\\nb\\tc\\r\\n"),
    ("\u{1B}[31m", "\\u001B[31m"), ("\u{9B}1m\u{7F}", "\\u009B1m\\u007F"),
    ("\u{202E}abc\u{2066}\u{2028}", "\\u202Eabc\\u2066\\u2028"), ("\0\u{FFFF}", "\\u0000\\uFFFF"),
  ])
  func nothingIsObeyed(text: String, shown: String) {
    #expect(printable(text) == shown)
    #expect(Failure(.usage, text).description == shown)
  }

  @Test func linesStayLines() {
    #expect(printableLines("a\u{7}\n\tb\n") == "a\\u0007\n\tb\n")
  }

  @Test func documentsHoldTheSameText() throws {
    let text = "a\u{1B}\u{9B}\u{202E}\n\"\\b"
    #expect(try JSON.parse(Array(JSON.line(.string(text)).utf8)) == .string(text))
    #expect(try TOML.parse(TOML.document(["key": .string(text)]), file: "x")["key"] == .string(text))
    #expect(printable(JSON.line(.string(text))) == JSON.line(.string(text)))
  }

  @Test func aNameIsOnePartOfAPath() {
    for name in ["gridnavi", "größe 1", "a.b"] { #expect(DurableFile.isName(name)) }
    for name in ["", ".", "..", ".a", "a/b", "/", "a\nb", "a\u{202E}b", String(repeating: "a", count: 201)] {
      #expect(!DurableFile.isName(name))
    }
  }
}
