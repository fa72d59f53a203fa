import Synchronization

/// Where to go while the goal is unknown, proven to be Bayes-optimal.
struct ExplorationPlan: Sendable {
  /// The cells after each move, `[episode, time step]`; the last episode stands for all later ones.
  let cells: [[GridNavigation.Cell]]
}

extension GridNavigation {
  /// The Bayes-optimal plan of a trial, or nil where none is found or it cannot be proven optimal.
  ///
  /// Until the goal is found the agent learns nothing but where the goal is not, so its behaviour is a path.
  /// A goal first reached by move τ of H brings H − τ + 1 rewards in that episode. Let V₁ be the best mean
  /// return of one episode and V* that of an agent that knows the goal. No agent gets more than
  /// V₁ + (E − 1) V* in E episodes, and a path gets just that if it is optimal for the first episode and
  /// leaves only goals that one shortest path of the second episode visits, each as early as is possible.
  func explorationPlan(goals: [Cell], horizon: Int, episodeCount: Int) -> ExplorationPlan? {
    guard goals.count <= 64, horizon <= 256, let start = fixedStart, slip == 0, !endsAtGoal, canStay else {
      return nil
    }
    let problem = ExplorationProblem(
      grid: grid, start: start, goals: goals, horizon: horizon, hasLaterEpisodes: episodeCount > 1)
    return plans.value(at: problem) {
      var search = ExplorationSearch(problem)
      return search.plan()
    }
  }
}

private let plans = Memo<ExplorationProblem, ExplorationPlan?>()

private struct ExplorationProblem: Hashable, Sendable {
  let grid: Grid
  let start: GridCell
  let goals: [GridCell]
  let horizon: Int
  let hasLaterEpisodes: Bool
}

/// Depth-first branch and bound over paths.
private struct ExplorationSearch {
  typealias Cell = GridCell

  /// Where a path stands; two paths that stand in the same place have the same future.
  struct Place: Hashable {
    var time: Int
    var cell: Cell
    /// Bit i is set while goal i has not been visited.
    var remaining: UInt64
  }

  /// The most places looked at before giving up, some tenths of a second's worth.
  static let placeLimit = 200_000

  let problem: ExplorationProblem
  /// The number of moves to each goal from each cell, `[goal][cell]`, beyond any horizon where there is no way.
  let distances: [[Int]]
  /// The index of the goal in each cell, `[y, x]`; −1 where there is none.
  let goalIndices: [Int]
  var placeCount = 0
  var path: [Cell] = []
  /// The most rewards found so far, summed over goals, and the path that brings them.
  var best = -1
  var bestPath: [Cell] = []
  /// The most rewards any path to a place has brought.
  var seen: [Place: Int] = [:]

  init(_ problem: ExplorationProblem) {
    self.problem = problem
    distances = problem.goals.map { problem.grid.distances(to: $0).map { $0 ?? 1 << 20 } }
    var goalIndices = Array(repeating: -1, count: problem.grid.width * problem.grid.height)
    for (index, goal) in problem.goals.enumerated() { goalIndices[problem.grid.index(goal)] = index }
    self.goalIndices = goalIndices
  }

  mutating func plan() -> ExplorationPlan? {
    let start = Place(
      time: 0, cell: problem.start, remaining: UInt64.max >> UInt64(64 - problem.goals.count))
    let bound = bound(at: start)
    _ = isDone(from: start, gained: 0) { search, place, gained in
      if gained > search.best { (search.best, search.bestPath) = (gained, search.path) }
      return gained == bound
    }
    guard placeCount < Self.placeLimit else { return nil }
    guard problem.hasLaterEpisodes else { return ExplorationPlan(cells: [padded(bestPath)]) }

    (seen, path, placeCount) = ([:], [], 0)
    best -= 1  // Paths as good as the best must not be cut off.
    var secondPath: [Cell]?
    _ = isDone(from: start, gained: 0) { search, place, gained in
      guard gained > search.best, let rest = search.shortestPath(through: place.remaining) else {
        return false
      }
      (secondPath, search.bestPath) = (rest, search.path)
      return true
    }
    return secondPath.map { ExplorationPlan(cells: [padded(bestPath), padded($0)]) }
  }

  /// Extends the path from `place` in every way that may bring more than `best`, calls `visit` where nothing
  /// more can be gained, and returns whether a visit asked to stop.
  private mutating func isDone(
    from place: Place, gained: Int, visit: (inout Self, Place, Int) -> Bool
  ) -> Bool {
    placeCount += 1
    if placeCount >= Self.placeLimit { return true }
    let bound = bound(at: place)
    if bound == 0 { return visit(&self, place, gained) }
    if gained + bound <= best { return false }
    if let earlier = seen[place], earlier >= gained { return false }
    seen[place] = gained
    for isGoal in [true, false] {
      for move in [2, 1, 4, 3, 0] {
        var next = place
        next.cell = problem.grid.cell(from: place.cell, taking: move)
        next.time += 1
        let index = goalIndices[problem.grid.index(next.cell)]
        let bit: UInt64 = index < 0 ? 0 : 1 << UInt64(index)
        guard (place.remaining & bit != 0) == isGoal else { continue }
        next.remaining &= ~bit
        path.append(next.cell)
        let more = isGoal ? problem.horizon - place.time : 0
        if isDone(from: next, gained: gained + more, visit: visit) { return true }
        path.removeLast()
      }
    }
    return false
  }

  /// No path gains more from `place` on: the i-th goal is found at the distance of the i-th nearest at the
  /// earliest, and i − 1 moves after the nearest.
  private func bound(at place: Place) -> Int {
    let cell = problem.grid.index(place.cell)
    var distances: [Int] = []
    var remaining = place.remaining
    while remaining != 0 {
      distances.append(max(1, self.distances[remaining.trailingZeroBitCount][cell]))
      remaining &= remaining - 1
    }
    distances.sort()
    var (total, earliest) = (0, 0)
    for distance in distances {
      earliest = max(earliest + 1, distance)
      total += max(0, problem.horizon - place.time - earliest + 1)
    }
    return total
  }

  /// A path from the start that visits each of the goals `remaining` that can be reached at all as early as
  /// is possible, if there is one.
  private func shortestPath(through remaining: UInt64) -> [Cell]? {
    let start = problem.grid.index(problem.start)
    let goals = problem.goals.indices.filter { remaining >> UInt64($0) & 1 == 1 }
      .filter { distances[$0][start] <= problem.horizon }
      .sorted { distances[$0][start] < distances[$1][start] }
    var (path, cell) = ([Cell](), problem.start)
    for goal in goals {
      let here = distances[goal][problem.grid.index(cell)]
      guard path.count + here == distances[goal][start], here > 0 || goals.count == 1 else { return nil }
      let route = distances[goal].map(Optional.some)
      while cell != problem.goals[goal] {
        cell = problem.grid.cell(from: cell, taking: problem.grid.move(from: cell, along: route))
        path.append(cell)
      }
    }
    return path
  }

  /// `path` and then staying at its end, for the whole episode.
  private func padded(_ path: [Cell]) -> [Cell] {
    let end = path.last ?? problem.start
    return path + Array(repeating: end, count: problem.horizon - path.count)
  }
}
