import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What a strict reader of XML makes of a document.
final class Reader: NSObject, XMLParserDelegate {
  /// The names of the elements, in order.
  private(set) var elements: [String] = []
  /// Their attributes.
  private(set) var attributes: [(name: String, value: String)] = []
  /// All text.
  private(set) var text = ""

  init(_ document: String) throws {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    let isWhole = parser.parse()
    try #require(isWhole, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(name)
    self.attributes += attributes.map { ($0.key, $0.value) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
