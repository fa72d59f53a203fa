import Formats
import Learning
import Simulation
import Trials

/// The hyperparameters of a learner that trains a policy by proximal policy optimisation on whole trials.
public protocol TrialPPOConfiguration: LearnerConfiguration {
  /// The name, nature and source of the algorithm that has them.
  static var information: AlgorithmInformation { get }
  /// Trials played for one update.
  var trials: Int { get set }
  /// γ, the weight of a reward one time step later; 0 to 1.
  var discount: Double { get set }
  /// What rewards are multiplied by for values and advantages; the network reads them as they are.
  var rewardScale: Double { get set }
  /// How many episodes at the beginning of a trial are for finding out: their rewards count for nothing in training, and the
  /// network reads them as they are.
  ///
  /// Source: E-RL² of Stadie et al. 2018, "Some considerations on learning to explore via meta-reinforcement learning".
  var creditFrom: Int { get set }
  /// The value function.
  var value: ValueSettings { get set }
  /// The estimates of advantages.
  var advantages: AdvantageSettings { get set }
  /// The entropy in the loss.
  var entropy: EntropySettings { get set }
  /// What makes an agent try things.
  var exploration: ExplorationSettings { get set }
  /// How often and how far an update goes.
  var ppo: TrialPPOSettings { get set }
  /// How a step is taken.
  var optimizer: OptimizerSettings { get set }
  /// The most trials that one thread works on together.
  var shardTrials: Int { get set }
}

extension TrialPPOConfiguration {
  /// Throws `InvalidParameter` for what agents of `interface` cannot be trained with.
  func validate(for interface: Interface) throws {
    try exploration.validate(for: interface)
    if creditFrom >= interface.episodeCount {
      throw InvalidParameter(
        "creditFrom",
        "is \(creditFrom); of the \(interface.episodeCount) episodes of a trial at least one must count")
    }
  }

  /// Throws `InvalidParameter` where the trials cannot be divided into the minibatches.
  func validateMinibatches() throws {
    if trials % ppo.minibatches != 0 {
      throw InvalidParameter(
        "ppo.minibatches", "is \(ppo.minibatches); \(trials) trials cannot be divided by it")
    }
  }

  /// What is kept of trials beside what the actor notes.
  var learnedColumns: [Rollout.Column] {
    let hasNovelties = exploration.bonus > 0
    return [Rollout.Column(.advantages)] + (hasNovelties ? [Rollout.Column(.novelties)] : [])
      + (hasNovelties || changesRewards ? [Rollout.Column(.earnings)] : [])
  }

  /// The numbers that are kept of one time step beside what the actor notes.
  var learnedWidth: Int { 2 + (exploration.bonus > 0 ? 10 : changesRewards ? 1 : 0) }

  private var changesRewards: Bool { rewardScale != 1 || creditFrom > 0 }

  /// The keys that nothing reads where the policy that acted takes one step.
  var unusedClipping: UnusedSetting.Rule {
    .init(
      ["ppo.clipRange"], unusedWhere: ppo.epochs == 1 && ppo.minibatches == 1,
      "ppo.epochs and ppo.minibatches are 1, so that the policy that acted takes one step",
      usedBy: "ppo.epochs or ppo.minibatches = 2 or more")
  }
}

/// A value function beside a recurrent policy, as a table of a configuration.
public struct ValueSettings: SettingGroup {
  /// c_v, the weight of the value function's error.
  public var coefficient = 0.5
  /// Whether the value function has a recurrent network of its own.
  public var separateMemory: Bool

  /// A value function that shares the policy's memory unless something else is said.
  public init(separateMemory: Bool = false) { self.separateMemory = separateMemory }

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "coefficient", "c_v, the weight of the value function's error.", .number(from: 0), readBy: "the loss"),
    .init(
      "separateMemory", "Whether the value function has a recurrent network of its own.", .flag,
      readBy: "the network"),
  ]
}

/// The entropy of the policy in a loss, as a table of a configuration.
public struct EntropySettings: SettingGroup {
  /// c_H, the weight of the entropy at first.
  public var coefficient = 0.01
  /// c_H at the end; it changes linearly.
  public var finalCoefficient = 0.01

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init("coefficient", "c_H, the weight of the entropy at first.", .number(from: 0), readBy: "the loss"),
    .init("finalCoefficient", "c_H at the end; it changes linearly.", .number(from: 0), readBy: "the loss"),
  ]
}

/// Proximal policy optimisation on whole trials, as a table of a configuration.
public struct TrialPPOSettings: SettingGroup {
  /// Passes over the trials in one update.
  public var epochs = 4
  /// Parts that the trials are divided into, one gradient step each; a divisor of `trials`.
  public var minibatches = 4
  /// ε, how far the ratio of probabilities may usefully move.
  public var clipRange = 0.2

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "epochs", "Passes over the trials in one update.", .count(LearnerLimits.passes), unit: "passes",
      readBy: "PPO"),
    .init(
      "minibatches", "Parts that the trials are divided into, one gradient step each; a divisor of `trials`.",
      .count(LearnerLimits.episodes), unit: "gradient steps", readBy: "PPO"),
    .init(
      "clipRange", "ε, how far the ratio of probabilities may usefully move.", .above(0), readBy: "PPO"),
  ]
}
