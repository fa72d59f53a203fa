import Scenes

/// Paints scenes in letters, for terminals.
struct TextPainter {
  /// The rows of letters, from the top. Worlds of whole cells, which begin in the origin, get two letters a cell,
  /// others about 60 columns.
  func lines(of scene: Scene) -> [String] {
    let bounds = scene.bounds
    let hasCells =
      bounds.x == 0 && bounds.y == 0 && bounds.width == bounds.width.rounded()
      && bounds.height == bounds.height.rounded()
    let scale = hasCells && bounds.width <= 40 ? 2 : 60 / bounds.width
    let columnCount = max(1, Int((bounds.width * scale).rounded()))
    let rowCount = max(1, Int((bounds.height * scale / 2).rounded()))
    return (0..<rowCount).map { row in
      let y = bounds.y + bounds.height * (Float(rowCount - row) - 0.5) / Float(rowCount)
      return String(
        (0..<columnCount).map { column in
          let x = bounds.x + bounds.width * (Float(column) + 0.5) / Float(columnCount)
          // A letter is the nearest to a shape that is smaller than itself.
          return letter(at: Scene.Point(x: x, y: y), reach: 0.51 / scale, in: scene)
        })
    }
  }

  private func letter(at point: Scene.Point, reach: Float, in scene: Scene) -> Character {
    for shape in scene.shapes.reversed() {
      guard let role = shape.role(at: point, reach: reach), let letter = letter(of: role) else { continue }
      return letter
    }
    return " "
  }

  private func letter(of role: Scene.Role) -> Character? {
    switch role {
    case .ground: "·"
    case .wall: "█"
    case .agent: "@"
    case .goal: "G"
    case .hazard: "x"
    case .object: "o"
    case .grid, .force, .note, .series, .heat: nil
    }
  }
}

extension Scene.Shape {
  /// The role of this shape, if it covers `point` or is smaller than `reach` and near it.
  fileprivate func role(at point: Scene.Point, reach: Float) -> Scene.Role? {
    switch self {
    case .circle(let center, let radius, let role, let finish):
      let (x, y) = (abs(center.x - point.x), abs(center.y - point.y))
      let isInside = x * x + y * y <= radius * radius && finish != .outlined
      return isInside || (x <= reach && y <= 2 * reach && role == .agent) ? role : nil
    case .rectangle(let area, let role, let finish):
      let isInside =
        point.x >= area.x && point.x <= area.x + area.width && point.y >= area.y
        && point.y <= area.y + area.height
      return isInside && finish != .outlined ? role : nil
    case .polygon, .path, .arrow, .text, .heatMap: return nil
    }
  }
}
