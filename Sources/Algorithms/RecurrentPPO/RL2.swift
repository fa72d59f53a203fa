import Autodiff
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// RL²: a recurrent network is trained by proximal policy optimisation on whole trials, so that its memory
/// becomes a learning algorithm of its own.
///
/// The agent maximises the discounted return of a trial, not of an episode. With ρ the ratio of new to old
/// probability of an action, A its advantage over the trial, v the value function with target v̂, H the
/// entropy of the policy:
///
///     L = mean[ −min(ρ A, clip(ρ, 1 − ε, 1 + ε) A) + c_v ½ (v − v̂)² − c_H H ]
///
/// Every gradient runs through the whole trial from its first step, with the present parameters.
///
/// Source: Duan et al. 2016, "RL²: Fast Reinforcement Learning via Slow Reinforcement Learning"; Wang et al.
/// 2016. Differs: PPO (Schulman et al. 2017) instead of TRPO; if asked for, a readout of the memory, and
/// an exact memory of what actions brought (`ActionMemory`).
public final class RL2: MetaLearner, @unchecked Sendable {
  /// RL² as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "rl2", summary: "a recurrent network trained by PPO on whole trials; its memory is the learner",
    source: "Duan et al. 2016, arXiv 1611.02779")

  private let configuration: Configuration
  private let pool: ThreadPool
  private let network: RecurrentNetwork
  private let distribution: ActionDistribution
  private let encoder: NetworkInput
  private let shards: TrialShards
  private let gradients: TrialGradients
  private var order: [Int]
  private var parameters: ParameterGroup

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for simulator: any Simulator, key: RandomKey, pool: ThreadPool
  ) throws {
    try configuration.validate()
    try SeenObservations.validate(configuration.noveltyBonus, simulator.interface)
    self.configuration = configuration
    self.pool = pool
    distribution = ActionDistribution(simulator.interface.action)
    encoder = try configuration.encoder(for: simulator.interface)
    network = try configuration.network(encoder, distribution)
    parameters = ParameterGroup(network.layout.initialValues(key))
    order = Array(0..<configuration.trials)

    gradients = Self.gradients(configuration, network, distribution, encoder, simulator.interface, pool)
    shards = TrialShards(
      simulator, network.acting(distribution, encoder, laneCount: configuration.playingShardSize),
      trialCount: configuration.trials, columns: configuration.learnedColumns)
  }

  private static func gradients(
    _ configuration: Configuration, _ network: RecurrentNetwork, _ distribution: ActionDistribution,
    _ encoder: NetworkInput, _ interface: Interface, _ pool: ThreadPool
  ) -> TrialGradients {
    let shardSize = configuration.gradientShardSize
    return TrialGradients(
      pool, batchCount: configuration.trials / configuration.minibatches, shardSize: shardSize,
      stepCount: interface.trialLength, parameterCount: network.layout.count
    ) { stepCount in
      lossProgram(
        network, distribution, inputWidth: encoder.width, stepCount: stepCount, laneCount: shardSize,
        clipRange: configuration.clipRange, valueCoefficient: configuration.valueCoefficient)
    }
  }

  /// How many time steps of the environment one update takes.
  public private(set) var timeStepsPerUpdate = 0

  // MARK: One update

  /// Plays trials, estimates advantages over each whole trial, and takes `epochs · minibatches` steps.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    let stepSize = scheduled(configuration.learningRate, configuration.finalLearningRate, iteration)
    let entropyCoefficient = scheduled(
      configuration.entropyCoefficient, configuration.finalEntropyCoefficient, iteration)
    try play(key.child("trials"), noveltyBonus: scheduled(configuration.noveltyBonus, 0, iteration))
    try shards.requireFinite(
      [.inputs, .choices, .logProbabilities, .values, .rewards, .earnings], iteration)
    let (shift, scale) = advantageNormalization()
    guard (shift * scale).isFinite else { throw Divergence(place: "advantage", iteration: iteration) }
    let longest = shards.longest
    var statistics = Statistics()
    var effort = Effort()
    effort.gradientEvaluations = configuration.epochs * configuration.trials
    effort.operations =
      shards.operationCount
      + configuration.epochs * configuration.minibatches * gradients.operationCount(longest: longest)
    for index in order.indices { order[index] = index }
    for epoch in 0..<configuration.epochs {
      var random = key.child("order").child(epoch).stream()
      random.shuffle(&order)
      for minibatch in 0..<configuration.minibatches {
        let trials = minibatch * order.count / configuration.minibatches
        try calculateGradients(
          of: order[trials..<trials + order.count / configuration.minibatches], longest: longest,
          shift: shift,
          scale: scale, entropyCoefficient: entropyCoefficient)
        gradients.addStatistics(to: &statistics.sums)
        if let loss = statistics.firstNonFinite { throw Divergence(place: loss, iteration: iteration) }
        let norm = step(learningRate: stepSize)
        guard norm.isFinite else { throw Divergence(place: "gradient", iteration: iteration) }
        statistics.gradientNorm += Double(norm)
      }
    }
    var metrics = metrics(statistics, stepSize: stepSize)
    effort.write(to: &metrics)
    return metrics
  }

  private func scheduled(_ first: Double, _ last: Double, _ iteration: Int) -> Float {
    Float(configuration.scheduled(first, last, iteration))
  }

  private func play(_ key: RandomKey, noveltyBonus: Float) throws {
    let configuration = configuration
    try shards.play(parameters: parameters.values, key: key, pool: pool) { rollout in
      rollout.calculateEarnings(scale: Float(configuration.rewardScale), noveltyBonus: noveltyBonus)
      rollout.estimateAdvantages(
        discount: Float(configuration.discount), lambda: Float(configuration.lambda))
    }
    timeStepsPerUpdate = shards.timeStepCount
  }

  /// What to subtract from advantages and then multiply them by.
  private func advantageNormalization() -> (shift: Float, scale: Float) {
    guard configuration.normalizeAdvantages else { return (0, 1) }
    var (sum, squares) = (0.0, 0.0)
    for rollout in shards.rollouts {
      // After the end of a trial advantages are zero and add nothing.
      for advantage in rollout[.advantages] {
        sum += Double(advantage)
        squares += Double(advantage) * Double(advantage)
      }
    }
    let mean = sum / Double(timeStepsPerUpdate)
    let variance = max(squares / Double(timeStepsPerUpdate) - mean * mean, 0)
    return (Float(mean), Float(1 / (variance.squareRoot() + 1e-8)))
  }

  private func calculateGradients(
    of trials: ArraySlice<Int>, longest: Int, shift: Float, scale: Float, entropyCoefficient: Float
  ) throws {
    let rollouts = shards.rollouts
    let (parameters, shardSize) = (parameters.values, gradients.shardSize)
    let laneCount = rollouts[0].laneCount
    var stepCount = 0
    for trial in trials { stepCount += rollouts[trial / laneCount].lengths[trial % laneCount] }
    let batch = TrialBatch(
      rollouts: rollouts, trials: trials, weight: 1 / Float(stepCount), shift: shift, scale: scale)
    try gradients.calculate(
      longest: longest,
      prepare: { worker in
        worker.workspace.setInput(Port.parameters.rawValue, parameters, isHeld: true)
        worker.workspace.withInput(Port.entropyCoefficient.rawValue) { $0[0] = entropyCoefficient }
      },
      load: { shard, worker in batch.load(shard: shard, laneCount: shardSize, worker) })
  }

  private func step(learningRate: Float) -> Float {
    parameters.step(
      gradient: gradients.gradient, learningRate: learningRate,
      maximumNorm: Float(configuration.maximumGradientNorm))
  }

  // MARK: The loss

  /// The inputs of the loss program, in order.
  enum Port: Int {
    case parameters, inputs, choices, logProbabilities, advantages, targets, weights, entropyCoefficient
  }

  /// The gradient of the loss over a shard of trials, and its statistics: `[1, parameters]`, `[1, 5]`.
  ///
  /// - Parameter laneCount: B, the trials of a shard; `stepCount` is T. Sequences are `[T·B, …]`.
  package static func lossProgram(
    _ network: RecurrentNetwork, _ distribution: ActionDistribution, inputWidth: Int, stepCount: Int,
    laneCount: Int, clipRange: Double, valueCoefficient: Double
  ) -> Program {
    let (loss, parameters, statistics) = loss(
      network, distribution, inputWidth: inputWidth, stepCount: stepCount, laneCount: laneCount,
      clipRange: clipRange,
      valueCoefficient: valueCoefficient)
    return Program([loss.gradient(withRespectTo: [parameters])[0], statistics], holding: [parameters])
  }

  /// The loss as a graph; what it is made of stands at the top of this file.
  package static func loss(
    _ network: RecurrentNetwork, _ distribution: ActionDistribution, inputWidth: Int, stepCount: Int,
    laneCount: Int, clipRange: Double, valueCoefficient: Double
  ) -> (loss: Node, parameters: Node, statistics: Node) {
    let graph = Graph()
    let rows = stepCount * laneCount
    let parameters = graph.input("parameters", 1, network.layout.count)
    let inputs = graph.input("inputs", rows, inputWidth)
    let choices = graph.input("choices", rows, distribution.componentCount)
    let oldLogProbability = graph.input("logProbabilities", rows, 1)
    let advantage = graph.input("advantages", rows, 1)
    let target = graph.input("targets", rows, 1)
    let weight = graph.input("weights", rows, 1)
    let entropyCoefficient = graph.input("entropyCoefficient", 1, 1)

    let result = network.unrolled(
      inputs, from: graph.constant(0, laneCount, network.stateCount), parameters: parameters)
    let logProbability = distribution.logProbability(
      of: choices, result.outputs, logDeviation: result.logDeviation)
    let logRatio = logProbability - oldLogProbability
    let ratio = logRatio.exponential()
    let clipped = ratio.clipped(1 - clipRange, 1 + clipRange)
    let policyLoss = -((ratio * advantage).minimum(clipped * advantage))
    let valueLoss = 0.5 * (result.values - target).square()
    let entropy = distribution.entropy(result.outputs, logDeviation: result.logDeviation)
    let loss = policyLoss + valueCoefficient * valueLoss - entropyCoefficient * entropy
    // KL(old ‖ new) without bias and never negative: ρ − 1 − log ρ.
    let divergence = ratio - 1 - logRatio
    let isClipped = (ratio - 1).magnitude().isGreater(than: graph.constant(clipRange))
    let statistics = Node.concatenateColumns(
      [policyLoss, valueLoss, entropy, divergence, isClipped].map { ($0 * weight).sum() })
    return ((loss * weight).sum(), parameters, statistics)
  }

  // MARK: State and agents

  /// Parameters and optimizer.
  public var state: LearnerState { parameters.state }

  /// Takes over parameters and optimizer.
  public func restore(_ state: LearnerState) throws { try parameters.restore(state) }

  /// An agent with the present parameters.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    let actor = Actor(network.acting(distribution, encoder, laneCount: laneCount), isGreedy: isGreedy)
    actor.setParameters(parameters.values)
    return actor
  }

  private func metrics(_ statistics: Statistics, stepSize: Float) -> Metrics {
    var metrics = shards.metrics
    statistics.write(to: &metrics, stepCount: configuration.epochs * configuration.minibatches)
    metrics["learningRate"] = Double(stepSize)
    return metrics
  }
}
