/// The conjugate gradient method for H x = b, H symmetric and positive, known only by its products.
///
/// Source: Hestenes and Stiefel 1952; Schulman et al. 2015, appendix C.
public struct ConjugateGradients: Sendable {
  /// x, the solution so far.
  public private(set) var solution: [Float]
  /// b − H x.
  private var residual: [Float]
  private var direction: [Float]
  private var product: [Float]

  /// The method for `count` unknowns.
  public init(count: Int) {
    solution = Array(repeating: 0, count: count)
    residual = solution
    direction = solution
    product = solution
  }

  /// Takes at most `iterationCount` steps towards H x = `target`; stops where the squared residual is below
  /// `tolerance` times its first value.
  ///
  /// - Parameter multiply: writes H v into its second argument.
  /// - Returns: xᵀ H x, which costs no further product since H x = b − residual.
  public mutating func solve(
    _ target: [Float], iterationCount: Int, tolerance: Double = 1e-10,
    _ multiply: (_ vector: [Float], _ product: inout [Float]) throws -> Void
  ) rethrows -> Double {
    for index in target.indices {
      solution[index] = 0
      residual[index] = target[index]
      direction[index] = target[index]
    }
    var squaredNorm = dotProduct(residual, residual)
    let goal = squaredNorm * tolerance
    for _ in 0..<iterationCount where squaredNorm > goal {
      try multiply(direction, &product)
      let curvature = dotProduct(direction, product)
      guard curvature > 0 else { break }
      let step = Float(squaredNorm / curvature)
      addScaled(step, direction, to: &solution)
      addScaled(-step, product, to: &residual)
      let next = dotProduct(residual, residual)
      let ratio = Float(next / squaredNorm)
      Self.renew(&direction, residual, ratio)
      squaredNorm = next
    }
    return dotProduct(solution, target) - dotProduct(solution, residual)
  }

  private static func renew(_ direction: inout [Float], _ residual: [Float], _ ratio: Float) {
    let residual = residual.span
    var direction = direction.mutableSpan
    for index in 0..<residual.count { direction[index] = residual[index] + ratio * direction[index] }
  }
}

/// Σ xᵢ yᵢ, summed in Double.
public func dotProduct(_ left: [Float], _ right: [Float]) -> Double {
  precondition(left.count == right.count, "\(left.count) numbers and \(right.count)")
  let (left, right) = (left.span, right.span)
  var sum = 0.0
  for index in 0..<left.count { sum += Double(left[index]) * Double(right[index]) }
  return sum
}

/// Adds `scale` · `source` to `target`.
public func addScaled(_ scale: Float, _ source: [Float], to target: inout [Float]) {
  precondition(source.count == target.count, "\(source.count) numbers for \(target.count)")
  let source = source.span
  var target = target.mutableSpan
  for index in 0..<source.count { target[index] += scale * source[index] }
}
