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
    /// What the recurrent network remembers with: a gated recurrent unit or a long short-term memory.
    public var memory = MemoryKind.gru
    /// Units of the recurrent network.
    public var hiddenUnits = 64
    /// Up to how many time steps the units of the network keep what they hold at first; at least 1.
    public var memorySpan = 1.0
    /// Units of the layers between the memories and policy or action values, which see input and action; at least 1.
    public var readoutUnits = 64
    /// How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy is trained for all
    /// tasks, which cannot adapt.
    public var input = NetworkInput.Form.separate
    /// Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 for as it is observed.
    public var cropRadius = 0
    /// How many trials are kept to be replayed, at least those of one update.
    public var replayTrials = 10_000
    /// Trials that one gradient step is of, drawn from those that are kept.
    public var batchTrials = 32
    /// The share of them that is drawn in proportion to how much more the trials brought than the worst one, for rewards that
    /// are rare; 0 for none, as published.
    public var prioritizedShare = 0.0
    /// Gradient steps of one update.
    public var gradientSteps = 2
    /// γ, the weight of a reward one time step later; 0 to 1.
    public var discount = 0.97
    /// How far target networks go towards the present ones at each gradient step; up to 1.
    public var targetRate = 0.005
    /// Step size of Adam at first.
    public var learningRate = 1e-3
    /// Step size of Adam at the end; it changes linearly.
    public var finalLearningRate = 1e-4
    /// The longest gradient; longer ones are scaled down to this norm.
    public var maximumGradientNorm = 1.0
    /// What rewards are multiplied by for action values; the network reads them as they are.
    public var rewardScale = 1.0
    /// α at first.
    public var initialTemperature = 0.1
    /// The entropy that is aimed at is that of drawing evenly from the best action and this share of the others at first.
    public var targetSpread = 0.1
    /// That share at the end; it changes linearly.
    public var finalTargetSpread = 0.01
    /// The most trials that one thread works on together.
    public var shardTrials = 16

    /// The defaults.
    public init() {}

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws {
      try LearnerLimits.require([("iterations", iterations)], in: LearnerLimits.iterations)
      try LearnerLimits.require(
        [
          ("trials", trials), ("replayTrials", replayTrials), ("batchTrials", batchTrials),
          ("shardTrials", shardTrials),
        ], in: LearnerLimits.episodes)
      try LearnerLimits.require(
        [("hiddenUnits", hiddenUnits), ("readoutUnits", readoutUnits)], in: LearnerLimits.units)
      try LearnerLimits.require([("gradientSteps", gradientSteps)], in: LearnerLimits.passes)
      try LearnerLimits.requireShares([
        ("discount", discount), ("prioritizedShare", prioritizedShare), ("targetRate", targetRate),
      ])
      let positive = [
        ("learningRate", learningRate), ("maximumGradientNorm", maximumGradientNorm),
        ("rewardScale", rewardScale), ("initialTemperature", initialTemperature),
        ("targetSpread", targetSpread), ("finalTargetSpread", finalTargetSpread), ("targetRate", targetRate),
      ]
      try LearnerLimits.requirePositive(positive)
      try LearnerLimits.requireShares([
        ("targetSpread", targetSpread), ("finalTargetSpread", finalTargetSpread),
      ])
      try LearnerLimits.requireNotNegative([("finalLearningRate", finalLearningRate)])
      try LearnerLimits.requireSinglePrecision(
        positive + [("finalLearningRate", finalLearningRate), ("memorySpan", memorySpan)])
      try require("cropRadius", cropRadius, in: 0...64)
      if !(memorySpan >= 1) { throw InvalidParameter("memorySpan", "is \(memorySpan); at least 1 is needed") }
      if replayTrials < trials {
        throw InvalidParameter("replayTrials", "is \(replayTrials); one update brings \(trials) trials")
      }
    }
  }
}

extension RecurrentSAC.Configuration {
  /// The most trials that are played together.
  var playingShardSize: Int { TrialShards.greatestDivisor(of: trials, atMost: shardTrials) }
  /// The most trials whose gradient is calculated together.
  var gradientShardSize: Int { TrialShards.greatestDivisor(of: batchTrials, atMost: shardTrials) }

  /// What its keys mean, in the words of their comments.
  public static var documentation: [SettingDocumentation] {
    [
      .iterations, .trials, .memory, .hiddenUnits, .memorySpan,
      .init(
        "readoutUnits",
        "Units of the layers between the memories and policy or action values, which see input and "
          + "action; at least 1.", .count(LearnerLimits.units), unit: "units", readBy: "the network"),
      .input, .cropRadius,
      .init(
        "replayTrials", "How many trials are kept to be replayed, at least those of one update.",
        .text("a whole number, at least trials"), unit: "trials", readBy: "the replay"),
      .init(
        "batchTrials", "Trials that one gradient step is of, drawn from those that are kept.",
        .count(LearnerLimits.episodes), unit: "trials", readBy: "the replay"),
      .init(
        "prioritizedShare",
        "The share of them that is drawn in proportion to how much more the trials brought than the worst one, for "
          + "rewards that are rare; 0 for none, as published.", .share, readBy: "the replay"),
      .init(
        "gradientSteps", "Gradient steps of one update.", .count(LearnerLimits.passes), unit: "steps",
        readBy: "the training"),
      .init(
        "discount", "γ, the weight of a reward one time step later; 0 to 1.", .share, readBy: "action values"),
      .init(
        "targetRate", "How far target networks go towards the present ones at each gradient step; up to 1.",
        .positiveShare, readBy: "the target networks"),
      .learningRate, .finalLearningRate, .maximumGradientNorm,
      .init(
        "rewardScale",
        "What rewards are multiplied by for action values; the network reads them as they are.", .above(0),
        readBy: "action values"),
      .init("initialTemperature", "α at first.", .above(0), readBy: "the losses"),
      .init(
        "targetSpread",
        "The entropy that is aimed at is that of drawing evenly from the best action and this share of "
          + "the others at first.", .positiveShare, readBy: "the temperature"),
      .init(
        "finalTargetSpread", "That share at the end; it changes linearly.", .positiveShare,
        readBy: "the temperature"),
      .shardTrials,
    ]
  }

  /// The keys that nothing reads under the present values in a world with `interface`.
  public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
    UnusedSetting.settings(
      [
        .init(
          ["cropRadius"], unusedWhere: input != .separate && input != .observation,
          "input is \"\(input.rawValue)\"", usedBy: "input = \"separate\" or \"observation\"")
      ] + UnusedSetting.Rule.rules(of: interface, trialLength: interface.trialLength))
  }
}
