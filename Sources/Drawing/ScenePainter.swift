import Foundation
import Scenes

/// Paints the shapes of scenes.
struct ScenePainter {
  let canvas: Canvas
  let viewport: Viewport

  /// Paints all shapes.
  func paint(_ scene: Scene) { paint(scene.shapes[...]) }

  /// The shapes below the agent, and the agent with all above it.
  static func layers(of scene: Scene) -> (below: ArraySlice<Scene.Shape>, above: ArraySlice<Scene.Shape>) {
    let first = scene.shapes.firstIndex { $0.role == .agent } ?? scene.shapes.endIndex
    return (scene.shapes[..<first], scene.shapes[first...])
  }

  /// Paints some shapes.
  func paint(_ shapes: ArraySlice<Scene.Shape>) {
    for shape in shapes { paint(shape) }
  }

  private func paint(_ shape: Scene.Shape) {
    switch shape {
    case .circle(let center, let radius, let role, let finish):
      paintCircle(viewport.point(center), max(Double(radius) * viewport.scale, 2), role, finish)
    case .rectangle(let rectangle, let role, let finish):
      paint(viewport.rectangle(rectangle), role, finish)
    case .polygon(let points, let role, let finish):
      paintPolygon(points.map(viewport.point), role, finish)
    case .path(let points, let role, let width):
      canvas.line(points.map(viewport.point), Theme.color(of: role), width: lineWidth(width, role))
    case .arrow(let start, let end, let role, let width):
      arrow(
        from: viewport.point(start), to: viewport.point(end), Theme.color(of: role),
        width: lineWidth(width, role))
    case .text(let text, let point, let height, let alignment, let role):
      paint(text, at: viewport.point(point), height: Double(height) * viewport.scale, alignment, role)
    case .heatMap(let values, let columnCount, let rectangle):
      paintHeatMap(values, columnCount: columnCount, over: viewport.rectangle(rectangle))
    }
  }

  private func lineWidth(_ width: Float?, _ role: Scene.Role) -> Double {
    guard let width else { return role == .grid ? 1 : 1.5 }
    return max(Double(width) * viewport.scale, 0.5)
  }

  private func opacity(of finish: Scene.Finish) -> Double {
    switch finish {
    case .filled: 1
    case .tinted: 0.35
    case .outlined: 0
    }
  }

  private func paintCircle(_ center: CGPoint, _ radius: Double, _ role: Scene.Role, _ finish: Scene.Finish) {
    let color = Theme.color(of: role)
    canvas.disc(at: center, radius: radius, color.faded(opacity(of: finish)))
    if role == .agent { canvas.circle(at: center, radius: radius, Theme.background, width: 1.5) }
    if finish != .filled { canvas.circle(at: center, radius: radius, color, width: 1.5) }
    if role == .hazard && finish != .outlined {
      paintCross(at: center, reach: 0.5 * radius, finish)
    }
  }

  /// Who sees no colours knows by it what costs or ends.
  private func paintCross(at center: CGPoint, reach: Double, _ finish: Scene.Finish) {
    guard reach > 1.5 else { return }
    let color = finish == .filled ? Theme.background : Theme.hazard
    for sign in [-1.0, 1] {
      let start = CGPoint(x: center.x - reach, y: center.y - sign * reach)
      let end = CGPoint(x: center.x + reach, y: center.y + sign * reach)
      canvas.line([start, end], color, width: min(2, 0.4 * reach))
    }
  }

  private func paint(_ rectangle: CGRect, _ role: Scene.Role, _ finish: Scene.Finish) {
    let color = Theme.color(of: role)
    canvas.fill(rectangle, color.faded(opacity(of: finish)))
    if finish != .filled { canvas.stroke(rectangle.insetBy(dx: 1, dy: 1), color, width: 2) }
    if role == .hazard && finish != .outlined {
      let reach = 0.25 * min(rectangle.width, rectangle.height)
      paintCross(at: CGPoint(x: rectangle.midX, y: rectangle.midY), reach: reach, finish)
    }
  }

  private func paintPolygon(_ points: [CGPoint], _ role: Scene.Role, _ finish: Scene.Finish) {
    let color = Theme.color(of: role)
    canvas.fill(points, color.faded(opacity(of: finish)))
    if finish != .filled { canvas.stroke(points, color, width: 1.5) }
  }

  private func paint(
    _ text: String, at point: CGPoint, height: Double, _ alignment: Scene.Alignment, _ role: Scene.Role
  ) {
    let textAlignment: TextAlignment =
      switch alignment {
      case .leading: .leading
      case .center: .center
      case .trailing: .trailing
      }
    guard height >= Self.leastHeight else { return }
    let size = max(height, 8)
    guard size == height || fits(text, at: point, Font(size), textAlignment) else { return }
    // Capitals are about 0.73 of the size high.
    let base = CGPoint(x: point.x, y: point.y + size * 0.36)
    canvas.text(text, at: base, Font(size), Theme.color(of: role), textAlignment)
  }

  /// Letters that are meant to be lower than this, in logical pixels, would cover all else if they could be read.
  private static let leastHeight = 4.0

  /// Whether a text that had to be enlarged still lies within the world.
  private func fits(_ text: String, at point: CGPoint, _ font: Font, _ alignment: TextAlignment) -> Bool {
    let width = canvas.width(of: text, font)
    let left =
      switch alignment {
      case .leading: point.x
      case .center: point.x - width / 2
      case .trailing: point.x - width
      }
    return left >= viewport.frame.minX - 1 && left + width <= viewport.frame.maxX + 1
  }

  private func paintHeatMap(_ values: [Float], columnCount: Int, over box: CGRect) {
    let rowCount = values.count / columnCount
    guard rowCount > 0 else { return }
    let (width, height) = (box.width / Double(columnCount), box.height / Double(rowCount))
    let gap = min(width, height) > 12 ? 1.0 : 0
    for (index, value) in values.enumerated() where !value.isNaN {
      let cell = CGRect(
        x: box.minX + Double(index % columnCount) * width,
        y: box.maxY - Double(index / columnCount + 1) * height, width: width, height: height)
      if gap > 0 {
        canvas.fill(cell.insetBy(dx: gap, dy: gap), Theme.heat(Double(value)))
      } else {
        canvas.fillSharply(cell, Theme.heat(Double(value)))
      }
    }
  }

  /// A line with a head at its end.
  func arrow(from start: CGPoint, to end: CGPoint, _ color: Color, width: Double) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0.5 else { return }
    let (ux, uy) = (dx / length, dy / length)
    let head = min(length, 3 + 2.5 * width)
    let neck = CGPoint(x: end.x - ux * head, y: end.y - uy * head)
    canvas.line([start, CGPoint(x: neck.x + ux, y: neck.y + uy)], color, width: width)
    let half = head * 0.45
    canvas.fill(
      [
        end, CGPoint(x: neck.x - uy * half, y: neck.y + ux * half),
        CGPoint(x: neck.x + uy * half, y: neck.y - ux * half),
      ], color)
  }
}

extension Scene.Shape {
  /// What the shape stands for; nil for a heat map.
  var role: Scene.Role? {
    switch self {
    case .circle(_, _, let role, _), .rectangle(_, let role, _), .polygon(_, let role, _),
      .path(_, let role, _), .arrow(_, _, let role, _), .text(_, _, _, _, let role):
      role
    case .heatMap: nil
    }
  }
}
