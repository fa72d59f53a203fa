import Randomness
import Testing

@Suite struct ContinuousTests {
  @Test func normalNumbersAreNormal() {
    var stream = RandomKey(seed: 9).stream()
    let numbers = (0..<200_000).map { _ in Double(stream.normal()) }
    #expect(scaledDistance(of: numbers, from: normalCumulative) < 1.95)
    let (mean, variance) = moments(numbers)
    // Standard errors: 1 / √n = 0.0022, √(2 / n) = 0.0032 and, for the fourth moment, √(96 / n) = 0.022.
    #expect(abs(mean) < 0.009)
    #expect(abs(variance - 1) < 0.013)
    #expect(abs(moments(numbers.map { $0 * $0 * $0 * $0 }).mean - 3) < 0.088)
  }

  @Test func consecutiveNormalNumbersAreUncorrelated() {
    var stream = RandomKey(seed: 9).stream()
    let numbers = (0..<100_001).map { _ in Double(stream.normal()) }
    #expect(abs(correlation(Array(numbers.dropLast()), Array(numbers.dropFirst()))) < 4 / 316.2)
    let squares = numbers.map { $0 * $0 }
    #expect(abs(correlation(Array(squares.dropLast()), Array(squares.dropFirst()))) < 4 / 316.2)
  }

  @Test(arguments: [0.05, 0.3, 0.999, 1, 1.5, 4, 60])
  func gammaNumbersFollowTheGammaDistribution(_ shape: Double) {
    var stream = RandomKey(seed: 10).stream()
    let numbers = (0..<50_000).map { _ in stream.gamma(shape: shape) }
    #expect(scaledDistance(of: numbers) { gammaCumulative($0, shape: shape) } < 1.95)
    // Mean and variance are the shape.
    #expect(abs(moments(numbers).mean - shape) < 4 * (shape / 50_000).squareRoot())
  }

  @Test(arguments: [(1, 1), (0.5, 0.5), (2, 5), (0.1, 3), (30, 20)])
  func betaNumbersFollowTheBetaDistribution(_ a: Double, _ b: Double) {
    var stream = RandomKey(seed: 11).stream()
    let numbers = (0..<50_000).map { _ in stream.beta(a, b) }
    #expect(scaledDistance(of: numbers) { betaCumulative($0, a, b) } < 1.95)
    #expect(abs(moments(numbers).mean - a / (a + b)) < 0.008)
  }

  /// A component of a symmetric Dirichlet number over n components is beta(c, (n − 1) c).
  @Test(arguments: [0.2, 1, 8]) func componentsOfADirichletNumberAreBeta(_ concentration: Double) {
    var stream = RandomKey(seed: 12).stream()
    var probabilities: [Float] = Array(repeating: 0, count: 5)
    for component in 0..<5 {
      let numbers = (0..<20_000).map { _ in
        var span = probabilities.mutableSpan
        stream.dirichlet(concentration: concentration, into: &span)
        return Double(probabilities[component])
      }
      #expect(scaledDistance(of: numbers) { betaCumulative($0, concentration, 4 * concentration) } < 1.95)
    }
  }

  @Test(arguments: [1e-4, 0.01, 1, 1000]) func dirichletNumbersSumToOne(_ concentration: Double) {
    var stream = RandomKey(seed: 13).stream()
    for count in [1, 2, 5, 100] {
      var probabilities: [Float] = Array(repeating: .nan, count: count)
      for _ in 0..<100 {
        var span = probabilities.mutableSpan
        stream.dirichlet(concentration: concentration, into: &span)
        #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(abs(probabilities.reduce(0.0) { $0 + Double($1) } - 1) < 1e-6)
      }
    }
  }

  /// A component of a Dirichlet number is beta(cᵢ, Σc − cᵢ).
  @Test func componentsOfAnyDirichletNumberAreBeta() {
    var stream = RandomKey(seed: 15).stream()
    let concentrations = [0.3, 1, 4.5]
    var probabilities = Array(repeating: Double.nan, count: 3)
    for component in 0..<3 {
      let numbers = (0..<20_000).map { _ in
        var span = probabilities.mutableSpan
        stream.dirichlet(concentrations.span, into: &span)
        return probabilities[component]
      }
      let alpha = concentrations[component]
      #expect(scaledDistance(of: numbers) { betaCumulative($0, alpha, 5.8 - alpha) } < 1.95)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test func smallShapesGiveNumbersAndNotNaN() {
    var stream = RandomKey(seed: 14).stream()
    for _ in 0..<1000 {
      #expect(stream.gamma(shape: 1e-6) >= 0)
      #expect(0...1 ~= stream.beta(1e-6, 1e-6))
    }
  }
}
