import Randomness
import Simulation

extension EgocentricGrid {
  /// `random`, `oracle`, `blind`, and where all buildings ask for the same manner of search `explorer`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let plans = Memo<Task, [UInt8]>()
    let known: [Reference<Self>] = [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows building and mission and takes the fewest steps.",
        makeLane: { task in
          let plan = plans.value(at: task) { shortestPlan(for: task, horizon: horizon) ?? [] }
          return PlannedWalkLane(actions: plan)
        }),
      Reference(
        name: "blind",
        summary:
          "Takes the one plan that fits most of 400 buildings, whatever it sees, then moves at random.",
        makeLane: { _ in
          let plan = EgocentricBlindLane.plan(in: self, distribution, horizon: horizon)
          return EgocentricBlindLane(plan: plan, action: action)
        }),
    ]
    let manners = Set(distribution.buildings.map(\.manner))
    guard let manner = manners.first, manners.count == 1 else { return known }
    return known + [
      Reference(
        name: "explorer",
        summary:
          "Draws a map of what it sees, looks where it knows nothing yet, and takes the shortest way it knows.",
        makeLane: { _ in EgocentricExplorer(self, manner, horizon: horizon) })
    ]
  }
}

extension EgocentricGrid.Building {
  /// How missions of such buildings are fulfilled by who must find out.
  fileprivate var manner: EgocentricExplorer.Manner {
    switch self {
    case .empty, .fourRooms, .doorKey, .keyCorridor, .lockedRoom, .crossing, .lavaCrossing: .search
    case .memory: .match
    case .fetch: .tryThings
    case .doors: .tryDoors
    }
  }
}

/// Takes planned actions, then none that matters.
private struct PlannedWalkLane: ReferenceLane {
  let actions: [UInt8]

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let time = Int(moment.progress.timeOfEpisode)
    action[0] = time < actions.count ? Float(actions[time]) : 0
  }
}
