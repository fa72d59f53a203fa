import Autodiff
import Learning
import Trials

/// The loss of proximal policy optimisation over whole trials. With ρ the ratio of new to old probability of an action, A
/// its advantage over the trial, v the value function with target v̂, H the entropy of the policy:
///
///     L = mean[ −min(ρ A, clip(ρ, 1 − ε, 1 + ε) A) + c_v ½ (v − v̂)² − c_H H ]
///
/// Source: Schulman et al. 2017, "Proximal policy optimization algorithms", equation 9.
package struct TrialPPOLoss: Sendable {
  let network: RecurrentNetwork
  let distribution: ActionDistribution
  let inputWidth: Int
  /// ε.
  let clipRange: Double
  /// c_v.
  let valueCoefficient: Double
  /// Whether the network goes on, at every time step, from a state that was written down, the column `context` of a rollout,
  /// and not from zero at the start of a trial.
  let readsContext: Bool

  /// The loss of `network`, whose input is of `inputWidth` numbers.
  package init(
    network: RecurrentNetwork, distribution: ActionDistribution, inputWidth: Int, clipRange: Double,
    valueCoefficient: Double, readsContext: Bool = false
  ) {
    self.network = network
    self.distribution = distribution
    self.inputWidth = inputWidth
    self.clipRange = clipRange
    self.valueCoefficient = valueCoefficient
    self.readsContext = readsContext
  }

  /// The inputs of the program, in order.
  enum Port: Int {
    case parameters, inputs, choices, logProbabilities, advantages, targets, weights, entropyCoefficient
    case context
  }

  /// The gradient of the loss over a shard of trials, and its statistics: `[1, parameters]`, `[1, 5]`.
  ///
  /// - Parameter laneCount: B, the trials of a shard; `stepCount` is T. Sequences are `[T·B, …]`.
  package func program(stepCount: Int, laneCount: Int) -> Program {
    let (loss, parameters, statistics) = graph(stepCount: stepCount, laneCount: laneCount)
    return Program([loss.gradient(withRespectTo: [parameters])[0], statistics], holding: [parameters])
  }

  /// The loss as a graph.
  package func graph(stepCount: Int, laneCount: Int) -> (loss: Node, parameters: Node, statistics: Node) {
    let graph = Graph()
    let rows = stepCount * laneCount
    let parameters = graph.input("parameters", 1, network.layout.count)
    let inputs = graph.input("inputs", rows, inputWidth)
    let choices = graph.input("choices", rows, distribution.componentCount)
    let oldLogProbability = graph.input("logProbabilities", rows, 1)
    let advantage = graph.input("advantages", rows, 1)
    let target = graph.input("targets", rows, 1)
    let weight = graph.input("weights", rows, 1)
    let entropyCoefficient = graph.input("entropyCoefficient", 1, 1)

    let state =
      readsContext
      ? graph.input("context", rows, network.stateCount) : graph.constant(0, laneCount, network.stateCount)
    let result = network.unrolled(inputs, from: state, parameters: parameters)
    let logProbability = distribution.logProbability(
      of: choices, result.outputs, logStandardDeviation: result.logStandardDeviation)
    let logRatio = logProbability - oldLogProbability
    let ratio = logRatio.exponential()
    let clipped = ratio.clipped(1 - clipRange, 1 + clipRange)
    let policyLoss = -((ratio * advantage).minimum(clipped * advantage))
    let valueLoss = 0.5 * (result.values - target).square()
    let entropy = distribution.entropy(result.outputs, logStandardDeviation: result.logStandardDeviation)
    let loss = policyLoss + valueCoefficient * valueLoss - entropyCoefficient * entropy
    // KL(old ‖ new) without bias and never negative: ρ − 1 − log ρ.
    let approximateKL = ratio - 1 - logRatio
    let isClipped = (ratio - 1).magnitude().isGreater(than: graph.constant(clipRange))
    let statistics = Node.concatenateColumns(
      [policyLoss, valueLoss, entropy, approximateKL, isClipped].map { ($0 * weight).sum() })
    return ((loss * weight).sum(), parameters, statistics)
  }
}

extension Rollout.Name {
  /// The state that a network goes on from at each time step, where another network gives it, `[state]`.
  static let context = Rollout.Name("context")
}
