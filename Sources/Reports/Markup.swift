/// A piece of HTML or SVG.
///
/// Names of elements and attributes are literals of this program. Whatever else goes in, text and values of attributes,
/// is escaped when it is written, so that no name of a run or text of a file can become markup.
public indirect enum Markup: Sendable {
  /// An element with its attributes, in order, and what is in it.
  case element(StaticString, [Attribute], [Markup])
  /// Text.
  case text(String)
  /// Rules of style, which HTML does not unescape; only literals can be.
  case style(StaticString)
  /// Pieces in a row.
  case group([Markup])

  /// The name of an attribute and its value.
  public struct Attribute: Sendable {
    let name: StaticString
    let value: String

    /// An attribute.
    public init(_ name: StaticString, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// An element.
  public static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: [Markup] = []
  ) -> Markup {
    .element(name, attributes.map { Attribute($0.key, $0.value) }, children)
  }

  /// An element around one piece.
  public static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ child: Markup
  ) -> Markup {
    tag(name, attributes, [child])
  }

  /// The elements that have no end in HTML.
  private static let voidNames: Set = ["meta", "br", "hr", "col", "link"]

  /// The text of the file, as both HTML and XML read it.
  public var source: String {
    var result = ""
    write(to: &result)
    return result
  }

  private func write(to result: inout String) {
    switch self {
    case .text(let text): result += Self.escaped(text)
    case .style(let rules): result += "\(rules)"
    case .group(let pieces): for piece in pieces { piece.write(to: &result) }
    case .element(let name, let attributes, let children):
      result += "<\(name)"
      for attribute in attributes { result += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
      guard !children.isEmpty || !Self.voidNames.contains("\(name)") else {
        result += "/>"
        return
      }
      result += ">"
      for child in children { child.write(to: &result) }
      result += "</\(name)>"
    }
  }

  /// `text` without the characters that mean something in markup; those that no document may hold become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Markup: ExpressibleByStringInterpolation {
  /// Text.
  public init(stringLiteral text: String) { self = .text(text) }
}
