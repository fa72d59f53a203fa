/// Where an agent is that takes the same moves whatever it gets, as a Markov chain over the cells.
struct GridChain: Sendable {
  let environment: GridNavigation
  private let grid: Grid

  /// Cells times steps that are worth a pass, some tenths of a second's worth.
  private static let sizeLimit = 20_000_000

  init(_ environment: GridNavigation) {
    self.environment = environment
    grid = environment.grid
  }

  func isFeasible(goalCount: Int, horizon: Int) -> Bool {
    grid.width * grid.height <= Self.sizeLimit / max(horizon, 1) / (environment.endsAtGoal ? goalCount : 1)
  }

  /// The mean over `goals` of the expected return of an episode.
  func expectedReturn(
    goals: [GridCell], horizon: Int, choose: (_ cell: Int, _ time: Int) -> Int?
  ) -> Double {
    let arrivals = (0...4).map { move in
      (0..<grid.width * grid.height).map { grid.index(grid.cell(from: grid.cell(at: $0), taking: move)) }
    }
    // Where episodes go on, the chain is the same for all goals.
    let groups = environment.endsAtGoal ? goals.map { [$0] } : [goals]
    let total = groups.reduce(0.0) { sum, group in
      let share = 1 / Double(group.count)
      return sum + expectedReturn(group, share: share, horizon, arrivals, choose)
    }
    return total / Double(groups.count)
  }

  /// Each of `goals` is the goal with probability `share`; episodes that end, end in all of them.
  private func expectedReturn(
    _ goals: [GridCell], share: Double, _ horizon: Int, _ arrivals: [[Int]], _ choose: (Int, Int) -> Int?
  ) -> Double {
    let starts = environment.fixedStart.map { [$0] } ?? grid.freeCells
    var chances = Array(repeating: 0.0, count: grid.width * grid.height)
    for start in starts { chances[grid.index(start)] += 1 / Double(starts.count) }
    let moves = environment.canStay ? Array(0...4) : Array(1...4)
    var (total, left) = (0.0, 1.0)
    for time in 0..<horizon {
      var next = Array(repeating: 0.0, count: chances.count)
      for cell in chances.indices where chances[cell] > 0 {
        let chosen = choose(cell, time)
        let slip = chosen == nil ? 1 : Double(environment.slip)
        if slip > 0 {
          for move in moves { next[arrivals[move][cell]] += chances[cell] * slip / Double(moves.count) }
        }
        if let chosen, slip < 1 {
          let move = environment.canStay ? chosen : max(chosen, 1)
          next[arrivals[move][cell]] += chances[cell] * (1 - slip)
        }
      }
      chances = next
      let found = share * goals.reduce(0) { $0 + chances[grid.index($1)] }
      total += found * Double(environment.goalReward) + (left - found) * Double(environment.stepReward)
      guard environment.endsAtGoal else { continue }
      left -= found
      for goal in goals { chances[grid.index(goal)] = 0 }
    }
    return total
  }
}
