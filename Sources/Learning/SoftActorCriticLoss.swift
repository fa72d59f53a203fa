import Autodiff

/// The losses of soft actor-critic at each time step, `[m, 1]`. With Q₁ and Q₂ the action values, Q̄ their target networks,
/// α the temperature, y a goal, such as r + γ V̄ of the next time step, and H̄ the entropy that is aimed at,
///
///     V̄ = E_a[ min Q̄(a) − α log π(a) ],    L_Q = Σᵢ ½ (Qᵢ(a) − y)²
///     L_π = E_a[ α log π(a) − min Q(a) ],   L_α = log α · (H(π) − H̄)
///
/// Expectations are exact for discrete actions, and of one reparameterised action otherwise.
///
/// Source: Haarnoja et al. 2018, "Soft actor-critic algorithms and applications"; Christodoulou 2019, "Soft actor-critic for
/// discrete action settings". Differs: V̄ and L_π are of the same drawn action.
public struct SoftActorCriticLoss {
  /// Q₁ and Q₂ of the action that was taken.
  public let takenValues: [Node]
  /// V̄, what the present policy is worth by the target networks.
  public let worth: Node
  /// L_π, which has a gradient with respect to the policy alone.
  public let policyLoss: Node
  /// H(π), or −log π of the drawn action.
  public let entropy: Node
  private let logTemperature: Node

  /// The losses of a policy with `outputs` that `distribution` draws from.
  ///
  /// - Parameters:
  ///   - logTemperature: log α, `[1, 1]`.
  ///   - choices: the actions that were taken, `[m, component]`.
  ///   - noise: standard normal, `[m, component]`; for real numbers.
  ///   - values: Q₁ and Q₂.
  ///   - targets: their target networks.
  public init(
    _ distribution: ActionDistribution, outputs: Node, logTemperature: Node, choices: Node, noise: Node,
    values: TwinActionValues.Reading, targets: TwinActionValues.Reading
  ) {
    self.logTemperature = logTemperature
    let temperature = logTemperature.exponential().stopGradient()
    if distribution.isDiscrete {
      let logs = distribution.logProbabilities(outputs)
      let probabilities = logs.exponential()
      func expected(_ values: [Node]) -> Node {
        (probabilities * (temperature * logs - values[0].minimum(values[1]))).sumOverColumns()
      }
      let all = values.values(of: nil)
      takenValues = all.map { $0.elements(at: choices) }
      worth = -expected(targets.values(of: nil))
      policyLoss = expected(all.map { $0.stopGradient() })
      entropy = -(probabilities * logs).sumOverColumns()
    } else {
      let (actions, logs) = distribution.squashedSample(outputs, noise: noise)
      func loss(_ values: [Node]) -> Node { temperature * logs - values[0].minimum(values[1]) }
      takenValues = values.values(of: choices)
      worth = -loss(targets.values(of: actions))
      policyLoss = loss(values.stopGradient().values(of: actions))
      entropy = -logs
    }
  }

  /// L_Q for the goals `goal`, which count as constants.
  public func criticLoss(goal: Node) -> Node {
    let goal = goal.stopGradient()
    return 0.5 * takenValues.map { ($0 - goal).square() }.reduce(goal.graph.constant(0), +)
  }

  /// L_α for the entropy `target`.
  public func temperatureLoss(target: Node) -> Node { logTemperature * (entropy.stopGradient() - target) }
}
