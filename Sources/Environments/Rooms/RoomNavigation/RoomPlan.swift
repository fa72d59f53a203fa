import Randomness

/// The best moves for all that can be known of the goals, for every time that is left.
///
/// What is known is which corners each goal may be in; while a goal is uncertain the later ones are as they were.
/// Where a move ends decides what is learnt, so V_n(known, stage, cell) = maxₘ A_n(known, stage, cell after m), with
/// A_n the mean over what may happen there of reward + V_{n−1}. V_0 is the value of the next episode's start.
final class RoomPlan: Sendable {
  /// What may happen where a move ends.
  struct Event: Sendable {
    let probability: Double
    let reward: Float
    let knowledge: Int
    let stage: Int
  }

  /// Which corners the goals may be in, as bit masks.
  private struct Knowledge: Hashable, Sendable {
    var first: UInt8
    var second: UInt8
    var third: UInt8
  }

  /// The corners that the first two goals may be in before anything is known.
  struct Prior: Hashable, Sendable {
    let first: [RoomNavigation.Corner]
    let second: [RoomNavigation.Corner]
  }

  /// The most time steps of a trial that moves are tabulated for.
  static let lengthLimit = 3000
  /// Farther from the end than this, the moves are those of this distance.
  private static let remainingLimit = 600

  private let environment: RoomNavigation
  private let cells: [GridCell]
  private let cellIndices: [GridCell: Int]
  private let horizon: Int
  private let numbers: [Knowledge: Int]
  /// What may happen, `[knowledge, stage, cell]`.
  private let events: [[Event]]
  /// The best move, `[episode][time steps left − 1][knowledge, stage, cell]`.
  private let moves: [[[UInt8]]]
  /// The value of a last episode, `[knowledge]`.
  private let lastValues: [Double]

  private struct Key: Hashable, Sendable {
    let environment: RoomNavigation
    let prior: Prior
    let horizon: Int
    let episodeCount: Int
  }

  private static let all = Memo<Key, RoomPlan>()

  static func shared(
    _ environment: RoomNavigation, _ prior: Prior, _ horizon: Int, _ episodeCount: Int
  ) -> RoomPlan {
    let key = Key(environment: environment, prior: prior, horizon: horizon, episodeCount: episodeCount)
    return all.value(at: key) { RoomPlan(environment, prior, horizon, episodeCount) }
  }

  private init(_ environment: RoomNavigation, _ prior: Prior, _ horizon: Int, _ episodeCount: Int) {
    self.environment = environment
    self.horizon = horizon
    let cells = environment.grid.freeCells
    self.cells = cells
    var cellIndices: [GridCell: Int] = [:]
    for (index, cell) in cells.enumerated() { cellIndices[cell] = index }
    self.cellIndices = cellIndices
    var survey = Survey(environment, cells: cells)
    survey.explore(from: Knowledge(first: mask(of: prior.first), second: mask(of: prior.second), third: 15))
    numbers = survey.numbers
    events = survey.events
    let neighbours = cells.flatMap { cell in
      Self.choices.map { cellIndices[environment.cell(from: cell, taking: $0)] ?? 0 }
    }
    let start = cellIndices[environment.start] ?? 0
    let starts = (0..<survey.numbers.count).map { $0 * 3 * cells.count + start }
    var later = Array(repeating: 0.0, count: starts.count)
    var moves: [[[UInt8]]] = []
    for episode in (0..<episodeCount).reversed() {
      let solution = Self.solution(
        of: survey.events, neighbours, cellCount: cells.count, horizon, later: later)
      later = starts.map { solution.values[$0] }
      if episode == episodeCount - 1 { survey.lastValues = later }
      moves.append(solution.moves)
    }
    self.moves = moves.reversed()
    lastValues = survey.lastValues
  }

  /// The moves, in the order in which the first of equals is taken.
  private static let choices = [2, 4, 1, 3, 0]

  private static func solution(
    of events: [[Event]], _ neighbours: [Int], cellCount: Int, _ horizon: Int, later: [Double]
  ) -> (values: [Double], moves: [[UInt8]]) {
    var values = events.indices.map { later[$0 / (3 * cellCount)] }
    var moves: [[UInt8]] = []
    for _ in 0..<horizon {
      let arrivals = events.indices.map { place in
        events[place].reduce(0.0) { sum, event in
          let next = (event.knowledge * 3 + event.stage) * cellCount + place % cellCount
          return sum + event.probability * (Double(event.reward) + values[next])
        }
      }
      var best = Array(repeating: UInt8(0), count: events.count)
      for place in events.indices {
        let (cell, base) = (place % cellCount, place - place % cellCount)
        var value = -Double.infinity
        for (number, move) in choices.enumerated() {
          let candidate = arrivals[base + neighbours[cell * choices.count + number]]
          if candidate > value + 1e-9 { (value, best[place]) = (candidate, UInt8(move)) }
        }
        values[place] = value
      }
      if moves.count < remainingLimit { moves.append(best) }
    }
    return (values, moves)
  }

  /// The number of what is known to who knows `task`.
  func index(of task: RoomNavigation.Task) -> Int {
    let known = Knowledge(
      first: mask(of: [task.first]), second: mask(of: [task.second]), third: mask(of: [task.third]))
    return numbers[known] ?? 0
  }

  /// The return of an episode for who knows `task`.
  func value(knowing task: RoomNavigation.Task) -> Double { lastValues[index(of: task)] }

  func move(from cell: GridCell, stage: Int, knowing knowledge: Int, episode: Int, time: Int) -> Int {
    let table = moves[min(episode, moves.count - 1)]
    return Int(table[min(horizon - time, table.count) - 1][place(cell, stage, knowledge)])
  }

  func events(at cell: GridCell, stage: Int, knowing knowledge: Int) -> [Event] {
    events[place(cell, stage, knowledge)]
  }

  private func place(_ cell: GridCell, _ stage: Int, _ knowledge: Int) -> Int {
    (knowledge * 3 + stage) * cells.count + (cellIndices[cell] ?? 0)
  }

  /// The return of each episode of the agent that begins with no knowledge and follows the plan in `task`.
  func returns(in task: RoomNavigation.Task) -> [Double] {
    var knowledge = 0
    return moves.indices.map { episode in
      var (state, total) = (RoomNavigation.State(cell: environment.start), 0.0)
      for time in 0..<horizon {
        let stage = Int(state.stage)
        let move = move(from: state.cell, stage: stage, knowing: knowledge, episode: episode, time: time)
        let reward = environment.reward(of: &state, taking: move, in: task)
        let event = events(at: state.cell, stage: stage, knowing: knowledge).first { $0.reward == reward }
        knowledge = event?.knowledge ?? knowledge
        total += Double(reward)
      }
      return total
    }
  }

  /// Finds all that can be known and what may happen then.
  private struct Survey {
    let environment: RoomNavigation
    let cells: [GridCell]
    var numbers: [Knowledge: Int] = [:]
    var events: [[Event]] = []
    var lastValues: [Double] = []
    private var found: [Knowledge] = []

    init(_ environment: RoomNavigation, cells: [GridCell]) {
      self.environment = environment
      self.cells = cells
    }

    mutating func explore(from knowledge: Knowledge) {
      _ = number(of: knowledge)
      var next = 0
      while next < found.count {
        for stage in 0..<3 { for cell in cells { events.append(events(at: cell, stage, found[next])) } }
        next += 1
      }
    }

    private mutating func number(of knowledge: Knowledge) -> Int {
      if let number = numbers[knowledge] { return number }
      numbers[knowledge] = found.count
      found.append(knowledge)
      return found.count - 1
    }

    private func corner(_ cell: GridCell, ofRoomAt x: Int) -> UInt8 {
      let corner = RoomNavigation.Corner.allCases.first {
        environment.cell(of: $0, ofRoomAt: x) == cell
      }
      return corner.map { mask(of: [$0]) } ?? 0
    }

    private mutating func events(at cell: GridCell, _ stage: Int, _ known: Knowledge) -> [Event] {
      let nothing = Event(
        probability: 1, reward: environment.stepReward, knowledge: number(of: known), stage: stage)
      // Who has reached a goal knows where it is; anything else does not happen.
      let reached = stage == 0 ? [] : stage == 1 ? [known.first] : [known.first, known.second]
      guard reached.allSatisfy({ $0.nonzeroBitCount == 1 }) else { return [nothing] }
      let middle = corner(cell, ofRoomAt: environment.middle)
      if known.first & middle != 0 {
        var hit = known
        (hit.first, hit.third) = (middle, known.third & ~middle)
        return events(
          known, \.first, middle, hit: hit, reward: environment.firstReward, stage, max(stage, 1))
      }
      if stage == 2 && known.third & middle != 0 {
        var hit = known
        hit.third = middle
        return events(known, \.third, middle, hit: hit, reward: environment.thirdReward, stage, stage)
      }
      let isLeft = known.first & mask(of: RoomNavigation.Corner.allCases.filter(\.isLeft)) != 0
      let side = corner(cell, ofRoomAt: isLeft ? 0 : environment.right)
      guard stage > 0 && known.second & side != 0 else { return [nothing] }
      var hit = known
      hit.second = side
      return events(known, \.second, side, hit: hit, reward: environment.secondReward, stage, 2)
    }

    /// A goal that may be in the corners of `goal` is in `corner`, or it is not.
    private mutating func events(
      _ known: Knowledge, _ goal: WritableKeyPath<Knowledge, UInt8>, _ corner: UInt8, hit: Knowledge,
      reward: Float, _ stage: Int, _ nextStage: Int
    ) -> [Event] {
      let chance = 1 / Double(known[keyPath: goal].nonzeroBitCount)
      let found = Event(probability: chance, reward: reward, knowledge: number(of: hit), stage: nextStage)
      guard chance < 1 else { return [found] }
      var miss = known
      miss[keyPath: goal] &= ~corner
      let missed = Event(
        probability: 1 - chance, reward: environment.stepReward, knowledge: number(of: miss), stage: stage)
      return [found, missed]
    }
  }
}

/// A bit for each corner.
private func mask(of corners: [RoomNavigation.Corner]) -> UInt8 {
  corners.reduce(0) { mask, corner in
    mask | 1 << UInt8(RoomNavigation.Corner.allCases.firstIndex(of: corner) ?? 0)
  }
}
