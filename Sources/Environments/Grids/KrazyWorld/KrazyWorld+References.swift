import Randomness
import Simulation

extension KrazyWorld {
  /// `random`, `oracle`, `blind`, and `mapper`, which finds out what is what.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let plans = Memo<Task, [Int]>()
    return [
      .random(of: self),
      Reference(
        name: "oracle",
        summary: "Knows the board, and takes as many goals as can be had, by the shortest way.",
        makeLane: { task in
          KrazyOracleLane(actions: plans.value(at: task) { mostGoals(in: task, horizon: horizon).actions })
        }),
      Reference(
        name: "mapper",
        summary:
          "Finds out what actions and colours mean, takes the goals it knows, and else goes for riddles and new cells.",
        makeLane: { _ in
          KrazyMapperLane(
            environment: self, prior: distribution, horizon: horizon, episodeCount: episodeCount)
        }),
      .blind(of: Self.blindPlans, in: self, for: distribution, horizon: horizon),
    ]
  }

  /// Straight lines of four lengths, one for each action in turn.
  private static var blindPlans: [OpenLoopPlan] {
    let lengths = [1, 2, 3, 5]
    var plans: [[Int]] = [[]]
    for action in 0..<4 {
      plans = plans.flatMap { plan in lengths.map { plan + Array(repeating: action, count: $0) } }
    }
    return plans.map { OpenLoopPlan(actions: $0) }
  }

  /// The most goals that can be had in an episode, and the actions that take them soonest.
  ///
  /// Who is in a cell with some tiles taken has the more energy and time the earlier it is there, so that of the ways
  /// to each cell and set of tiles taken the first that a search by numbers of steps finds is the best.
  public func mostGoals(in task: Task, horizon: Int) -> (count: Int, actions: [Int]) {
    mostGoals(in: task, horizon: horizon, from: State(cell: task.start, energy: Int32(energy)))
  }

  /// The same in the rest of an episode.
  func mostGoals(in task: Task, horizon: Int, from state: State) -> (count: Int, actions: [Int]) {
    var search = Search(environment: self, task: task, horizon: horizon)
    return search.best(from: state)
  }

  private struct Search {
    let environment: KrazyWorld
    let task: Task
    let horizon: Int
    /// Which of the tiles that can be taken are goals.
    let goals: UInt32
    private var visits: [Visit] = []
    private var seen: Set<UInt64> = []

    private struct Visit {
      let state: State
      let parent: Int
      let direction: Int
      let isOver: Bool
    }

    init(environment: KrazyWorld, task: Task, horizon: Int) {
      self.environment = environment
      self.task = task
      self.horizon = horizon
      goals = task.tiles.reduce(0) { $1 & 7 == Tile.goal.rawValue ? $0 | 1 << UInt32($1 >> 3) : $0 }
    }

    mutating func best(from start: State) -> (count: Int, actions: [Int]) {
      visits = [Visit(state: start, parent: -1, direction: 0, isOver: false)]
      var (most, bestVisit, first) = (0, 0, 0)
      for _ in 0..<horizon where most < goals.nonzeroBitCount {
        let layer = first..<visits.count
        first = visits.count
        for index in layer where !visits[index].isOver { extend(index) }
        if first == visits.count { break }
        for index in first..<visits.count {
          let count = (visits[index].state.taken & goals).nonzeroBitCount
          if count > most { (most, bestVisit) = (count, index) }
        }
      }
      return (most, actions(to: bestVisit))
    }

    private mutating func extend(_ index: Int) {
      for direction in 0..<4 {
        var state = visits[index].state
        let outcome = environment.step(&state, toward: direction, in: task)
        let place = UInt64(state.taken) << 16 | UInt64(state.cell.y) << 8 | UInt64(state.cell.x)
        // An end is not in the way of others; it only counts for what was taken by then.
        guard outcome.isTerminated || seen.insert(place).inserted else { continue }
        guard !outcome.isTerminated || outcome.reward > 0 else { continue }
        visits.append(
          Visit(state: state, parent: index, direction: direction, isOver: outcome.isTerminated))
      }
    }

    private func actions(to visit: Int) -> [Int] {
      var (index, actions) = (visit, [Int]())
      while visits[index].parent >= 0 {
        actions.append(task.directions.firstIndex(of: UInt8(visits[index].direction)) ?? 0)
        index = visits[index].parent
      }
      return actions.reversed()
    }
  }
}

/// Takes given actions, and then the last of them again and again.
private struct KrazyOracleLane: ReferenceLane {
  let actions: [Int]

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let time = Int(moment.progress.timeOfEpisode)
    action[0] = Float(time < actions.count ? actions[time] : actions.last ?? 0)
  }
}
