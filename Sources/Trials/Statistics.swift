import Formats
import Parallel
import Randomness

/// What a sample says about the quantity that it is of.
public struct Statistics: Hashable, Sendable {
  /// The arithmetic mean.
  public let mean: Double
  /// The standard deviation of the mean; not a number where there is one value.
  public let standardError: Double
  /// The mean of the middle half: a quarter of the values, rounded down, is left out at either end.
  public let interquartileMean: Double
  /// The ends of an interval that holds the mean with 95 % confidence: the percentile bootstrap; not numbers where there
  /// is one value.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// Statistics that are known.
  package init(
    mean: Double, standardError: Double, interquartileMean: Double, lower: Double, upper: Double
  ) {
    self.mean = mean
    self.standardError = standardError
    self.interquartileMean = interquartileMean
    self.lower = lower
    self.upper = upper
  }

  /// The same as JSON.
  package var value: Value {
    .table([
      "mean": .number(mean), "standardError": .number(standardError), "iqm": .number(interquartileMean),
      "ci95": hasInterval ? .array([.number(lower), .number(upper)]) : .null,
    ])
  }

  /// Whether there is an interval.
  public var hasInterval: Bool { lower.isFinite && upper.isFinite }

  /// The statistics of every column of `rows`, `[row, column]`. Rows are drawn again as a whole, and
  /// randomness is from below `key`.
  ///
  /// Source: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021,
  /// for the interquartile mean; Efron and Tibshirani, "An introduction to the bootstrap", section 13.3.
  package static func ofColumns(
    _ rows: [Double], columnCount: Int, key: RandomKey, pool: ThreadPool, resampleCount: Int = 1000
  ) -> [Statistics] {
    let rowCount = rows.count / columnCount
    let resamples = resampledMeans(
      rows, columnCount: columnCount, key: key, pool: pool, resampleCount: resampleCount)
    return (0..<columnCount).map { column in
      let values = (0..<rowCount).map { rows[$0 * columnCount + column] }
      let means = (0..<resampleCount).map { resamples[$0 * columnCount + column] }.sorted()
      func end(_ fraction: Double) -> Double { rowCount > 1 ? quantile(fraction, ofSorted: means) : .nan }
      return Statistics(
        mean: mean(values), standardError: standardError(values), interquartileMean: middleMean(values),
        lower: end(0.025), upper: end(0.975))
    }
  }

  package static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  package static func standardError(_ values: [Double]) -> Double {
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
  }

  package static func middleMean(_ values: [Double]) -> Double {
    let cut = values.count / 4
    return mean(Array(values.sorted()[cut..<values.count - cut]))
  }

  /// The value below which a `fraction` of the sorted values lies, linear between neighbours.
  package static func quantile(_ fraction: Double, ofSorted values: [Double]) -> Double {
    let position = fraction * Double(values.count - 1)
    let index = min(Int(position), values.count - 2)
    guard index >= 0 else { return values[0] }
    let weight = position - Double(index)
    return values[index] * (1 - weight) + values[index + 1] * weight
  }

  /// The mean of every column in every resample, `[resample, column]`.
  private static func resampledMeans(
    _ rows: [Double], columnCount: Int, key: RandomKey, pool: ThreadPool, resampleCount: Int
  ) -> [Double] {
    let rowCount = rows.count / columnCount
    let blocks = (0..<resampleCount).map { _ in Block() }
    pool.forEach(resampleCount) { resample, _ in
      var random = key.child(resample).stream()
      var sums = [Double](repeating: 0, count: columnCount)
      for _ in 0..<rowCount {
        let start = random.integer(below: rowCount) * columnCount
        for column in 0..<columnCount { sums[column] += rows[start + column] }
      }
      blocks[resample].values = sums.map { $0 / Double(rowCount) }
    }
    return blocks.flatMap(\.values)
  }

  /// The result of one resample, written by one thread.
  private final class Block: @unchecked Sendable {
    var values: [Double] = []
  }
}
