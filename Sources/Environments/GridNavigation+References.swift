import Randomness
import Simulation

extension GridNavigation {
  /// `random` and `oracle`; `bayesOptimal` where its plan can be found and proven within a second; `sweep` and
  /// `posteriorSampling`, heuristics that search; `blind`, which knows no more than where a goal may be.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let goals = goals(of: distribution)
    var randomReturns: (@Sendable () -> [Double])?
    if !endsAtGoal {
      randomReturns = {
        Array(repeating: returnOfRandomMoves(goals: goals, horizon: horizon), count: episodeCount)
      }
    }
    let always = [
      Reference<Self>.random(of: self, expectedReturns: randomReturns),
      oracle(goals: goals, horizon: horizon, episodeCount: episodeCount),
    ]
    let best = bayesOptimal(goals: goals, horizon: horizon, episodeCount: episodeCount)
    guard GridRoutes.isFeasible(grid: grid, goalCount: goals.count) else { return always + best }
    return always + best + heuristics(goals: goals)
  }

  private func oracle(goals: [Cell], horizon: Int, episodeCount: Int) -> Reference<Self> {
    var expectedReturns: (@Sendable () -> [Double])?
    if slip == 0, let start = fixedStart {
      expectedReturns = {
        let known = meanReturn(of: goals, horizon: horizon, from: start)
        return Array(repeating: known, count: episodeCount)
      }
    }
    let plans = Memo<Cell, KnownGoalPlan>()
    return Reference(
      name: "oracle",
      summary: slip > 0
        ? "Knows the goal and maximises the expected return."
        : "Knows the goal, goes there by a shortest path and stays.",
      makeLane: { task in
        GridOracleLane(
          environment: self,
          plan: plans.value(at: task.goal) { KnownGoalPlan(self, goal: task.goal, horizon: horizon) })
      },
      expectedReturns: expectedReturns)
  }

  private func bayesOptimal(goals: [Cell], horizon: Int, episodeCount: Int) -> [Reference<Self>] {
    guard let plan = explorationPlan(goals: goals, horizon: horizon, episodeCount: episodeCount),
      let start = fixedStart
    else { return [] }
    return [
      Reference(
        name: "bayesOptimal",
        summary: "Follows the best path through the cells where the goal may be until it is found.",
        makeLane: { _ in GridPlanLane(environment: self, goals: goals, plan: plan, start: start) },
        expectedReturns: {
          let first = goals.map { returnOfPath(plan.cells[0], goal: $0) }.reduce(0, +)
          let known = meanReturn(of: goals, horizon: horizon, from: start)
          return [first / Double(goals.count)] + Array(repeating: known, count: episodeCount - 1)
        })
    ]
  }

  private func heuristics(goals: [Cell]) -> [Reference<Self>] {
    let routes: @Sendable () -> GridRoutes = { GridRoutes.shared(grid: grid, goals: goals) }
    return [
      Reference(
        name: "sweep", summary: "Goes to the nearest cell where the goal may still be, until it is found.",
        makeLane: { _ in GridSearchLane(environment: self, goals: goals, routes: routes(), manner: .nearest) }
      ),
      Reference(
        name: "posteriorSampling",
        summary: "Goes to a random cell where the goal may still be, then to another, until it is found.",
        makeLane: { _ in GridSearchLane(environment: self, goals: goals, routes: routes(), manner: .random) }),
      Reference(
        name: "blind", summary: "Goes to the nearest cell where the goal may be and stays, whatever happens.",
        makeLane: { _ in GridBlindLane(environment: self, goals: goals, routes: routes()) }),
    ]
  }

  /// The cell that an observation shows.
  func cell(of observation: Span<Float>) -> Cell {
    if sight == .index { return grid.cell(at: Int(observation[0])) }
    return Cell(x: Int(observation[0]), y: Int(observation[1]))
  }

  /// The action for a move that a plan chose, which may be to stay where that is no action: then one that bumps
  /// into something or leads back soonest is as good.
  func action(for move: Int) -> Float { canStay ? Float(move) : Float(max(move, 1) - 1) }

  private func meanReturn(of goals: [Cell], horizon: Int, from start: Cell) -> Double {
    let distances = grid.distances(to: start)
    let total = goals.reduce(0.0) { sum, goal in
      // The start counts only after a move, so a goal there is found after one step as well.
      sum + episodeReturn(foundAt: max(1, distances[grid.index(goal)] ?? horizon + 1), horizon: horizon)
    }
    return total / Double(goals.count)
  }

  /// The return of the agent that moves along `path`, the cells after each move, until it finds `goal`.
  private func returnOfPath(_ path: [Cell], goal: Cell) -> Double {
    episodeReturn(foundAt: (path.firstIndex(of: goal) ?? path.count) + 1, horizon: path.count)
  }

  /// The return of the agent that reaches the goal with move `time`, 1 for the first move, and stays there.
  private func episodeReturn(foundAt time: Int, horizon: Int) -> Double {
    let timeOnGoal = max(0, horizon - time + 1)
    if endsAtGoal && timeOnGoal > 0 { return Double(goalReward) + Double(time - 1) * Double(stepReward) }
    return Double(timeOnGoal) * Double(goalReward) + Double(horizon - timeOnGoal) * Double(stepReward)
  }

  /// The mean over `goals` of the expected return of uniformly random moves, from the Markov chain of the
  /// cells, whose distribution does not depend on the goal.
  private func returnOfRandomMoves(goals: [Cell], horizon: Int) -> Double {
    let grid = grid
    let starts = fixedStart.map { [$0] } ?? grid.freeCells
    var probabilities = Array(repeating: 0.0, count: grid.width * grid.height)
    for start in starts { probabilities[grid.index(start)] = 1 / Double(starts.count) }
    let moves = canStay ? Array(0...4) : Array(1...4)
    var total = 0.0
    for _ in 0..<horizon {
      var next = Array(repeating: 0.0, count: probabilities.count)
      for index in next.indices where probabilities[index] > 0 {
        for move in moves {
          let arrived = grid.cell(from: grid.cell(at: index), taking: move)
          next[grid.index(arrived)] += probabilities[index] / Double(moves.count)
        }
      }
      probabilities = next
      let found = goals.map { probabilities[grid.index($0)] }.reduce(0, +)
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

    /// Learns that the goal is in one of `cells`.
    mutating func restrict(to cells: [Cell]) {
      let possible = candidates.filter(cells.contains)
      if !possible.isEmpty { candidates = possible }
    }

    /// The probability that the goal is in `cell`.
    public func probability(of cell: Cell) -> Double {
      candidates.contains(cell) ? 1 / Double(candidates.count) : 0
    }

    /// The goal, once it is certain.
    public var goal: Cell? { candidates.count == 1 ? candidates.first : nil }
  }
}
