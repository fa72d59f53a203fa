import Foundation
import Kernels

/// Adam with bias correction and clipping of the gradient's norm.
///
///     m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)
///
/// Source: Kingma and Ba 2015, algorithm 1.
public struct Adam: Sendable {
  /// The running mean of gradients, m.
  public private(set) var firstMoment: [Float]
  /// The running mean of squared gradients, v.
  public private(set) var secondMoment: [Float]
  /// How many steps were taken.
  public private(set) var stepCount: Int
  private let epsilon: Float
  private static let (decay1, decay2): (Float, Float) = (0.9, 0.999)

  /// The optimizer of `count` parameters before its first step.
  public init(count: Int, epsilon: Float = 1e-5) {
    firstMoment = Array(repeating: 0, count: count)
    secondMoment = Array(repeating: 0, count: count)
    stepCount = 0
    self.epsilon = epsilon
  }

  /// Takes over a state.
  public mutating func restore(firstMoment: [Float], secondMoment: [Float], stepCount: Int) {
    precondition(
      firstMoment.count == self.firstMoment.count && secondMoment.count == firstMoment.count,
      "moments of \(firstMoment.count) and \(secondMoment.count) for \(self.firstMoment.count) parameters")
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.stepCount = stepCount
  }

  /// Moves `parameters` against `gradient`, scaled down to norm `maximumNorm` if it is longer; returns the
  /// gradient's norm before.
  public mutating func step(
    _ parameters: inout [Float], gradient: Span<Float>, learningRate: Float, maximumNorm: Float
  ) -> Float {
    precondition(
      gradient.count == parameters.count, "\(gradient.count) slopes, \(parameters.count) parameters")
    stepCount += 1
    let norm = euclideanNorm(gradient)
    var step = MetarlAdam(
      scale: norm > maximumNorm ? maximumNorm / norm : 1, decay1: Self.decay1, decay2: Self.decay2,
      rate: learningRate / Float(1 - pow(Double(Self.decay1), Double(stepCount))),
      correction: 1 / Float(1 - pow(Double(Self.decay2), Double(stepCount))), epsilon: epsilon)
    gradient.withUnsafeBufferPointer {
      metarl_adam_f32(parameters.count, &parameters, $0.baseAddress, &firstMoment, &secondMoment, &step)
    }
    return norm
  }
}

/// √Σx², summed in eight interleaved parts.
public func euclideanNorm(_ values: Span<Float>) -> Float {
  var sums = SIMD8<Float>()
  let whole = values.count / 8 * 8
  for start in stride(from: 0, to: whole, by: 8) {
    var part = SIMD8<Float>()
    for lane in 0..<8 { part[lane] = values[start + lane] }
    sums += part * part
  }
  for index in whole..<values.count { sums[index - whole] += values[index] * values[index] }
  return sums.sum().squareRoot()
}
