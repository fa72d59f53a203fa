import Autodiff

/// A long short-term memory:
///
///     i = σ(W_i x + U_i h)     f = σ(W_f x + U_f h)     o = σ(W_o x + U_o h)     g = tanh(W_g x + U_g h)
///     c' = f ⊙ c + i ⊙ g          h' = o ⊙ tanh c'
///
/// One input is always 1; its weights are the biases. The state is h, which is read, and then c.
///
/// Source: Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, without peepholes.
public struct LongShortTermMemory: Memory {
  private let unitCount: Int
  private let chronoSpan: Float

  /// A memory of `unitCount` cells, which keep what they hold for up to `chronoSpan` time steps at first.
  public init(unitCount: Int, chronoSpan: Float = 1) {
    self.unitCount = unitCount
    self.chronoSpan = chronoSpan
  }

  /// h and c.
  public var stateCount: Int { 2 * unitCount }
  /// h.
  public var outputCount: Int { unitCount }

  /// W and U, the gates side by side: input, forget, output, and then the candidate.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    layout.add("\(name).input", featureCount, 4 * unitCount, .cellInput(chronoSpan: chronoSpan))
    layout.add("\(name).recurrent", unitCount, 4 * unitCount, .orthogonalBlocks(4))
  }

  /// h after each step, and the last h and c.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let laneCount = initial.shape.rows
    let (recurrent, inputWeight) = (matrix("recurrent"), matrix("input"))
    func block(_ index: Int) -> Range<Int> { index * unitCount..<(index + 1) * unitCount }
    let gateInputWeight = inputWeight.slice(columns: 0..<3 * unitCount)
    let candidateInputWeight = inputWeight.slice(columns: block(3))
    var outputs = [initial.slice(columns: block(0))]
    var cell = initial.slice(columns: block(1))
    for time in 0..<inputs.shape.rows / laneCount {
      let input = inputs.slice(rows: time * laneCount..<(time + 1) * laneCount)
      let fromInput = gateInputWeight.sparseProduct(with: input)
      let fromState = outputs[time].matrixProduct(recurrent)
      func gate(_ index: Int) -> Node {
        (fromInput.slice(columns: block(index)) + fromState.slice(columns: block(index))).sigmoid()
      }
      let candidate =
        (candidateInputWeight.sparseProduct(with: input) + fromState.slice(columns: block(3)))
        .hyperbolicTangent()
      cell = gate(1) * cell + gate(0) * candidate
      outputs.append(gate(2) * cell.hyperbolicTangent())
    }
    return (
      Node.concatenateRows(outputs).slice(rows: laneCount..<laneCount * outputs.count),
      Node.concatenateColumns([outputs[outputs.count - 1], cell])
    )
  }
}
