import Formats
import Learning
import Simulation

extension RecurrentSAC {
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
    public var network = Self.usualNetwork
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

    private static var usualNetwork: RecurrentNetworkSettings {
      var network = RecurrentNetworkSettings()
      (network.hiddenUnits, network.readoutUnits) = (64, 64)
      return network
    }

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws {
      try validateRanges()
      try network.validate()
      if replay.capacity < trials {
        throw InvalidParameter("replay.capacity", "is \(replay.capacity); one update brings \(trials) trials")
      }
    }
  }
}

/// Replay of whole trials, as a table of a configuration.
public struct ReplaySettings: SettingGroup {
  /// How many trials are kept to be replayed, at least those of one update.
  public var capacity = 10_000
  /// Trials that one gradient step is of, drawn from those that are kept.
  public var batchTrials = 32
  /// The fraction of them that is drawn in proportion to how much more the trials brought than the worst one, for rewards
  /// that are rare; 0 for none, as published.
  public var prioritizedFraction = 0.0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "capacity", "How many trials are kept to be replayed, at least those of one update.",
      .count(LearnerLimits.episodes), unit: "trials", readBy: "the replay"),
    .init(
      "batchTrials", "Trials that one gradient step is of, drawn from those that are kept.",
      .count(LearnerLimits.episodes), unit: "trials", readBy: "the replay"),
    .init(
      "prioritizedFraction",
      "The fraction of them that is drawn in proportion to how much more the trials brought than the worst one, for "
        + "rewards that are rare; 0 for none, as published.", .fraction, readBy: "the replay"),
  ]
}

/// The learned temperature of soft actor-critic, as a table of a configuration.
public struct TemperatureSettings: SettingGroup {
  /// α, the weight of the entropy, at first.
  public var initial = 0.1
  /// The entropy that is aimed at is that of drawing evenly from the best action and this fraction of the others at first.
  public var targetSpread = 0.1
  /// That fraction at the end; it changes linearly.
  public var finalTargetSpread = 0.01

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init("initial", "α, the weight of the entropy, at first.", .above(0), readBy: "the losses"),
    .init(
      "targetSpread",
      "The entropy that is aimed at is that of drawing evenly from the best action and this fraction of the others at "
        + "first.", .positiveFraction, readBy: "the temperature"),
    .init(
      "finalTargetSpread", "That fraction at the end; it changes linearly.", .positiveFraction,
      readBy: "the temperature"),
  ]
}

extension RecurrentSAC.Configuration {
  /// The most trials that are played together.
  var playingShardSize: Int { TrialShards.greatestDivisor(of: trials, atMost: shardTrials) }
  /// The most trials whose gradient is calculated together.
  var gradientShardSize: Int { TrialShards.greatestDivisor(of: replay.batchTrials, atMost: shardTrials) }

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] {
    [
      .iterations, .trials,
      .init(
        "gradientSteps", "Gradient steps of one update.", .count(LearnerLimits.passes), unit: "steps",
        readBy: "the training"),
      .discount, .rewardScale,
      .init(
        "targetRate", "How far target networks go towards the present ones at each gradient step; up to 1.",
        .positiveFraction, readBy: "the target networks"),
    ] + InputSettings.documentation(of: "input")
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
