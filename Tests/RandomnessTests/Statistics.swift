import Foundation

/// The mean and the variance of `values`.
func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
}

/// Pearson's correlation coefficient of the pairs.
func correlation(_ left: [Double], _ right: [Double]) -> Double {
  let (ofLeft, ofRight) = (moments(left), moments(right))
  let covariance = zip(left, right).reduce(0) { $0 + ($1.0 - ofLeft.mean) * ($1.1 - ofRight.mean) }
  return covariance / Double(left.count) / (ofLeft.variance * ofRight.variance).squareRoot()
}

/// By how many of its standard deviations Pearson's χ² exceeds its mean, for `counts` that should be in
/// proportion to `weights`; 4 is exceeded about once in ten thousand samples.
func chiSquareExcess(of counts: [Int], weights: [Double]) -> Double {
  let scale = Double(counts.reduce(0, +)) / weights.reduce(0, +)
  let chiSquare = zip(counts, weights).reduce(0) { sum, pair in
    let expected = pair.1 * scale
    return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
  }
  let freedom = Double(counts.count - 1)
  return (chiSquare - freedom) / (2 * freedom).squareRoot()
}

/// √n times the Kolmogorov-Smirnov distance between `values` and `cumulative`; independent values exceed
/// 1.95 once in a thousand samples.
func scaledDistance(of values: [Double], from cumulative: (Double) -> Double) -> Double {
  let count = Double(values.count)
  let distance = values.sorted().enumerated().reduce(0) { largest, next in
    let expected = cumulative(next.element)
    return max(
      largest, max(expected - Double(next.offset) / count, Double(next.offset + 1) / count - expected))
  }
  return distance * count.squareRoot()
}

/// The cumulative distribution of the standard normal distribution.
func normalCumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The cumulative distribution of the gamma distribution, by its power series.
func gammaCumulative(_ x: Double, shape: Double) -> Double {
  guard x > 0 else { return 0 }
  var (term, sum, order) = (1 / shape, 1 / shape, shape)
  while term > sum * 1e-15 {
    order += 1
    term *= x / order
    sum += term
  }
  return sum * exp(shape * log(x) - x - lgamma(shape))
}

/// The cumulative distribution of the beta distribution: I(x; a, b) = xᵃ (1 − x)ᵇ / (a B(a, b)) times the
/// series Σ (a + b)…(a + b + n − 1) / (a + 1)…(a + n) xⁿ, which converges fast for x ≤ 1/2.
func betaCumulative(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x <= 0.5 else { return 1 - betaCumulative(1 - x, b, a) }
  var (term, sum, order) = (1.0, 1.0, 0.0)
  while term > sum * 1e-15 {
    term *= x * (a + b + order) / (a + 1 + order)
    sum += term
    order += 1
  }
  let beta: Double = lgamma(a) + lgamma(b) - lgamma(a + b)
  let logarithm: Double = a * log(x) + b * log(1 - x) - beta
  return sum * exp(logarithm) / a
}
