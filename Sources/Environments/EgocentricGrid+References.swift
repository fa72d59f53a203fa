import Randomness
import Simulation

extension EgocentricGrid {
  /// `random`, `oracle`, and where one of several things is wanted `elimination`, which tries them.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let known: [Reference<Self>] = [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows building and mission and takes the fewest steps.",
        makeLane: { PlannedWalkLane(actions: shortestPlan(for: $0, horizon: horizon) ?? []) }),
    ]
    guard distribution.buildings.allSatisfy({ $0 == .fetch || $0 == .doors }) else { return known }
    return known + [
      Reference(
        name: "elimination",
        summary:
          "Knows the building but not what is wanted: tries the nearest thing not tried, until one is right.",
        makeLane: { EliminationLane(plans: plans(for: $0, horizon: horizon)) })
    ]
  }

  /// For every thing that may be wanted the way to it, the shortest first.
  private func plans(for task: Task, horizon: Int) -> [[UInt8]] {
    let plans = task.things.indices.compactMap { thing in
      var other = task
      other.mission.thing = thing
      return shortestPlan(for: other, horizon: horizon)
    }
    return plans.sorted { $0.count < $1.count }
  }

  /// The fewest actions that fulfil the mission, by breadth-first search over where the agent is, where it looks,
  /// what it carries, the doors, and where it has put something down; nil where it cannot be done in time.
  ///
  /// Left out is what cannot help: to close a door, to pick up what is neither wanted nor a key that still fits, and
  /// to put down such a key.
  public func shortestPlan(for task: Task, horizon: Int) -> [UInt8]? {
    var random = RandomKey(seed: 0).stream()
    let start = initialState(of: task, using: &random)
    var states = [start]
    var origins: [(parent: Int32, action: UInt8)] = [(-1, 0)]
    var seen: Set<UInt64> = [start.searchKey(in: task)]
    var next = 0
    while next < states.count {
      let state = states[next]
      guard Int(state.time) < horizon else { return nil }
      for action in usefulActions(in: state, of: task) {
        var arrived = state
        let progress = advance(&arrived, taking: action, in: task)
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

  private func usefulActions(in state: State, of task: Task) -> [Int] {
    let ahead = Int(state.place) + EgocentricLayout.offset(of: Int(state.direction))
    guard let thing = state.thing(at: ahead) else {
      let canDrop = state.carried > 0 && !isUseful(Int(state.carried) - 1, in: state, of: task)
      return canDrop ? [2, 0, 1, 4] : [2, 0, 1]
    }
    let tile = state.tiles[thing]
    if EgocentricTile.isOpenDoor(tile) { return [2, 0, 1] }
    if EgocentricTile.canBeCarried(tile) {
      return isUseful(thing, in: state, of: task) ? [3, 0, 1] : [0, 1]
    }
    return [5, 0, 1]
  }

  /// Whether the thing is wanted, or is a key to a door that is still locked.
  private func isUseful(_ thing: Int, in state: State, of task: Task) -> Bool {
    if task.mission.kind == .fetch && task.mission.thing == thing { return true }
    guard let (kind, colour) = EgocentricTile.kind(of: state.tiles[thing]), kind == .key else { return false }
    let locked = EgocentricTile.tile(.lockedDoor, colour: colour)
    return (0..<Int(state.thingCount)).contains { state.tiles[$0] == locked }
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

/// Takes planned actions, then does nothing.
private struct PlannedWalkLane: ReferenceLane {
  let actions: [UInt8]

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let time = Int(moment.progress.timeOfEpisode)
    action[0] = time < actions.count ? Float(actions[time]) : 6
  }
}

/// Takes one plan in each episode; one that brings nothing is not taken again.
private struct EliminationLane: ReferenceLane {
  /// The plans that may be right.
  var plans: [[UInt8]]

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let hasFailed = moment.progress.previousEnding != .none && moment.previousReward == 0
    if hasFailed && plans.count > 1 { plans.removeFirst() }
    let time = Int(moment.progress.timeOfEpisode)
    let plan = plans.first ?? []
    action[0] = time < plan.count ? Float(plan[time]) : 6
  }
}
