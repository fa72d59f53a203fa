import Foundation
import Randomness
import Simulation

extension GridNavigation {
  /// The agents of tasks that are those of training, too.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    references(in: ReferenceSetting(distribution, horizon: horizon, episodeCount: episodeCount))
  }

  /// `random` and `oracle`; `bayesOptimal` where its plan can be found and proven within a second, or else `planner`,
  /// which follows the best plan that was found; `sweep` and `posteriorSampling`, heuristics that search; `blind`, which
  /// knows no more than where a goal may be.
  public func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>] {
    GridReferences(self, setting).all
  }

  /// The cell that an observation shows.
  func cell(of observation: Span<Float>) -> Cell {
    if sight == .index { return grid.cell(at: Int(observation[0])) }
    return Cell(x: Int(observation[0]), y: Int(observation[1]))
  }

  /// The action for a move that a plan chose, which may be to stay where that is no action: then it goes up.
  func action(for move: Int) -> Float { canStay ? Float(move) : Float(max(move, 1) - 1) }
}

/// The agents of one setting.
private struct GridReferences {
  typealias Agent = Reference<GridNavigation>

  let environment: GridNavigation
  let setting: ReferenceSetting<GridNavigation.TaskDistribution>
  let grid: Grid
  /// Where goals are.
  let goals: [GridCell]
  /// Where they may be, for all that an agent can know.
  let prior: [GridCell]
  let plans: KnownGoalPlans

  init(_ environment: GridNavigation, _ setting: ReferenceSetting<GridNavigation.TaskDistribution>) {
    self.environment = environment
    self.setting = setting
    grid = environment.grid
    goals = environment.goals(of: setting.distribution)
    prior = setting.prior { environment.goals(of: $0) }
    plans = KnownGoalPlans(environment, goalCount: prior.count, horizon: setting.horizon)
  }

  var all: [Agent] {
    let index = Once<GoalIndex>()
    let (plans, prior, grid) = (plans, prior, grid)
    let isPermuted = setting.shift.permutesActions
    let search: @Sendable (GridSearchLane.Manner) -> GridSearchLane = { manner in
      let index = index.value { GoalIndex(grid, goals: prior) }
      return GridSearchLane(plans, index: index, manner: manner, areActionsPermuted: isPermuted)
    }
    let sweep = Agent(
      name: "sweep", summary: "Goes to the nearest cell where the goal may still be, until it is found.",
      makeLane: { _ in search(.nearest) })
    let sampling = Agent(
      name: "posteriorSampling",
      summary: "Goes to a random cell where the goal may still be, then to another, until it is found.",
      makeLane: { _ in search(.random) })
    return [random, oracle] + planners + [sweep, sampling, blind(search)]
  }

  private var random: Agent {
    let expectedReturns = returns { (_: Int, _: Int) -> Int? in nil }
    return Agent.random(of: environment, expectedReturns: expectedReturns)
  }

  private var oracle: Agent {
    let (plans, goals, environment) = (plans, goals, environment)
    let episodeCount = setting.episodeCount
    var expectedReturns: (@Sendable () -> [Double])?
    if plans.areOptimal {
      expectedReturns = { Array(repeating: plans.meanValue(of: goals), count: episodeCount) }
    }
    return Agent(
      name: "oracle",
      summary: plans.arePlanned
        ? "Knows the goal and maximises the expected return."
        : "Knows the goal, goes there by a shortest path and stays.",
      makeLane: { GridOracleLane(environment: environment, plan: plans.plan(to: $0.goal)) },
      expectedReturns: expectedReturns)
  }

  /// Where moves are certain, all that an agent can do until the goal is found is to follow a path: `planner` follows the
  /// best that was found, and is `bayesOptimal` where that is proven and tasks are what an agent takes them for.
  private var planners: [Agent] {
    guard let start = environment.fixedStart, environment.slip == 0, setting.shift.isNone else { return [] }
    let proven = environment.explorationPlan(
      goals: prior, horizon: setting.horizon, episodeCount: setting.episodeCount
    ).map { GridTour($0.cells) }
    var tour = GridTour.search(
      plans, goals: prior, start: start, horizon: setting.horizon, episodeCount: setting.episodeCount)
    if let proven { tour = { proven } }
    guard let tour else { return [] }
    let planner = follower(
      of: tour, from: start, name: "planner",
      summary: "Follows the best path found through the cells where the goal may be until it is found."
        + (proven == nil ? bound(start) : ""))
    guard proven != nil, prior.count == goals.count else { return [planner] }
    let best = follower(
      of: tour, from: start, name: "bayesOptimal",
      summary: "Follows the best path through the cells where the goal may be until it is found.")
    return [best, planner]
  }

  private func follower(
    of tour: @escaping @Sendable () -> GridTour, from start: GridCell, name: String, summary: String
  ) -> Agent {
    let (plans, goals, setting) = (plans, goals, setting)
    return Agent(
      name: name, summary: summary, makeLane: { _ in GridTourLane(plans, tour: tour(), start: start) },
      expectedReturns: {
        tour().expectedReturns(
          plans, goals: goals, start: start, horizon: setting.horizon, episodeCount: setting.episodeCount)
      })
  }

  /// What nobody who looks for goals anywhere in the prior gets more than, in words.
  private func bound(_ start: GridCell) -> String {
    let horizon = setting.horizon
    guard !environment.needsPlanning, prior.count == goals.count else { return "" }
    let worth = GoalWorth(
      plans, goals: prior, start: start, horizon: horizon, episodeCount: setting.episodeCount)
    let distances = grid.distances(to: start)
    let most = worth.bound(firsts: prior.map { max(1, distances[grid.index($0)] ?? horizon + 1) })
    let nothing = Double(setting.episodeCount * horizon) * Double(environment.stepReward)
    return String(format: " Nobody untold gets more than %.4g.", nothing + most / Double(prior.count))
  }

  // MARK: Blind

  /// The best agent that sees where it is, and does the same whatever it gets.
  private func blind(_ search: @escaping @Sendable (GridSearchLane.Manner) -> GridSearchLane) -> Agent {
    let (environment, plans, prior, goals) = (environment, plans, prior, goals)
    let (horizon, episodeCount) = (setting.horizon, setting.episodeCount)
    if setting.shift.permutesActions { return .persistent(of: environment) }
    if !environment.endsAtGoal, GridPolicy.isFeasible(grid, horizon: horizon) {
      let grid = grid
      let policy = Once<GridPolicy>()
      let known: @Sendable () -> GridPolicy = {
        policy.value { GridPolicy(environment, grid, goals: prior, horizon: horizon) }
      }
      return Agent(
        name: "blind",
        summary: "Does what is best on average over all cells where the goal may be, whatever happens.",
        makeLane: { _ in GridBlindPolicyLane(environment: environment, policy: known()) },
        expectedReturns: returns { known().move(from: grid.cell(at: $0), at: $1) })
    }
    if environment.endsAtGoal, environment.slip == 0, let start = environment.fixedStart,
      let tour = GridTour.search(plans, goals: prior, start: start, horizon: horizon, episodeCount: 1)
    {
      return Agent(
        name: "blind",
        summary: "A fixed plan: the best path found through the cells where the goal may be.",
        makeLane: { _ in GridBlindTourLane(environment: environment, tour: tour()) },
        expectedReturns: {
          let value = tour().returnOfBlindEpisode(environment, goals: goals, horizon: horizon)
          return Array(repeating: value, count: episodeCount)
        })
    }
    return Agent(
      name: "blind",
      summary: "A fixed plan: goes to the nearest cell where the goal may be, each once in an episode.",
      makeLane: { _ in search(.forgetful) })
  }

  /// The expected returns of the agent that takes the move `choose`s in a cell at a time step, a random one for nil; nil
  /// where that takes too long.
  private func returns(
    _ choose: @escaping @Sendable (_ cell: Int, _ time: Int) -> Int?
  ) -> (@Sendable () -> [Double])? {
    let (environment, goals) = (environment, goals)
    let (horizon, episodeCount) = (setting.horizon, setting.episodeCount)
    let chain = GridChain(environment)
    guard chain.isFeasible(goalCount: goals.count, horizon: horizon) else { return nil }
    return {
      Array(
        repeating: chain.expectedReturn(goals: goals, horizon: horizon, choose: choose), count: episodeCount)
    }
  }
}
