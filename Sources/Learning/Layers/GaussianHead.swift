import Autodiff

/// A head that says what is believed of a latent vector: a normal distribution with independent components, of which the
/// mean and the logarithm of the variance are linear in what it reads.
///
///     μ = W_μ h + b_μ          log σ² = W_σ h + b_σ
///
/// Source: Kingma and Welling 2014, "Auto-encoding variational Bayes".
public struct GaussianHead: Sendable {
  /// The components of the latent vector.
  public let latentCount: Int
  private let head: LinearHead

  /// A head on `inputCount` numbers for a latent vector of `latentCount` components.
  public init(inputCount: Int, latentCount: Int) {
    self.latentCount = latentCount
    head = LinearHead(inputCount: inputCount, outputCount: 2 * latentCount, gain: 1)
  }

  /// Appends its parameters, their names below `name`.
  public func addParameters(to layout: inout ParameterLayout, _ name: String) {
    head.addParameters(to: &layout, name)
  }

  /// What it makes of `input`, `[rows, input]`; `matrix` has its parameters by the end of their names.
  public func latent(_ input: Node, _ matrix: (_ name: String) -> Node) -> GaussianLatent {
    let outputs = head.outputs(input, matrix)
    return GaussianLatent(
      mean: outputs.slice(columns: 0..<latentCount),
      logVariance: outputs.slice(columns: latentCount..<2 * latentCount))
  }
}

/// A normal distribution of a latent vector for each row.
public struct GaussianLatent {
  /// μ, `[rows, latent]`.
  public let mean: Node
  /// log σ², `[rows, latent]`.
  public let logVariance: Node

  /// A distribution with `mean` and `logVariance`, `[rows, latent]`.
  public init(mean: Node, logVariance: Node) {
    self.mean = mean
    self.logVariance = logVariance
  }

  /// The standard normal distribution in as many rows and components as `node` has.
  public static func standard(like node: Node) -> Self {
    let zero = node.graph.constant(0, node.shape.rows, node.shape.columns)
    return Self(mean: zero, logVariance: zero)
  }

  /// A vector drawn by the reparameterisation μ + σ ε, so that gradients reach μ and σ; `noise` is ε, `[rows, latent]`.
  public func sample(noise: Node) -> Node { mean + (0.5 * logVariance).exponential() * noise }

  /// KL(self ‖ other) of each row, `[rows, 1]`:
  ///
  ///     Σ ½ (log σ₂² − log σ₁² + (σ₁² + (μ₁ − μ₂)²) / σ₂² − 1)
  public func klDivergence(from other: GaussianLatent) -> Node {
    let spread = logVariance.exponential() + (mean - other.mean).square()
    let terms =
      other.logVariance - logVariance + spread * (-other.logVariance).exponential() - 1
    return 0.5 * terms.sumOverColumns()
  }
}
