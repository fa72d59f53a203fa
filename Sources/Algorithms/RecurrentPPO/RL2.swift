import Learning

/// RL²: a recurrent network is trained by proximal policy optimisation on whole trials, so that its memory
/// becomes a learning algorithm of its own.
///
/// Source: Duan et al. 2016, "RL²: Fast Reinforcement Learning via Slow Reinforcement Learning"; Wang et al.
/// 2016. Differs: PPO (Schulman et al. 2017) instead of TRPO; if asked for, a readout of the memory.
public typealias RL2 = RecurrentPPO<RL2Configuration>

/// The hyperparameters of RL².
public struct RL2Configuration: RecurrentPPOConfiguration {
  /// RL² as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "rl2", summary: "a recurrent network trained by PPO on whole trials; its memory is the learner",
    source: "Duan et al. 2016, arXiv 1611.02779")

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
  /// How the previous transition is read.
  public var input = InputSettings()
  /// The network.
  public var network = RecurrentNetworkSettings()
  /// The value function.
  public var value = ValueSettings()
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

  /// None: what is remembered, a recurrent unit remembers.
  public var exactCounts: CountSettings? { nil }

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] {
    documentation(with: InputSettings.documentation(of: "input"))
  }
}
