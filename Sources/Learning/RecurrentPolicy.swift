import Autodiff

/// A memory with a policy, as a function of a flat parameter vector: what acts where values belong to a network of their
/// own.
public struct RecurrentPolicy: Sendable {
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let distribution: ActionDistribution
  private let memory: any Memory
  private let readout: Readout
  private let head: LinearHead

  /// A policy for inputs of `featureCount` features, with a readout of `readoutCount` units; 0 for none.
  public init(
    featureCount: Int, memory: any Memory, distribution: ActionDistribution, readoutCount: Int
  ) {
    self.distribution = distribution
    self.memory = memory
    readout = Readout(unitCount: readoutCount, inputCount: memory.outputCount)
    head = LinearHead(
      inputCount: readout.outputCount, outputCount: distribution.outputCount, gain: 0.01)
    var layout = ParameterLayout()
    memory.addParameters(to: &layout, Self.name, featureCount: featureCount)
    readout.addParameters(to: &layout, Self.name, featureCount: featureCount)
    head.addParameters(to: &layout, Self.name)
    self.layout = layout
  }

  private static let name = "policy"

  /// Reads a sequence from the beginning of its trials; returns what actions are drawn by at each step, `[T·B, outputs]`.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - parameters: `[1, layout.count]`.
  public func outputs(_ inputs: Node, laneCount: Int, parameters: Node) -> Node {
    let start = parameters.graph.constant(0, laneCount, memory.stateCount)
    return continued(inputs, from: start, after: nil, parameters).outputs
  }

  private func continued(
    _ inputs: Node, from state: Node, after past: Past?, _ parameters: Node
  ) -> (outputs: Node, finalState: Node, kept: Node?) {
    func matrix(_ part: String) -> Node { layout.matrix("\(Self.name).\(part)", of: parameters) }
    let read = memory.continued(inputs, from: state, after: past, matrix)
    return (
      head.outputs(readout.outputs(read.outputs, inputs, matrix), matrix), read.finalState, read.kept
    )
  }

  /// The compiled step of the policy in `laneCount` lanes, whose inputs `encoder` writes. Memories that look back at steps
  /// have room for `stepLimit` of them at first.
  public func acting(_ encoder: any InputEncoder, laneCount: Int, stepLimit: Int) -> ActingProgram {
    ActingProgram(
      distribution, encoder, laneCount: laneCount, parameterCount: layout.count,
      stateCount: memory.stateCount, shownStateCount: memory.outputCount, kept: (memory.keptCount, stepLimit)
    ) { input, state, past, parameters in
      let result = continued(input, from: state, after: past, parameters)
      return (result.outputs, result.finalState, result.kept, [])
    }
  }
}
