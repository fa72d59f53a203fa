import Simulation

extension GridNavigation {
  /// The goal is equally likely in every cell that a goal may be in.
  public func belief(over distribution: TaskDistribution) -> (any TaskBelief<GridNavigation>)? {
    GoalBelief(environment: self, belief: Belief(goals: goals(of: distribution)))
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
