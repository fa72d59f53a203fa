import Formats
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> Value { try JSON.parse(Array(text.utf8)) }

  @Test(arguments: [
    ("null", Value.null), (" true ", .boolean(true)), ("-12", .integer(-12)), ("1.5e3", .number(1500)),
    ("\"a\\n\\u00e9\\ud83d\\ude00\"", .string("a\né😀")),
    ("[1,[],{}]", .array([.integer(1), .array([]), .table([:])])),
    ("{\"a\":{\"b\":[false]}}", .table(["a": .table(["b": .array([.boolean(false)])])])),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)),
  ])
  func reads(text: String, value: Value) throws { #expect(try parse(text) == value) }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "1.", "+1", ".5", "1e", "nul", "\"\\x\"", "\"a",
    "[1] 2",
    "{a:1}", "\"\\ud800\"", "1e999", "NaN", "\"\u{1}\"", "'a'",
  ])
  func refuses(text: String) { #expect(throws: JSON.SyntaxError.self) { try parse(text) } }

  @Test func refusesNestingWithoutEnd() {
    #expect(throws: JSON.SyntaxError.self) { try parse(String(repeating: "[", count: 100_000)) }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    let value = Value.table([
      "z": .number(0.1), "a": .array([.null, .integer(.min), .string("\"\\\u{1F}\u{7F}é")]), "t": .table([:]),
    ])
    #expect(try parse(JSON.line(value)) == value)
    #expect(JSON.line(.array([.number(.nan), .number(.infinity), .number(2)])) == "[null,null,2.0]")
  }

  @Test func everyOneByteChangeIsReadOrRefused() {
    let bytes = Array("{\"a\":[1,2.5,\"x\\n\"],\"b\":null}".utf8)
    for index in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = bytes
        changed[index] = byte
        _ = try? JSON.parse(changed)
      }
      _ = try? JSON.parse(Array(bytes[..<index]))
    }
  }
}
