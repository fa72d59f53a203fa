import Formats
import Learning

/// The choices that gradient-based meta-learning is made of; each published algorithm is a combination.
public struct MAMLConfiguration: LearnerConfiguration {
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
  public enum Adapted: String, Codable, Sendable, CaseIterable {
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

  /// Updates of the parameters, at least 1.
  public var iterations = 200
  /// Tasks of one update.
  public var tasks = 20
  /// Episodes in each task before every adaptation step, and after the last.
  public var rollouts = 20
  /// Adaptation steps in training, each with fresh episodes; with none one policy is trained for all tasks, and
  /// evaluation fine-tunes it.
  public var adaptationSteps = 1
  /// Units of each hidden layer.
  public var hiddenUnits = 100
  /// Hidden layers.
  public var hiddenLayers = 2
  /// The nonlinear function of the hidden layers.
  public var activation = FeedForwardNetwork.Activation.rectifier
  /// Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 for as it is observed.
  public var cropRadius = 0
  /// Standard deviation of a continuous policy at first, where 1 is half the action box.
  public var initialDeviation = 1.0
  /// Numbers of the context vector; used where the context adapts.
  public var contextSize = 2

  /// What the inner loop descends on.
  public var innerLoss = InnerLoss.policyGradient
  /// α, the step size of the inner loop.
  public var innerStepSize = 0.1
  /// What α is multiplied by after the first adaptation step, in training and in evaluation.
  public var laterStepFactor = 1.0
  /// Whether the step size of every adapted parameter is learned (Meta-SGD), from α on.
  public var learnedStepSizes = false
  /// Whether the outer loss counts the policies after every adaptation step, not the last alone.
  public var everyStepCounts = false
  /// Which parameters the inner loop changes.
  public var adapted = Adapted.everything
  /// How the outer loop learns from the adapted parameters.
  public var metaGradient = MetaGradient.exact

  /// How the outer loop takes its step.
  public var outerOptimizer = OuterOptimizer.trpo
  /// γ, the weight of a reward one time step later; 0 to 1.
  public var discount = 0.99
  /// λ of generalised advantage estimation; 0 to 1.
  public var lambda = 1.0
  /// Whether a linear function of the observation is fitted as a baseline.
  public var baseline = true
  /// What is added to the diagonal of the baseline's equations, as if each of its features had been seen so often with a
  /// return of zero. A fit of hundreds of features to a few episodes explains the luck of every step, and leaves the
  /// policy nothing to learn from; some tens keep it from that.
  public var baselineRidge = 1e-5
  /// What is subtracted from the rewards of the rest of an episode where no baseline is fitted.
  public var constantBaseline = 0.0
  /// What the first sight of an observation in an episode is worth at first, beside rewards, in training; it falls to
  /// zero with the last update. For discrete observations.
  public var noveltyBonus = 0.0
  /// Whether advantages are given mean 0 and variance 1 in each task and step.
  public var normalizeAdvantages = true
  /// The weight of the credit that episodes before adaptation get for the return after it (E-MAML).
  public var explorationCoefficient = 0.0
  /// η, the weight of the divergence of the policies before adaptation from those that acted (ProMP).
  public var divergencePenalty = 0.0

  /// TRPO: the greatest mean KL(old ‖ new) of the adapted policies.
  public var divergenceLimit = 0.01
  /// TRPO: steps of the conjugate gradient method.
  public var conjugateGradientSteps = 10
  /// TRPO: what is added to the diagonal of the Fisher information.
  public var damping = 1e-5
  /// TRPO: every n-th time step counts for the Fisher information; the gradient uses all.
  public var curvatureStride = 1
  /// TRPO: candidates of the line search.
  public var lineSearchCandidates = 15
  /// TRPO: what the step is multiplied by for the next candidate.
  public var lineSearchShrinkage = 0.8

  /// PPO and Adam: the step size.
  public var learningRate = 1e-3
  /// PPO and Adam: the step size at the end; it changes linearly.
  public var finalLearningRate = 1e-3
  /// PPO: steps of Adam in one update.
  public var epochs = 5
  /// PPO: ε, how far the ratio of probabilities may usefully move.
  public var clipRange = 0.3
  /// PPO and Adam: the longest gradient; longer ones are scaled down to this norm.
  public var maximumGradientNorm = 10.0

  /// Episodes before every adaptation step in evaluation.
  public var evaluationRollouts = 40

  /// MAML with TRPO.
  public init() {}

  /// Throws `InvalidParameter` for values that make no sense.
  public func validate() throws {
    try LearnerLimits.require([("iterations", iterations)], in: LearnerLimits.iterations)
    try LearnerLimits.require(
      [("tasks", tasks), ("rollouts", rollouts), ("evaluationRollouts", evaluationRollouts)],
      in: LearnerLimits.episodes)
    try LearnerLimits.require(
      [("hiddenUnits", hiddenUnits), ("contextSize", contextSize)], in: LearnerLimits.units)
    try LearnerLimits.require(
      [
        ("conjugateGradientSteps", conjugateGradientSteps), ("curvatureStride", curvatureStride),
        ("lineSearchCandidates", lineSearchCandidates), ("epochs", epochs),
      ], in: LearnerLimits.passes)
    try require("adaptationSteps", adaptationSteps, in: 0...64)
    try require("cropRadius", cropRadius, in: 0...64)
    try require("hiddenLayers", hiddenLayers, in: 0...64)
    for (key, value) in [("discount", discount), ("lambda", lambda)] where !(0...1).contains(value) {
      throw InvalidParameter(key, "is \(value); it lies between 0 and 1")
    }
    let positive = [
      ("initialDeviation", initialDeviation), ("innerStepSize", innerStepSize),
      ("divergenceLimit", divergenceLimit), ("learningRate", learningRate), ("clipRange", clipRange),
      ("maximumGradientNorm", maximumGradientNorm), ("baselineRidge", baselineRidge),
    ]
    for (key, value) in positive where !(value > 0 && value.isFinite) {
      throw InvalidParameter(key, "is \(value); a finite number above 0 is needed")
    }
    let notNegative = [
      ("laterStepFactor", laterStepFactor), ("damping", damping), ("finalLearningRate", finalLearningRate),
      ("explorationCoefficient", explorationCoefficient), ("divergencePenalty", divergencePenalty),
      ("noveltyBonus", noveltyBonus),
    ]
    for (key, value) in notNegative where !(value >= 0 && value.isFinite) {
      throw InvalidParameter(key, "is \(value); a finite number of at least 0 is needed")
    }
    try LearnerLimits.requireSinglePrecision(
      positive + notNegative + [("constantBaseline", constantBaseline)])
    if !constantBaseline.isFinite { throw InvalidParameter("constantBaseline", "is \(constantBaseline)") }
    if !(lineSearchShrinkage > 0 && lineSearchShrinkage < 1) {
      throw InvalidParameter("lineSearchShrinkage", "is \(lineSearchShrinkage); it lies between 0 and 1")
    }
    try validateCombination()
  }

  private func validateCombination() throws {
    if adaptationSteps == 0 && (metaGradient == .reptile || learnedStepSizes) {
      throw InvalidParameter(
        "adaptationSteps", "is 0; what is learned of adaptation itself needs at least 1")
    }
    if innerLoss == .dice && curvatureStride > 1 && outerOptimizer == .trpo {
      throw InvalidParameter("curvatureStride", "is \(curvatureStride); the sums of DiCE need every step, 1")
    }
    if metaGradient == .reptile && outerOptimizer != .adam {
      throw InvalidParameter(
        "outerOptimizer",
        "is \(outerOptimizer.rawValue); Reptile has no outer loss, only a direction for adam")
    }
    if metaGradient == .reptile && learnedStepSizes {
      throw InvalidParameter("learnedStepSizes", "is true; Reptile has no derivative to learn them by")
    }
    if metaGradient == .reptile && adapted == .context {
      throw InvalidParameter("adapted", "is context; Reptile learns only what adapts")
    }
  }
}
