import Formats
import Learning
import Simulation

/// RL² with exact counts: beside its recurrent unit an agent keeps how often each action was taken in each observation
/// and what that brought, exactly (`ActionCounts`), and plans ahead on what came next if asked to.
///
/// What a recurrent network has to learn to remember is given here, so that its results are those of another algorithm.
///
/// Source: RL² of Duan et al. 2016; the counts and what reads them: `ActionCounts`, `ActionHead`.
public typealias RL2Counts = RecurrentPPO<RL2CountsConfiguration>

/// The hyperparameters of RL² with exact counts.
public struct RL2CountsConfiguration: RecurrentPPOConfiguration {
  /// The algorithm as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "rl2-counts",
    summary: "RL² with exact counts of what every action brought, and planning on them",
    source: "Duan et al. 2016, arXiv 1611.02779; counts: Zaheer et al. 2017; planning: Tamar et al. 2016")

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
  /// The exact counts.
  public var counts = CountSettings()
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

  /// The exact counts.
  public var exactCounts: CountSettings? { counts }
  /// The network reads every transition as a pair of observation and action, with a one by which pairs are counted.
  public var input: InputSettings {
    var input = InputSettings()
    input.form = .counted
    return input
  }

  /// How the network reads what agents see in `simulator`. Throws `InvalidParameter` where there is nothing to count.
  public func encoder(for simulator: any Simulator) throws -> NetworkInput {
    do {
      return try input.encoder(for: simulator.interface)
    } catch let error as InvalidParameter {
      throw InvalidParameter("counts", "cannot be kept here: the input \(error.reason)")
    }
  }

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] {
    documentation(with: CountSettings.documentation(of: "counts"))
  }
}

/// Exact counts and what reads them, as a table of a configuration.
public struct CountSettings: SettingGroup {
  /// Units of the network that is the same for every action and reads its counts in the present observation.
  public var units = 16
  /// How many transitions ahead that network looks, by what was observed after each action so far.
  public var lookahead = 0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "units",
      "Units of the network that is the same for every action and reads its counts in the present observation.",
      .count(LearnerLimits.units), unit: "units", readBy: "the network"),
    .init(
      "lookahead",
      "How many transitions ahead that network looks, by what was observed after each action so far.",
      .count(0...1000), unit: "transitions", readBy: "the network"),
  ]
}
