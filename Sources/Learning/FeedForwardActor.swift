import Autodiff
import Randomness
import Simulation

/// A feed-forward policy at work in a batch of lanes.
public final class FeedForwardActor {
  let distribution: ActionDistribution
  let encoder: ObservationInput
  let laneCount: Int
  let workspace: Workspace<Float>
  private var streams: [RandomStream]

  /// The inputs of the last step, rows of an `ObservationInput`.
  public private(set) var input: [Float]
  /// The network's outputs at the last step, `[lane, output]`.
  public private(set) var outputs: [Float]
  /// The actions as the policy chose them, `[lane, component]`.
  public private(set) var choices: [Float]
  /// log π of the chosen actions, `[lane]`.
  public private(set) var logProbabilities: [Float]
  /// log σ, `[component]`; empty for a discrete policy.
  public private(set) var logDeviation: [Float]
  private var deviation: [Float]

  enum Port {
    static let (parameters, input) = (0, 1)
    static let (outputs, acting, logDeviation, deviation) = (0, 1, 2, 3)
  }

  /// The compiled step of `network` for `laneCount` lanes; actors of the same size share it.
  ///
  /// - Parameter vectorCount: the length of the parameter vector, which begins with the network's.
  public static func program(
    _ network: FeedForwardNetwork, _ distribution: ActionDistribution, _ encoder: ObservationInput,
    laneCount: Int, vectorCount: Int
  ) -> Program {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, vectorCount)
    let input = graph.input("input", laneCount, encoder.width)
    let result = network.result(input, network.matrices(of: parameters))
    let logDeviation = result.logDeviation ?? graph.constant(0)
    return Program(
      [result.outputs, distribution.acting(result.outputs), logDeviation, logDeviation.exponential()],
      holding: [parameters])
  }

  /// An actor in `laneCount` lanes; it has no parameters yet.
  public init(
    _ network: FeedForwardNetwork, _ distribution: ActionDistribution, _ encoder: ObservationInput,
    program: Program, laneCount: Int
  ) {
    self.distribution = distribution
    self.encoder = encoder
    self.laneCount = laneCount
    workspace = Workspace(program)
    streams = Array(repeating: RandomKey(seed: 0).stream(), count: laneCount)
    input = Array(repeating: 0, count: laneCount * encoder.width)
    outputs = Array(repeating: 0, count: laneCount * distribution.outputCount)
    choices = Array(repeating: 0, count: laneCount * distribution.componentCount)
    logProbabilities = Array(repeating: 0, count: laneCount)
    deviation = Array(repeating: 1, count: distribution.hasDeviation ? distribution.componentCount : 0)
    logDeviation = deviation
  }

  /// Takes over a parameter vector.
  public func setParameters(_ parameters: [Float]) {
    workspace.setInput(Port.parameters, parameters, isHeld: true)
  }

  /// Draws the random numbers of lane i from below `keys[i]` from now on.
  public func begin(keys: [RandomKey]) {
    precondition(keys.count == laneCount, "\(keys.count) keys for \(laneCount) lanes")
    for lane in 0..<laneCount { streams[lane] = keys[lane].child("agent").stream() }
  }

  /// Chooses the action of every lane: the most probable one, or one drawn from the policy.
  public func act(on timeStep: TimeStep, isGreedy: Bool, into actions: inout [Float]) {
    encode(timeStep)
    workspace.run()
    workspace.copyOutput(Port.outputs, to: &outputs)
    if !deviation.isEmpty {
      workspace.copyOutput(Port.deviation, to: &deviation)
      workspace.copyOutput(Port.logDeviation, to: &logDeviation)
    }
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
