import Formats
import Learning
import Simulation

/// The choices that gradient-based meta-learning is made of; each published algorithm is a combination.
public struct MAMLConfiguration: LearnerConfiguration {
  /// Updates of the parameters, at least 1.
  public var iterations = 200
  /// Tasks of one update.
  public var tasks = 20
  /// Episodes in each task before every adaptation step, and after the last.
  public var rollouts = 20
  /// Episodes before every adaptation step in evaluation.
  public var evaluationRollouts = 40
  /// γ, the weight of a reward one time step later; 0 to 1.
  public var discount = 0.99
  /// What the network reads.
  public var input = MapSettings()
  /// The network.
  public var network = FeedForwardNetworkSettings(hiddenUnits: 100)
  /// The inner loop.
  public var adaptation = AdaptationSettings()
  /// The outer loop.
  public var outer = OuterLoopSettings()
  /// The estimates of advantages.
  public var advantages = AdvantageSettings(lambda: 1)
  /// What is subtracted from returns.
  public var baseline = BaselineSettings()
  /// What makes an agent try things.
  public var exploration = ExplorationSettings(initialStandardDeviation: 1)
  /// The outer loop's step within a trust region.
  public var trpo = TRPOSettings()
  /// The outer loop's steps on clipped ratios.
  public var ppo = PPOSettings()
  /// The outer loop's steps of Adam.
  public var optimizer = OptimizerSettings(
    learningRate: 1e-3, finalLearningRate: 1e-3, maximumGradientNorm: 10)

  /// MAML with TRPO.
  public init() {}

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] {
    [
      .iterations,
      .tasks,
      .init(
        "rollouts", "Episodes in each task before every adaptation step, and after the last.",
        .count(LearnerLimits.episodes), unit: "episodes", readBy: "the inner and the outer loop"),
      .init(
        "evaluationRollouts", "Episodes before every adaptation step in evaluation.",
        .count(LearnerLimits.episodes), unit: "episodes", readBy: "evaluation"),
      .discount,
    ] + MapSettings.documentation(of: "input") + FeedForwardNetworkSettings.documentation(of: "network")
      + AdaptationSettings.documentation(of: "adaptation") + OuterLoopSettings.documentation(of: "outer")
      + AdvantageSettings.documentation(of: "advantages") + BaselineSettings.documentation(of: "baseline")
      + ExplorationSettings.documentation(of: "exploration") + TRPOSettings.documentation(of: "trpo")
      + PPOSettings.documentation(of: "ppo") + OptimizerSettings.documentation(of: "optimizer")
  }

  /// Throws `InvalidParameter` for values that make no sense.
  public func validate() throws {
    try validateRanges()
    let (learned, gradient) = (adaptation.learnedStepSizes, outer.gradient)
    if adaptation.steps == 0 && (gradient == .reptile || learned) {
      throw InvalidParameter(
        "adaptation.steps", "is 0; what is learned of adaptation itself needs at least 1")
    }
    if adaptation.loss == .dice && trpo.curvatureStride > 1 && outer.optimizer == .trpo {
      throw InvalidParameter(
        "trpo.curvatureStride", "is \(trpo.curvatureStride); the sums of DiCE need every step, 1")
    }
    if gradient == .reptile && outer.optimizer != .adam {
      throw InvalidParameter(
        "outer.optimizer",
        "is \(outer.optimizer.rawValue); Reptile has no outer loss, only a direction for adam")
    }
    if gradient == .reptile && learned {
      throw InvalidParameter(
        "adaptation.learnedStepSizes", "is true; Reptile has no derivative to learn them by")
    }
    if gradient == .reptile && adaptation.parameters == .context {
      throw InvalidParameter("adaptation.parameters", "is context; Reptile learns only what adapts")
    }
  }

  /// Throws `InvalidParameter` where it does not suit agents of `interface`.
  func validate(for interface: Interface) throws {
    try validate()
    try exploration.validate(for: interface)
    if input.cropRadius > 0 && interface.map == nil {
      throw InvalidParameter(
        "input.cropRadius", "is \(input.cropRadius), which needs observations that show a grid whole")
    }
  }
}
