/// The best moves to a known goal for who sees walls alone, for all that it can know of where it is.
///
/// What it can know are sets of cells, all equally likely: the middle at first; after it was moved the cells that
/// look alike; and after each move where those lead that look like what is seen. Few sets come of that. With W_n the
/// mean of V_n over the sets after being moved, V_n(set) = maxₘ Σ over cells of the set of (goal: goalReward +
/// W_{n−1}; else V_{n−1}(next set)) / size of the set.
final class MazePlan: Sendable {
  /// A set that a move leads to, by what is seen then.
  struct Part: Sendable {
    let sight: Int
    let set: Int
    let probability: Double
  }

  /// What a move from a set of cells brings.
  fileprivate struct Step: Sendable {
    /// The probability of the goal.
    let chance: Double
    /// The mean reward of walls.
    let wallReward: Double
    /// The sets it leads to otherwise, in the order of what is seen.
    let next: [Part]
  }

  /// Farther from the end than this, the moves are those of this distance.
  private static let remainingLimit = 1000

  /// The expected return of an episode.
  let value: Double
  let geometry: MazeGeometry
  /// `[set, move]`
  private let steps: [[Step]]
  /// The sets after being moved.
  private let moved: [Part]
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
    geometry = MazeGeometry.shared(environment)
    var survey = MazeSurvey(geometry, goal: geometry.index(goal), wallReward: Double(environment.wallReward))
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

  /// More sets than this take too long to plan with, for every goal.
  private static let setLimit = 6000
  private static let feasible = Memo<MetaMaze, Bool>()

  /// Whether there are few enough sets: those of a goal in the middle are the most.
  static func isFeasible(_ environment: MetaMaze) -> Bool {
    feasible.value(at: environment) {
      let geometry = MazeGeometry.shared(environment)
      var survey = MazeSurvey(geometry, goal: geometry.start, wallReward: 0)
      return survey.explore(limit: setLimit)
    }
  }

  func move(knowing set: Int, remaining: Int) -> Int { Int(moves[min(remaining, moves.count) - 1][set]) }

  /// What is known where `sight` is seen after being moved.
  func setAfterMoving(seeing sight: Int?) -> Int { moved.first { $0.sight == sight }?.set ?? Self.start }

  /// What is known where `sight` is seen after `move`.
  func set(after set: Int, taking move: Int, seeing sight: Int?) -> Int {
    steps[set][move].next.first { $0.sight == sight }?.set ?? Self.start
  }
}

/// The open cells of a maze by number, where moves lead, and which look alike.
final class MazeGeometry: Sendable {
  let cells: [GridCell]
  let start: Int
  /// `[move][cell]`
  let arrivals: [[UInt8]]
  /// The number of what is seen, `[cell]`.
  let sights: [Int]
  private let numbersOfSights: [[UInt8]: Int]

  private static let all = Memo<MetaMaze, MazeGeometry>()

  static func shared(_ environment: MetaMaze) -> MazeGeometry {
    all.value(at: environment) { MazeGeometry(environment) }
  }

  private init(_ environment: MetaMaze) {
    let cells = environment.openCells
    self.cells = cells
    start = cells.firstIndex(of: environment.start) ?? 0
    arrivals = (0..<4).map { move in
      cells.map { cell in
        UInt8(cells.firstIndex(of: environment.cell(from: cell, taking: move)) ?? 0)
      }
    }
    var numbers: [[UInt8]: Int] = [:]
    sights = cells.map { cell in
      let sight = environment.sight(from: cell)
      let number = numbers[sight] ?? numbers.count
      numbers[sight] = number
      return number
    }
    numbersOfSights = numbers
  }

  func index(_ cell: GridCell) -> Int { cells.firstIndex(of: cell) ?? start }

  /// The number of what an observation shows.
  func sight(_ observation: Span<Float>) -> Int? {
    numbersOfSights[observation.indices.map { UInt8(observation[$0]) }]
  }
}

/// Finds all sets of cells that can be known.
private struct MazeSurvey {
  let geometry: MazeGeometry
  let goal: Int
  let wallReward: Double
  var steps: [[MazePlan.Step]] = []
  var moved: [MazePlan.Part] = []
  /// Sets are cells in increasing order.
  private var numbers: [[UInt8]: Int] = [:]
  private var sets: [[UInt8]] = []

  init(_ geometry: MazeGeometry, goal: Int, wallReward: Double) {
    (self.geometry, self.goal, self.wallReward) = (geometry, goal, wallReward)
  }

  /// Returns whether there are at most `limit` sets, without having found all where there are more.
  @discardableResult
  mutating func explore(limit: Int = .max) -> Bool {
    _ = number(of: [UInt8(geometry.start)])
    moved = parted(geometry.cells.indices.map { UInt8($0) }, of: geometry.cells.count)
    while steps.count < sets.count {
      let set = sets[steps.count]
      var ways: [MazePlan.Step] = []
      for move in 0..<4 { ways.append(step(from: set, taking: move)) }
      steps.append(ways)
      if sets.count > limit { return false }
    }
    return true
  }

  private mutating func step(from set: [UInt8], taking move: Int) -> MazePlan.Step {
    let arrivals = set.map { geometry.arrivals[move][Int($0)] }
    let blockedCount = zip(set, arrivals).count { $0 == $1 }
    let hitCount = arrivals.count { $0 == goal }
    return MazePlan.Step(
      chance: Double(hitCount) / Double(set.count),
      wallReward: wallReward * Double(blockedCount) / Double(set.count),
      next: parted(arrivals.filter { $0 != goal }, of: set.count))
  }

  /// The cells by what is seen there; they are members of a set of `count` cells.
  private mutating func parted(_ cells: [UInt8], of count: Int) -> [MazePlan.Part] {
    var parts: [(sight: Int, cells: [UInt8])] = []
    for cell in cells {
      let sight = geometry.sights[Int(cell)]
      if let index = parts.firstIndex(where: { $0.sight == sight }) {
        parts[index].cells.append(cell)
      } else {
        parts.append((sight, [cell]))
      }
    }
    return parts.map { part in
      MazePlan.Part(
        sight: part.sight, set: number(of: part.cells), probability: Double(part.cells.count) / Double(count))
    }
  }

  private mutating func number(of set: [UInt8]) -> Int {
    // A cell that two members of a set lead to is there twice, because it is twice as likely.
    let sorted = set.sorted()
    if let number = numbers[sorted] { return number }
    numbers[sorted] = sets.count
    sets.append(sorted)
    return sets.count - 1
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
