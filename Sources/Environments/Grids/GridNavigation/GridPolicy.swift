/// The best moves by backward induction for someone to whom every one of `goals` pays, however often.
struct GridPolicy: Sendable {
  /// The best move at each time step in every cell, `[time step][cell]`.
  private let moves: [[UInt8]]
  /// The expected return of an episode from every cell, were there all the goals.
  let values: [Double]
  private let grid: Grid

  /// Whether the tables are worth their time and space.
  static func isFeasible(_ grid: Grid, horizon: Int) -> Bool {
    grid.width * grid.height <= 2_000_000 / max(horizon, 1)
  }

  /// V_t(s) = maxₐ (1 − slip) Q_t(s, a) + slip · mean over moves of Q_t(s, ·), where Q_t(s, a) is the reward of
  /// arriving in s′ = move(s, a) plus V_{t+1}(s′), unless the episode ends there.
  init(_ environment: GridNavigation, _ grid: Grid, goals: [GridCell], horizon: Int) {
    self.grid = grid
    var isGoal = Array(repeating: false, count: grid.width * grid.height)
    for goal in goals { isGoal[grid.index(goal)] = true }
    let choices = environment.canStay ? [0, 2, 4, 1, 3] : [2, 4, 1, 3]
    let cells = grid.freeCells.map(grid.index)
    let arrivals = choices.map { move in
      (0..<isGoal.count).map { grid.index(grid.cell(from: grid.cell(at: $0), taking: move)) }
    }
    let (goalReward, stepReward) = (Double(environment.goalReward), Double(environment.stepReward))
    let slip = Double(environment.slip)
    var values = Array(repeating: 0.0, count: isGoal.count)
    var moves: [[UInt8]] = []
    for _ in 0..<horizon {
      let worths = values.indices.map { cell in
        isGoal[cell]
          ? goalReward + (environment.endsAtGoal ? 0 : values[cell]) : stepReward + values[cell]
      }
      var best = Array(repeating: UInt8(0), count: values.count)
      for cell in cells {
        var (top, highest, sum) = (0, -Double.infinity, 0.0)
        for choice in choices.indices {
          let worth = worths[arrivals[choice][cell]]
          sum += worth
          if worth > highest + 1e-12 { (top, highest) = (choice, worth) }
        }
        best[cell] = UInt8(choices[top])
        values[cell] = (1 - slip) * highest + slip * sum / Double(choices.count)
      }
      moves.append(best)
    }
    self.values = values
    self.moves = moves.reversed()
  }

  /// The best move from `cell` after `time` moves of the episode.
  func move(from cell: GridCell, at time: Int) -> Int { Int(moves[time][grid.index(cell)]) }
}
