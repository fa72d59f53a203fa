import Foundation

/// A value function that is linear in features of the observation and the time, fitted by least squares to
/// the returns of the very episodes that it then judges:
///
///     features = [o, o², t/100, (t/100)², (t/100)³, 1],   o clipped to ±10
///
/// without o² where o is 0 or 1, as one-hot vectors are.
///
/// Source: Duan et al. 2016, "Benchmarking Deep Reinforcement Learning", as in rllab's `LinearFeatureBaseline`.
public struct LinearBaseline: Sendable {
  private let isSparse: Bool
  private let (width, termCount, inputCount): (Int, Int, Int)
  private let featureCount: Int
  private var features: [Double]
  /// Which features are not zero, in order.
  private var present: [Int] = []
  private var gram: [Double]
  private var moments: [Double]
  /// Features that some step had, and the coefficients of all.
  private var active: [Int] = []
  private var coefficients: [Double]
  private var system: SymmetricSystem
  private let ridge: Double

  /// A baseline for rows of `input` whose equations have at least `ridge` added to their diagonal, as if each feature
  /// had been seen so often with a return of zero.
  public init(_ input: ObservationInput, ridge: Double = 1e-5) {
    self.ridge = ridge
    isSparse = input.isSparse
    (width, termCount, inputCount) = (input.width, input.termCount, input.featureCount)
    featureCount = inputCount * (isSparse ? 1 : 2) + 4
    features = Array(repeating: 0, count: featureCount)
    present.reserveCapacity(featureCount)
    gram = Array(repeating: 0, count: featureCount * featureCount)
    moments = features
    coefficients = features
    active.reserveCapacity(featureCount)
    system = SymmetricSystem(count: featureCount)
  }

  /// Fits the returns and writes the fitted values.
  ///
  /// - Parameters:
  ///   - inputs: `[T, lanes, width]`.
  ///   - returns: of the rest of the episode from each step, `[T, lanes]`.
  ///   - lengths: how many steps of each lane count, `[lanes]`; the others are neither fitted nor judged.
  ///   - values: `[T, lanes]`; zero where a lane has ended.
  public mutating func fit(
    inputs: Span<Float>, returns: Span<Float>, lengths: [Int], values: inout MutableSpan<Float>
  ) {
    let laneCount = lengths.count
    for index in gram.indices { gram[index] = 0 }
    for index in moments.indices { moments[index] = 0 }
    for row in 0..<returns.count where row / laneCount < lengths[row % laneCount] {
      describe(inputs, row, time: row / laneCount)
      Self.add(features, present, Double(returns[row]), &gram, &moments)
    }
    solve()
    for row in 0..<returns.count {
      values[row] = 0
      guard row / laneCount < lengths[row % laneCount] else { continue }
      describe(inputs, row, time: row / laneCount)
      var value = 0.0
      for index in present { value += features[index] * coefficients[index] }
      values[row] = Float(value)
    }
  }

  /// Sets `coefficients`. A feature that no step had would get zero, so that it needs no equation.
  private mutating func solve() {
    active.removeAll(keepingCapacity: true)
    for index in 0..<featureCount {
      coefficients[index] = 0
      if gram[index * featureCount + index] != 0 { active.append(index) }
    }
    for (row, source) in active.enumerated() {
      moments[row] = moments[source]
      for (column, other) in active[...row].enumerated() {
        gram[row * active.count + column] = gram[source * featureCount + other]
      }
    }
    system.solve(gram, moments, count: active.count, leastRidge: ridge)
    for (row, index) in active.enumerated() { coefficients[index] = system.solution[row] }
  }

  /// Sets `present`, and `features` where they are present.
  private mutating func describe(_ inputs: Span<Float>, _ row: Int, time: Int) {
    let progress = Double(time) / 100
    present.removeAll(keepingCapacity: true)
    for term in 0..<termCount {
      let value = inputs[row * width + width - termCount + term]
      guard value != 0 else { continue }
      set(isSparse ? Int(inputs[row * width + term]) : term, Double(max(-10, min(10, value))))
    }
    if !isSparse {
      for place in present.indices {
        set(inputCount + present[place], features[present[place]] * features[present[place]])
      }
    }
    let start = featureCount - 4
    if time > 0 {
      set(start, progress)
      set(start + 1, progress * progress)
      set(start + 2, progress * progress * progress)
    }
    set(start + 3, 1)
  }

  private mutating func set(_ feature: Int, _ value: Double) {
    features[feature] = value
    present.append(feature)
  }

  private static func add(
    _ features: [Double], _ present: [Int], _ target: Double, _ gram: inout [Double],
    _ moments: inout [Double]
  ) {
    let (features, present) = (features.span, present.span)
    var gram = gram.mutableSpan
    var moments = moments.mutableSpan
    for place in present.indices {
      let (row, value) = (present[place], features[present[place]])
      moments[row] += value * target
      for other in 0...place {
        gram[row * features.count + present[other]] += value * features[present[other]]
      }
    }
  }
}

/// Solves A x = b for symmetric A that need not be invertible: what Cholesky's factorisation cannot take, a
/// growing multiple of the identity makes positive.
public struct SymmetricSystem: Sendable {
  private var count: Int
  private var factor: [Double]
  /// x, after `solve`; zeros where A or b is not finite.
  public private(set) var solution: [Double]
  /// What was added to the diagonal.
  public private(set) var ridge = 0.0

  /// A system of up to `count` equations.
  public init(count: Int) {
    self.count = count
    factor = Array(repeating: 0, count: count * count)
    solution = Array(repeating: 0, count: count)
  }

  /// Solves (A + ridge I) x = b with the least ridge that succeeds, of `leastRidge` and its multiples by powers of ten.
  /// Only the lower triangle of A, `[count, count]`, is read; `count` is all by default.
  public mutating func solve(
    _ matrix: [Double], _ target: [Double], count: Int? = nil, leastRidge: Double = 1e-5
  ) {
    self.count = count ?? solution.count
    let count = self.count
    ridge = leastRidge
    var largest = 0.0
    for index in 0..<count { largest = max(largest, abs(matrix[index * count + index])) }
    // Whatever the rounding, a ridge beyond the trace dominates every row.
    var isFactorized = factorize(matrix)
    while !isFactorized && ridge.isFinite && ridge <= 1e3 * Double(count) * (largest + 1) {
      ridge *= 10
      isFactorized = factorize(matrix)
    }
    for index in 0..<count { solution[index] = target[index] }
    for index in 0..<count {
      solution[index] /= factor[index * count + index]
      for other in index + 1..<count {
        solution[other] -= factor[index * count + other] * solution[index]
      }
    }
    for index in stride(from: count - 1, through: 0, by: -1) {
      var sum = solution[index]
      for other in index + 1..<count { sum -= factor[index * count + other] * solution[other] }
      solution[index] = sum / factor[index * count + index]
    }
    if !isFactorized || !solution[..<count].allSatisfy(\.isFinite) {
      for index in 0..<count { solution[index] = 0 }
    }
  }

  /// A + ridge I = Uᵀ U; false where that does not exist. Row by row of U, since the numbers of a row do not depend on
  /// each other.
  private mutating func factorize(_ matrix: [Double]) -> Bool {
    let (count, ridge, matrix) = (self.count, self.ridge, matrix.span)
    var factor = factor.mutableSpan
    precondition(
      matrix.count >= count * count && factor.count >= count * count, "fewer than \(count)² numbers")
    for row in 0..<count {
      let start = row &* count
      for column in row..<count {
        factor[unchecked: start &+ column] = matrix[unchecked: column &* count &+ row]
      }
      factor[start + row] += ridge
      let scale = factor[start + row]
      for other in 0..<row {
        let multiple = factor[unchecked: other &* count &+ row]
        for column in row..<count {
          factor[unchecked: start &+ column] -= factor[unchecked: other &* count &+ column] * multiple
        }
      }
      let pivot = factor[start + row]
      // A pivot that is all rounding would blow the solution up.
      guard pivot > 1e-12 * abs(scale) else { return false }
      let root = pivot.squareRoot()
      factor[start + row] = root
      for column in row &+ 1..<count { factor[unchecked: start &+ column] /= root }
    }
    return true
  }
}
