import Formats
import Learning
import Simulation

extension VariBAD {
  /// The hyperparameters of VariBAD.
  public struct Configuration: TrialPPOConfiguration {
    /// The algorithm as `metarl list algorithms` shows it.
    public static let information = AlgorithmInformation(
      name: "varibad",
      summary: "a belief about the task that is learned by predicting rewards, and a policy that reads it",
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
    /// How the previous transition is read.
    public var input = InputSettings()
    /// The memory of the encoder, and the layer of the policy.
    public var network = RecurrentNetworkSettings(hiddenUnits: 64, readoutUnits: 64)
    /// How the task is inferred.
    public var inference = InferenceSettings()
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

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws {
      try validateRanges()
      try network.validate()
      try validateMinibatches()
      if trials % inference.minibatches != 0 {
        throw InvalidParameter(
          "inference.minibatches",
          "is \(inference.minibatches); \(trials) trials cannot be divided by it")
      }
    }

    /// What its keys mean.
    public static var documentation: [SettingDocumentation] {
      [.iterations, .trials, .discount, .rewardScale, .creditFrom] + InputSettings.documentation(of: "input")
        + RecurrentNetworkSettings.documentation(leastReadoutUnits: 1).map { $0.within("network") }
        + InferenceSettings.documentation(of: "inference") + ValueSettings.documentation(of: "value")
        + AdvantageSettings.documentation(of: "advantages") + EntropySettings.documentation(of: "entropy")
        + ExplorationSettings.documentation(of: "exploration") + TrialPPOSettings.documentation(of: "ppo")
        + OptimizerSettings.documentation(of: "optimizer") + [.shardTrials]
    }

    /// The keys that nothing reads under the present values in a world with `interface`.
    public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
      UnusedSetting.settings(
        [
          unusedClipping,
          .init(
            ["inference.decodedSteps"],
            unusedWhere: interface.observation.elementCount(atMost: RewardDecoder.largestObservationCount)
              != nil, "all observations are decoded at once",
            usedBy:
              "observations that are real numbers, or more than \(RewardDecoder.largestObservationCount)"),
        ] + input.unusedRules + network.unusedRules
          + UnusedSetting.Rule.rules(of: interface, trialLength: interface.trialLength))
    }
  }
}

/// The inference of a latent task by predicting rewards, as a table of a configuration.
public struct InferenceSettings: SettingGroup {
  /// Components of the latent vector.
  public var latentCount = 5
  /// Units of each of the two layers that rewards are predicted with.
  public var decoderUnits = 32
  /// What is predicted of a reward: whether it is above 0, or its value.
  public var likelihood = RewardDecoder.Likelihood.normal
  /// Time steps of each trial whose belief predicts all its rewards, where observations are decoded one by one.
  public var decodedSteps = 16
  /// β, the weight of the change of belief from step to step.
  public var klCoefficient = 0.01
  /// Passes over the trials in one update.
  public var epochs = 1
  /// Parts that the trials are divided into, one gradient step each; a divisor of `trials`.
  public var minibatches = 16
  /// How a step is taken.
  public var optimizer = OptimizerSettings(
    learningRate: 3e-3, finalLearningRate: 0, maximumGradientNorm: 1)

  /// The defaults.
  public init() {}

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] =
    [
      .init(
        "latentCount", "Components of the latent vector.", .count(1...256), unit: "components",
        readBy: "the encoder, the decoder and the policy"),
      .init(
        "decoderUnits", "Units of each of the two layers that rewards are predicted with.",
        .count(LearnerLimits.units), unit: "units", readBy: "the decoder"),
      .init(
        "likelihood", "What is predicted of a reward: whether it is above 0, or its value.",
        .word(of: RewardDecoder.Likelihood.self), readBy: "the loss of the encoder"),
      .init(
        "decodedSteps",
        "Time steps of each trial whose belief predicts all its rewards, where observations are decoded one by one.",
        .count(1...1000), unit: "time steps", readBy: "the loss of the encoder"),
      .init(
        "klCoefficient", "β, the weight of the change of belief from step to step.", .number(from: 0),
        readBy: "the loss of the encoder"),
      .init(
        "epochs", "Passes over the trials in one update.", .count(LearnerLimits.passes), unit: "passes",
        readBy: "the training of the encoder"),
      .init(
        "minibatches",
        "Parts that the trials are divided into, one gradient step each; a divisor of `trials`.",
        .count(LearnerLimits.episodes), unit: "gradient steps", readBy: "the training of the encoder"),
    ] + OptimizerSettings.documentation(of: "optimizer")
}
