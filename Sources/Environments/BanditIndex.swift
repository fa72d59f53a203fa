/// The finite-horizon Gittins indices of a Bernoulli arm.
///
/// An arm's index with h pulls left is the highest price λ of a pull at which it is still worth pulling, where
/// one may stop at any time: with V₀ = 0 and p = (α + s)/(α + β + s + f),
/// V_h(s, f) = max(0, p − λ + p V_{h−1}(s + 1, f) + (1 − p) V_{h−1}(s, f + 1)) is positive below it. Pulling the
/// arm of the highest index is not optimal in finite time, but nearly so.
struct IndexTable: Sendable {
  /// The most pulls a table is made for; it takes time and space in proportion to their cube.
  static let pullLimit = 500

  private let pullCount: Int
  /// Where the indices with h pulls left begin in `indices`, `[h]`.
  private let offsets: [Int]
  /// The indices in units of 1/65535, by pulls left, then pulls made, then successes.
  private let indices: [UInt16]

  private struct Problem: Hashable {
    let pullCount: Int
    let prior: BernoulliPrior
  }

  private static let tables = Memo<Problem, IndexTable>()

  /// The table for `pullCount` pulls, computed once.
  static func shared(pullCount: Int, prior: BernoulliPrior) -> IndexTable {
    tables.value(at: Problem(pullCount: pullCount, prior: prior)) {
      IndexTable(pullCount: pullCount, prior: prior)
    }
  }

  private init(pullCount: Int, prior: BernoulliPrior) {
    self.pullCount = pullCount
    var offsets = [0, 0]
    for left in stride(from: 1, through: pullCount, by: 1) {
      offsets.append(offsets[left] + Self.triangle(pullCount - left + 1))
    }
    self.offsets = offsets
    var indices = Array(repeating: UInt16(0), count: offsets[pullCount + 1])
    let levelCount = pullCount <= 200 ? 400 : 200
    for level in 0..<levelCount {
      Self.mark(
        level: Float(level) / Float(levelCount), spacing: 1 / Float(levelCount), prior: prior,
        pullCount: pullCount, indices: &indices)
    }
    self.indices = indices
  }

  /// The size of a triangle of `rowCount` rows.
  private static func triangle(_ rowCount: Int) -> Int { rowCount * (rowCount + 1) / 2 }

  /// Writes the index of every arm worth pulling at the price `level`, given that the next price is `spacing`
  /// higher. One more pull costs at least the price once, so V falls at least as fast as the price rises,
  /// and the index is at most V above the price.
  private static func mark(
    level: Float, spacing: Float, prior: BernoulliPrior, pullCount: Int, indices: inout [UInt16]
  ) {
    var rows = (0...pullCount).map { made in
      IndexRow(made: made, values: Array(repeating: 0, count: made + 1), fewest: made + 1)
    }
    var offset = 0
    for left in 1...pullCount {
      for made in 0...(pullCount - left) {
        let next = rows[made + 1].values
        rows[made].update(after: next, level: level, prior: prior)
        rows[made].mark(
          level: level, spacing: spacing, prior: prior, at: offset + triangle(made), in: &indices)
      }
      offset += triangle(pullCount - left + 1)
    }
  }

  /// The arm to pull after what the arms have paid, `[arm]`.
  func arm(after counts: [PullCounts]) -> Int {
    let left = pullCount - counts.reduce(0) { $0 + $1.total }
    precondition(left > 0, "all \(pullCount) pulls are made")
    var (best, bestIndex) = (0, -1)
    for (arm, counts) in counts.enumerated() {
      let index = Int(indices[offsets[left] + Self.triangle(counts.total) + counts.successes])
      if index > bestIndex { (best, bestIndex) = (arm, index) }
    }
    return best
  }
}

/// How much arms are worth that have been pulled equally often, at one price.
private struct IndexRow {
  /// The pulls made.
  let made: Int
  /// V by successes.
  var values: [Float]
  /// The fewest successes at which an arm is worth pulling; V grows with the successes and with h.
  var fewest: Int

  /// One more pull is left; `next` holds V after one more pull is made and as many were left as before.
  mutating func update(after next: [Float], level: Float, prior: BernoulliPrior) {
    // While a span of the values exists, nothing else of the row may be touched.
    var fewest = fewest
    let made = made
    let slope = Float(1 / (prior.alpha + prior.beta + Double(made)))
    let intercept = Float(prior.alpha) * slope
    let next = next.span
    var values = values.mutableSpan
    func worth(_ successes: Int) -> Float {
      let mean = intercept + slope * Float(successes)
      let (won, lost) = (next[successes + 1], next[successes])
      return mean - level + lost + mean * (won - lost)
    }
    for successes in fewest..<made + 1 { values[successes] = worth(successes) }
    while fewest > 0 {
      let worth = worth(fewest - 1)
      if worth <= 0 { break }
      fewest -= 1
      values[fewest] = worth
    }
    self.fewest = fewest
  }

  /// Writes the indices of the row, `[successes]` from `offset` on, as far as a higher price will not.
  func mark(level: Float, spacing: Float, prior: BernoulliPrior, at offset: Int, in indices: inout [UInt16]) {
    for successes in fewest..<made + 1 {
      let mean = prior.mean(of: PullCounts(successes: successes, failures: made - successes))
      if Float(mean) > level + 2 * spacing && level + 2 * spacing < 1 { break }
      indices[offset + successes] = UInt16((level + min(spacing, values[successes])) * 65535)
    }
  }
}
