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
  /// The room for what is kept of steps; nil for a policy that keeps nothing.
  let room: Room?

  /// Room for what is kept of the steps of a trial.
  struct Room: Sendable {
    /// For how many steps there is room.
    let stepLimit: Int
    /// The same program with room for another number of steps, for trials that are longer than was thought.
    let makeProgram: @Sendable (_ stepLimit: Int) -> ActingProgram
  }

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
    static let (parameters, features, state, past, stepCount) = (0, 1, 2, 3, 4)
  }

  /// The first outputs of the program; the new state is there where the policy has a memory, and what is kept of the
  /// step where it keeps something.
  enum Output {
    static let (acting, newState, kept) = (0, 1, 2)
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
  ///   - kept: how many numbers are kept of every step, and of how many steps there is room for them at first.
  ///   - columns: what it notes of each decision beside what every policy does.
  ///   - step: from input, state, what was kept before and parameters, `[1, parameterCount]`, to the outputs that actions
  ///     are drawn by, the state after, what is to be kept, and the columns.
  public init(
    _ distribution: ActionDistribution, _ encoder: any InputEncoder, laneCount: Int, parameterCount: Int,
    stateCount: Int, shownStateCount: Int, kept: (count: Int, stepLimit: Int) = (0, 0),
    deviation: Deviation = .none, noting columns: [Rollout.Column] = [],
    step:
      @escaping @Sendable (_ input: Node, _ state: Node, _ past: Past?, _ parameters: Node) -> (
        outputs: Node, newState: Node, kept: Node?, noted: [Node]
      )
  ) {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, parameterCount)
    let input = graph.input("input", laneCount, encoder.width)
    let state = graph.input("state", laneCount, stateCount)
    let past =
      kept.count == 0
      ? nil
      : Past(
        rows: graph.input("past", kept.stepLimit * laneCount, kept.count),
        count: graph.input("stepCount", 1, 1))
    let result = step(input, state, past, parameters)
    let carried = [result.newState] + [result.kept].compactMap { $0 }
    self.init(
      laneCount: laneCount,
      program: Program(
        [distribution.acting(result.outputs)] + carried + result.noted, holding: [parameters]),
      distribution: distribution, encoder: encoder, deviation: deviation,
      outputs: columns.enumerated().map { ($0.element, 1 + carried.count + $0.offset) },
      shownStateCount: shownStateCount,
      room: past.map { _ in
        Room(stepLimit: kept.stepLimit) { stepLimit in
          ActingProgram(
            distribution, encoder, laneCount: laneCount, parameterCount: parameterCount,
            stateCount: stateCount, shownStateCount: shownStateCount, kept: (kept.count, stepLimit),
            deviation: deviation, noting: columns, step: step)
        }
      })
  }
}

extension RecurrentNetwork {
  /// Where σ of a continuous policy comes from, where the network's parameters begin at the number `first` of all.
  public func deviation(fromParameter first: Int) -> ActingProgram.Deviation {
    guard let entry = layout.entries.first(where: { $0.name == "policy.logStandardDeviation" }) else {
      return .none
    }
    return .parameters(first + entry.offset..<first + entry.offset + entry.shape.count)
  }

  /// The compiled step of a policy in `laneCount` lanes, which notes its values. Memories that look back at steps
  /// have room for `stepLimit` of them at first.
  public func acting(
    _ distribution: ActionDistribution, _ encoder: NetworkInput, laneCount: Int, stepLimit: Int = 64
  ) -> ActingProgram {
    return ActingProgram(
      distribution, encoder, laneCount: laneCount, parameterCount: layout.count, stateCount: stateCount,
      shownStateCount: memory.outputCount, kept: (keptCount, stepLimit),
      deviation: deviation(fromParameter: 0),
      noting: [Rollout.Column(.values)]
    ) { input, state, past, parameters in
      let result = unrolled(input, from: state, after: past, parameters: parameters)
      return (result.outputs, result.finalState, result.kept, [result.values])
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
      shownStateCount: 0, room: nil)
  }
}

extension Rollout.Name {
  /// The outputs of the policy's network, `[output]`: logits or means.
  public static let outputs = Rollout.Name("output")
  /// log σ of a continuous policy, `[component]`.
  public static let logStandardDeviation = Rollout.Name("logStandardDeviation")
}
