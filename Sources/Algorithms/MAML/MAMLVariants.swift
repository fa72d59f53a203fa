import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// A published combination of the choices in `MAMLConfiguration`.
public protocol MAMLVariant: Sendable {
  /// The name, nature and source of the algorithm.
  static var information: AlgorithmInformation { get }
  /// Makes the choices, starting from MAML with TRPO.
  static func choose(_ configuration: inout MAMLConfiguration)
}

/// The hyperparameters of a variant.
public protocol MAMLChoices: LearnerConfiguration {
  /// All hyperparameters of the family; the variant's own keys are some of them.
  var choices: MAMLConfiguration { get set }
}

/// A variant of MAML as a learner.
public final class MAMLLearner<Variant: MAMLVariant>: MetaLearner {
  /// The hyperparameters, which begin as the variant chooses them.
  public struct Configuration: MAMLChoices {
    /// All hyperparameters of the family; the variant's own keys are some of them.
    public var choices: MAMLConfiguration

    /// The choices of the variant.
    public init() {
      choices = MAMLConfiguration()
      Variant.choose(&choices)
    }

    /// Reads the choices, which are the keys of the file.
    public init(from decoder: any Decoder) throws { choices = try MAMLConfiguration(from: decoder) }

    /// Writes the choices.
    public func encode(to encoder: any Encoder) throws { try choices.encode(to: encoder) }

    /// Updates of the parameters.
    public var iterations: Int {
      get { choices.iterations }
      set { choices.iterations = newValue }
    }

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws { try choices.validate() }

    /// What its keys mean.
    public static var documentation: [SettingDocumentation] { MAMLConfiguration.documentation }

    /// The keys that nothing reads under the present values in a world with `interface`.
    public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
      choices.unusedSettings(in: interface)
    }
  }

  /// The name, nature and source of the algorithm.
  public static var information: AlgorithmInformation { Variant.information }

  private let learner: MAML

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    learner = try MAML(configuration.choices, for: problem.simulator, key: key, pool: pool)
  }

  /// The memory of a learner.
  public static func memory(
    of configuration: Configuration, for problem: ReinforcementProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    try MAML.memory(of: configuration.choices, for: problem.simulator, use: use)
  }

  /// One change of the parameters.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    try learner.update(iteration: iteration, key: key)
  }

  /// Everything that the next update depends on.
  public var state: LearnerState { learner.state }
  /// Takes over a state.
  public func restore(_ state: LearnerState) throws { try learner.restore(state) }
  /// How many time steps of the environment the last update took.
  public var timeStepsPerUpdate: Int { learner.timeStepsPerUpdate }

  /// An agent with the present parameters; it acts in as many lanes as it needs episodes to adapt.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent { learner.agent() }

  /// How its agents run through a trial.
  public var course: TrialCourse { learner.course }
}

/// The algorithms made of `MAMLConfiguration`, in the order to list them.
public var gradientBasedAlgorithms: [any MetaLearner.Type] {
  [
    MAMLLearner<MAMLWithTRPO>.self, MAMLLearner<FirstOrderMAML>.self, MAMLLearner<Reptile>.self,
    MAMLLearner<ANIL>.self, MAMLLearner<CAVIA>.self, MAMLLearner<MetaSGD>.self, MAMLLearner<EMAML>.self,
    MAMLLearner<ProMP>.self, MAMLLearner<DiceMAML>.self, MAMLLearner<Pretraining>.self,
  ]
}

/// MAML with TRPO.
public enum MAMLWithTRPO: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "maml", summary: "initial parameters from which a policy-gradient step adapts; second order, TRPO",
    source: "Finn et al. 2017, arXiv 1703.03400")
  /// MAML with TRPO is the default.
  public static func choose(_ configuration: inout MAMLConfiguration) {}
}

/// MAML without second derivatives.
public enum FirstOrderMAML: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "fomaml", summary: "MAML that takes the inner step as a constant shift; first order, TRPO",
    source: "Finn et al. 2017, arXiv 1703.03400, section 5.2")
  /// The first-order meta-gradient.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.outer.gradient = .firstOrder
  }
}

/// Reptile.
public enum Reptile: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "reptile", summary: "initial parameters are moved towards the adapted ones; first order, Adam",
    source: "Nichol et al. 2018, arXiv 1803.02999")
  /// Several inner steps, since with one the direction is that of joint training.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.outer.gradient = .reptile
    configuration.outer.optimizer = .adam
    configuration.adaptation.steps = 3
  }
}

/// Almost no inner loop.
public enum ANIL: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "anil", summary: "MAML that adapts the output layer only; second order, TRPO",
    source: "Raghu et al. 2020, arXiv 1909.09157")
  /// Only the head adapts.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.adaptation.parameters = .head
  }
}

/// Fast context adaptation.
public enum CAVIA: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "cavia", summary: "only a context vector beside the input adapts; second order, TRPO",
    source: "Zintgraf et al. 2019, arXiv 1810.03642")
  /// Only the context adapts, by a step that may be large since nothing else moves.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.adaptation.parameters = .context
    configuration.adaptation.stepSize = 1
  }
}

/// MAML that learns its step sizes.
public enum MetaSGD: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "meta-sgd", summary: "MAML that learns the inner step size of every parameter; second order, TRPO",
    source: "Li et al. 2017, arXiv 1707.09835")
  /// Learned step sizes.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.adaptation.learnedStepSizes = true
  }
}

/// MAML with credit for exploration.
public enum EMAML: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "e-maml",
    summary: "MAML that credits the episodes before adaptation with the return after it; TRPO",
    source: "Stadie et al. 2018, arXiv 1803.01118")
  /// Credit for exploration.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.outer.explorationCoefficient = 1
  }
}

/// Proximal meta-policy search.
public enum ProMP: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "promp", summary: "low-variance curvature, clipped outer ratio, KL penalty before adaptation; PPO",
    source: "Rothfuss et al. 2019, arXiv 1810.06784")
  /// The likelihood ratio inside, PPO outside, and a penalty on the policies before adaptation.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.adaptation.loss = .likelihoodRatio
    configuration.outer.optimizer = .ppo
    configuration.outer.klPenalty = 5e-4
  }
}

/// No meta-learning: joint training, the baseline of MAML.
public enum Pretraining: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "pretraining",
    summary: "one policy trained for all tasks at once; gradient steps fine-tune it in evaluation; TRPO",
    source: "Finn et al. 2017, arXiv 1703.03400, section 5.3")
  /// No adaptation in training.
  public static func choose(_ configuration: inout MAMLConfiguration) { configuration.adaptation.steps = 0 }
}

/// MAML with unbiased higher derivatives.
public enum DiceMAML: MAMLVariant {
  /// The name, nature and source.
  public static let information = AlgorithmInformation(
    name: "dice-maml", summary: "MAML whose inner loss has unbiased derivatives of every order; TRPO",
    source: "Foerster et al. 2018, arXiv 1802.05098")
  /// The magic box inside.
  public static func choose(_ configuration: inout MAMLConfiguration) {
    configuration.adaptation.loss = .dice
  }
}
