import Learning

/// What the inner loop descends on. All have the policy gradient as their slope at the policy that acted;
/// their curvatures, and with them the meta-gradients, differ.
public enum InnerLoss: String, Codable, Sendable, CaseIterable {
  /// −mean log π A. Source: Finn et al. 2017.
  case policyGradient
  /// −mean (π / π_old) A, whose curvature has low variance. Source: Rothfuss et al. 2019.
  case likelihoodRatio
  /// −mean (□(wₜ) − □(wₜ₋₁)) A with □(x) = exp(x − ⊥x) and wₜ the sum of log π up to t, whose derivatives
  /// of every order are unbiased. Source: Foerster et al. 2018, with advantages as in Farquhar et al. 2019.
  case dice
}

/// How the outer loop learns from the adapted parameters.
public enum MetaGradient: String, Codable, Sendable, CaseIterable {
  /// The derivative through the inner loop.
  case exact
  /// The derivative with respect to the adapted parameters (FOMAML).
  case firstOrder
  /// The way from the adapted parameters back to the initial ones (Reptile).
  case reptile
}

/// Which parameters the inner loop changes.
public enum AdaptedParameters: String, Codable, Sendable, CaseIterable {
  /// All of them.
  case everything
  /// The output layer and the deviation (ANIL).
  case head
  /// A context vector beside the inputs, zero before adaptation (CAVIA).
  case context
}

/// How the outer loop takes its step.
public enum OuterOptimizer: String, Codable, Sendable, CaseIterable {
  /// A natural-gradient step within a trust region, by conjugate gradients and a line search.
  case trpo
  /// Several steps of Adam on the clipped ratio of probabilities.
  case ppo
  /// One step of Adam.
  case adam
}

/// What a feedforward network reads, as a table of a configuration.
public struct MapSettings: SettingGroup {
  /// Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 for as it is observed.
  public var cropRadius = 0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [.cropRadius]
}

/// The inner loop, as a table of a configuration.
public struct AdaptationSettings: SettingGroup {
  /// Adaptation steps in training, each with fresh episodes; with none one policy is trained for all tasks, and
  /// evaluation fine-tunes it.
  public var steps = 1
  /// What the inner loop descends on.
  public var loss = InnerLoss.policyGradient
  /// α, the step size of the inner loop.
  public var stepSize = 0.1
  /// What α is multiplied by after the first adaptation step, in training and in evaluation.
  public var laterStepFactor = 1.0
  /// Whether the step size of every adapted parameter is learned (Meta-SGD), from α on.
  public var learnedStepSizes = false
  /// Which parameters the inner loop changes.
  public var parameters = AdaptedParameters.everything
  /// Numbers of the context vector; used where the context adapts.
  public var contextSize = 2

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "steps",
      "Adaptation steps in training, each with fresh episodes; with none one policy is trained "
        + "for all tasks, and evaluation fine-tunes it.", .count(0...64), unit: "adaptation steps",
      readBy: "the inner loop"),
    .init(
      "loss", "What the inner loop descends on.", .word(of: InnerLoss.self),
      readBy: "the inner loop"),
    .stepSize,
    .init(
      "laterStepFactor",
      "What α is multiplied by after the first adaptation step, in training and in evaluation.",
      .number(from: 0),
      readBy: "the inner loop"),
    .init(
      "learnedStepSizes",
      "Whether the step size of every adapted parameter is learned (Meta-SGD), from α on.", .flag,
      readBy: "the inner and the outer loop"),
    .init(
      "parameters", "Which parameters the inner loop changes.", .word(of: AdaptedParameters.self),
      readBy: "the inner loop"),
    .init(
      "contextSize", "Numbers of the context vector; used where the context adapts.",
      .count(LearnerLimits.units), unit: "numbers",
      readBy: "the network"),
  ]
}

/// The outer loop, as a table of a configuration.
public struct OuterLoopSettings: SettingGroup {
  /// How the outer loop takes its step.
  public var optimizer = OuterOptimizer.trpo
  /// How the outer loop learns from the adapted parameters.
  public var gradient = MetaGradient.exact
  /// Whether the outer loss counts the policies after every adaptation step, not the last alone.
  public var everyStepCounts = false
  /// The weight of the credit that episodes before adaptation get for the return after it (E-MAML).
  public var explorationCoefficient = 0.0
  /// η, the weight of the KL divergence of the policies before adaptation from those that acted (ProMP).
  public var klPenalty = 0.0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "optimizer", "How the outer loop takes its step.", .word(of: OuterOptimizer.self),
      readBy: "the outer loop"),
    .init(
      "gradient", "How the outer loop learns from the adapted parameters.", .word(of: MetaGradient.self),
      readBy: "the outer loop"),
    .init(
      "everyStepCounts",
      "Whether the outer loss counts the policies after every adaptation step, not the last " + "alone.",
      .flag,
      readBy: "the outer loss"),
    .init(
      "explorationCoefficient",
      "The weight of the credit that episodes before adaptation get for the return after it " + "(E-MAML).",
      .number(from: 0),
      readBy: "the outer loss"),
    .init(
      "klPenalty",
      "η, the weight of the KL divergence of the policies before adaptation from those that "
        + "acted (ProMP).", .number(from: 0),
      readBy: "the outer loss"),
  ]
}

/// What is subtracted from returns, as a table of a configuration.
public struct BaselineSettings: SettingGroup {
  /// Whether a linear function of the observation is fitted as a baseline.
  public var linear = true
  /// What is added to the diagonal of the baseline's equations, as if each of its features had been seen so often
  /// with a return of zero. A fit of hundreds of features to a few episodes explains the luck of every step, and
  /// leaves the policy nothing to learn from; some tens keep it from that.
  public var ridge = 1e-5
  /// What is subtracted from the rewards of the rest of an episode where no baseline is fitted.
  public var constant = 0.0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "linear", "Whether a linear function of the observation is fitted as a baseline.", .flag,
      readBy: "advantages"),
    .init(
      "ridge",
      "What is added to the diagonal of the baseline's equations, as if each of its features "
        + "had been seen so often with a return of zero. A fit of hundreds of features to a few "
        + "episodes explains the luck of every step, and leaves the policy nothing to learn from; "
        + "some tens keep it from that.", .above(0), unit: "observations",
      readBy: "the baseline"),
    .init(
      "constant",
      "What is subtracted from the rewards of the rest of an episode where no baseline is " + "fitted.",
      .finite, unit: "rewards",
      readBy: "advantages without a baseline"),
  ]
}

/// Trust region policy optimisation, as a table of a configuration.
public struct TRPOSettings: SettingGroup {
  /// The greatest mean KL(old ‖ new) of the adapted policies.
  public var klLimit = 0.01
  /// Steps of the conjugate gradient method.
  public var conjugateGradientSteps = 10
  /// What is added to the diagonal of the Fisher information.
  public var damping = 1e-5
  /// Every n-th time step counts for the Fisher information; the gradient uses all.
  public var curvatureStride = 1
  /// Candidates of the line search.
  public var lineSearchCandidates = 15
  /// What the step is multiplied by for the next candidate.
  public var lineSearchShrinkage = 0.8

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "klLimit", "The greatest mean KL(old ‖ new) of the adapted policies.", .above(0), unit: "nats",
      readBy: "TRPO"),
    .init(
      "conjugateGradientSteps", "Steps of the conjugate gradient method.", .count(LearnerLimits.passes),
      unit: "steps",
      readBy: "TRPO"),
    .init(
      "damping", "What is added to the diagonal of the Fisher information.", .number(from: 0),
      readBy: "TRPO"),
    .init(
      "curvatureStride", "Every n-th time step counts for the Fisher information; the gradient uses all.",
      .count(LearnerLimits.passes), unit: "time steps",
      readBy: "TRPO"),
    .init(
      "lineSearchCandidates", "Candidates of the line search.", .count(LearnerLimits.passes),
      unit: "candidates",
      readBy: "TRPO"),
    .init(
      "lineSearchShrinkage", "What the step is multiplied by for the next candidate.", .properFraction,
      readBy: "TRPO"),
  ]
}

/// Proximal policy optimisation of the outer loop, as a table of a configuration.
public struct PPOSettings: SettingGroup {
  /// Steps of Adam in one update.
  public var epochs = 5
  /// ε, how far the ratio of probabilities may usefully move.
  public var clipRange = 0.3

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "epochs", "Steps of Adam in one update.", .count(LearnerLimits.passes), unit: "steps of Adam",
      readBy: "PPO"),
    .init(
      "clipRange", "ε, how far the ratio of probabilities may usefully move.", .above(0),
      readBy: "PPO"),
  ]
}
