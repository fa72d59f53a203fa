import Autodiff
import Foundation
import Randomness
import Simulation

// The squashed form of a policy for real numbers: a = tanh u, u normal with mean μ and deviation σ, both outputs of the
// network, log σ kept within [−5, 2]. In units in which the box is [−1, 1]:
//
//     log π(a) = Σ log N(u; μ, σ) − log(1 − tanh² u),    log(1 − tanh² u) = 2 (log 2 − u − log(1 + e⁻²ᵘ))
//
// Source: Haarnoja et al. 2018, "Soft actor-critic", appendix C.
extension ActionDistribution {
  /// The limits of log σ.
  static let logStandardDeviationLimits = -5.0...2.0

  private func means(_ outputs: Node) -> Node { outputs.slice(columns: 0..<componentCount) }

  private func logStandardDeviations(_ outputs: Node) -> Node {
    outputs.slice(columns: componentCount..<2 * componentCount)
      .clipped(Self.logStandardDeviationLimits.lowerBound, Self.logStandardDeviationLimits.upperBound)
  }

  /// μ and σ beside one another.
  func squashedActing(_ outputs: Node) -> Node {
    Node.concatenateColumns([means(outputs), logStandardDeviations(outputs).exponential()])
  }

  /// Actions, `[m, components]`, and log π of them, `[m, 1]`, as functions of the network's outputs that can be
  /// differentiated: `noise` is standard normal, `[m, components]`.
  public func squashedSample(_ outputs: Node, noise: Node) -> (actions: Node, logProbability: Node) {
    precondition(isSquashed, "a policy of another form")
    let logStandardDeviation = logStandardDeviations(outputs)
    let unbounded = means(outputs) + logStandardDeviation.exponential() * noise
    // log(1 + e⁻²ᵘ) = max(−2u, 0) + log(1 + e^−|2u|), which does not overflow.
    let twice = 2 * unbounded
    let softplus = (-twice).rectified() + ((-twice.magnitude()).exponential() + 1).logarithm()
    let logSlope = 2 * log(2.0) - twice - 2 * softplus
    let logNormal = -(0.5 * noise.square() + logStandardDeviation) - 0.5 * log(2 * Double.pi)
    return (unbounded.hyperbolicTangent(), (logNormal - logSlope).sumOverColumns())
  }

  /// Draws an action; `acting` holds means and deviations. Returns log π of it.
  func sampleSquashed(
    _ acting: Span<Float>, using random: inout RandomStream, choice: inout MutableSpan<Float>,
    action: inout MutableSpan<Float>
  ) -> Float {
    guard case .box(let lower, let upper) = space else { preconditionFailure("actions are not real numbers") }
    var logProbability: Float = 0
    for component in lower.indices {
      let (noise, deviation) = (random.normal(), acting[lower.count + component])
      let value = acting[component] + deviation * noise
      choice[component] = tanhf(value)
      action[component] = ActionScaling.action(choice[component], lower[component], upper[component])
      let softplus = max(-2 * value, 0) + log1pf(expf(-abs(2 * value)))
      logProbability -= 0.5 * noise * noise + logf(deviation) + 0.5 * logf(2 * .pi)
      logProbability -= 2 * (logf(2) - value - softplus)
    }
    return logProbability
  }
}
