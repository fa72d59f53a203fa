import Autodiff
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// Recurrent soft actor-critic: whole trials are replayed again and again, so that an agent with memory needs far fewer
/// time steps of the environment than one that forgets what it played.
///
/// Policy and action values have a memory each. The losses are those of `SoftActorCriticLoss` with the goals y = r + γ V̄,
/// where V̄ is of the next time step, across the ends of episodes, since what is learnt pays later; only a trial's end is
/// an end.
///
/// Source: Ni, Eysenbach and Salakhutdinov 2022, "Recurrent model-free RL can be a strong baseline for many POMDPs".
/// Differs: the layers after the memories see the whole input once more, which has the previous transition as RL² reads
/// it; if asked for, trials that brought much are replayed more often.
public final class RecurrentSAC: MetaLearner, @unchecked Sendable {
  /// Recurrent SAC as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "recurrent-sac",
    summary: "a recurrent policy and recurrent action values on whole trials that are replayed",
    source: "Ni et al. 2022, arXiv 2110.05038")

  private let configuration: Configuration
  private let pool: ThreadPool
  private let model: Model
  private let shards: TrialShards
  private let gradients: TrialGradients
  /// Actor, critic and temperature, numbered like the inputs of the loss program.
  private var groups: [ParameterGroup]
  private var target: TargetParameters
  /// How many time steps of the environment the last update took.
  public private(set) var timeStepsPerUpdate = 0

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    let simulator = problem.simulator
    try configuration.validate()
    let model = try Model(configuration, simulator.interface)
    (self.configuration, self.pool, self.model) = (configuration, pool, model)
    let critic = model.values.layout.initialValues(key)
    groups = [
      ParameterGroup(model.policy.layout.initialValues(key), label: "actor"),
      ParameterGroup(critic, label: "critic"),
      ParameterGroup([logf(Float(configuration.temperature.initial))], label: "temperature"),
    ]
    target = TargetParameters(critic, label: "critic")
    shards = TrialShards(
      simulator, trialCount: configuration.trials, shardTrials: configuration.shardTrials,
      acting: model.acting)
    gradients = TrialGradients(
      pool, batchCount: configuration.replay.batchTrials, shardTrials: configuration.shardTrials,
      stepCount: simulator.interface.trialLength, parameterCount: model.parameterCount,
      program: model.lossProgram)
  }

  // MARK: One update

  /// Plays trials, adds them to those that are replayed, and takes gradient steps on batches drawn from all of them.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    try shards.play(parameters: groups[Port.actor].values, key: key.child("trials"), pool: pool)
    try shards.requireFinite([.inputs, .choices, .logProbabilities, .rewards], iteration)
    timeStepsPerUpdate = shards.timeStepCount
    model.replay.append(shards.rollouts)
    var metrics = shards.metrics
    let stepSize = configuration.optimizer.learningRate(in: iteration, of: configuration)
    let spread = configuration.scheduled(
      configuration.temperature.targetSpread, configuration.temperature.finalTargetSpread, iteration)
    let targetEntropy = Float(model.distribution.entropy(ofSpread: spread))
    var effort = shards.effort
    var (sums, norms) = (SIMD8<Double>(), SIMD2<Double>())
    for step in 0..<configuration.gradientSteps {
      let key = key.child("steps").child(step)
      var random = key.child("batch").stream()
      let batch = model.replay.drawBatch(of: configuration.replay.batchTrials, using: &random)
      try calculateGradients(of: batch, targetEntropy: targetEntropy, key.child("noise"))
      gradients.addStatistics(to: &sums)
      norms += try takeStep(Float(stepSize), iteration)
      effort += gradients.effort(longest: batch.longest)
    }
    let count = Double(configuration.gradientSteps)
    for (index, name) in Model.statistics.enumerated() { metrics[name] = sums[index] / count }
    metrics["temperature"] = exp(Double(groups[Port.temperature].values[0]))
    (metrics["actorGradientNorm"], metrics["criticGradientNorm"]) = (norms[0] / count, norms[1] / count)
    metrics["learningRate"] = stepSize
    effort.write(to: &metrics)
    return metrics
  }

  private func calculateGradients(
    of batch: TrialReplay.Batch, targetEntropy: Float, _ key: RandomKey
  ) throws {
    let parameters = groups.map(\.values) + [target.values]
    try gradients.calculate(
      longest: batch.longest,
      prepare: { workspace in
        for (port, values) in parameters.enumerated() { workspace.setInput(port, values) }
        workspace.withInput(Port.targetEntropy) { $0[0] = targetEntropy }
      },
      load: { [model] place, lane in model.load(place, of: batch, to: lane, key.child(place)) })
  }

  /// Moves the groups, then the target networks; returns the norms of the gradients of actor and critic.
  private func takeStep(_ stepSize: Float, _ iteration: Int) throws -> SIMD2<Double> {
    let norms = groups.step(
      gradient: gradients.gradient, learningRate: stepSize,
      maximumNorm: Float(configuration.optimizer.maximumGradientNorm))
    guard norms.allSatisfy(\.isFinite) else { throw Divergence(place: "gradient", iteration: iteration) }
    target.follow(groups[Port.critic].values, rate: Float(configuration.targetRate))
    return SIMD2(Double(norms[Port.actor]), Double(norms[Port.critic]))
  }

  // MARK: State and agents

  /// The parameters of actor, critic and temperature with their optimizers, the target networks, and the numbers of the
  /// trials that are replayed.
  public var state: LearnerState { groups.state + target.state + model.replay.ring.state }

  /// The trials that are replayed.
  public var records: RecordRing? { model.replay.ring }

  /// Takes over what `state` gave.
  public func restore(_ state: LearnerState) throws {
    let numbers = try model.replay.ring.numbers(in: state)
    var (newGroups, newTarget) = (groups, target)
    try newGroups.restore(state)
    try newTarget.restore(state)
    (groups, target) = (newGroups, newTarget)
    model.replay.ring.restore(numbers)
  }

  /// An agent with the present parameters.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    Actor(model.acting(laneCount: laneCount), isGreedy: isGreedy, parameters: groups[Port.actor].values)
  }

  /// The memory of a learner.
  public static func memory(
    of configuration: Configuration, for problem: ReinforcementProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    let model = try Model(configuration, problem.simulator.interface)
    return TrialMemory(
      interface: problem.simulator.interface,
      parameterCount: model.parameterCount + model.values.layout.count,
      trialCount: configuration.trials, shardTrials: configuration.shardTrials,
      stepWidth: model.encoder.width + model.distribution.componentCount + 2,
      acting: { model.acting(laneCount: $0).program },
      gradients: [.init(of: configuration.replay.batchTrials, model.lossProgram)], replay: model.replay.ring
    ).estimate(for: use)
  }
}

extension RecurrentSAC {
  /// The inputs of the loss program: what all trials have in common, and then what each has.
  private enum Port {
    static let (actor, critic, temperature, target, targetEntropy) = (0, 1, 2, 3, 4)
    static let (inputs, choices, rewards, weights, discounts, noise) = (5, 6, 7, 8, 9, 10)
  }

  /// The networks of recurrent SAC and its loss, as functions of flat parameter vectors.
  package struct Model: Sendable {
    private let configuration: Configuration
    private let stepLimit: Int
    let distribution: ActionDistribution
    let encoder: NetworkInput
    package let policy: RecurrentPolicy
    package let values: TwinActionValues
    let replay: TrialReplay

    /// Throws `InvalidParameter` where the configuration does not suit agents of `interface`.
    package init(_ configuration: Configuration, _ interface: Interface) throws {
      try interface.requireOneComponent(for: RecurrentSAC.information)
      self.configuration = configuration
      stepLimit = interface.trialLength
      distribution = ActionDistribution(interface.action, isSquashed: true)
      encoder = try configuration.input.encoder(for: interface)
      policy = configuration.network.makePolicy(encoder, distribution)
      values = configuration.network.makeActionValues(encoder, distribution)
      replay = configuration.replay.makeReplay(
        encoder, distribution, interface, trialCount: configuration.trials)
    }

    /// How many slopes the loss program gives: those of actor, critic and temperature.
    package var parameterCount: Int { policy.layout.count + values.layout.count + 1 }

    /// The compiled step of the policy in `laneCount` lanes.
    func acting(laneCount: Int) -> ActingProgram {
      policy.acting(encoder, laneCount: laneCount, stepLimit: stepLimit)
    }

    /// What the loss program measures beside the gradient, each a mean over time steps.
    static let statistics = ["criticLoss", "policyLoss", "entropy", "actionValue"]

    /// The gradient of the sum of the three losses with respect to actor, critic and temperature beside one another, and
    /// the statistics.
    package func lossProgram(stepCount: Int, laneCount: Int) -> Program {
      let graph = Graph()
      let rows = stepCount * laneCount
      let actor = graph.input("actor", 1, policy.layout.count)
      let critic = graph.input("critic", 1, values.layout.count)
      let logTemperature = graph.input("temperature", 1, 1)
      let target = graph.input("target", 1, values.layout.count)
      let targetEntropy = graph.input("targetEntropy", 1, 1)
      let inputs = graph.input("inputs", rows, encoder.width)
      let choices = graph.input("choices", rows, distribution.componentCount)
      let rewards = graph.input("rewards", rows, 1)
      let weights = graph.input("weights", rows, 1)
      let discounts = graph.input("discounts", rows, 1)
      let noise = graph.input("noise", rows, distribution.componentCount)

      let loss = SoftActorCriticLoss(
        distribution, outputs: policy.outputs(inputs, laneCount: laneCount, parameters: actor),
        logTemperature: logTemperature, choices: choices, noise: noise,
        values: values.read(inputs, laneCount: laneCount, parameters: critic),
        targets: values.read(inputs, laneCount: laneCount, parameters: target))
      // At the last time step of a trial the discount is 0.
      let goal = rewards * configuration.rewardScale + discounts * loss.worth.later(byRows: laneCount)
      let criticLoss = loss.criticLoss(goal: goal)
      let sum = criticLoss + loss.policyLoss + loss.temperatureLoss(target: targetEntropy)
      let gradient = (sum * weights).sum().gradient(withRespectTo: [actor, critic, logTemperature])
      let statistics = [criticLoss, loss.policyLoss, loss.entropy, loss.takenValues[0]]
        .map { ($0 * weights).sum() }
      return Program(
        [Node.concatenateColumns(gradient), Node.concatenateColumns(statistics)],
        holding: [actor, critic, logTemperature, target])
    }

    /// Writes a trial of a batch to a lane of the loss program's inputs.
    func load(_ place: Int, of batch: TrialReplay.Batch, to lane: ProgramLane, _ key: RandomKey) {
      let (number, weight) = (batch.numbers[place], 1 / Float(batch.timeStepCount))
      replay.copy(
        number, to: lane, [.inputs: Port.inputs, .choices: Port.choices, .rewards: Port.rewards])
      let (length, discount) = (replay.length(of: number), Float(configuration.discount))
      lane.write(Port.weights) { $0 < length ? weight : 0 }
      lane.write(Port.discounts) { $0 + 1 < length ? discount : 0 }
      var random = key.stream()
      lane.write(Port.noise, width: distribution.componentCount) { _ in random.normal() }
    }
  }

  /// The hyperparameters.
  public struct Configuration: LearnerConfiguration {
    /// Updates of the parameters, at least 1.
    public var iterations = 500
    /// Trials played for one update.
    public var trials = 16
    /// Gradient steps of one update.
    public var gradientSteps = 2
    /// γ, the weight of a reward one time step later; 0 to 1.
    public var discount = 0.97
    /// What rewards are multiplied by for values and advantages; the network reads them as they are.
    public var rewardScale = 1.0
    /// How far target networks go towards the present ones at each gradient step; up to 1.
    public var targetRate = 0.005
    /// How the previous transition is read.
    public var input = InputSettings()
    /// The networks.
    public var network = RecurrentNetworkSettings(hiddenUnits: 64, readoutUnits: 64)
    /// What is replayed.
    public var replay = ReplaySettings()
    /// The weight of the entropy.
    public var temperature = TemperatureSettings()
    /// How a step is taken.
    public var optimizer = OptimizerSettings(
      learningRate: 1e-3, finalLearningRate: 1e-4, maximumGradientNorm: 1)
    /// The most trials that one thread works on together.
    public var shardTrials = 16

    /// The defaults.
    public init() {}

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws {
      try validateRanges()
      try network.validate()
      try replay.validate(trialCount: trials)
    }

    /// What its keys mean.
    public static var documentation: [SettingDocumentation] {
      [.iterations, .trials, .gradientSteps, .discount, .rewardScale, .targetRate]
        + InputSettings.documentation(of: "input")
        + RecurrentNetworkSettings.documentation(leastReadoutUnits: 1).map { $0.within("network") }
        + ReplaySettings.documentation(of: "replay") + TemperatureSettings.documentation(of: "temperature")
        + OptimizerSettings.documentation(of: "optimizer") + [.shardTrials]
    }

    /// The keys that nothing reads under the present values in a world with `interface`.
    public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
      UnusedSetting.settings(
        input.unusedRules + network.unusedRules
          + UnusedSetting.Rule.rules(of: interface, trialLength: interface.trialLength))
    }
  }
}
