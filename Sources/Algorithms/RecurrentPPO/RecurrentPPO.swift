import Autodiff
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// A recurrent network that is trained by proximal policy optimisation on whole trials.
///
/// The agent maximises the discounted return of a trial, not of an episode; the loss is that of `RecurrentPPOLoss`. Every
/// gradient runs through the whole trial from its first step, with the present parameters.
///
/// What is remembered, and with it the algorithm, is the configuration's choice: see `RL2`, `RL2Counts` and `BeliefPPO`.
///
/// Source: Duan et al. 2016, "RL²: Fast Reinforcement Learning via Slow Reinforcement Learning"; Schulman et al. 2017,
/// "Proximal policy optimization algorithms".
public final class RecurrentPPO<Configuration: RecurrentPPOConfiguration>: MetaLearner, @unchecked Sendable {

  /// The name, nature and source of the algorithm.
  public static var information: AlgorithmInformation { Configuration.information }

  private let configuration: Configuration
  private let pool: ThreadPool
  private let network: RecurrentNetwork
  private let stepLimit: Int
  private let distribution: ActionDistribution
  private let encoder: NetworkInput
  private let shards: TrialShards
  private let gradients: TrialGradients
  private var order: [Int]
  private var parameters: ParameterGroup

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    let simulator = problem.simulator
    try configuration.validate()
    try configuration.exploration.validate(for: simulator.interface)
    self.configuration = configuration
    self.pool = pool
    distribution = ActionDistribution(simulator.interface.action)
    encoder = try configuration.encoder(for: simulator)
    network = try configuration.network(encoder, distribution)
    parameters = ParameterGroup(network.layout.initialValues(key))
    stepLimit = simulator.interface.trialLength
    order = Array(0..<configuration.trials)

    gradients = TrialGradients(
      pool, batchCount: configuration.trials / configuration.ppo.minibatches,
      shardTrials: configuration.shardTrials, stepCount: stepLimit, parameterCount: network.layout.count,
      program: configuration.loss(network, distribution, encoder).program)
    shards = TrialShards(
      simulator, trialCount: configuration.trials, shardTrials: configuration.shardTrials,
      columns: configuration.learnedColumns
    ) { [network, distribution, encoder, stepLimit] in
      network.acting(distribution, encoder, laneCount: $0, stepLimit: stepLimit)
    }
  }

  /// How many time steps of the environment one update takes.
  public private(set) var timeStepsPerUpdate = 0

  // MARK: One update

  /// Plays trials, estimates advantages over each whole trial, and takes `epochs · minibatches` steps.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    let stepSize = Float(configuration.optimizer.learningRate(in: iteration, of: configuration))
    let entropyCoefficient = scheduled(
      configuration.entropy.coefficient, configuration.entropy.finalCoefficient, iteration)
    try play(key.child("trials"), explorationBonus: scheduled(configuration.exploration.bonus, 0, iteration))
    try shards.requireFinite(
      [.inputs, .choices, .logProbabilities, .values, .rewards, .earnings], iteration)
    let (shift, scale) = advantageNormalization()
    guard (shift * scale).isFinite else { throw Divergence(place: "advantage", iteration: iteration) }
    let longest = shards.longest
    var statistics = Statistics()
    var effort = shards.effort
    for index in order.indices { order[index] = index }
    for epoch in 0..<configuration.ppo.epochs {
      var random = key.child("order").child(epoch).stream()
      random.shuffle(&order)
      for minibatch in 0..<configuration.ppo.minibatches {
        let trials = minibatch * order.count / configuration.ppo.minibatches
        try calculateGradients(
          of: order[trials..<trials + order.count / configuration.ppo.minibatches], longest: longest,
          shift: shift,
          scale: scale, entropyCoefficient: entropyCoefficient)
        effort += gradients.effort(longest: longest)
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

  private func play(_ key: RandomKey, explorationBonus: Float) throws {
    let configuration = configuration
    try shards.play(parameters: parameters.values, key: key, pool: pool) { rollout in
      rollout.calculateEarnings(scale: Float(configuration.rewardScale), explorationBonus: explorationBonus)
      rollout.estimateAdvantages(
        discount: Float(configuration.discount), lambda: Float(configuration.advantages.lambda))
    }
    timeStepsPerUpdate = shards.timeStepCount
  }

  /// What to subtract from advantages and then multiply them by.
  private func advantageNormalization() -> (shift: Float, scale: Float) {
    guard configuration.advantages.normalize else { return (0, 1) }
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
    let parameters = parameters.values
    let laneCount = rollouts[0].laneCount
    var stepCount = 0
    for trial in trials { stepCount += rollouts[trial / laneCount].lengths[trial % laneCount] }
    let batch = TrialBatch(
      rollouts: rollouts, trials: trials, weight: 1 / Float(stepCount), shift: shift, scale: scale)
    try gradients.calculate(
      longest: longest,
      prepare: { workspace in
        workspace.setInput(RecurrentPPOLoss.Port.parameters.rawValue, parameters)
        workspace.withInput(RecurrentPPOLoss.Port.entropyCoefficient.rawValue) {
          $0[0] = entropyCoefficient
        }
      },
      load: { place, lane in batch.load(place, to: lane) })
  }

  private func step(learningRate: Float) -> Float {
    parameters.step(
      gradient: gradients.gradient, learningRate: learningRate,
      maximumNorm: Float(configuration.optimizer.maximumGradientNorm))
  }

  // MARK: State and agents

  /// Parameters and optimizer.
  public var state: LearnerState { parameters.state }

  /// Takes over parameters and optimizer.
  public func restore(_ state: LearnerState) throws { try parameters.restore(state) }

  /// An agent with the present parameters.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    Actor(
      network.acting(distribution, encoder, laneCount: laneCount, stepLimit: stepLimit), isGreedy: isGreedy,
      parameters: parameters.values)
  }

  private func metrics(_ statistics: Statistics, stepSize: Float) -> Metrics {
    var metrics = shards.metrics
    statistics.write(to: &metrics, stepCount: configuration.ppo.epochs * configuration.ppo.minibatches)
    metrics["learningRate"] = Double(stepSize)
    return metrics
  }
}
