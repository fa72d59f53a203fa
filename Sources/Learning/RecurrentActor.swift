import Autodiff
import Foundation
import Randomness
import Simulation

/// A recurrent policy at work in a batch of lanes: an agent, and the way a learner gathers experience.
///
/// Its memory is the recurrent state, which is zero at the start of a trial and at no other time.
public final class RecurrentActor: Agent {
  let network: RecurrentNetwork
  let distribution: ActionDistribution
  let encoder: NetworkInput
  private let isGreedy: Bool
  private let laneCount: Int
  /// Whether all parameters are.
  public private(set) var isFinite = true
  let workspace: Workspace<Float>
  private var streams: [RandomStream]
  private var deviation: [Float] = []
  private var deviationRange: Range<Int> = 0..<0

  /// The inputs of the last step, `[lane, input]`.
  public private(set) var input: [Float]
  /// The actions as the policy chose them, `[lane, component]`.
  public private(set) var choices: [Float]
  /// log π of the chosen actions, `[lane]`.
  public private(set) var logProbabilities: [Float]
  /// The value function before the last action, `[lane]`.
  public private(set) var values: [Float]

  enum Port {
    static let (parameters, input, state) = (0, 1, 2)
    static let (acting, values, newState) = (0, 1, 2)
  }

  /// The compiled step of `network` for `laneCount` lanes; actors of the same size share it.
  public static func program(
    _ network: RecurrentNetwork, _ distribution: ActionDistribution, _ encoder: NetworkInput, laneCount: Int
  ) -> Program {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, network.layout.count)
    let input = graph.input("input", laneCount, encoder.width)
    let state = graph.input("state", laneCount, network.stateCount)
    let result = network.unrolled(input, from: state, parameters: parameters)
    return Program(
      [distribution.acting(result.outputs), result.values, result.finalState], holding: [parameters])
  }

  /// An actor in `laneCount` lanes; it has no parameters yet.
  public init(
    _ network: RecurrentNetwork, _ distribution: ActionDistribution, _ encoder: NetworkInput,
    program: Program, laneCount: Int, isGreedy: Bool
  ) {
    self.network = network
    self.distribution = distribution
    self.encoder = encoder
    self.isGreedy = isGreedy
    self.laneCount = laneCount
    workspace = Workspace(program)
    streams = Array(repeating: RandomKey(seed: 0).stream(), count: laneCount)
    input = Array(repeating: 0, count: laneCount * encoder.width)
    choices = Array(repeating: 0, count: laneCount * distribution.componentCount)
    logProbabilities = Array(repeating: 0, count: laneCount)
    values = Array(repeating: 0, count: laneCount)
    if let entry = network.layout.entries.first(where: { $0.name == "policy.logDeviation" }) {
      deviationRange = entry.offset..<entry.offset + entry.shape.count
      deviation = Array(repeating: 1, count: deviationRange.count)
    }
  }

  /// Takes over parameters, `[layout.count]`.
  public func setParameters(_ parameters: [Float]) {
    workspace.setInput(Port.parameters, parameters, isHeld: true)
    isFinite = Learning.isFinite(parameters)
    for (component, index) in deviationRange.enumerated() { deviation[component] = expf(parameters[index]) }
  }

  /// Forgets the past: the lanes have new tasks.
  public func beginTrial(keys: [RandomKey]) {
    precondition(keys.count == laneCount, "\(keys.count) keys for \(laneCount) lanes")
    for lane in 0..<laneCount { streams[lane] = keys[lane].child("agent").stream() }
    workspace.withInput(Port.state) { state in
      for index in 0..<state.count { state[index] = 0 }
    }
  }

  /// Takes over the recurrent state of `other`, and its last input, which the next one is made from.
  public func takeMemory(of other: any Agent) {
    guard let other = other as? RecurrentActor, other.laneCount == laneCount else {
      preconditionFailure("\(other) is another kind of agent")
    }
    input = other.input
    let state = other.workspace.withInput(Port.state) { state in
      let state = state.span
      return state.indices.map { state[$0] }
    }
    if let state { workspace.setInput(Port.state, state) }
  }

  /// Chooses the action of every lane.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    encode(timeStep)
    workspace.run()
    workspace.copyOutput(Port.newState, toInput: Port.state)
    workspace.copyOutput(Port.values, to: &values)
    distribution.choose(
      workspace, output: Port.acting, isGreedy: isGreedy, deviation: deviation, using: &streams,
      choices: &choices, actions: &actions, logProbabilities: &logProbabilities)
  }

  private func encode(_ timeStep: TimeStep) {
    var encoded = input.mutableSpan
    encoder.encode(timeStep, into: &encoded)
    workspace.setInput(Port.input, input)
  }
}
