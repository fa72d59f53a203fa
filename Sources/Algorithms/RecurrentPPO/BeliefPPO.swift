import Formats
import Learning
import Simulation

/// PPO on what is observed and what can be known of the task by now, computed exactly: the Bayes-adaptive problem without
/// the trouble of inference.
///
/// It has as much to learn as an agent that infers the task perfectly, so that it shows how far such agents can come, and,
/// beside a learner with a memory, whether that lacks a better memory or a better policy.
///
/// Source: the belief oracle of Zintgraf et al., "VariBAD", ICLR 2020, https://github.com/lmzintgraf/varibad. Differs: the
/// belief is exact also after the goal was found, and the time that is left is an input.
public typealias BeliefPPO = RecurrentPPO<BeliefConfiguration>

/// The hyperparameters of PPO on an exact belief.
public struct BeliefConfiguration: RecurrentPPOConfiguration {
  /// The algorithm as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "belief",
    summary: "PPO on the observation and the exact belief about the task: the limit of task inference",
    source: "Zintgraf et al. 2020, arXiv 1910.08348")

  /// Updates of the parameters, at least 1.
  public var iterations = 500
  /// Trials played for one update.
  public var trials = 512
  /// γ, the weight of a reward one time step later; 0 to 1.
  public var discount = 0.99
  /// What rewards are multiplied by for values and advantages; the network reads them as they are.
  public var rewardScale = 1.0
  /// How many episodes at the beginning of a trial are for finding out: their rewards count for nothing in training, and
  /// the network reads them as they are.
  public var creditFrom = 0
  /// The network.
  public var network = RecurrentNetworkSettings(memory: .none, hiddenUnits: 64, readoutUnits: 64)
  /// The value function.
  public var value = ValueSettings(separateMemory: true)
  /// The estimates of advantages.
  public var advantages = AdvantageSettings(lambda: 0.95)
  /// The entropy in the loss.
  public var entropy = EntropySettings()
  /// What makes an agent try things.
  public var exploration = ExplorationSettings(initialStandardDeviation: 0.5)
  /// How often and how far an update goes.
  public var ppo = TrialPPOSettings()
  /// How a step is taken.
  public var optimizer = OptimizerSettings(
    learningRate: 1e-3, finalLearningRate: 0, maximumGradientNorm: 0.5)
  /// The most trials that one thread works on together.
  public var shardTrials = 32

  /// The defaults.
  public init() {}

  /// None: all that happened is in the belief.
  public var exactCounts: CountSettings? { nil }
  /// The network reads nothing of transitions but what they tell of the task.
  public var input: InputSettings {
    var input = InputSettings()
    input.form = .observation
    return input
  }

  /// How the network reads what agents see in `simulator`. Throws `InvalidParameter` where no belief is computed.
  public func encoder(for simulator: any Simulator) throws -> NetworkInput {
    let width = simulator.beliefWidth
    guard width > 0 else {
      throw InvalidParameter(
        "algorithm", "is belief, but what can be known of a task is not computed for this environment")
    }
    return try NetworkInput(simulator.interface, form: input.form, beliefWidth: width, readsTime: true)
  }

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] { documentation(with: []) }
}
