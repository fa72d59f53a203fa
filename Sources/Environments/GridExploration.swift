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
    guard goals.count <= 64, horizon <= 256 else { return nil }
    let problem = ExplorationProblem(
      width: width, height: height, goals: goals, horizon: horizon, hasLaterEpisodes: episodeCount > 1)
    return plans.value(at: problem) {
      var search = ExplorationSearch(problem, environment: self)
      return search.plan()
    }
  }
}

private let plans = Memo<ExplorationProblem, ExplorationPlan?>()

private struct ExplorationProblem: Hashable, Sendable {
  let width: Int
  let height: Int
  let goals: [GridNavigation.Cell]
  let horizon: Int
  let hasLaterEpisodes: Bool
}

/// Depth-first branch and bound over paths.
private struct ExplorationSearch {
  typealias Cell = GridNavigation.Cell

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
  let environment: GridNavigation
  /// The index of the goal in each cell, `[y, x]`; −1 where there is none.
  let goalIndices: [Int]
  var placeCount = 0
  var path: [Cell] = []
  /// The most rewards found so far, summed over goals, and the path that brings them.
  var best = -1
  var bestPath: [Cell] = []
  /// The most rewards any path to a place has brought.
  var seen: [Place: Int] = [:]

  init(_ problem: ExplorationProblem, environment: GridNavigation) {
    self.problem = problem
    self.environment = environment
    var goalIndices = Array(repeating: -1, count: problem.width * problem.height)
    for (index, goal) in problem.goals.enumerated() {
      goalIndices[Int(goal.y) * problem.width + Int(goal.x)] = index
    }
    self.goalIndices = goalIndices
  }

  mutating func plan() -> ExplorationPlan? {
    let start = Place(
      time: 0, cell: Cell(x: 0, y: 0), remaining: UInt64.max >> UInt64(64 - problem.goals.count))
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
        next.cell = environment.cell(from: place.cell, taking: move)
        next.time += 1
        let index = goalIndices[Int(next.cell.y) * problem.width + Int(next.cell.x)]
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
    var distances: [Int] = []
    var remaining = place.remaining
    while remaining != 0 {
      let goal = problem.goals[remaining.trailingZeroBitCount]
      distances.append(max(1, Int(abs(goal.x - place.cell.x) + abs(goal.y - place.cell.y))))
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
    let goals = problem.goals.indices.filter { remaining >> UInt64($0) & 1 == 1 }
      .map { problem.goals[$0] }.filter { $0.x + $0.y <= Int32(problem.horizon) }
      .sorted { $0.x + $0.y < $1.x + $1.y }
    var (path, cell) = ([Cell](), Cell(x: 0, y: 0))
    for goal in goals {
      guard goal.x >= cell.x && goal.y >= cell.y && (goal != cell || goals.count == 1) else { return nil }
      while cell != goal {
        cell = environment.cell(from: cell, taking: environment.move(from: cell, towards: goal))
        path.append(cell)
      }
    }
    return path
  }

  /// `path` and then staying at its end, for the whole episode.
  private func padded(_ path: [Cell]) -> [Cell] {
    let end = path.last ?? Cell(x: 0, y: 0)
    return path + Array(repeating: end, count: problem.horizon - path.count)
  }
}
