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
/// The agent maximises the discounted return of a trial, not of an episode; the loss is that of `TrialPPOLoss`. Every
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
  private let ppo: TrialPPO<Configuration>
  private var parameters: ParameterGroup

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    let simulator = problem.simulator
    try configuration.validate()
    try configuration.validate(for: simulator.interface)
    self.configuration = configuration
    self.pool = pool
    distribution = ActionDistribution(simulator.interface.action)
    encoder = try configuration.encoder(for: simulator)
    network = try configuration.network(encoder, distribution)
    parameters = ParameterGroup(network.layout.initialValues(key))
    stepLimit = simulator.interface.trialLength
    ppo = TrialPPO(
      configuration, configuration.loss(network, distribution, encoder), stepCount: stepLimit, pool: pool)
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
    try ppo.play(
      shards, parameters: parameters.values, iteration: iteration, key: key.child("trials"), pool: pool)
    timeStepsPerUpdate = shards.timeStepCount
    var (metrics, effort) = try ppo.improve(&parameters, on: shards, iteration: iteration, key: key)
    effort.write(to: &metrics)
    return metrics
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
}
