import Autodiff

// How far two policies are apart, and the metric that this distance has for small steps.
extension ActionDistribution {
  /// KL(old ‖ new) for each row, `[m, 1]`: how surprised the new policy is by the old one's actions.
  ///
  /// Normal: Σ log σ − log σ₀ + (σ₀² + (μ₀ − μ)²) / 2σ² − ½. Categorical: Σ p₀ (log p₀ − log p).
  public func klDivergence(
    fromOutputs oldOutputs: Node, logStandardDeviation oldLogStandardDeviation: Node?, to outputs: Node,
    logStandardDeviation: Node?
  ) -> Node {
    switch (space, oldLogStandardDeviation, logStandardDeviation) {
    case (.discrete(let counts), _, _):
      return zip(logProbabilities(oldOutputs, counts), logProbabilities(outputs, counts))
        .map { old, new in (old.exponential() * (old - new)).sumOverColumns() }
        .reduce(outputs.graph.constant(0), +)
    case (.box, let old?, let new?):
      let scale = (-2 * new).exponential()
      let spread = ((2 * old).exponential() + (oldOutputs - outputs).square()) * scale
      return (new - old + 0.5 * spread - 0.5).sumOverColumns()
    default: preconditionFailure("a continuous policy needs a deviation")
    }
  }

  /// The product of the Fisher information, in terms of a network's outputs, with a change of them, each row
  /// weighted by `weights`, `[m, 1]`: what the second derivative of the divergence at equal policies gives.
  ///
  /// Normal: w μ̇ / σ² and 2 Σw (log σ)˙. Categorical: w p ⊙ (ẋ − Σ p ẋ).
  public func fisherProduct(
    outputs: Node, logStandardDeviation: Node?, changeOfOutputs: Node, changeOfLogStandardDeviation: Node?,
    weights: Node
  ) -> (outputs: Node, logStandardDeviation: Node?) {
    switch (space, logStandardDeviation) {
    case (.discrete(let counts), _):
      var start = 0
      let parts = logProbabilities(outputs, counts).map { logProbability in
        let count = logProbability.shape.columns
        let change = changeOfOutputs.slice(columns: start..<start + count)
        start += count
        let probability = logProbability.exponential()
        return weights * probability * (change - (probability * change).sumOverColumns())
      }
      return (Node.concatenateColumns(parts), nil)
    case (.box, let logStandardDeviation?):
      let precision = (-2 * logStandardDeviation).exponential()
      return (
        weights * (changeOfOutputs * precision),
        changeOfLogStandardDeviation.map { 2 * weights.sumOverRows() * $0 }
      )
    default: preconditionFailure("a continuous policy needs a deviation")
    }
  }
}
