import Drawing
import Foundation

extension Figure {
  /// The figure as the bytes of a PNG file on light paper, with `scale` pixels for each logical one. Throws where there
  /// is nothing to draw with.
  public func png(scale: Double = 2) throws -> Data {
    let canvas = try Canvas(
      width: Int((width * scale).rounded()), height: Int((height * scale).rounded()), scale: scale)
    canvas.clear(Color(0xFFFFFF))
    for mark in marks { Self.paint(mark, on: canvas) }
    return try canvas.png()
  }

  private static func paint(_ mark: Mark, on canvas: Canvas) {
    switch mark {
    case .line(let points, let ink, let width, let dashes):
      canvas.line(points.map(place), color(ink), width: width, dashes: dashes)
    case .band(let points, let ink): canvas.fill(points.map(place), color(ink).faded(0.18))
    case .disc(let center, let radius, let ink, _): canvas.disc(at: place(center), radius: radius, color(ink))
    case .box(let box, let ink, _):
      canvas.fill(CGRect(x: box.x, y: box.y, width: box.width, height: box.height), color(ink))
    case .text(let text, let point, let size, let anchor, let ink, let isBold):
      canvas.text(text, at: place(point), Font(size, bold: isBold), color(ink), alignment(anchor))
    }
  }

  private static func place(_ point: Point) -> CGPoint { CGPoint(x: point.x, y: point.y) }
  private static func color(_ ink: Ink) -> Color { Color(ink.colors.light) }

  private static func alignment(_ anchor: Anchor) -> TextAlignment {
    switch anchor {
    case .start: .leading
    case .middle: .center
    case .end: .trailing
    }
  }
}
