import Autodiff

/// A gated recurrent unit:
///
///     r = σ(W_r x + U_r h)          z = σ(W_z x + U_z h)
///     n = tanh(W_n x + r ⊙ U_n h)          h' = (1 − z) ⊙ n + z ⊙ h
///
/// One input is always 1; its weights are the biases.
///
/// Source: Cho et al. 2014, in the form of Chung et al. 2014 with the reset gate after the product.
public struct GatedRecurrentUnit: Memory {
  private let unitCount: Int
  private let chronoSpan: Float

  /// A unit whose state is of `unitCount` numbers, kept for up to `chronoSpan` time steps at first.
  public init(unitCount: Int, chronoSpan: Float = 1) {
    self.unitCount = unitCount
    self.chronoSpan = chronoSpan
  }

  /// h.
  public var stateCount: Int { unitCount }
  /// h.
  public var outputCount: Int { unitCount }

  /// W and U, the gates side by side.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    layout.add("\(name).input", featureCount, 3 * unitCount, .gatedInput(chronoSpan: chronoSpan))
    layout.add("\(name).recurrent", unitCount, 3 * unitCount, .orthogonalBlocks(3))
  }

  /// The states after each step, and the last one.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let laneCount = initial.shape.rows
    let (recurrent, inputWeight) = (matrix("recurrent"), matrix("input"))
    let (resetColumns, updateColumns, candidateColumns) = (
      0..<unitCount, unitCount..<2 * unitCount, 2 * unitCount..<3 * unitCount
    )
    let gateInputWeight = inputWeight.slice(columns: 0..<2 * unitCount)
    let candidateInputWeight = inputWeight.slice(columns: candidateColumns)
    var states = [initial]
    for time in 0..<inputs.shape.rows / laneCount {
      let (input, state) = (inputs.slice(rows: time * laneCount..<(time + 1) * laneCount), states[time])
      // The candidate's part of the input is apart from the gates', so that their slopes need no copies.
      let fromInput = gateInputWeight.sparseProduct(with: input)
      let candidateInput = candidateInputWeight.sparseProduct(with: input)
      let fromState = state.matrixProduct(recurrent)
      let reset = (fromInput.slice(columns: resetColumns) + fromState.slice(columns: resetColumns)).sigmoid()
      let update = (fromInput.slice(columns: updateColumns) + fromState.slice(columns: updateColumns))
        .sigmoid()
      let candidateState = fromState.slice(columns: candidateColumns).copied()
      let candidate = (candidateInput + reset * candidateState).hyperbolicTangent()
      states.append((1 - update) * candidate + update * state)
    }
    let outputs = Node.concatenateRows(states).slice(rows: laneCount..<laneCount * states.count)
    let last = outputs.shape.rows - laneCount..<outputs.shape.rows
    return (outputs, outputs.slice(rows: last))
  }
}
