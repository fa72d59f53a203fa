import Autodiff
import Formats
import Foundation
import Learning
import Randomness
import Simulation
import Trials

extension RecurrentSAC {
  /// The inputs of the loss program, in order.
  enum Port: Int {
    case actor, critic, temperature, target, inputs, choices, rewards, weights, discounts, noise,
      targetEntropy
  }
}

/// The networks of recurrent SAC and its loss, as functions of flat parameter vectors.
package struct RecurrentSACModel: Sendable {
  private typealias Port = RecurrentSAC.Port

  private let configuration: RecurrentSAC.Configuration
  private let interface: Interface
  private let distribution: ActionDistribution
  private let encoder: NetworkInput
  private let memory: any Memory
  private let policyLayer: Readout
  private let policyHead: LinearHead
  private let valueLayer: Readout
  private let valueHead: LinearHead
  /// The parameters of the policy.
  package let actorLayout: ParameterLayout
  /// The parameters of the action values.
  package let criticLayout: ParameterLayout
  let replay: TrialReplay

  /// Throws `InvalidParameter` where the configuration does not suit agents of `interface`.
  package init(_ configuration: RecurrentSAC.Configuration, _ interface: Interface) throws {
    self.configuration = configuration
    self.interface = interface
    if case .discrete(let counts) = interface.action, counts.count != 1 {
      throw InvalidParameter(
        "algorithm", "is recurrent-sac, whose discrete actions have one component, not \(counts.count)")
    }
    distribution = ActionDistribution(interface.action, isSquashed: true)
    encoder = try configuration.input.encoder(for: interface)
    memory = configuration.network.makeMemory()
    let isDiscrete = interface.action.isDiscrete
    policyLayer = Readout(unitCount: configuration.network.readoutUnits, inputCount: memory.outputCount)
    policyHead = LinearHead(
      inputCount: policyLayer.outputCount, outputCount: distribution.outputCount, gain: 0.01)
    valueLayer = Readout(
      unitCount: configuration.network.readoutUnits, inputCount: memory.outputCount,
      argumentCount: isDiscrete ? 0 : distribution.componentCount)
    valueHead = LinearHead(
      inputCount: valueLayer.outputCount, outputCount: isDiscrete ? distribution.outputCount : 1, gain: 1)
    var (actor, critic) = (ParameterLayout(), ParameterLayout())
    memory.addParameters(to: &actor, "policy", featureCount: encoder.featureCount)
    policyLayer.addParameters(to: &actor, "policy", featureCount: encoder.featureCount)
    policyHead.addParameters(to: &actor, "policy")
    memory.addParameters(to: &critic, "value", featureCount: encoder.featureCount)
    for name in Self.valueNames {
      valueLayer.addParameters(to: &critic, name, featureCount: encoder.featureCount)
      valueHead.addParameters(to: &critic, name)
    }
    (actorLayout, criticLayout) = (actor, critic)
    replay = TrialReplay(
      stepCount: interface.trialLength, inputWidth: encoder.width, choiceCount: distribution.componentCount,
      capacity: configuration.replay.capacity, batchCount: configuration.trials)
  }

  private static let valueNames = ["value0", "value1"]
  /// What the loss program measures beside the gradient, each a mean over time steps.
  static let statistics = ["criticLoss", "policyLoss", "entropy", "actionValue"]

  /// How many slopes the loss program gives: those of actor, critic and temperature.
  package var parameterCount: Int { actorLayout.count + criticLayout.count + 1 }

  /// The entropy of drawing evenly from the best action and the share `spread` of the others; of real numbers, from the
  /// share of the box along each axis.
  package func entropy(ofSpread spread: Double) -> Double {
    if case .discrete(let counts) = interface.action { return log(1 + spread * Double(counts[0] - 1)) }
    return Double(distribution.componentCount) * log(2 * spread)
  }

  // MARK: Networks

  private func policy(
    _ inputs: Node, from state: Node, after past: Past? = nil, _ parameters: Node
  ) -> (outputs: Node, state: Node, kept: Node?) {
    func matrix(_ name: String) -> Node { actorLayout.matrix("policy.\(name)", of: parameters) }
    let read = memory.continued(inputs, from: state, after: past, matrix)
    return (
      policyHead.outputs(policyLayer.outputs(read.outputs, inputs, matrix), matrix), read.finalState,
      read.kept
    )
  }

  private func remembered(_ inputs: Node, from state: Node, _ parameters: Node) -> Node {
    memory.unrolled(inputs, from: state) { criticLayout.matrix("value.\($0)", of: parameters) }.outputs
  }

  /// Q₁ and Q₂: of every discrete action, `[m, actions]`, or of `action`, `[m, 1]`.
  private func values(_ memory: Node, _ inputs: Node, of action: Node?, _ parameters: Node) -> [Node] {
    Self.valueNames.map { name in
      func matrix(_ part: String) -> Node { criticLayout.matrix("\(name).\(part)", of: parameters) }
      return valueHead.outputs(valueLayer.outputs(memory, inputs, argument: action, matrix), matrix)
    }
  }

  /// The compiled step of the policy in `laneCount` lanes.
  func acting(laneCount: Int) -> ActingProgram {
    ActingProgram(
      distribution, encoder, laneCount: laneCount, parameterCount: actorLayout.count,
      stateCount: memory.stateCount, shownStateCount: memory.outputCount,
      kept: (memory.keptCount, interface.trialLength)
    ) { input, state, past, parameters in
      let result = policy(input, from: state, after: past, parameters)
      return (result.outputs, result.state, result.kept, [])
    }
  }

  // MARK: The loss

  /// The gradient of the sum of the three losses with respect to actor, critic and temperature beside one another, and
  /// the statistics.
  package func lossProgram(stepCount: Int, laneCount: Int) -> Program {
    let graph = Graph()
    let rows = stepCount * laneCount
    let actor = graph.input("actor", 1, actorLayout.count)
    let critic = graph.input("critic", 1, criticLayout.count)
    let logTemperature = graph.input("temperature", 1, 1)
    let target = graph.input("target", 1, criticLayout.count)
    let inputs = graph.input("inputs", rows, encoder.width)
    let choices = graph.input("choices", rows, distribution.componentCount)
    let rewards = graph.input("rewards", rows, 1)
    let weights = graph.input("weights", rows, 1)
    let discounts = graph.input("discounts", rows, 1)
    let noise = graph.input("noise", rows, distribution.componentCount)
    let targetEntropy = graph.input("targetEntropy", 1, 1)

    let start = graph.constant(0, laneCount, memory.stateCount)
    let outputs = policy(inputs, from: start, actor).outputs
    let (present, later) = (remembered(inputs, from: start, critic), remembered(inputs, from: start, target))
    let temperature = logTemperature.exponential().stopGradient()
    /// Of each time step: Q₁ and Q₂ of what was done, what the policy is worth by the target networks, its loss, −log π.
    let (taken, worth, policyLoss, entropy): ([Node], Node, Node, Node)
    if interface.action.isDiscrete {
      let logs = distribution.logProbabilities(outputs)
      let probabilities = logs.exponential()
      func expected(_ values: [Node]) -> Node {
        (probabilities * (temperature * logs - values[0].minimum(values[1]))).sumOverColumns()
      }
      let all = values(present, inputs, of: nil, critic)
      taken = all.map { $0.elements(at: choices) }
      worth = -expected(values(later, inputs, of: nil, target))
      policyLoss = expected(all.map { $0.stopGradient() })
      entropy = -(probabilities * logs).sumOverColumns()
    } else {
      let (actions, logs) = distribution.squashedSample(outputs, noise: noise)
      func loss(_ values: [Node]) -> Node { temperature * logs - values[0].minimum(values[1]) }
      taken = values(present, inputs, of: choices, critic)
      worth = -loss(values(later, inputs, of: actions, target))
      policyLoss = loss(values(present.stopGradient(), inputs, of: actions, critic.stopGradient()))
      entropy = -logs
    }
    // What the next time step is worth; the last one of a trial has a discount of 0.
    let next = Node.concatenateRows(
      (stepCount > 1 ? [worth.slice(rows: laneCount..<rows)] : []) + [graph.constant(0, laneCount, 1)])
    let goal = (rewards * configuration.rewardScale + discounts * next).stopGradient()
    let criticLoss = 0.5 * taken.map { ($0 - goal).square() }.reduce(graph.constant(0), +)
    let temperatureLoss = logTemperature * (entropy.stopGradient() - targetEntropy)
    let gradient = ((criticLoss + policyLoss + temperatureLoss) * weights).sum()
      .gradient(withRespectTo: [actor, critic, logTemperature])
    let statistics = [criticLoss, policyLoss, entropy, taken[0]].map { ($0 * weights).sum() }
    return Program(
      [Node.concatenateColumns(gradient), Node.concatenateColumns(statistics)],
      holding: [actor, critic, logTemperature, target])
  }

  /// Copies the trial `number` of the replay to lane `lane` of the loss program's inputs.
  func load(
    _ number: Int, _ worker: TrialGradients.Worker, lane: Int, laneCount: Int, weight: Float, key: RandomKey
  ) {
    let (workspace, stepCount) = (worker.workspace, worker.stepCount)
    replay.copy(
      number, to: workspace,
      .init(inputs: Port.inputs.rawValue, choices: Port.choices.rawValue, rewards: Port.rewards.rawValue),
      lane: lane, laneCount: laneCount, stepCount: stepCount)
    let length = replay.length(of: number)
    func write(_ port: Port, width: Int = 1, _ value: (_ time: Int) -> Float) {
      workspace.withInput(port.rawValue) { input in
        for time in 0..<stepCount {
          for place in 0..<width { input[(time * laneCount + lane) * width + place] = value(time) }
        }
      }
    }
    let discount = Float(configuration.discount)
    write(.weights) { $0 < length ? weight : 0 }
    write(.discounts) { $0 + 1 < length ? discount : 0 }
    var random = key.stream()
    write(.noise, width: distribution.componentCount) { _ in random.normal() }
  }

  // MARK: Memory

  /// What a learner takes for `use`.
  func memoryEstimate(for use: LearnerUse) -> MemoryEstimate {
    let shardSize = configuration.gradientShardSize
    var memory = TrialMemory(
      interface: interface, parameterCount: parameterCount + criticLayout.count,
      trialCount: configuration.trials, playingShardSize: configuration.playingShardSize,
      batchCount: configuration.replay.batchTrials, gradientShardSize: shardSize,
      stepWidth: encoder.width + distribution.componentCount + 2,
      acting: { acting(laneCount: $0).program },
      gradient: { lossProgram(stepCount: $0, laneCount: shardSize) }
    ).estimate(for: use)
    if case .training = use {
      memory.add("\(configuration.replay.capacity) trials to be replayed", byteCount: replay.ring.byteCount)
    }
    return memory
  }
}

extension RecurrentSAC {
  /// The memory of a learner.
  public static func memory(
    of configuration: Configuration, for problem: ReinforcementProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    try RecurrentSACModel(configuration, problem.simulator.interface).memoryEstimate(for: use)
  }
}
