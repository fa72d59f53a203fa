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
/// Policy and action values have a memory each. With h what a memory says of the inputs up to a time step, Q₁ and Q₂ the
/// action values, Q̄ their target networks, α the temperature and H̄ the entropy that is aimed at,
///
///     V̄(h)  = E_a[ min Q̄(h, a) − α log π(a|h) ],    y = r + γ V̄(h')
///     L_Q   = mean Σᵢ ½ (Qᵢ(h, a) − y)²
///     L_π   = mean E_a[ α log π(a|h) − min Q(h, a) ],    L_α = log α · mean(H(π) − H̄)
///
/// where h' is of the next time step, across the ends of episodes, since what is learnt pays later; only a trial's end is
/// an end. Expectations are exact for discrete actions and of one reparameterised action otherwise.
///
/// Source: Ni, Eysenbach and Salakhutdinov 2022, "Recurrent model-free RL can be a strong baseline for many POMDPs";
/// Haarnoja et al. 2018, "Soft actor-critic algorithms and applications"; Christodoulou 2019 for discrete actions.
/// Differs: the layers after the memories see the whole input once more, which has the previous transition as RL² reads
/// it; the expectation over the next action is of the present policy's action that the policy's loss is of, too; if asked
/// for, trials that brought much are replayed more often.
public final class RecurrentSAC: MetaLearner, @unchecked Sendable {
  /// Recurrent SAC as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "recurrent-sac",
    summary: "a recurrent policy and recurrent action values on whole trials that are replayed",
    source: "Ni et al. 2022, arXiv 2110.05038")

  private let configuration: Configuration
  private let pool: ThreadPool
  private let model: RecurrentSACModel
  private let shards: TrialShards
  private let gradients: TrialGradients
  private let replay: TrialReplay
  private var batch: [Int]
  private var actor: ParameterGroup
  private var critic: ParameterGroup
  private var temperature: ParameterGroup
  private var target: [Float]
  /// How many time steps of the environment the last update took.
  public private(set) var timeStepsPerUpdate = 0

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    let simulator = problem.simulator
    try configuration.validate()
    let model = try RecurrentSACModel(configuration, simulator.interface)
    self.configuration = configuration
    self.pool = pool
    self.model = model
    actor = ParameterGroup(model.actorLayout.initialValues(key), label: "actor")
    critic = ParameterGroup(model.criticLayout.initialValues(key), label: "critic")
    temperature = ParameterGroup([logf(Float(configuration.temperature.initial))], label: "temperature")
    target = critic.values
    batch = Array(repeating: 0, count: configuration.replay.batchTrials)
    replay = model.replay
    shards = TrialShards(
      simulator, model.acting(laneCount: configuration.playingShardSize), trialCount: configuration.trials)
    gradients = TrialGradients(
      pool, batchCount: configuration.replay.batchTrials, shardSize: configuration.gradientShardSize,
      stepCount: simulator.interface.trialLength, parameterCount: model.parameterCount
    ) { model.lossProgram(stepCount: $0, laneCount: configuration.gradientShardSize) }
  }

  // MARK: One update

  /// Plays trials, adds them to those that are replayed, and takes gradient steps on batches drawn from all of them.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    try shards.play(parameters: actor.values, key: key.child("trials"), pool: pool)
    try shards.requireFinite([.inputs, .choices, .logProbabilities, .rewards], iteration)
    timeStepsPerUpdate = shards.timeStepCount
    for rollout in shards.rollouts { replay.append(rollout) }
    if configuration.replay.prioritizedFraction > 0 { replay.weigh() }
    var metrics = shards.metrics
    let stepSize = configuration.scheduled(
      configuration.optimizer.learningRate, configuration.optimizer.finalLearningRate, iteration)
    let spread = configuration.scheduled(
      configuration.temperature.targetSpread, configuration.temperature.finalTargetSpread, iteration)
    var effort = Effort()
    effort.operations = shards.operationCount
    var (sums, norms) = (SIMD8<Double>(), SIMD2<Double>())
    for step in 0..<configuration.gradientSteps {
      let key = key.child("steps").child(step)
      let longest = drawBatch(key)
      try calculateGradients(key, longest: longest, targetEntropy: Float(model.entropy(ofSpread: spread)))
      gradients.addStatistics(to: &sums)
      norms += try takeStep(Float(stepSize), iteration)
      effort.gradientEvaluations += batch.count
      effort.operations += gradients.operationCount(longest: longest)
    }
    let count = Double(configuration.gradientSteps)
    for (index, name) in RecurrentSACModel.statistics.enumerated() { metrics[name] = sums[index] / count }
    metrics["temperature"] = exp(Double(temperature.values[0]))
    (metrics["actorGradientNorm"], metrics["criticGradientNorm"]) = (norms[0] / count, norms[1] / count)
    metrics["learningRate"] = stepSize
    effort.write(to: &metrics)
    return metrics
  }

  /// Draws the trials of one step, with replacement; returns the time steps of the longest.
  private func drawBatch(_ key: RandomKey) -> Int {
    var random = key.child("batch").stream()
    for index in batch.indices {
      batch[index] = replay.draw(
        prioritizedFraction: configuration.replay.prioritizedFraction, using: &random)
    }
    return batch.reduce(0) { max($0, replay.length(of: $1)) }
  }

  private func calculateGradients(_ key: RandomKey, longest: Int, targetEntropy: Float) throws {
    let (actor, critic, temperature, target) = (actor.values, critic.values, temperature.values, target)
    let (model, batch, shardSize) = (model, batch, gradients.shardSize)
    let weight = 1 / Float(batch.reduce(0) { $0 + replay.length(of: $1) })
    try gradients.calculate(
      longest: longest,
      prepare: { worker in
        for (port, values) in [
          (Port.actor, actor), (.critic, critic), (.temperature, temperature), (.target, target),
        ] { worker.workspace.setInput(port.rawValue, values) }
        worker.workspace.withInput(Port.targetEntropy.rawValue) { $0[0] = targetEntropy }
      },
      load: { shard, worker in
        for lane in 0..<shardSize {
          let place = shard * shardSize + lane
          model.load(
            batch[place], worker, lane: lane, laneCount: shardSize, weight: weight,
            key: key.child("noise").child(place))
        }
      })
  }

  /// Moves each group, then the target networks; returns the norms of the gradients of actor and critic.
  private func takeStep(_ stepSize: Float, _ iteration: Int) throws -> SIMD2<Double> {
    let gradient = gradients.gradient
    let all = gradient.span
    let (first, last) = (actor.count, actor.count + critic.count)
    let longest = Float(configuration.optimizer.maximumGradientNorm)
    let norms = SIMD2(
      actor.step(gradient: all.extracting(0..<first), learningRate: stepSize, maximumNorm: longest),
      critic.step(gradient: all.extracting(first..<last), learningRate: stepSize, maximumNorm: longest))
    guard norms[0].isFinite, norms[1].isFinite, gradient[last].isFinite else {
      throw Divergence(place: "gradient", iteration: iteration)
    }
    _ = temperature.step(
      gradient: all.extracting(last..<last + 1), learningRate: stepSize, maximumNorm: longest)
    let rate = Float(configuration.targetRate)
    let values = critic.values
    for index in target.indices { target[index] += rate * (values[index] - target[index]) }
    return SIMD2<Double>(norms)
  }

  // MARK: State and agents

  /// The parameters of actor, critic and temperature with their optimizers, the target networks, and the numbers of the
  /// trials that are replayed.
  public var state: LearnerState {
    let targets = NamedTensor(name: Self.targetName, shape: [target.count], values: target)
    return actor.state + critic.state + temperature.state + LearnerState(tensors: [targets])
      + replay.ring.state
  }
  private static let targetName = "critic.target"

  /// The trials that are replayed.
  public var records: RecordRing? { replay.ring }

  /// Takes over what `state` gave.
  public func restore(_ state: LearnerState) throws {
    var (newActor, newCritic, newTemperature) = (actor, critic, temperature)
    try newActor.restore(state)
    try newCritic.restore(state)
    try newTemperature.restore(state)
    let newTarget = try state.values(Self.targetName, count: target.count)
    replay.ring.restore(try replay.ring.numbers(in: state))
    (actor, critic, temperature, target) = (newActor, newCritic, newTemperature, newTarget)
  }

  /// An agent with the present parameters.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    let agent = Actor(model.acting(laneCount: laneCount), isGreedy: isGreedy)
    agent.setParameters(actor.values)
    return agent
  }
}
