import Scenes

extension KrazyWorld {
  /// Draws the board in the colours of kinds, not of the task, the energy as a bar, and the agent.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: size, rowCount: size)
    for index in 0..<size * size {
      let (x, y) = (index % size, index / size)
      let place = Scene.Point.cell(x: x, y: y)
      switch Tile(rawValue: tile(index, of: task, in: state)) {
      case .goal: scene.rectangle(.cell(x: x, y: y), .goal, .tinted)
      case .death: scene.rectangle(.cell(x: x, y: y), .hazard, .tinted)
      case .ice: scene.rectangle(.cell(x: x, y: y), .force, .tinted)
      case .energy: scene.circle(at: place, radius: 0.2, .object)
      case .transporter:
        scene.circle(at: place, radius: 0.35, .series(Int(task.tiles[index] >> 4)), .outlined)
      case .plain, nil: break
      }
    }
    if view > 0 {
      let (x, y, reach) = (Int(state.cell.x), Int(state.cell.y), view / 2)
      let (left, below) = (max(0, x - reach), max(0, y - reach))
      let (right, above) = (min(size, x + reach + 1), min(size, y + reach + 1))
      scene.rectangle(
        Scene.Rectangle(
          x: Float(left), y: Float(below), width: Float(right - left), height: Float(above - below)),
        .note,
        .outlined)
    }
    scene.agent(at: .cell(x: Int(state.cell.x), y: Int(state.cell.y)), radius: 0.26)
    scene.stride = Float(longestSlide(in: task) + 1)
    drawLegend(state, in: task, into: &scene)
  }

  /// The most tiles of ice in a row or column without a gap.
  private func longestSlide(in task: Task) -> Int {
    var longest = 0
    for line in 0..<size {
      var (along, across) = (0, 0)
      for place in 0..<size {
        along = task.tiles[line * size + place] & 7 == Tile.ice.rawValue ? along + 1 : 0
        across = task.tiles[place * size + line] & 7 == Tile.ice.rawValue ? across + 1 : 0
        longest = max(longest, along, across)
      }
    }
    return longest
  }

  /// Above the board: where each action leads and the energy; what the signs stand for, and the number of the colour
  /// that the agent sees of each kind.
  private func drawLegend(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds.height += 0.17 * Float(size)
    let (height, top) = (Float(size) * 0.034, Float(size))
    let arrows = zip(actionNames, task.directions).map { "\($0) \(["↑", "→", "↓", "←"][Int($1)])" }
    let kinds = [
      "plain", "green: goal", "cross: deadly", "blue: ice", "disc: energy", "ring: transporter",
    ]
    let colors = zip(kinds, task.colors).map { "\($0) \($1)" }
    scene.text(
      "\(arrows.joined(separator: "  "))    energy \(max(state.energy, 0))",
      at: Scene.Point(x: 0.1, y: top + 0.132 * Float(size)), height: height, .leading)
    for (line, part) in [colors[..<3], colors[3...]].enumerated() {
      scene.text(
        part.joined(separator: "  "),
        at: Scene.Point(x: 0.1, y: top + (0.085 - 0.05 * Float(line)) * Float(size)), height: 0.75 * height,
        .leading)
    }
  }

  /// Makes the touched tile plain, or a plain one deadly.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
    guard (0..<size).contains(x) && (0..<size).contains(y), GridCell(x: x, y: y) != task.start else {
      return nil
    }
    var touched = task
    switch Tile(rawValue: task.tiles[y * size + x] & 7) {
    case .plain: touched.tiles[y * size + x] = Tile.death.rawValue
    case .death, .ice: touched.tiles[y * size + x] = Tile.plain.rawValue
    default: return nil
    }
    return touched
  }
}
