extension EgocentricGrid {
  /// The fewest actions that fulfil the mission; nil where it cannot be done in time.
  public func shortestPlan(for task: Task, horizon: Int) -> [UInt8]? {
    EgocentricPlanner(environment: self, task: task).plan(from: State(startOf: task), horizon: horizon)
  }
}

/// Finds the fewest actions by breadth-first search over where the agent is, where it looks, what it carries, the
/// doors, and where it has put something down.
///
/// Left out is what cannot help: to close a door, to open one behind which nothing is wanted, to pick up what is
/// neither wanted nor a key that still fits, and to put down anything but for the sake of another thing.
struct EgocentricPlanner {
  private let environment: EgocentricGrid
  private let task: EgocentricGrid.Task
  /// Which things are doors that need not be opened.
  private let isIdle: [Bool]

  init(environment: EgocentricGrid, task: EgocentricGrid.Task) {
    (self.environment, self.task) = (environment, task)
    isIdle = task.idleDoors()
  }

  /// The fewest actions from `start` on, at most `horizon`.
  func plan(from start: EgocentricGrid.State, horizon: Int) -> [UInt8]? {
    var start = start
    start.time = 0
    var states = [start]
    var origins: [(parent: Int32, action: UInt8)] = [(-1, 0)]
    var seen: Set<UInt64> = [start.searchKey(in: task)]
    var next = 0
    while next < states.count {
      let state = states[next]
      guard Int(state.time) < horizon else { return nil }
      let actions = usefulActions(in: state)
      for action in 0..<7 where actions >> UInt8(action) & 1 == 1 {
        var arrived = state
        let progress = environment.advance(&arrived, taking: action, in: task)
        if progress == .fails { continue }
        if progress == .succeeds {
          return Self.path(to: next, origins) + [UInt8(action)]
        }
        guard seen.insert(arrived.searchKey(in: task)).inserted else { continue }
        states.append(arrived)
        origins.append((Int32(next), UInt8(action)))
      }
      next += 1
    }
    return nil
  }

  private static func path(to index: Int, _ origins: [(parent: Int32, action: UInt8)]) -> [UInt8] {
    var (actions, index) = ([UInt8](), index)
    while origins[index].parent >= 0 {
      actions.append(origins[index].action)
      index = Int(origins[index].parent)
    }
    return actions.reversed()
  }

  /// The actions worth trying, one bit each.
  private func usefulActions(in state: EgocentricGrid.State) -> UInt8 {
    let turns: UInt8 = task.mission.kind == .visit ? 0b100_0011 : 0b11
    let ahead = Int(state.place) + EgocentricLayout.offset(of: Int(state.direction))
    guard let thing = state.thing(at: ahead) else {
      return isDropUseful(in: state) ? turns | 0b10100 : turns | 0b100
    }
    let tile = state.tiles[thing]
    if EgocentricTile.isOpenDoor(tile) { return turns | 0b100 }
    if EgocentricTile.canBeCarried(tile) { return isUseful(thing, in: state) ? turns | 0b1000 : turns }
    return isIdle[thing] ? turns : turns | 0b10_0000
  }

  /// Whether what is carried is of no use, and something that lies about is.
  private func isDropUseful(in state: EgocentricGrid.State) -> Bool {
    guard state.carried > 0, !isUseful(Int(state.carried) - 1, in: state) else { return false }
    return (0..<Int(state.thingCount)).contains { $0 != Int(state.carried) - 1 && isUseful($0, in: state) }
  }

  /// Whether the thing is wanted, or is a key to a door that is still locked.
  private func isUseful(_ thing: Int, in state: EgocentricGrid.State) -> Bool {
    if task.mission.kind == .fetch && task.mission.thing == thing { return true }
    guard let (kind, colour) = EgocentricTile.kind(of: state.tiles[thing]), kind == .key else { return false }
    let locked = EgocentricTile.tile(.lockedDoor, colour: colour)
    return (0..<Int(state.thingCount)).contains { state.tiles[$0] == locked && !isIdle[$0] }
  }
}

extension EgocentricGrid.Task {
  /// Which things are doors that lead only to where nothing is wanted: of the rooms that doors part, those at the ends
  /// are left out one after the other, as long as nothing else, no start and no end of the way is in them.
  fileprivate func idleDoors() -> [Bool] {
    let doors = things.indices.filter { !EgocentricTile.canBeCarried(things[$0].tile) }
    var isIdle = Array(repeating: false, count: things.count)
    // A plan that visits doors opens none.
    guard mission.kind != .visit, doors.count > 1 else { return isIdle }
    let rooms = roomNumbers()
    var wanted = Set([start, mission.cell].compactMap { rooms[EgocentricLayout.place(of: $0)] })
    for thing in things {
      if let room = rooms[EgocentricLayout.place(of: thing.cell)] { wanted.insert(room) }
    }
    let sides = doors.map { door in
      let place = EgocentricLayout.place(of: things[door].cell)
      return (0..<4).compactMap { rooms[place + EgocentricLayout.offset(of: $0)] }
    }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for (index, door) in doors.enumerated() where !isIdle[door] {
        let others = doors.indices.filter { $0 != index && !isIdle[doors[$0]] }
        let isEnd = Set(sides[index]).contains { room in
          !wanted.contains(room) && !others.contains { sides[$0].contains(room) }
        }
        guard sides[index].count < 2 || isEnd else { continue }
        (isIdle[door], hasChanged) = (true, true)
      }
    }
    return isIdle
  }

  /// The number of the room that each place of floor is in, where doors part rooms; a door is a room of its own.
  private func roomNumbers() -> [Int: Int] {
    let doors = Set(
      things.filter { !EgocentricTile.canBeCarried($0.tile) }.map { EgocentricLayout.place(of: $0.cell) })
    var rooms: [Int: Int] = [:]
    for y in 0..<layout.height {
      for x in 0..<layout.width {
        var open = [EgocentricLayout.place(of: GridCell(x: x, y: y))]
        while let place = open.popLast() {
          guard rooms[place] == nil, !doors.contains(place), layout.tile(at: place) != EgocentricTile.wall
          else { continue }
          rooms[place] = y * layout.width + x
          open += (0..<4).map { place + EgocentricLayout.offset(of: $0) }
        }
      }
    }
    for place in doors { rooms[place] = place + EgocentricLayout.limit * EgocentricLayout.limit }
    return rooms
  }
}

extension EgocentricGrid.State {
  /// What tells a state of a search from others: place, direction, what is carried, the doors, and the place of
  /// the one thing that may have been put down elsewhere.
  fileprivate func searchKey(in task: EgocentricGrid.Task) -> UInt64 {
    var key = UInt64(place) | UInt64(direction) << 10 | UInt64(carried) << 12
    for index in 0..<Int(thingCount) {
      if let (kind, _) = EgocentricTile.kind(of: tiles[index]) {
        let door: UInt64 = kind == .openDoor ? 1 : kind == .closedDoor ? 2 : 0
        key |= door << UInt64(16 + 2 * index)
      }
      if Int(places[index]) != EgocentricLayout.place(of: task.things[index].cell) {
        key |= UInt64(places[index]) << 32
      }
    }
    return key
  }
}
