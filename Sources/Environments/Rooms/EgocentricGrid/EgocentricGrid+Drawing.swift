import Scenes

extension EgocentricGrid {
  /// Draws the building, the things in their colours, the mission, what the agent sees and which way it looks.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let layout = task.layout
    scene.cells(columnCount: layout.width, rowCount: layout.height)
    for y in 0..<layout.height {
      for x in 0..<layout.width {
        switch layout[x, y] {
        case EgocentricTile.wall: scene.rectangle(.cell(x: x, y: y), .wall)
        case EgocentricTile.goal: scene.rectangle(.cell(x: x, y: y), .goal, .tinted)
        case EgocentricTile.lava: scene.rectangle(.cell(x: x, y: y), .hazard, .tinted)
        default: break
        }
      }
    }
    drawMission(of: task, state, into: &scene)
    for index in 0..<Int(state.thingCount) where state.places[index] != 0 {
      let cell = EgocentricLayout.cell(at: Int(state.places[index]))
      drawThing(state.tiles[index], at: .cell(x: Int(cell.x), y: Int(cell.y)), into: &scene)
    }
    drawAgent(state, into: &scene)
  }

  private func drawMission(of task: Task, _ state: State, into scene: inout Scene) {
    var cells = [task.mission.cell, task.mission.trap]
    if task.mission.kind == .fetch || task.mission.kind == .visit {
      let place = Int(state.places[task.mission.thing])
      cells = place == 0 ? [] : [EgocentricLayout.cell(at: place)]
    }
    for (cell, role) in zip(cells, [Scene.Role.goal, .hazard]) where cell != GridCell(x: 0, y: 0) {
      scene.rectangle(.cell(x: Int(cell.x), y: Int(cell.y)), role, .tinted)
    }
  }

  private func drawThing(_ tile: UInt8, at center: Scene.Point, into scene: inout Scene) {
    guard let (kind, colour) = EgocentricTile.kind(of: tile) else { return }
    let (x, y, role) = (center.x, center.y, Scene.Role.series(colour))
    switch kind {
    case .openDoor: scene.rectangle(Scene.Rectangle(x: x - 0.5, y: y - 0.5, width: 1, height: 0.14), role)
    case .closedDoor, .lockedDoor:
      scene.rectangle(Scene.Rectangle(around: center, reach: 0.46), role, .tinted)
      scene.circle(at: Scene.Point(x: x + 0.26, y: y), radius: 0.08, kind == .lockedDoor ? .wall : role)
      if kind == .lockedDoor { scene.rectangle(Scene.Rectangle(around: center, reach: 0.3), role, .outlined) }
    case .key:
      scene.circle(at: Scene.Point(x: x, y: y + 0.16), radius: 0.13, role)
      scene.rectangle(Scene.Rectangle(x: x - 0.04, y: y - 0.3, width: 0.08, height: 0.4), role)
      scene.rectangle(Scene.Rectangle(x: x, y: y - 0.3, width: 0.16, height: 0.08), role)
    case .ball: scene.circle(at: center, radius: 0.28, role)
    case .box: scene.rectangle(Scene.Rectangle(around: center, reach: 0.28), role, .outlined)
    }
  }

  /// A disc with an arrow, and what it carries on its back.
  private func drawAgent(_ state: State, into scene: inout Scene) {
    let cell = EgocentricLayout.cell(at: Int(state.place))
    let center = Scene.Point.cell(x: Int(cell.x), y: Int(cell.y))
    let ahead: [(x: Float, y: Float)] = [(1, 0), (0, -1), (-1, 0), (0, 1)]
    let (x, y) = ahead[Int(state.direction)]
    drawView(around: center, ahead: (x, y), into: &scene)
    scene.agent(at: center, radius: 0.22)
    scene.polygon(
      [
        Scene.Point(x: center.x + 0.46 * x, y: center.y + 0.46 * y),
        Scene.Point(x: center.x + 0.1 * x - 0.26 * y, y: center.y + 0.1 * y + 0.26 * x),
        Scene.Point(x: center.x + 0.1 * x + 0.26 * y, y: center.y + 0.1 * y - 0.26 * x),
      ], .agent)
    if state.carried > 0, let (_, colour) = EgocentricTile.kind(of: state.tiles[Int(state.carried) - 1]) {
      scene.circle(
        at: Scene.Point(x: center.x - 0.26 * x, y: center.y - 0.26 * y), radius: 0.14, .series(colour))
    }
  }

  /// The border of what lies before the agent's eyes, as far as it is in the building.
  private func drawView(
    around center: Scene.Point, ahead: (x: Float, y: Float), into scene: inout Scene
  ) {
    let (depth, half) = (Float(viewSize) - 0.5, Float(viewSize) / 2)
    let (x, y) = ahead
    let xs = [center.x - 0.5 * x - half * y, center.x + depth * x + half * y]
    let ys = [center.y - 0.5 * y - half * x, center.y + depth * y + half * x]
    let (left, right) = (max(0, min(xs[0], xs[1])), min(scene.bounds.width, max(xs[0], xs[1])))
    let (below, above) = (max(0, min(ys[0], ys[1])), min(scene.bounds.height, max(ys[0], ys[1])))
    scene.rectangle(
      Scene.Rectangle(x: left, y: below, width: right - left, height: above - below), .note,
      .outlined)
  }

  /// Moves the goal to the touched cell of floor, or makes the touched thing or end the wanted one.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let (width, height) = (Float(task.layout.width), Float(task.layout.height))
    guard point.x >= 0 && point.y >= 0 && point.x < width && point.y < height else { return nil }
    let cell = GridCell(x: Int(point.x), y: Int(point.y))
    var touched = task
    let thing = task.things.firstIndex { $0.cell == cell }
    switch task.mission.kind {
    case .go:
      let old = task.mission.cell
      guard thing == nil, cell != task.start, task.layout[Int(old.x), Int(old.y)] == EgocentricTile.goal,
        task.layout[Int(cell.x), Int(cell.y)] == EgocentricTile.floor
      else { return nil }
      touched.layout[Int(old.x), Int(old.y)] = EgocentricTile.floor
      touched.layout[Int(cell.x), Int(cell.y)] = EgocentricTile.goal
      touched.mission.cell = cell
    case .fetch:
      guard let thing, EgocentricTile.canBeCarried(task.things[thing].tile) else { return nil }
      touched.mission.thing = thing
    case .visit:
      guard let thing, !EgocentricTile.canBeCarried(task.things[thing].tile) else { return nil }
      touched.mission.thing = thing
    case .choose:
      guard cell == task.mission.trap else { return nil }
      (touched.mission.cell, touched.mission.trap) = (cell, task.mission.cell)
    }
    return touched
  }
}
