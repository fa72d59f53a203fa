import Foundation

/// What is known of the colours of a krazy world.
struct KrazyColors {
  typealias Tile = KrazyWorld.Tile
  /// What each colour means, where that is known.
  private(set) var kinds: [Tile?]
  /// For each colour, the probability of each kind, `[color][kind]`.
  private(set) var chances: [[Double]]
  /// How many tiles of each kind a board has.
  private let totals: [Int]
  /// How many cells of each colour were seen.
  private var counts = Array(repeating: 0, count: 6)

  init(totals: [Int], isTold: Bool) {
    self.totals = totals
    kinds = isTold ? Tile.allCases : Array(repeating: nil, count: 6)
    chances = []
    weigh()
  }

  /// The probability of a kind where nothing was seen.
  func share(of kind: Tile) -> Double {
    Double(totals[Int(kind.rawValue)]) / Double(max(1, totals.reduce(0, +)))
  }

  /// A cell of this colour was seen for the first time.
  mutating func see(_ color: Int) {
    guard counts.indices.contains(color) else { return }
    counts[color] += 1
    if kinds[color] == nil { weigh() }
  }

  /// A colour turned out to mean something that no other one means.
  mutating func learn(_ color: Int, means kind: Tile) {
    guard kinds.indices.contains(color), kinds[color] == nil, !kinds.contains(kind) else { return }
    kinds[color] = kind
    weigh()
  }

  /// Weighs every way to give the colours that are not known the kinds that are left: a kind of N tiles has n of
  /// them among those seen in N!/(N − n)! ways.
  private mutating func weigh() {
    let open = kinds.indices.filter { kinds[$0] == nil }
    let free = Tile.allCases.filter { !kinds.contains($0) }
    var weights = Array(repeating: Array(repeating: 0.0, count: 6), count: 6)
    var chosen: [Tile] = []
    func give(_ weight: Double) {
      guard chosen.count < open.count else {
        for (color, kind) in zip(open, chosen) { weights[color][Int(kind.rawValue)] += weight }
        return
      }
      let count = counts[open[chosen.count]]
      for kind in free where !chosen.contains(kind) {
        let total = totals[Int(kind.rawValue)]
        // Somebody may have been put onto another board: nothing is impossible.
        let ways = (0..<count).reduce(1.0) { $0 * max(0.001, Double(total - $1)) }
        chosen.append(kind)
        give(weight * ways)
        chosen.removeLast()
      }
    }
    give(1)
    for color in kinds.indices {
      if let kind = kinds[color] { weights[color][Int(kind.rawValue)] = 1 }
      let sum = weights[color].reduce(0, +)
      if sum > 0 { weights[color] = weights[color].map { $0 / sum } }
    }
    chances = weights
  }
}

/// What is known of where the actions of a krazy world lead.
struct KrazyDirections {
  /// The assignments of directions to actions that agree with what happened.
  private var candidates: [[Int]]

  init(isTold: Bool) {
    candidates = [[]]
    for _ in 0..<4 { candidates = candidates.flatMap { some in (0..<4).map { some + [$0] } } }
    candidates = candidates.filter { Set($0).count == 4 }
    if isTold { candidates = [[0, 1, 2, 3]] }
  }

  /// The direction of an action, where that is known.
  func direction(of action: Int) -> Int? {
    let first = candidates[0][action]
    return candidates.allSatisfy { $0[action] == first } ? first : nil
  }

  /// The probability that an action leads in a direction.
  func chance(that action: Int, leads direction: Int) -> Double {
    Double(candidates.count { $0[action] == direction }) / Double(candidates.count)
  }

  /// An action led in one of some directions.
  mutating func learn(_ action: Int, leadsInOneOf directions: [Int]) {
    let left = candidates.filter { directions.contains($0[action]) }
    if !left.isEmpty { candidates = left }
  }
}
