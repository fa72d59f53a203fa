import Foundation
import Runs

extension Figure {
  /// The figure as an element of a page that has `StyleSheet`.
  public var markup: Markup {
    .element(
      "svg",
      [
        .init("viewBox", "0 0 \(Self.number(width)) \(Self.number(height))"), .init("role", "img"),
        .init("aria-label", summary.isEmpty ? title : "\(title): \(summary)"),
      ], marks.map(Self.markup))
  }

  /// The figure as a file of its own, which is light or dark as the reader prefers.
  public var svg: String {
    let attributes: [Markup.Attribute] = [
      .init("xmlns", "http://www.w3.org/2000/svg"), .init("width", Self.number(width)),
      .init("height", Self.number(height)),
      .init("viewBox", "0 0 \(Self.number(width)) \(Self.number(height))"),
      .init("role", "img"),
    ]
    let paper = Markup.tag("rect", ["width": "100%", "height": "100%", "class": "paper"])
    let document = Markup.element(
      "svg", attributes,
      [.tag("title", [:], .text(title)), .tag("style", [:], StyleSheet.inks), paper] + marks.map(Self.markup))
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.source + "\n"
  }

  private static func markup(_ mark: Mark) -> Markup {
    switch mark {
    case .line(let points, let ink, let width, let dashes):
      var attributes = stroke(ink) + [.init("points", list(points)), .init("stroke-width", number(width))]
      if !dashes.isEmpty {
        attributes.append(.init("stroke-dasharray", dashes.map(number).joined(separator: " ")))
      }
      return .element("polyline", attributes, [])
    case .band(let points, let ink):
      return .element("polygon", [.init("class", "band \(ink.name)"), .init("points", list(points))], [])
    case .disc(let center, let radius, let ink, let note):
      return .element(
        "circle",
        fill(ink) + [
          .init("cx", number(center.x)), .init("cy", number(center.y)), .init("r", number(radius)),
        ], title(note))
    case .box(let box, let ink, let note):
      return .element(
        "rect",
        fill(ink) + [
          .init("x", number(box.x)), .init("y", number(box.y)), .init("width", number(box.width)),
          .init("height", number(box.height)),
        ], title(note))
    case .text(let text, let point, let size, let anchor, let ink, let isBold):
      var attributes =
        fill(ink) + [
          .init("x", number(point.x)), .init("y", number(point.y)), .init("font-size", number(size)),
        ]
      if anchor != .start { attributes.append(.init("text-anchor", anchor.rawValue)) }
      if isBold { attributes.append(.init("font-weight", "600")) }
      return .element("text", attributes, [.text(text)])
    }
  }

  private static func stroke(_ ink: Ink) -> [Markup.Attribute] { [.init("class", "line \(ink.name)")] }

  private static func fill(_ ink: Ink) -> [Markup.Attribute] {
    switch ink {
    // Quantities have colours between those that a style sheet can list.
    case .heat, .onHeat: [.init("fill", Ink.code(ink.colors.light))]
    default: [.init("class", "fill \(ink.name)")]
    }
  }

  private static func title(_ note: String) -> [Markup] {
    note.isEmpty ? [] : [.tag("title", [:], .text(note))]
  }

  private static func list(_ points: [Point]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// A coordinate with two digits at most.
  static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    guard rounded.isFinite, abs(rounded) < 1e9 else { return "0" }
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(format: "%g", rounded)
  }
}
