import Randomness

/// The cells where a goal may still be, all equally likely.
struct GoalCandidates: Sendable {
  private let index: GoalIndex
  /// Bit i is set while goal i has not been ruled out.
  private var remaining: [UInt64]
  private(set) var count: Int
  /// Where the goal was found.
  private(set) var found: GridCell?

  init(_ index: GoalIndex) {
    self.index = index
    remaining = Self.all(index.goals.count)
    count = index.goals.count
  }

  private static func all(_ count: Int) -> [UInt64] {
    (0..<(count + 63) / 64).map { $0 < count / 64 ? UInt64.max : UInt64.max >> UInt64(64 - count % 64) }
  }

  func contains(_ cell: GridCell) -> Bool {
    if let found { return found == cell }
    return index.rank(of: cell).map(isRemaining) ?? false
  }

  private func isRemaining(_ rank: Int) -> Bool { remaining[rank / 64] >> UInt64(rank % 64) & 1 == 1 }

  /// The goal, once it is certain.
  var certain: GridCell? { found ?? (count == 1 ? ranks(limit: 1).first.map { index.goals[$0] } : nil) }

  /// Learns from a move that ended in `cell`, and whether that was on the goal. Where the goal is nowhere, because
  /// another task has begun, all is possible again but this cell.
  mutating func update(arrivingIn cell: GridCell, isGoal: Bool) {
    if isGoal {
      found = cell
      return
    }
    if found == cell { (found, remaining, count) = (nil, Self.all(index.goals.count), index.goals.count) }
    guard found == nil, let rank = index.rank(of: cell), isRemaining(rank) else { return }
    remaining[rank / 64] &= ~(1 << UInt64(rank % 64))
    count -= 1
    if count == 0 { (remaining, count) = (Self.all(index.goals.count), index.goals.count) }
  }

  /// Learns that the goal is in one of `cells`.
  mutating func restrict(to cells: [GridCell]) {
    guard found == nil else { return }
    let possible = Set(cells.filter(contains).compactMap(index.rank))
    guard !possible.isEmpty else { return }
    remaining = remaining.map { _ in 0 }
    for rank in possible { remaining[rank / 64] |= 1 << UInt64(rank % 64) }
    count = possible.count
  }

  private func ranks(limit: Int) -> [Int] {
    var ranks: [Int] = []
    for (number, word) in remaining.enumerated() where word != 0 {
      var word = word
      while word != 0 && ranks.count < limit {
        ranks.append(64 * number + word.trailingZeroBitCount)
        word &= word - 1
      }
      if ranks.count == limit { break }
    }
    return ranks
  }

  /// A cell drawn uniformly.
  func draw(using random: inout RandomStream) -> GridCell? {
    if let found { return found }
    var left = random.integer(below: count)
    for (number, word) in remaining.enumerated() {
      let inWord = word.nonzeroBitCount
      if left >= inWord {
        left -= inWord
        continue
      }
      var word = word
      for _ in 0..<left { word &= word - 1 }
      return index.goals[64 * number + word.trailingZeroBitCount]
    }
    return nil
  }

  /// The nearest cell to `cell`; of several the first in the order of goals.
  func nearest(to cell: GridCell) -> GridCell? {
    if let found { return found }
    return index.nearest(to: cell) { isRemaining($0) }
  }
}

/// The numbers of goals by their cells.
final class GoalIndex: Sendable {
  let grid: Grid
  let goals: [GridCell]
  /// The number of the goal in each cell, −1 where there is none.
  private let ranks: [Int32]

  init(_ grid: Grid, goals: [GridCell]) {
    self.grid = grid
    self.goals = goals
    var ranks = Array(repeating: Int32(-1), count: grid.width * grid.height)
    for (rank, goal) in goals.enumerated() { ranks[grid.index(goal)] = Int32(rank) }
    self.ranks = ranks
  }

  func rank(of cell: GridCell) -> Int? {
    let rank = ranks[grid.index(cell)]
    return rank < 0 ? nil : Int(rank)
  }

  /// The nearest goal that `isWanted`, found in rings around `cell`.
  func nearest(to cell: GridCell, isWanted: (Int) -> Bool) -> GridCell? {
    var isSeen = Array(repeating: false, count: ranks.count)
    isSeen[grid.index(cell)] = true
    var ring = [cell]
    while !ring.isEmpty {
      if let rank = ring.compactMap(rank).filter(isWanted).min() { return goals[rank] }
      var next: [GridCell] = []
      for cell in ring {
        for move in 1...4 {
          let neighbour = grid.cell(from: cell, taking: move)
          let index = grid.index(neighbour)
          if isSeen[index] { continue }
          isSeen[index] = true
          next.append(neighbour)
        }
      }
      ring = next
    }
    return nil
  }
}
