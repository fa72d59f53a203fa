import Autodiff
import Trials

/// The compiled step of a policy in some lanes: from an input, and what it remembers, to what it draws actions from.
/// Actors in as many lanes share it.
public struct ActingProgram: Sendable {
  /// How many lanes there are.
  public let laneCount: Int
  /// The calculation, whose inputs are parameters, input and, of a policy with memory, the state before.
  public let program: Program
  /// What actions are drawn from.
  let distribution: ActionDistribution
  /// What the input is made by.
  let encoder: any InputEncoder
  /// Where σ of a continuous policy comes from.
  let deviation: Deviation
  /// The columns that are copied from outputs.
  let outputs: [(column: Rollout.Column, port: Int)]
  /// How many numbers of a lane's state are shown to who looks inside; 0 for a policy without memory.
  let shownStateCount: Int

  /// Where σ of a policy comes from, if it is not among the outputs that actions are drawn by.
  public enum Deviation: Sendable {
    /// There is none: actions are discrete.
    case none
    /// From log σ among the parameters.
    case parameters(Range<Int>)
    /// From an output, `[1, component]`.
    case output(Int)
  }

  /// The inputs of the program.
  enum Input {
    static let (parameters, features, state) = (0, 1, 2)
  }

  /// The first outputs of the program; the new state is there where the policy has a memory.
  enum Output {
    static let (acting, newState) = (0, 1)
  }

  /// Whether the input has an exact belief about the task.
  public var readsBelief: Bool { encoder.beliefWidth > 0 }
  /// Whether the policy remembers anything.
  var hasMemory: Bool { shownStateCount > 0 }
}

extension ActingProgram {
  /// The compiled step of a policy with memory in `laneCount` lanes.
  ///
  /// - Parameters:
  ///   - shownStateCount: how many numbers of a lane's state are shown to who looks inside.
  ///   - columns: what it notes of each decision beside what every policy does.
  ///   - step: from input, state and parameters, `[1, parameterCount]`, to the outputs that actions are drawn by, the
  ///     state after, and the columns.
  public init(
    _ distribution: ActionDistribution, _ encoder: any InputEncoder, laneCount: Int, parameterCount: Int,
    stateCount: Int, shownStateCount: Int, deviation: Deviation = .none,
    noting columns: [Rollout.Column] = [],
    step: (_ input: Node, _ state: Node, _ parameters: Node) -> (outputs: Node, newState: Node, noted: [Node])
  ) {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, parameterCount)
    let input = graph.input("input", laneCount, encoder.width)
    let state = graph.input("state", laneCount, stateCount)
    let result = step(input, state, parameters)
    self.init(
      laneCount: laneCount,
      program: Program(
        [distribution.acting(result.outputs), result.newState] + result.noted, holding: [parameters]),
      distribution: distribution, encoder: encoder, deviation: deviation,
      outputs: columns.enumerated().map { ($0.element, Output.newState + 1 + $0.offset) },
      shownStateCount: shownStateCount)
  }
}

extension RecurrentNetwork {
  /// The compiled step of a policy in `laneCount` lanes, which notes its values.
  public func acting(
    _ distribution: ActionDistribution, _ encoder: NetworkInput, laneCount: Int
  ) -> ActingProgram {
    let deviation = layout.entries.first { $0.name == "policy.logStandardDeviation" }
    return ActingProgram(
      distribution, encoder, laneCount: laneCount, parameterCount: layout.count, stateCount: stateCount,
      shownStateCount: memory.outputCount,
      deviation: deviation.map { .parameters($0.offset..<$0.offset + $0.shape.count) } ?? .none,
      noting: [Rollout.Column(.values)]
    ) { input, state, parameters in
      let result = unrolled(input, from: state, parameters: parameters)
      return (result.outputs, result.finalState, [result.values])
    }
  }
}

extension FeedForwardNetwork {
  /// The compiled step of a policy in `laneCount` lanes, which notes its outputs and log σ.
  ///
  /// - Parameter vectorCount: the length of the parameter vector, which begins with the network's.
  public func acting(
    _ distribution: ActionDistribution, _ encoder: ObservationInput, laneCount: Int, vectorCount: Int
  ) -> ActingProgram {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, vectorCount)
    let input = graph.input("input", laneCount, encoder.width)
    let result = self.result(input, matrices(of: parameters))
    var outputs = [distribution.acting(result.outputs), result.outputs]
    var noted = [(column: Rollout.Column(.outputs, width: distribution.outputCount), port: 1)]
    if let logStandardDeviation = result.logStandardDeviation {
      outputs += [logStandardDeviation, logStandardDeviation.exponential()]
      let column = Rollout.Column(.logStandardDeviation, width: distribution.componentCount, isConstant: true)
      noted.append((column, 2))
    }
    return ActingProgram(
      laneCount: laneCount, program: Program(outputs, holding: [parameters]), distribution: distribution,
      encoder: encoder, deviation: result.logStandardDeviation == nil ? .none : .output(3), outputs: noted,
      shownStateCount: 0)
  }
}

extension Rollout.Name {
  /// The outputs of the policy's network, `[output]`: logits or means.
  public static let outputs = Rollout.Name("output")
  /// log σ of a continuous policy, `[component]`.
  public static let logStandardDeviation = Rollout.Name("logStandardDeviation")
}
