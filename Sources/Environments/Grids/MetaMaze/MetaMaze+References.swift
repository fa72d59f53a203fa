import Randomness
import Simulation

extension MetaMaze {
  /// The agents of tasks that are those of training, too.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    references(in: ReferenceSetting(distribution, horizon: horizon, episodeCount: episodeCount))
  }

  /// `random` and `oracle`, both exact but for plans that are too large; `sweep`, which looks for the goal and then knows
  /// it; `blind`, which goes round and round.
  public func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>] {
    let (horizon, episodeCount) = (setting.horizon, setting.episodeCount)
    let tasks = tasks(of: setting.distribution) ?? []
    let prior = setting.prior { (self.tasks(of: $0) ?? []).map(\.goal) }
    let random = Reference<Self>.random(of: self) {
      Array(repeating: returnOfRandomMoves(in: tasks, horizon), count: episodeCount)
    }
    var knownReturns: (@Sendable () -> [Double])?
    if MazePlan.isFeasible(self) {
      knownReturns = {
        let values = tasks.map { MazePlan.shared(self, goal: $0.goal, horizon: horizon).value }
        return Array(repeating: values.reduce(0, +) / Double(values.count), count: episodeCount)
      }
    }
    return [
      random,
      Reference(
        name: "oracle",
        summary: knownReturns != nil
          ? "Knows the goal, and finds out where it is itself so as to reach it as often as possible."
          : "Knows the goal, and goes there as if it were in the nearest of the cells where it may be.",
        makeLane: { MazeLane(environment: self, horizon: horizon, goal: $0.goal, candidates: []) },
        expectedReturns: knownReturns),
      Reference(
        name: "sweep",
        summary:
          "Goes to the nearest cell where the goal may be until it is found, and then does as the oracle.",
        makeLane: { _ in
          MazeLane(environment: self, horizon: horizon, goal: nil, candidates: prior)
        }),
      Reference(
        name: "blind",
        summary: "A fixed plan: goes through all cells as if it were never moved, whatever happens.",
        makeLane: { _ in MazeTourLane(environment: self, cells: prior) }),
    ]
  }

  /// The mean over tasks of the expected return of uniformly random moves.
  private func returnOfRandomMoves(in tasks: [Task], _ horizon: Int) -> Double {
    let cells = openCells
    var indices: [GridCell: Int] = [:]
    for (index, cell) in cells.enumerated() { indices[cell] = index }
    let moves = cells.map { cell in (0..<4).map { indices[self.cell(from: cell, taking: $0)] ?? 0 } }
    let total = tasks.reduce(0.0) { sum, task in
      sum + returnOfRandomMoves(moves, from: indices[start] ?? 0, to: indices[task.goal] ?? 0, horizon)
    }
    return total / Double(tasks.count)
  }

  private func returnOfRandomMoves(_ moves: [[Int]], from start: Int, to goal: Int, _ horizon: Int) -> Double
  {
    var chances = Array(repeating: 0.0, count: moves.count)
    chances[start] = 1
    var total = 0.0
    for _ in 0..<horizon {
      var next = Array(repeating: 0.0, count: moves.count)
      for cell in moves.indices {
        for arrived in moves[cell] {
          next[arrived] += chances[cell] / 4
          if arrived == cell { total += chances[cell] / 4 * Double(wallReward) }
        }
      }
      total += next[goal] * Double(goalReward)
      let moved = next[goal] / Double(moves.count)
      next[goal] = 0
      chances = next.map { $0 + moved }
    }
    return total
  }
}

/// Looks for the goal at known places, and then follows the plan for a known one.
private struct MazeLane: ReferenceLane {
  let environment: MetaMaze
  let horizon: Int
  /// The goal, once it is known.
  private var goal: GridCell?
  /// Where it may be until then.
  private var candidates: [GridCell]
  /// Where the agent is while it looks for the goal.
  private var cell: GridCell
  /// What it knows of where it is once it knows the goal.
  private var place: MazePlace?
  private let grid: Grid

  init(environment: MetaMaze, horizon: Int, goal: GridCell?, candidates: [GridCell]) {
    self.environment = environment
    self.horizon = horizon
    self.goal = goal
    self.candidates = candidates
    cell = environment.start
    grid = Grid(environment)
    place = goal.map { MazePlace(environment, goal: $0, horizon: horizon) }
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart { learn(moment, seeing: observation) }
    if moment.progress.isEpisodeStart {
      cell = environment.start
      place?.restart()
    }
    action[0] = Float(
      place?.move(remaining: horizon - Int(moment.progress.timeOfEpisode))
        ?? grid.moveToNearest(of: candidates, from: cell))
  }

  private mutating func learn(_ moment: Moment, seeing observation: Span<Float>) {
    let move = Int(moment.previousAction[0])
    let isFound = moment.previousReward > max(environment.wallReward, 0)
    if goal == nil {
      cell = environment.cell(from: cell, taking: move)
      candidates.removeAll { $0 == cell }
      guard isFound else { return }
      goal = cell
      place = MazePlace(environment, goal: cell, horizon: horizon)
    }
    place?.learn(move, isFound: isFound, seeing: observation)
  }
}

/// Where an agent may be that knows the goal: a set of a plan, or where there are too many of those the cells themselves.
private struct MazePlace {
  private let geometry: MazeGeometry
  private let goal: Int
  private let plan: MazePlan?
  private var set = MazePlan.start
  private var cells: [Int]
  /// The number of moves to the goal, `[cell]`.
  private let distances: [Int]

  init(_ environment: MetaMaze, goal: GridCell, horizon: Int) {
    geometry = MazeGeometry.shared(environment)
    self.goal = geometry.index(goal)
    plan =
      MazePlan.isFeasible(environment) ? MazePlan.shared(environment, goal: goal, horizon: horizon) : nil
    cells = [geometry.start]
    let (grid, open) = (Grid(environment), geometry.cells)
    let ways = plan == nil ? grid.distances(to: goal) : []
    distances = plan == nil ? open.map { ways[grid.index($0)] ?? 0 } : []
  }

  mutating func restart() { (set, cells) = (MazePlan.start, [geometry.start]) }

  mutating func learn(_ move: Int, isFound: Bool, seeing observation: Span<Float>) {
    let sight = geometry.sight(observation)
    if let plan {
      set = isFound ? plan.setAfterMoving(seeing: sight) : plan.set(after: set, taking: move, seeing: sight)
      return
    }
    let arrivals =
      isFound
      ? Set(geometry.cells.indices) : Set(cells.map { Int(geometry.arrivals[move][$0]) }).subtracting([goal])
    cells = arrivals.filter { geometry.sights[$0] == sight }.sorted()
  }

  func move(remaining: Int) -> Int {
    if let plan { return plan.move(knowing: set, remaining: remaining) }
    guard let cell = cells.min(by: { distances[$0] < distances[$1] }) else { return 0 }
    // In the goal itself it has to leave first.
    let nearer = (0..<4).first { distances[Int(geometry.arrivals[$0][cell])] < distances[cell] }
    return nearer ?? (0..<4).first { Int(geometry.arrivals[$0][cell]) != cell } ?? 0
  }
}

/// Goes to the nearest cell where it should not have been yet, if nothing had happened; and then again.
private struct MazeTourLane: ReferenceLane {
  let environment: MetaMaze
  let cells: [GridCell]
  private let grid: Grid
  private var cell = GridCell(x: 0, y: 0)
  private var remaining: [GridCell] = []

  init(environment: MetaMaze, cells: [GridCell]) {
    self.environment = environment
    self.cells = cells
    grid = Grid(environment)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if moment.progress.isEpisodeStart { (cell, remaining) = (environment.start, cells) }
    let move = grid.moveToNearest(of: remaining, from: cell)
    cell = environment.cell(from: cell, taking: move)
    remaining.removeAll { $0 == cell }
    if remaining.isEmpty { remaining = cells }
    action[0] = Float(move)
  }
}

extension Grid {
  /// The cells of a maze of pillars.
  fileprivate init(_ maze: MetaMaze) {
    let rows = (0..<maze.size).reversed().map { y in
      String((0..<maze.size).map { maze.isOpen(x: $0, y: y) ? "." : "#" })
    }
    self.init(width: maze.size, height: maze.size, map: GridMap(rows))
  }

  /// The first move of a shortest way to the nearest of `cells`, as an action of a maze.
  fileprivate func moveToNearest(of cells: [GridCell], from cell: GridCell) -> Int {
    let distances = distances(to: cell)
    let nearest = cells.min { (distances[index($0)] ?? .max) < (distances[index($1)] ?? .max) }
    guard let nearest else { return 0 }
    // To come to where it is, it has to leave first.
    return max(move(from: cell, along: self.distances(to: nearest)), 1) - 1
  }
}
