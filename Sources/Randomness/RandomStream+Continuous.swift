import Foundation

extension RandomStream {
  /// A standard normal number, by the Box-Muller transform; its absolute value is below 6.7.
  ///
  /// Every number takes 64 random bits. The sine half of the transform is not used, because keeping it
  /// would make a number depend on how many were drawn before.
  @inlinable
  public mutating func normal() -> Float { Float(preciseNormal()) }

  /// A number from the gamma distribution with density x^(shape − 1) e^(−x) / Γ(shape), for a positive shape.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
  public mutating func gamma(shape: Double) -> Double {
    shape >= 1 ? directGamma(shape: shape) : exp(logarithmOfGamma(shape: shape))
  }

  /// A number from the beta distribution with density proportional to x^(a − 1) (1 − x)^(b − 1), for
  /// positive `a` and `b`.
  ///
  /// Beta(1, 1), the prior of most bandits, is the uniform distribution, and is drawn as such.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    if a == 1 && b == 1 { return preciseUniform() }
    if a >= 1 && b >= 1 {
      let first = directGamma(shape: a)
      return first / (first + directGamma(shape: b))
    }
    let first = logarithmOfGamma(shape: a)
    return 1 / (1 + exp(logarithmOfGamma(shape: b) - first))
  }

  /// Probabilities from the symmetric Dirichlet distribution with a positive `concentration` per component,
  /// `[component]`; they sum to 1 within rounding.
  public mutating func dirichlet(concentration: Double, into probabilities: inout MutableSpan<Float>) {
    precondition(!probabilities.isEmpty, "a Dirichlet distribution of no components")
    var largest = -Float.infinity
    for index in probabilities.indices {
      let logarithm = Float(logarithmOfGamma(shape: concentration))
      probabilities[index] = logarithm
      largest = max(largest, logarithm)
    }
    var total = 0.0
    for index in probabilities.indices {
      let share = exp(Double(probabilities[index] - largest))
      probabilities[index] = Float(share)
      total += share
    }
    for index in probabilities.indices { probabilities[index] = Float(Double(probabilities[index]) / total) }
  }

  /// Probabilities from the Dirichlet distribution with the positive `concentrations`, both `[component]`; they sum
  /// to 1 within rounding.
  public mutating func dirichlet(
    _ concentrations: Span<Double>, into probabilities: inout MutableSpan<Double>
  ) {
    precondition(
      !probabilities.isEmpty && concentrations.count == probabilities.count,
      "\(concentrations.count) concentrations of \(probabilities.count) probabilities")
    var largest = -Double.infinity
    for index in probabilities.indices {
      probabilities[index] = logarithmOfGamma(shape: concentrations[index])
      largest = max(largest, probabilities[index])
    }
    var total = 0.0
    for index in probabilities.indices {
      probabilities[index] = exp(probabilities[index] - largest)
      total += probabilities[index]
    }
    for index in probabilities.indices { probabilities[index] /= total }
  }

  /// A standard normal number in double precision.
  @inlinable
  mutating func preciseNormal() -> Double {
    let radius = (-2 * log((Double(nextBits()) + 1) * 0x1p-32)).squareRoot()
    return radius * cos(2 * Double.pi * 0x1p-32 * Double(nextBits()))
  }

  /// A number uniform on (0, 1], a multiple of 2⁻⁵³.
  private mutating func preciseUniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

  /// The logarithm of a gamma number: for a small shape the number itself is often too small to represent.
  private mutating func logarithmOfGamma(shape: Double) -> Double {
    precondition(shape >= 1e-30 && shape.isFinite, "the shape of a gamma distribution is \(shape)")
    // If G is gamma(shape + 1) and U uniform, then G U^(1 / shape) is gamma(shape).
    if shape < 1 { return logarithmOfGamma(shape: shape + 1) + log(preciseUniform()) / shape }
    return log(directGamma(shape: shape))
  }

  /// A gamma number of a shape of at least 1.
  private mutating func directGamma(shape: Double) -> Double {
    precondition(shape >= 1 && shape.isFinite, "the shape of a gamma distribution is \(shape)")
    let scale = shape - 1.0 / 3
    let slope = 1 / (9 * scale).squareRoot()
    while true {
      let normal = preciseNormal()
      let root = 1 + slope * normal
      guard root > 0 else { continue }
      let cube = root * root * root
      let (square, uniform) = (normal * normal, preciseUniform())
      // What passes the first test passes the second, which takes two logarithms.
      if uniform < 1 - 0.0331 * square * square
        || log(uniform) < 0.5 * square + scale * (1 - cube + log(cube))
      {
        return scale * cube
      }
    }
  }
}
