import Scenes
import Simulation

extension GridNavigation {
  /// The goal is equally likely in every cell that a goal may be in.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> GoalBelief? {
    GoalBelief(self, goals: setting.prior(goals))
  }

  /// Those of all cells, row by row, where nothing but a goal is rewarded.
  public var rewardedObservations: [[Float]] {
    guard goalReward > 0 && stepReward <= 0 else { return [] }
    let grid = grid
    return (0..<grid.width * grid.height).map { index in
      let cell = grid.cell(at: index)
      return sight == .index ? [Float(index)] : [Float(cell.x), Float(cell.y)]
    }
  }
}

/// What an agent knows of the goal: it is equally probable in every cell that no reward has ruled out.
public struct GoalBelief: TaskBelief {
  /// Grids with one goal.
  public typealias Subject = GridNavigation
  private let grid: Grid
  private let goalReward: Float
  /// The cells that the goal may be in at first.
  private let goals: [GridCell]
  /// Whether the goal can be in each cell, row by row.
  private var isPossible: [Bool]
  private var possibleCount: Int

  /// The belief before anything has happened: the goal is in one of `goals`.
  public init(_ environment: GridNavigation, goals: [GridCell]) {
    (grid, goalReward) = (environment.grid, environment.goalReward)
    self.goals = goals
    isPossible = Array(repeating: false, count: grid.width * grid.height)
    possibleCount = 0
    beginTrial()
  }

  /// One number for each cell.
  public var width: Int { isPossible.count }

  /// Writes the probability of a goal in each cell relative to that of the most probable ones: 1 or 0.
  public func write(into numbers: inout MutableSpan<Float>) {
    for cell in isPossible.indices { numbers[cell] = isPossible[cell] ? 1 : 0 }
  }

  /// The probability that the goal is in `cell`.
  public func probability(of cell: GridCell) -> Double {
    isPossible[grid.index(cell)] ? 1 / Double(possibleCount) : 0
  }

  /// The goal, once it is certain.
  public var goal: GridCell? {
    possibleCount == 1 ? isPossible.firstIndex(of: true).map { grid.cell(at: $0) } : nil
  }

  /// Every cell that a goal may be in is possible.
  public mutating func beginTrial() {
    for cell in isPossible.indices { isPossible[cell] = false }
    for goal in goals { isPossible[grid.index(goal)] = true }
    possibleCount = goals.count
  }

  /// Learns from the cell that was reached and whether that was rewarded.
  public mutating func learn(
    from state: GridCell, taking action: Span<Float>, to next: GridCell, outcome: Outcome,
    observing observation: Span<Float>
  ) {
    arrive(in: next, isGoal: outcome.reward == goalReward)
  }

  /// Learns from a move that ended in `cell`, and whether that was on the goal.
  public mutating func arrive(in cell: GridCell, isGoal: Bool) {
    let reached = grid.index(cell)
    if isGoal {
      for cell in isPossible.indices { isPossible[cell] = false }
      (isPossible[reached], possibleCount) = (true, 1)
    } else if isPossible[reached] {
      if possibleCount == 1 { beginTrial() }
      possibleCount -= isPossible[reached] ? 1 : 0
      isPossible[reached] = false
    }
  }

  /// As strong as the root of the probability, so that many faint cells are seen as well.
  public func draw(into scene: inout Scene) {
    draw(isPossible.map { $0 ? 1 / Float(possibleCount) : 0 }, into: &scene)
  }

  /// The same for other probabilities of a goal in each cell; those far below the greatest are left out.
  public func draw(_ distribution: [Float], into scene: inout Scene) {
    scene.grid(grid)
    let least = 1e-3 * (distribution.max() ?? 0)
    scene.heatMap(
      distribution.map { $0 > least ? $0.squareRoot() : .nan }, columnCount: grid.width, over: scene.bounds)
  }
}
