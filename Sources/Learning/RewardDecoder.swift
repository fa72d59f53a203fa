import Autodiff
import Simulation

/// Says from a latent vector how reaching an observation is rewarded, if the task is what the vector stands for.
///
/// Of discrete observations that are not too many, one vector says it for all of them at once,
///
///     h₁ = max(0, z W₁ + b₁),   h₂ = max(0, h₁ W₂ + b₂),   l = h₂ W + b   with a number for each observation,
///
/// and of others for one, o, at a time, where the first layer reads it too: h₁ = max(0, z W₁ + o V + b₁).
///
/// Source: the reward decoders of Zintgraf et al. 2020, "VariBAD".
public struct RewardDecoder: Sendable {
  /// What is said of a reward.
  public enum Likelihood: String, Codable, Sendable, CaseIterable {
    /// Whether it is above 0: l is the logarithm of its odds.
    case bernoulli
    /// Its value: l is its mean, and the variance is 1.
    case normal
  }

  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  /// How an observation is read; nil where all of them are decoded at once.
  public let observationInput: ObservationInput?
  /// How many observations are decoded at once; 1 where each is by itself.
  public let observationCount: Int
  private let likelihood: Likelihood
  private let head: LinearHead
  private static let name = "decoder"
  /// The most observations that are decoded at once.
  public static let largestObservationCount = 1000

  /// A decoder of latent vectors of `latentCount` components with two layers of `unitCount` units.
  public init(
    _ likelihood: Likelihood, latentCount: Int, unitCount: Int, observation: Space,
    largestObservationCount: Int = Self.largestObservationCount
  ) {
    let count = observation.elementCount(atMost: largestObservationCount)
    self.likelihood = likelihood
    observationCount = count ?? 1
    observationInput = count == nil ? ObservationInput(observation) : nil
    head = LinearHead(inputCount: unitCount, outputCount: observationCount, gain: 1)
    var layout = ParameterLayout()
    let gain = Float(2).squareRoot()
    layout.add("\(Self.name).latent", latentCount, unitCount, .orthogonal(gain: gain))
    if let observationInput {
      layout.add("\(Self.name).observation", observationInput.featureCount, unitCount, .glorot)
    }
    layout.add("\(Self.name).bias1", 1, unitCount, .constant(0))
    layout.add("\(Self.name).weight2", unitCount, unitCount, .orthogonal(gain: gain))
    layout.add("\(Self.name).bias2", 1, unitCount, .constant(0))
    head.addParameters(to: &layout, Self.name)
    self.layout = layout
  }

  private func matrix(_ part: String, _ parameters: Node) -> Node {
    layout.matrix("\(Self.name).\(part)", of: parameters)
  }

  /// l for what the first layer sums up, `[m, unit]`.
  private func outputs(ofSums sums: Node, _ parameters: Node) -> Node {
    let hidden = sums.rectified().matrixProduct(matrix("weight2", parameters)) + matrix("bias2", parameters)
    return head.outputs(hidden.rectified()) { matrix($0, parameters) }
  }

  private func sums(_ latent: Node, _ parameters: Node) -> Node {
    latent.matrixProduct(matrix("latent", parameters)) + matrix("bias1", parameters)
  }

  /// −log p of a reward where l is said, element by element, without what depends on no parameter.
  private func loss(_ outputs: Node, _ rewards: Node) -> Node {
    switch likelihood {
    case .bernoulli:
      let softplus = outputs.rectified() + ((-outputs.magnitude()).exponential() + 1).logarithm()
      return softplus - rewards * outputs
    case .normal: return 0.5 * (outputs - rewards).square()
    }
  }

  /// The reward as the loss reads it.
  public func target(_ reward: Float) -> Float { likelihood == .normal ? reward : reward > 0 ? 1 : 0 }

  // MARK: All observations at once

  /// l of every observation, `[m, observation]`, for latent vectors, `[m, latent]`.
  public func outputs(_ latent: Node, parameters: Node) -> Node {
    outputs(ofSums: sums(latent, parameters), parameters)
  }

  /// −log p of all rewards of its trial by each latent vector, `[T·B, 1]`, without what depends on no parameter.
  ///
  /// - Parameters:
  ///   - latent: a vector for each step, `[T·B, latent]`.
  ///   - visits: how often each observation was reached in a trial, `[B, observation]`.
  ///   - rewards: what that brought on average, or how often more than 0, `[B, observation]`.
  public func loss(_ latent: Node, visits: Node, rewards: Node, parameters: Node) -> Node {
    let (rows, laneCount) = (latent.shape.rows, visits.shape.rows)
    let width = laneCount * observationCount
    // What trials brought is the same for all of their steps, which so are rows.
    let outputs = outputs(latent, parameters: parameters).reshaped(rows / laneCount, width)
    let loss = visits.reshaped(1, width) * loss(outputs, rewards.reshaped(1, width))
    return loss.reshaped(rows, observationCount).sumOverColumns()
  }

  /// Whether it says of every observation how probable a reward above 0 is.
  public var saysProbabilities: Bool { likelihood == .bernoulli && observationInput == nil }

  /// How probable a reward above 0 is for each observation, `[m, observation]`; nil where that is not said.
  public func rewardProbabilities(_ latent: Node, parameters: Node) -> Node? {
    saysProbabilities ? outputs(latent, parameters: parameters).sigmoid() : nil
  }

  // MARK: One observation at a time

  /// −log p of all rewards of its trial by each latent vector, `[K·B, 1]`, without what depends on no parameter.
  ///
  /// - Parameters:
  ///   - latent: K vectors for each trial, `[K·B, latent]`.
  ///   - observations: what was reached at each step, `[T·B, …]`, as `observationInput` writes it.
  ///   - rewards: what that brought, `[T·B, 1]`.
  ///   - mask: 1 for steps that were taken, else 0, `[T·B, 1]`.
  ///   - laneCount: B.
  public func loss(
    _ latent: Node, observations: Node, rewards: Node, mask: Node, laneCount: Int, parameters: Node
  ) -> Node {
    guard let observationInput else { preconditionFailure("all observations are decoded at once") }
    let (rows, weight) = (observations.shape.rows, matrix("observation", parameters))
    let stepCount = rows / laneCount
    let sums = sums(latent, parameters)
    let width = laneCount * sums.shape.columns
    let seen =
      (observationInput.isSparse
      ? weight.sparseProduct(with: observations) : observations.matrixProduct(weight))
      .reshaped(stepCount, width)
    let losses = (0..<latent.shape.rows / laneCount).map { place in
      let latent = sums.slice(rows: place * laneCount..<(place + 1) * laneCount).reshaped(1, width)
      let outputs = outputs(ofSums: (seen + latent).reshaped(rows, sums.shape.columns), parameters)
      return (mask * loss(outputs, rewards)).reshaped(stepCount, laneCount).sumOverRows()
        .reshaped(laneCount, 1)
    }
    return Node.concatenateRows(losses)
  }
}
