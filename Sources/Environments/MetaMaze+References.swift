import Randomness
import Simulation

extension MetaMaze {
  /// `random` and `oracle`, both exact; `sweep`, which looks for the goal and then knows it; `blind`, which goes round
  /// and round.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let tasks = tasks(of: distribution) ?? []
    let random = Reference<Self>.random(of: self) {
      Array(repeating: returnOfRandomMoves(in: tasks, horizon), count: episodeCount)
    }
    return [
      random,
      Reference(
        name: "oracle",
        summary: "Knows the goal, and finds out where it is itself so as to reach it as often as possible.",
        makeLane: { MazeLane(environment: self, horizon: horizon, goal: $0.goal, candidates: []) },
        expectedReturns: {
          let values = tasks.map { MazePlan.shared(self, goal: $0.goal, horizon: horizon).value }
          return Array(repeating: values.reduce(0, +) / Double(values.count), count: episodeCount)
        }),
      Reference(
        name: "sweep",
        summary:
          "Goes to the nearest cell where the goal may be until it is found, and then does as the oracle.",
        makeLane: { _ in
          MazeLane(environment: self, horizon: horizon, goal: nil, candidates: tasks.map(\.goal))
        }),
      Reference(
        name: "blind", summary: "Goes through all cells as if it were never moved, whatever happens.",
        makeLane: { _ in MazeTourLane(environment: self, cells: tasks.map(\.goal)) }),
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

/// The best moves to a known goal for who sees walls alone, for all that it can know of where it is.
///
/// What it can know are sets of cells, all equally likely: the middle at first; after it was moved the cells that
/// look alike; and after each move where those lead that look like what is seen. Few sets come of that. With W_n the
/// mean of V_n over the sets after being moved, V_n(set) = maxₘ Σ over cells of the set of (goal: goalReward +
/// W_{n−1}; else V_{n−1}(next set)) / size of the set.
final class MazePlan: Sendable {
  /// What a move from a set of cells brings.
  private struct Step: Sendable {
    /// The probability of the goal.
    let chance: Double
    /// The mean reward of walls.
    let wallReward: Double
    /// The sets it leads to otherwise, by what is seen, and their probabilities, in the order of what is seen.
    let next: [(sight: [UInt8], set: Int, probability: Double)]
  }

  /// Farther from the end than this, the moves are those of this distance.
  private static let remainingLimit = 1000

  /// The expected return of an episode.
  let value: Double
  private let environment: MetaMaze
  private let goal: GridCell
  /// `[set, move]`
  private let steps: [[Step]]
  /// The sets after being moved, by what is seen.
  private let moved: [(sight: [UInt8], set: Int, probability: Double)]
  /// The best move, `[time steps left − 1][set]`.
  private let moves: [[UInt8]]

  private struct Key: Hashable, Sendable {
    let environment: MetaMaze
    let goal: GridCell
    let horizon: Int
  }

  private static let all = Memo<Key, MazePlan>()

  static func shared(_ environment: MetaMaze, goal: GridCell, horizon: Int) -> MazePlan {
    all.value(at: Key(environment: environment, goal: goal, horizon: horizon)) {
      MazePlan(environment, goal: goal, horizon: horizon)
    }
  }

  private init(_ environment: MetaMaze, goal: GridCell, horizon: Int) {
    self.environment = environment
    self.goal = goal
    var survey = Survey(environment: environment, goal: goal)
    survey.explore()
    (steps, moved) = (survey.steps, survey.moved)
    var values = Array(repeating: 0.0, count: survey.steps.count)
    var moves: [[UInt8]] = []
    for _ in 0..<horizon {
      let again =
        Double(environment.goalReward) + survey.moved.reduce(0) { $0 + $1.probability * values[$1.set] }
      let before = values
      var best = Array(repeating: UInt8(0), count: values.count)
      for set in values.indices {
        values[set] = -.infinity
        for (move, step) in survey.steps[set].enumerated() {
          let value = step.next.reduce(step.chance * again + step.wallReward) {
            $0 + $1.probability * before[$1.set]
          }
          if value > values[set] + 1e-12 { (values[set], best[set]) = (value, UInt8(move)) }
        }
      }
      if moves.count < Self.remainingLimit { moves.append(best) }
    }
    self.moves = moves
    value = values[0]
  }

  /// The set of an episode's start.
  static let start = 0

  func move(knowing set: Int, remaining: Int) -> Int { Int(moves[min(remaining, moves.count) - 1][set]) }

  /// What is known where `sight` is seen after being moved.
  func setAfterMoving(seeing sight: [UInt8]) -> Int { moved.first { $0.sight == sight }?.set ?? Self.start }

  /// What is known where `sight` is seen after `move`.
  func set(after set: Int, taking move: Int, seeing sight: [UInt8]) -> Int {
    steps[set][move].next.first { $0.sight == sight }?.set ?? Self.start
  }

  /// Finds all sets of cells.
  private struct Survey {
    let environment: MetaMaze
    let goal: GridCell
    var steps: [[Step]] = []
    var moved: [(sight: [UInt8], set: Int, probability: Double)] = []
    private var numbers: [[GridCell]: Int] = [:]
    private var sets: [[GridCell]] = []

    init(environment: MetaMaze, goal: GridCell) {
      self.environment = environment
      self.goal = goal
    }

    mutating func explore() {
      _ = number(of: [environment.start])
      moved = parted(environment.openCells, of: environment.openCells.count)
      while steps.count < sets.count {
        let set = sets[steps.count]
        var ways: [Step] = []
        for move in 0..<4 { ways.append(step(from: set, taking: move)) }
        steps.append(ways)
      }
    }

    private mutating func step(from set: [GridCell], taking move: Int) -> Step {
      let arrivals = set.map { environment.cell(from: $0, taking: move) }
      let blockedCount = zip(set, arrivals).count { $0 == $1 }
      let hitCount = arrivals.count { $0 == goal }
      return Step(
        chance: Double(hitCount) / Double(set.count),
        wallReward: Double(environment.wallReward) * Double(blockedCount) / Double(set.count),
        next: parted(arrivals.filter { $0 != goal }, of: set.count))
    }

    /// The cells by what is seen there; they are members of a set of `count` cells.
    private mutating func parted(
      _ cells: [GridCell], of count: Int
    ) -> [(sight: [UInt8], set: Int, probability: Double)] {
      var parts: [(sight: [UInt8], cells: [GridCell])] = []
      for cell in cells {
        let sight = environment.sight(from: cell)
        if let index = parts.firstIndex(where: { $0.sight == sight }) {
          parts[index].cells.append(cell)
        } else {
          parts.append((sight, [cell]))
        }
      }
      return parts.map { part in
        (part.sight, number(of: part.cells), Double(part.cells.count) / Double(count))
      }
    }

    private mutating func number(of set: [GridCell]) -> Int {
      let sorted = set.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
      if let number = numbers[sorted] { return number }
      numbers[sorted] = sets.count
      sets.append(sorted)
      return sets.count - 1
    }
  }
}

extension MetaMaze {
  /// What is seen from `cell`, one number for each cell around.
  fileprivate func sight(from cell: GridCell) -> [UInt8] {
    var seen = Array(repeating: Float(0), count: sight * sight)
    var span = seen.mutableSpan
    observe(cell, in: Task(goal: cell), into: &span)
    return seen.map { UInt8($0) }
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
  private var set = MazePlan.start
  private var plan: MazePlan?
  private let grid: Grid

  init(environment: MetaMaze, horizon: Int, goal: GridCell?, candidates: [GridCell]) {
    self.environment = environment
    self.horizon = horizon
    self.goal = goal
    self.candidates = candidates
    cell = environment.start
    grid = Grid(environment)
    plan = goal.map { MazePlan.shared(environment, goal: $0, horizon: horizon) }
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart { learn(moment, seeing: observation) }
    if moment.progress.isEpisodeStart { (cell, set) = (environment.start, MazePlan.start) }
    if let plan {
      let move = plan.move(knowing: set, remaining: horizon - Int(moment.progress.timeOfEpisode))
      action[0] = Float(move)
    } else {
      action[0] = Float(searchingMove())
    }
  }

  private mutating func learn(_ moment: Moment, seeing observation: Span<Float>) {
    let (move, sight) = (Int(moment.previousAction[0]), observation.indices.map { UInt8(observation[$0]) })
    let isFound = moment.previousReward > max(environment.wallReward, 0)
    if goal == nil {
      cell = environment.cell(from: cell, taking: move)
      candidates.removeAll { $0 == cell }
      guard isFound else { return }
      goal = cell
      plan = MazePlan.shared(environment, goal: cell, horizon: horizon)
    }
    guard let plan else { return }
    set = isFound ? plan.setAfterMoving(seeing: sight) : plan.set(after: set, taking: move, seeing: sight)
  }

  /// The first move of a shortest way to the nearest cell where the goal may be.
  private func searchingMove() -> Int { grid.moveToNearest(of: candidates, from: cell) }
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
