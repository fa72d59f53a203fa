import Foundation
import Scenes

/// The boxes that a picture is made of.
enum Panel {
  /// Draws a box with a title and, to the right of it, a detail.
  static func draw(
    _ title: String, _ detail: String? = nil, color: Color = Theme.text, on canvas: Canvas, in box: CGRect
  ) {
    canvas.fill(box, Theme.panel, radius: 8)
    canvas.text(title, at: CGPoint(x: box.minX + 14, y: box.minY + 23), Font(14, bold: true), color)
    guard let detail else { return }
    canvas.text(detail, at: CGPoint(x: box.maxX - 14, y: box.minY + 23), Font(13), Theme.dimText, .trailing)
  }

  /// What a box has room for below its title, less `footer` at the bottom.
  static func space(of box: CGRect, footer: Double = 0) -> CGRect {
    CGRect(
      x: box.minX + 12, y: box.minY + 36, width: box.width - 24, height: max(box.height - 48 - footer, 1))
  }

  /// One thing in a column of boxes.
  struct Section {
    let title: String
    /// How much of the height it takes compared with the others.
    let weight: Double
    /// What its colours mean.
    var key: ColorKey?
    let draw: (CGRect) -> Void
  }

  /// Draws boxes one below the other.
  static func draw(_ sections: [Section], on canvas: Canvas, in box: CGRect) {
    for (section, part) in zip(sections, boxes(sections.map(\.weight), in: box)) {
      draw(section.title, on: canvas, in: part)
      section.key?.draw(on: canvas, endingAt: CGPoint(x: part.maxX - 14, y: part.minY + 23))
      section.draw(space(of: part))
    }
  }

  /// Boxes one below the other, as high as their weights say.
  static func boxes(_ weights: [Double], in box: CGRect) -> [CGRect] {
    let spacing = 12.0
    let height = box.height - spacing * Double(weights.count - 1)
    var top = box.minY
    return weights.map { weight in
      let part = CGRect(
        x: box.minX, y: top, width: box.width, height: height * weight / weights.reduce(0, +))
      top = part.maxY + spacing
      return part
    }
  }

  /// Boxes of equal width beside one another.
  static func columns(_ count: Int, in box: CGRect) -> [CGRect] {
    let spacing = 12.0
    let width = (box.width - spacing * Double(count - 1)) / Double(count)
    return (0..<count).map { index in
      CGRect(
        x: box.minX + Double(index) * (width + spacing), y: box.minY, width: width, height: box.height)
    }
  }

  /// A world that nobody acts in yet, and why.
  static func drawExpectation(_ reason: String, on canvas: Canvas, in space: CGRect) {
    canvas.fill(space, Theme.panel.faded(0.75))
    canvas.text(reason, at: CGPoint(x: space.midX, y: space.midY + 5), Font(15), Theme.text, .center)
  }

  /// What could be known of the task.
  static func drawBelief(_ belief: Scene, on canvas: Canvas, in space: CGRect) {
    let viewport = Viewport(belief.bounds, in: space)
    canvas.clipped(to: viewport.frame, radius: 3, around: Theme.panel) {
      ScenePainter(canvas: canvas, viewport: viewport).paint(belief)
    }
  }
}
