/// A path through the cells where a goal may be, for an agent that follows it until the goal is found.
struct GridTour: Sendable {
  /// The cells after each move, `[episode, time step]`; the last episode stands for all later ones.
  let cells: [[GridCell]]
  /// The first episode and move, from 1, that end in each cell.
  private let arrivals: [GridCell: Arrival]

  struct Arrival {
    let episode: Int
    let time: Int
  }

  init(_ cells: [[GridCell]]) {
    self.cells = cells
    var arrivals: [GridCell: Arrival] = [:]
    for (episode, path) in cells.enumerated() {
      for (time, cell) in path.enumerated() where arrivals[cell] == nil {
        arrivals[cell] = Arrival(episode: episode, time: time + 1)
      }
    }
    self.arrivals = arrivals
  }

  /// The mean over `goals` of the return of each episode.
  func expectedReturns(
    _ plans: KnownGoalPlans, goals: [GridCell], start: GridCell, horizon: Int, episodeCount: Int
  ) -> [Double] {
    let environment = plans.environment
    var totals = Array(repeating: 0.0, count: episodeCount)
    for goal in goals {
      let (arrival, plan) = (arrivals[goal], plans.plan(to: goal))
      for episode in 0..<episodeCount {
        let found = arrival?.episode ?? episodeCount
        totals[episode] +=
          episode > found
          ? plan.value(from: start)
          : environment.returnOfArrival(
            at: episode == found ? arrival?.time ?? horizon + 1 : horizon + 1, horizon: horizon,
            canRest: plan.canRest)
      }
    }
    return totals.map { $0 / Double(goals.count) }
  }

  /// The mean over `goals` of the return of an episode of an agent that does not notice that it has found the goal, where
  /// episodes end there.
  func returnOfBlindEpisode(_ environment: GridNavigation, goals: [GridCell], horizon: Int) -> Double {
    let total = goals.reduce(0.0) { sum, goal in
      let arrival = arrivals[goal].flatMap { $0.episode == 0 ? $0.time : nil }
      return sum + environment.returnOfArrival(at: arrival ?? horizon + 1, horizon: horizon, canRest: true)
    }
    return total / Double(goals.count)
  }

  private struct Problem: Hashable, Sendable {
    let grid: Grid
    let start: GridCell
    let goals: [GridCell]
    let horizon: Int
    let episodeCount: Int
    let canStay: Bool
    let endsAtGoal: Bool
    let goalReward: Float
    let stepReward: Float
  }

  private static let found = Memo<Problem, GridTour>()

  /// The best tour that a search finds, once for each problem; nil where there is too much to search.
  static func search(
    _ plans: KnownGoalPlans, goals: [GridCell], start: GridCell, horizon: Int, episodeCount: Int
  ) -> (@Sendable () -> GridTour)? {
    let (environment, grid) = (plans.environment, plans.routes.grid)
    // So many episodes are enough to see all that can be seen.
    let episodeCount = min(episodeCount, 64)
    let width = GridBeam.width(
      goalCount: goals.count, cellCount: grid.width * grid.height, stepCount: horizon * episodeCount)
    guard let width else { return nil }
    let problem = Problem(
      grid: grid, start: start, goals: goals, horizon: horizon, episodeCount: episodeCount,
      canStay: environment.canStay, endsAtGoal: environment.endsAtGoal, goalReward: environment.goalReward,
      stepReward: environment.stepReward)
    return {
      found.value(at: problem) {
        let worth = GoalWorth(plans, goals: goals, start: start, horizon: horizon, episodeCount: episodeCount)
        var beam = GridBeam(
          worth, grid, goals: goals, start: start, canStay: environment.canStay, width: width)
        return GridTour(beam.search())
      }
    }
  }
}

/// What it is worth to find a goal: what the agent gets more in a trial than if it never did.
struct GoalWorth: Sendable {
  let horizon: Int
  let episodeCount: Int
  /// In an episode, by the move that first ends in the goal, from 1, where one can stay in it and elsewhere, `[time − 1]`.
  private let atRest: [Double]
  private let restless: [Double]
  /// Whether one can stay in each goal, `[goal]`.
  private let canRest: [Bool]
  /// In every later episode, `[goal]`.
  let later: [Double]

  init(_ plans: KnownGoalPlans, goals: [GridCell], start: GridCell, horizon: Int, episodeCount: Int) {
    let environment = plans.environment
    let nothing = Double(horizon) * Double(environment.stepReward)
    (self.horizon, self.episodeCount) = (horizon, episodeCount)
    atRest = (1...horizon).map {
      environment.returnOfArrival(at: $0, horizon: horizon, canRest: true) - nothing
    }
    restless = (1...horizon).map {
      environment.returnOfArrival(at: $0, horizon: horizon, canRest: false) - nothing
    }
    canRest = goals.map { plans.plan(to: $0).canRest }
    later = goals.map { plans.plan(to: $0).value(from: start) - nothing }
  }

  /// In an episode whose move `time` first ends in a goal where one can stay.
  func usual(at time: Int) -> Double { atRest[time - 1] }

  /// In all episodes from `episode` on, in which move `time` first ends in `goal`.
  func ofArrival(in goal: Int, at time: Int, episode: Int) -> Double {
    (canRest[goal] ? atRest : restless)[time - 1] + Double(episodeCount - 1 - episode) * later[goal]
  }

  /// What no agent that has to find out gets more than, summed over goals that the moves `firsts` can end in first,
  /// `[goal]`. In each episode it knows at most as many goals as it has made moves before, and finds the others one by
  /// one, the i-th nearest with move i at the earliest. It loses least by that where these are the farthest.
  func bound(firsts: [Int]) -> Double {
    let sorted = firsts.filter { $0 <= horizon }.sorted()
    let best = sorted.reduce(0) { $0 + atRest[$1 - 1] }
    return (0..<episodeCount).reduce(0.0) { sum, episode in
      let known = min(sorted.count, episode * horizon)
      let loss = sorted.dropFirst(known).enumerated().reduce(0.0) { loss, goal in
        let time = max(goal.element, goal.offset + 1)
        return loss + atRest[goal.element - 1] - (time <= horizon ? atRest[time - 1] : 0)
      }
      return sum + best - loss
    }
  }
}
