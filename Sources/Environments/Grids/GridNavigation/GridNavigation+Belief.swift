import Scenes
import Simulation

extension GridNavigation {
  /// The goal is equally likely in every cell that a goal may be in.
  public func belief(over distribution: TaskDistribution) -> (any TaskBelief<GridNavigation>)? {
    GoalBelief(environment: self, belief: Belief(goals: goals(of: distribution)))
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

/// Rules out cells by their rewards.
private struct GoalBelief: TaskBelief {
  typealias Subject = GridNavigation
  let environment: GridNavigation
  var belief: GridNavigation.Belief

  mutating func update(
    from state: GridNavigation.State, taking action: [Float], to next: GridNavigation.State, outcome: Outcome
  ) {
    belief.update(arrivingIn: next, isGoal: outcome.reward == environment.goalReward)
  }

  /// As strong as the root of the probability, so that many faint cells are seen as well.
  func draw(into scene: inout Scene) {
    let grid = environment.grid
    scene.grid(grid)
    let probabilities = (0..<grid.height).flatMap { y in
      (0..<grid.width).map { x in Float(belief.probability(of: .init(x: x, y: y)).squareRoot()) }
    }
    scene.heatMap(probabilities.map { $0 > 0 ? $0 : .nan }, columnCount: grid.width, over: scene.bounds)
  }
}
