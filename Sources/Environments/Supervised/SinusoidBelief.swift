import Foundation

/// What labelled examples of a sinusoid tell of its amplitude A and phase φ, under the uniform prior: exact but for
/// quadrature.
///
/// The curve is linear in θ = (A cos φ, −A sin φ): y = θ · n(x), n(x) = (sin x, cos x). So all that examples tell is in
/// S = Σ n nᵀ, q = Σ y n and Σ y²; and since a prediction is linear in θ, the mean of θ is all that the best one needs.
/// Along e = (cos φ, −sin φ) the logarithm of the likelihood is a parabola in A,
///
///     −(a A² − 2 b A + Σ y²) / 2σ²,    a = eᵀ S e,  b = qᵀ e,
///
/// which Gauss's rule integrates over the part of the amplitudes where it matters, and the midpoint rule over the part of the
/// phases where its maximum does. That part is found by halving, as the maximum has one peak over φ: the sets of θ above
/// a likelihood are convex. Where the likelihood is so narrow that the prior is the same all over it, it is a normal
/// distribution, whose mean is that of least squares.
struct SinusoidBelief: Sendable {
  private let amplitudes: ClosedRange<Double>
  private let phases: ClosedRange<Double>
  private let variance: Double
  /// What may have happened: more than one, where it is not known on which side of a prediction a label was.
  private var cases = [Evidence()]

  /// The sums over examples.
  fileprivate struct Evidence: Sendable {
    /// S, as its elements (0, 0), (0, 1) and (1, 1).
    var matrix = SIMD3<Double>()
    /// q.
    var vector = SIMD2<Double>()
    /// Σ y².
    var squares = 0.0
  }

  /// Labels of a curve without noise are rounded; what they tell is taken to be exact to within this.
  private static let resolution = 1e-5
  /// More cases than these are left out, the least probable first.
  private static let greatestCaseCount = 8
  /// A case whose logarithm of probability is so much smaller than another's is none.
  private static let negligible = 40.0

  /// Nothing but the prior is known; labels have noise of standard deviation `noise`.
  init(_ distribution: SinusoidRegression.TaskDistribution, noise: Float) {
    func double(_ range: ClosedRange<Float>) -> ClosedRange<Double> {
      Double(range.lowerBound)...Double(range.upperBound)
    }
    (amplitudes, phases) = (double(distribution.amplitudes), double(distribution.phases))
    let deviation = max(Double(noise), Self.resolution)
    variance = deviation * deviation
  }

  // MARK: Learning

  /// Learns that the label at `x` is `y`.
  mutating func learn(_ y: Float, at x: Float) {
    for index in cases.indices { cases[index].add(Double(y), at: Double(x)) }
  }

  /// Learns that the label at `x` is `distance` away from `prediction`, above it or below.
  mutating func learn(distance: Float, from prediction: Float, at x: Float) {
    guard Double(distance) > Self.resolution else { return learn(prediction, at: x) }
    let below = cases
    learn(prediction + distance, at: x)
    var other = self
    other.cases = below
    other.learn(prediction - distance, at: x)
    cases += other.cases
    let weighed = cases.map { (evidence: $0, weight: posterior(of: $0).logEvidence) }
      .sorted { $0.weight > $1.weight }
    let best = weighed[0].weight
    cases = weighed.prefix(Self.greatestCaseCount).filter { $0.weight > best - Self.negligible }.map(
      \.evidence)
  }

  // MARK: Knowing

  /// The first two moments of θ, which say all about predictions.
  struct Posterior: Sendable {
    /// The logarithm of the probability of what happened, up to a constant.
    fileprivate(set) var logEvidence = -Double.infinity
    /// E θ.
    fileprivate(set) var first = SIMD2<Double>()
    /// E θ θᵀ, as its elements (0, 0), (0, 1) and (1, 1).
    fileprivate(set) var second = SIMD3<Double>()

    /// The expected height at `x`.
    func mean(at x: Float) -> Double { (first * direction(Double(x))).sum() }

    /// The variance of the height at `x`.
    func variance(at x: Float) -> Double {
      let mean = mean(at: x)
      return max(form(second, direction(Double(x))) - mean * mean, 0)
    }

    /// The mean square of the height where inputs are uniform within ±`reach`, and of its expectation: with
    /// s = sin 2r / 2r, E sin² x = (1 − s) / 2 and E cos² x = (1 + s) / 2.
    func meanSquares(reach: Float) -> (all: Double, expected: Double) {
      let width = 2 * Double(reach)
      let shares = SIMD3(1 - sin(width) / width, 0, 1 + sin(width) / width) / 2
      return ((second * shares).sum(), (products(first) * shares).sum())
    }

    fileprivate mutating func scale(by factor: Double) {
      first *= factor
      second *= factor
    }
  }

  /// What is known now.
  var posterior: Posterior {
    let parts = cases.map { posterior(of: $0) }
    let most = parts.reduce(-Double.infinity) { max($0, $1.logEvidence) }
    var (sum, total) = (Posterior(), 0.0)
    for part in parts {
      let weight = exp(part.logEvidence - most)
      total += weight
      sum.first += weight * part.first
      sum.second += weight * part.second
    }
    sum.scale(by: 1 / total)
    sum.logEvidence = most + log(total)
    return sum
  }

  // MARK: Quadrature

  private static let phaseCount = 256
  /// How wide a narrow likelihood is, in units of heights.
  private static let narrow = 1e-3

  private func posterior(of evidence: Evidence) -> Posterior {
    leastSquares(evidence) ?? quadrature(of: evidence)
  }

  /// The normal distribution that the likelihood is; nil where the prior says something besides.
  private func leastSquares(_ evidence: Evidence) -> Posterior? {
    let matrix = evidence.matrix
    let determinant = matrix.x * matrix.z - matrix.y * matrix.y
    // The greatest variance of θ along any direction is below the trace of the inverse.
    guard determinant > 0, variance * (matrix.x + matrix.z) / determinant < Self.narrow * Self.narrow else {
      return nil
    }
    let inverse = SIMD3(matrix.z, -matrix.y, matrix.x) / determinant
    let vector = evidence.vector
    let first = SIMD2(
      inverse.x * vector.x + inverse.y * vector.y, inverse.y * vector.x + inverse.z * vector.y)
    let amplitude = (first * first).sum().squareRoot()
    guard amplitudes.contains(amplitude), isPossible(phase: atan2(-first.y, first.x)) else { return nil }
    let rest = evidence.squares - (first * vector).sum()
    return Posterior(
      logEvidence: -0.5 * rest / variance
        + log(2 * Double.pi * variance / determinant.squareRoot() / amplitude),
      first: first, second: products(first) + variance * inverse)
  }

  private func isPossible(phase: Double) -> Bool {
    (-1...1).contains { phases.contains(phase + 2 * Double.pi * Double($0)) }
  }

  private func quadrature(of evidence: Evidence) -> Posterior {
    let window = phaseWindow(of: evidence)
    let step = (window.upperBound - window.lowerBound) / Double(Self.phaseCount)
    let lines = (0..<Self.phaseCount).map { index in
      Line(evidence, phase: window.lowerBound + (Double(index) + 0.5) * step, variance)
    }
    let most = lines.reduce(-Double.infinity) { max($0, $1.greatest(in: amplitudes)) }
    var (sum, total) = (Posterior(), 0.0)
    for line in lines where line.greatest(in: amplitudes) > most - Self.negligible {
      let range = line.window(in: amplitudes)
      let (middle, half) = (
        (range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2
      )
      for (node, share) in zip(Self.nodes, Self.shares) {
        let amplitude = middle + half * node
        // Where all amplitudes are the same, a width of next to nothing is as good as any other.
        let weight = share * max(half, 1e-12) * exp(line.logLikelihood(amplitude) - most)
        total += weight
        sum.first += weight * amplitude * line.direction
        sum.second += weight * amplitude * amplitude * products(line.direction)
      }
    }
    sum.scale(by: 1 / total)
    sum.logEvidence = most + log(total * max(step, 1e-12))
    return sum
  }

  /// The phases at which what happened is not out of the question.
  private func phaseWindow(of evidence: Evidence) -> ClosedRange<Double> {
    let count = 64
    var window = phases
    for _ in 0..<24 {
      let step = (window.upperBound - window.lowerBound) / Double(count)
      let values = (0...count).map { index in
        Line(evidence, phase: window.lowerBound + Double(index) * step, variance).greatest(in: amplitudes)
      }
      let most = values.reduce(-Double.infinity, max)
      let kept = values.indices.filter { values[$0] >= most - Self.negligible }
      let first = max((kept.first ?? 0) - 1, 0)
      let last = min((kept.last ?? count) + 1, count)
      guard last - first < count else { break }
      window = (window.lowerBound + Double(first) * step)...(window.lowerBound + Double(last) * step)
      if last - first > count / 2 { break }
    }
    return window
  }

  /// Nodes of Gauss's rule of 16 points on ±1, and their weights.
  private static let (nodes, shares): ([Double], [Double]) = {
    let count = 16
    let pairs = (1...count).map { index -> (Double, Double) in
      var x = cos(Double.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (last, value) = (1.0, x)
        for degree in 2...count {
          let n = Double(degree)
          (last, value) = (value, ((2 * n - 1) * x * value - (n - 1) * last) / n)
        }
        slope = Double(count) * (x * value - last) / (x * x - 1)
        x -= value / slope
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
    return (pairs.map(\.0), pairs.map(\.1))
  }()
}

/// The curves of one phase.
private struct Line {
  /// e.
  let direction: SIMD2<Double>
  private let curvature: Double
  private let slope: Double
  private let squares: Double

  init(_ evidence: SinusoidBelief.Evidence, phase: Double, _ variance: Double) {
    direction = SIMD2(cos(phase), -sin(phase))
    curvature = form(evidence.matrix, direction) / variance
    slope = (evidence.vector * direction).sum() / variance
    squares = evidence.squares / variance
  }

  func logLikelihood(_ amplitude: Double) -> Double {
    -0.5 * (curvature * amplitude * amplitude - 2 * slope * amplitude + squares)
  }

  private func best(in amplitudes: ClosedRange<Double>) -> Double {
    guard curvature > 0 else { return slope > 0 ? amplitudes.upperBound : amplitudes.lowerBound }
    return min(max(slope / curvature, amplitudes.lowerBound), amplitudes.upperBound)
  }

  /// The logarithm of the greatest likelihood.
  func greatest(in amplitudes: ClosedRange<Double>) -> Double { logLikelihood(best(in: amplitudes)) }

  /// The amplitudes at which the likelihood is not next to nothing beside the greatest: with d the distance from the best
  /// one, where it falls by g d + c d² / 2 ≤ 20.
  func window(in amplitudes: ClosedRange<Double>) -> ClosedRange<Double> {
    let (best, limit) = (best(in: amplitudes), 20.0)
    let fall = abs(slope - curvature * best)
    let root = (fall * fall + 2 * curvature * limit).squareRoot() + fall
    let reach = root > 0 ? 2 * limit / root : .infinity
    return max(best - reach, amplitudes.lowerBound)...min(best + reach, amplitudes.upperBound)
  }
}

extension SinusoidBelief.Evidence {
  fileprivate mutating func add(_ y: Double, at x: Double) {
    let direction = direction(x)
    matrix += products(direction)
    vector += y * direction
    squares += y * y
  }
}

/// n(x).
private func direction(_ x: Double) -> SIMD2<Double> { SIMD2(sin(x), cos(x)) }

/// v vᵀ, as its elements (0, 0), (0, 1) and (1, 1).
private func products(_ v: SIMD2<Double>) -> SIMD3<Double> { SIMD3(v.x * v.x, v.x * v.y, v.y * v.y) }

/// vᵀ M v of a symmetric M.
private func form(_ matrix: SIMD3<Double>, _ v: SIMD2<Double>) -> Double {
  (matrix * products(v) * SIMD3(1, 2, 1)).sum()
}
