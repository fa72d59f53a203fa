import Learning
import Testing

@Suite("Adam")
struct AdamTests {
  @Test("moves by the learning rate in the first step, whatever the gradient's size")
  func firstStep() {
    var parameters: [Float] = [1, 1, 1]
    var adam = Adam(count: 3, epsilon: 1e-8)
    _ = adam.step(&parameters, gradient: [4, -0.5, 1e-3], learningRate: 0.1, maximumNorm: .infinity)
    for (value, expected) in zip(parameters, [0.9, 1.1, 0.9] as [Float]) {
      #expect(abs(value - expected) < 1e-5)
    }
  }

  @Test("takes the two steps worked by hand")
  func byHand() {
    // g = 1, then 3: m = 0.1 → 0.39, v = 0.001 → 0.009999; m̂ = 0.39 / 0.19, v̂ = 0.009999 / 0.001999.
    var parameters: [Float] = [0]
    var adam = Adam(count: 1, epsilon: 0)
    _ = adam.step(&parameters, gradient: [1], learningRate: 1, maximumNorm: .infinity)
    _ = adam.step(&parameters, gradient: [3], learningRate: 1, maximumNorm: .infinity)
    let second: Float = (0.39 / 0.19) / (0.009999 / 0.001999 as Float).squareRoot()
    #expect(abs(parameters[0] + 1 + second) < 1e-4)
  }

  @Test("scales a long gradient down and returns its norm")
  func clipping() {
    var (short, long) = (Adam(count: 2), Adam(count: 2))
    var (a, b): ([Float], [Float]) = ([0, 0], [0, 0])
    #expect(short.step(&a, gradient: [0.6, 0.8], learningRate: 0.1, maximumNorm: 1) == 1)
    #expect(long.step(&b, gradient: [6, 8], learningRate: 0.1, maximumNorm: 1) == 10)
    #expect(zip(long.firstMoment, short.firstMoment).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test("finds the minimum of a parabola")
  func convergence() {
    var parameters: [Float] = [5]
    var adam = Adam(count: 1)
    for _ in 0..<2000 {
      _ = adam.step(&parameters, gradient: [2 * (parameters[0] - 3)], learningRate: 0.05, maximumNorm: 100)
    }
    #expect(abs(parameters[0] - 3) < 1e-2)
  }
}

extension Adam {
  fileprivate mutating func step(
    _ parameters: inout [Float], gradient: [Float], learningRate: Float, maximumNorm: Float
  ) -> Float {
    step(&parameters, gradient: gradient.span, learningRate: learningRate, maximumNorm: maximumNorm)
  }
}
