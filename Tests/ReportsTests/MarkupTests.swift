import Reports
import Testing

@Suite struct MarkupTests {
  @Test func whatComesInIsEscaped() {
    let hostile = "</title><script>alert('x' & \"y\")</script>"
    let page = Markup.tag("p", ["title": hostile], .text(hostile))
    let escaped =
      "&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;"
    #expect(page.source == "<p title=\"\(escaped)\">\(escaped)</p>")
  }

  @Test func charactersThatNoDocumentMayHoldAreReplaced() {
    #expect(Markup.text("a\u{0}b\u{1B}c\u{FFFE}d\te").source == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\te")
  }

  @Test func interpolationIsEscapedToo() {
    let name = "<b>"
    let piece: Markup = "run \(name)"
    #expect(piece.source == "run &lt;b&gt;")
  }

  @Test func emptyElementsHaveAnEndUnlessTheyNeedNone() {
    #expect(Markup.tag("td").source == "<td></td>")
    #expect(Markup.tag("meta", ["charset": "utf-8"]).source == "<meta charset=\"utf-8\"/>")
  }
}
