import Autodiff

/// Two estimates of the value of actions on one memory, as functions of a flat parameter vector. The smaller one is what a
/// policy may rely on: a single estimate is too high wherever the policy seeks out its errors.
///
/// Of one discrete action each says the value of every action, of real numbers that of the action it is asked for.
///
/// Source: Fujimoto, van Hoof and Meger 2018, "Addressing function approximation error in actor-critic methods", section
/// 4.2. Differs: the two estimates share a memory, and each has a layer and a head of its own.
public struct TwinActionValues: Sendable {
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let memory: any Memory
  private let readout: Readout
  private let head: LinearHead

  /// Values of the actions that `distribution` draws, for inputs of `featureCount` features.
  ///
  /// - Parameter readoutCount: the units of each layer after the memory; at least 1, but for discrete actions.
  public init(
    featureCount: Int, memory: any Memory, distribution: ActionDistribution, readoutCount: Int
  ) {
    self.memory = memory
    let isDiscrete = distribution.isDiscrete
    readout = Readout(
      unitCount: readoutCount, inputCount: memory.outputCount,
      argumentCount: isDiscrete ? 0 : distribution.componentCount)
    head = LinearHead(
      inputCount: readout.outputCount, outputCount: isDiscrete ? distribution.outputCount : 1, gain: 1)
    var layout = ParameterLayout()
    memory.addParameters(to: &layout, Self.memoryName, featureCount: featureCount)
    for name in Self.names {
      readout.addParameters(to: &layout, name, featureCount: featureCount)
      head.addParameters(to: &layout, name)
    }
    self.layout = layout
  }

  private static let (memoryName, names) = ("value", ["value0", "value1"])

  /// Reads a sequence from the beginning of its trials, whose values can then be asked for.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - parameters: `[1, layout.count]`.
  public func read(_ inputs: Node, laneCount: Int, parameters: Node) -> Reading {
    let start = parameters.graph.constant(0, laneCount, memory.stateCount)
    let read = memory.unrolled(inputs, from: start) {
      layout.matrix("\(Self.memoryName).\($0)", of: parameters)
    }
    return Reading(network: self, memory: read.outputs, inputs: inputs, parameters: parameters)
  }

  /// A sequence as it is remembered.
  public struct Reading {
    fileprivate let network: TwinActionValues
    fileprivate let memory: Node
    fileprivate let inputs: Node
    fileprivate let parameters: Node

    /// Both values at each step: of every discrete action, `[T·B, actions]`, or of `actions`, `[T·B, component]`, which
    /// gives `[T·B, 1]`.
    public func values(of actions: Node?) -> [Node] {
      TwinActionValues.names.map { name in
        func matrix(_ part: String) -> Node { network.layout.matrix("\(name).\(part)", of: parameters) }
        return network.head.outputs(
          network.readout.outputs(memory, inputs, argument: actions, matrix), matrix)
      }
    }

    /// The same as a function of actions alone: no gradient reaches the parameters.
    public func stopGradient() -> Self {
      Self(
        network: network, memory: memory.stopGradient(), inputs: inputs, parameters: parameters.stopGradient()
      )
    }
  }
}
