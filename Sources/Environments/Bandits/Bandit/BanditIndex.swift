import Foundation
import Parallel

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
    indices = Self.indices(pullCount: pullCount, prior: prior, count: offsets[pullCount + 1])
  }

  /// The indices, calculated on up to four threads, each with a share of the prices.
  private static func indices(pullCount: Int, prior: BernoulliPrior, count: Int) -> [UInt16] {
    let levelCount = pullCount <= 200 ? 400 : 200
    let threadCount = min(ProcessInfo.processInfo.activeProcessorCount, 4)
    let shares = (0..<threadCount).map { _ in IndexShare() }
    ThreadPool(threadCount: threadCount).forEach(threadCount) { share, _ in
      var indices = Array(repeating: UInt16(0), count: count)
      for level in stride(from: share, to: levelCount, by: threadCount) {
        PriceLevel(price: Float(level) / Float(levelCount), spacing: 1 / Float(levelCount))
          .mark(pullCount: pullCount, prior: prior, indices: &indices)
      }
      shares[share].indices = indices
    }
    // The index found at a higher price is the higher one.
    var indices = shares[0].take()
    for share in shares.dropFirst() {
      let others = share.take()
      for index in indices.indices where others[index] > indices[index] { indices[index] = others[index] }
    }
    return indices
  }

  /// The size of a triangle of `rowCount` rows.
  fileprivate static func triangle(_ rowCount: Int) -> Int { rowCount * (rowCount + 1) / 2 }

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

/// The indices as far as some of the prices tell them; zero where none of those is worth paying. One thread writes it.
private final class IndexShare: @unchecked Sendable {
  var indices: [UInt16] = []

  /// The indices, which are gone then, so that they need not be copied.
  func take() -> [UInt16] {
    defer { indices = [] }
    return indices
  }
}

/// One price of a pull; the next is `spacing` higher.
private struct PriceLevel {
  let price: Float
  let spacing: Float

  /// Writes the index of every arm worth pulling at the price. One more pull costs at least the price once, so V
  /// falls at least as fast as the price rises, and the index is at most V above the price.
  func mark(pullCount: Int, prior: BernoulliPrior, indices: inout [UInt16]) {
    // V by pulls made, then successes, with as many pulls left as the present step says.
    var values = Array(repeating: Float(0), count: IndexTable.triangle(pullCount + 1))
    values.withUnsafeMutableBufferPointer { values in
      indices.withUnsafeMutableBufferPointer { indices in
        var rows = (0...pullCount).map { IndexRow(made: $0, prior: prior, price: price, values: values) }
        var offset = 0
        for left in 1...pullCount {
          for made in 0...(pullCount - left) {
            rows[made].update(price: price, left: left)
            rows[made].mark(self, at: offset + IndexTable.triangle(made), in: indices)
          }
          offset += IndexTable.triangle(pullCount - left + 1)
        }
      }
    }
  }
}

/// How much arms are worth that have been pulled equally often, at one price.
private struct IndexRow {
  /// The pulls made.
  let made: Int
  /// The mean after s successes is `slope · s + intercept`.
  let slope: Float
  let intercept: Float
  /// V by successes, and V after one more pull.
  let values: UnsafeMutableBufferPointer<Float>
  let next: UnsafeMutableBufferPointer<Float>
  /// The fewest successes at which an arm is worth pulling; V grows with the successes and with h.
  var fewest: Int
  /// From these successes on the mean is so far above the price, five standard deviations, that the arm is pulled to
  /// the end, and V = h · (p − λ).
  let certain: Int

  init(made: Int, prior: BernoulliPrior, price: Float, values: UnsafeMutableBufferPointer<Float>) {
    self.made = made
    let weight = Float(prior.alpha + prior.beta) + Float(made)
    let deviation = (price * (1 - price) / (weight + 1)).squareRoot() + 1 / weight
    let bound = (price + 5 * deviation) * weight - Float(prior.alpha)
    certain = bound < Float(made) ? max(Int(bound), 0) : made + 1
    slope = Float(1 / (prior.alpha + prior.beta + Double(made)))
    intercept = Float(prior.alpha) * slope
    let first = IndexTable.triangle(made)
    self.values = values.extracting(first..<first + made + 1)
    next = values.extracting(min(first + made + 1, values.count)..<min(first + 2 * made + 3, values.count))
    fewest = made + 1
  }

  /// One more pull is left; `next` holds V with as many left as before.
  mutating func update(price: Float, left: Int) {
    typealias Vector = SIMD8<Float>
    var successes = fewest
    while fewest > 0 {
      let worth = worth(fewest - 1, price)
      if worth <= 0 { break }
      fewest -= 1
      values[fewest] = worth
    }
    let (target, source) = (UnsafeMutableRawBufferPointer(values), UnsafeRawBufferPointer(next))
    while successes + Vector.scalarCount <= certain {
      let mean = intercept + slope * (Vector(0, 1, 2, 3, 4, 5, 6, 7) + Float(successes))
      let lost = source.loadUnaligned(fromByteOffset: 4 * successes, as: Vector.self)
      let won = source.loadUnaligned(fromByteOffset: 4 * (successes + 1), as: Vector.self)
      target.storeBytes(
        of: mean - price + lost + mean * (won - lost), toByteOffset: 4 * successes, as: Vector.self)
      successes += Vector.scalarCount
    }
    while successes < certain {
      values[successes] = worth(successes, price)
      successes += 1
    }
    // The row of one pull less looks at no more of these: what is certain there is so here with one success more.
    for successes in certain..<max(min(certain + 3, made + 1), certain) {
      values[successes] = Float(left) * (intercept + slope * Float(successes) - price)
    }
  }

  private func worth(_ successes: Int, _ price: Float) -> Float {
    let mean = intercept + slope * Float(successes)
    let (won, lost) = (next[successes + 1], next[successes])
    return mean - price + lost + mean * (won - lost)
  }

  /// Writes the indices of the row, `[successes]` from `offset` on, as far as a higher price will not.
  func mark(_ level: PriceLevel, at offset: Int, in indices: UnsafeMutableBufferPointer<UInt16>) {
    let end = level.price + 2 * level.spacing
    for successes in fewest..<made + 1 {
      if intercept + slope * Float(successes) > end && end < 1 { break }
      indices[offset + successes] = UInt16((level.price + min(level.spacing, values[successes])) * 65535)
    }
  }
}
