import Randomness
import Simulation

extension GridNavigation {
  /// `random`, `oracle`, and `bayesOptimal` where the plan can be found and proven within a second.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let goals = goals(of: distribution)
    let known = goals.map { returnOfKnownGoal($0, horizon: horizon) }.reduce(0, +) / Double(goals.count)
    let random = Reference<Self>.random(of: self) {
      Array(repeating: returnOfRandomMoves(goals: goals, horizon: horizon), count: episodeCount)
    }
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows the goal, goes there by a shortest path and stays.",
      makeLane: { OracleLane(environment: self, goal: $0.goal) },
      expectedReturns: { Array(repeating: known, count: episodeCount) })
    guard let plan = explorationPlan(goals: goals, horizon: horizon, episodeCount: episodeCount) else {
      return [random, oracle]
    }
    let bayesOptimal = Reference<Self>(
      name: "bayesOptimal",
      summary: "Follows the best path through the cells where the goal may be until it is found.",
      makeLane: { _ in BayesOptimalLane(environment: self, goals: goals, plan: plan) },
      expectedReturns: {
        let first = goals.map { returnOfPath(plan.cells[0], goal: $0) }.reduce(0, +)
        return [first / Double(goals.count)] + Array(repeating: known, count: episodeCount - 1)
      })
    return [random, oracle, bayesOptimal]
  }

  /// The action that goes from `cell` towards `goal`, or stays there.
  func move(from cell: Cell, towards goal: Cell) -> Int {
    if cell.x != goal.x { return cell.x < goal.x ? 2 : 4 }
    if cell.y != goal.y { return cell.y < goal.y ? 1 : 3 }
    return 0
  }

  private func returnOfKnownGoal(_ goal: Cell, horizon: Int) -> Double {
    // The start counts only after a move, so a goal there is found after one step as well.
    episodeReturn(foundAt: max(1, Int(goal.x + goal.y)), horizon: horizon)
  }

  /// The return of the agent that moves along `path`, the cells after each move, until it finds `goal`.
  private func returnOfPath(_ path: [Cell], goal: Cell) -> Double {
    episodeReturn(foundAt: (path.firstIndex(of: goal) ?? path.count) + 1, horizon: path.count)
  }

  /// The return of the agent that stays on the goal from move `time` on, 1 for the first move.
  private func episodeReturn(foundAt time: Int, horizon: Int) -> Double {
    let timeOnGoal = max(0, horizon - time + 1)
    return Double(timeOnGoal) * Double(goalReward) + Double(horizon - timeOnGoal) * Double(stepReward)
  }

  /// The mean over `goals` of the expected return of uniformly random moves, from the Markov chain of the
  /// cells, whose distribution does not depend on the goal.
  private func returnOfRandomMoves(goals: [Cell], horizon: Int) -> Double {
    var probabilities = Array(repeating: 0.0, count: width * height)
    probabilities[0] = 1
    var total = 0.0
    for _ in 0..<horizon {
      var next = Array(repeating: 0.0, count: width * height)
      for index in next.indices where probabilities[index] > 0 {
        for move in 0..<5 {
          let arrived = cell(from: Cell(x: index % width, y: index / width), taking: move)
          next[Int(arrived.y) * width + Int(arrived.x)] += probabilities[index] / 5
        }
      }
      probabilities = next
      let found = goals.map { probabilities[Int($0.y) * width + Int($0.x)] }.reduce(0, +)
      let share = found / Double(goals.count)
      total += share * Double(goalReward) + (1 - share) * Double(stepReward)
    }
    return total
  }

  /// What an agent knows of the goal: it is equally likely in every cell that is not ruled out.
  public struct Belief: Sendable {
    /// The cells that the goal may be in.
    public private(set) var candidates: [Cell]

    /// The belief before any experience.
    public init(goals: [Cell]) { candidates = goals }

    /// Learns from a move that ended in `cell`, and whether that was on the goal.
    public mutating func update(arrivingIn cell: Cell, isGoal: Bool) {
      if isGoal {
        candidates = [cell]
      } else {
        candidates.removeAll { $0 == cell }
      }
    }

    /// The probability that the goal is in `cell`.
    public func probability(of cell: Cell) -> Double {
      candidates.contains(cell) ? 1 / Double(candidates.count) : 0
    }

    /// The goal, once it is certain.
    public var goal: Cell? { candidates.count == 1 ? candidates.first : nil }
  }
}

/// Goes to the goal by a shortest path and stays.
private struct OracleLane: ReferenceLane {
  let environment: GridNavigation
  let goal: GridNavigation.Cell

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let cell = GridNavigation.Cell(x: Int(observation[0]), y: Int(observation[1]))
    action[0] = Float(environment.move(from: cell, towards: goal))
  }
}

/// Follows a plan until the goal is certain.
private struct BayesOptimalLane: ReferenceLane {
  let environment: GridNavigation
  let plan: ExplorationPlan
  var belief: GridNavigation.Belief
  /// Where the previous move ended; at the end of an episode the observation does not tell.
  var arrived = GridNavigation.Cell(x: 0, y: 0)

  init(environment: GridNavigation, goals: [GridNavigation.Cell], plan: ExplorationPlan) {
    self.environment = environment
    self.plan = plan
    belief = GridNavigation.Belief(goals: goals)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      belief.update(arrivingIn: arrived, isGoal: moment.previousReward == environment.goalReward)
    }
    let cell = GridNavigation.Cell(x: Int(observation[0]), y: Int(observation[1]))
    let episode = min(Int(moment.progress.episode), plan.cells.count - 1)
    let target = belief.goal ?? plan.cells[episode][Int(moment.progress.timeOfEpisode)]
    let move = environment.move(from: cell, towards: target)
    arrived = environment.cell(from: cell, taking: move)
    action[0] = Float(move)
  }
}
