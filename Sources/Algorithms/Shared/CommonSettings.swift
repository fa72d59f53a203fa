import Formats
import Learning
import Simulation

/// What the keys mean that stand in no group.
extension SettingDocumentation {
  static let iterations = Self(
    "iterations", "Updates of the parameters, at least 1.", .count(LearnerLimits.iterations), unit: "updates",
    readBy: "the training")
  static let trials = Self(
    "trials", "Trials played for one update.", .count(LearnerLimits.episodes), unit: "trials",
    readBy: "the training")
  static let tasks = Self(
    "tasks", "Tasks of one update.", .count(LearnerLimits.episodes), unit: "tasks", readBy: "the outer loop")
  static let stepSize = Self(
    "stepSize", "α, the step size of the inner loop.", .above(0), readBy: "the inner loop")
  static let discount = Self(
    "discount", "γ, the weight of a reward one time step later; 0 to 1.", .fraction,
    readBy: "advantages and action values")
  static let rewardScale = Self(
    "rewardScale",
    "What rewards are multiplied by for values and advantages; the network reads them as they are.",
    .above(0), readBy: "values and advantages")
  static let creditFrom = Self(
    "creditFrom",
    "How many episodes at the beginning of a trial are for finding out: their rewards count for nothing in training, "
      + "and the network reads them as they are.", .count(0...LearnerLimits.episodes.upperBound),
    unit: "episodes",
    readBy: "values and advantages")
  static let shardTrials = Self(
    "shardTrials", "The most trials that one thread works on together.", .count(LearnerLimits.episodes),
    unit: "trials", readBy: "the division of the work, whose sums it rounds otherwise")
  static let cropRadius = Self(
    "cropRadius",
    "Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 "
      + "for as it is observed.", .count(0...64), unit: "cells", readBy: "the input of the network")
}

/// A recurrent network, as a table of a configuration.
public struct RecurrentNetworkSettings: SettingGroup {
  /// What the network remembers with: a gated recurrent unit, a long short-term memory, gated linear recurrences, a
  /// transformer, or nothing.
  public var memory: MemoryKind
  /// Units of the network.
  public var hiddenUnits: Int
  /// Layers of linear recurrences or of a transformer.
  public var layers = 2
  /// Heads of each layer of a transformer; a divisor of the units.
  public var heads = 4
  /// Chrono initialisation: up to how many time steps the units of the network keep what they hold at first; at least 1.
  public var chronoSpan = 1.0
  /// Units of a layer between the memory and what reads it, which sees the input once more; 0 for none, where that is
  /// allowed.
  public var readoutUnits: Int

  /// A gated recurrent unit without a readout, or what is given.
  public init(memory: MemoryKind = .gru, hiddenUnits: Int = 128, readoutUnits: Int = 0) {
    (self.memory, self.hiddenUnits, self.readoutUnits) = (memory, hiddenUnits, readoutUnits)
  }

  /// What its keys mean.
  public static var documentation: [SettingDocumentation] { documentation(leastReadoutUnits: 0) }

  /// The same where the layer of readout units must have at least so many.
  static func documentation(leastReadoutUnits: Int) -> [SettingDocumentation] {
    [
      .init(
        "memory",
        "What the network remembers with: a gated recurrent unit, a long short-term memory, gated linear "
          + "recurrences, a transformer, or nothing.",
        .word(of: MemoryKind.self), readBy: "the network"),
      .init(
        "hiddenUnits", "Units of the network.", .count(LearnerLimits.units), unit: "units",
        readBy: "the network"),
      .init(
        "layers", "Layers of linear recurrences or of a transformer.", .count(1...16), unit: "layers",
        readBy: "the network"),
      .init(
        "heads", "Heads of each layer of a transformer; a divisor of the units.", .count(1...16),
        unit: "heads",
        readBy: "the network"),
      .init(
        "chronoSpan",
        "Chrono initialisation: up to how many time steps the units of the network keep what they hold at first; "
          + "at least 1.", .number(from: 1), unit: "time steps", readBy: "the first parameters of the network"
      ),
      .init(
        "readoutUnits",
        "Units of a layer between the memory and what reads it, which sees the input once more; 0 for none, "
          + "where that is allowed.",
        .count(leastReadoutUnits...LearnerLimits.units.upperBound), unit: "units", readBy: "the network"),
    ]
  }

  /// The keys that nothing reads under the present values.
  var unusedRules: [UnusedSetting.Rule] {
    [
      .init(
        ["network.chronoSpan"], unusedWhere: memory == .none || memory == .transformer,
        "network.memory is \"\(memory.rawValue)\"", usedBy: "network.memory = \"gru\", \"lstm\" or \"linear\""
      ),
      .init(
        ["network.layers"], unusedWhere: memory != .transformer && memory != .linear,
        "network.memory is \"\(memory.rawValue)\"", usedBy: "network.memory = \"linear\" or \"transformer\""),
      .init(
        ["network.heads"], unusedWhere: memory != .transformer, "network.memory is \"\(memory.rawValue)\"",
        usedBy: "network.memory = \"transformer\""),
    ]
  }

  /// The memory that they describe.
  package func makeMemory() -> any Memory {
    switch memory {
    case .gru: GatedRecurrentUnit(unitCount: hiddenUnits, chronoSpan: Float(chronoSpan))
    case .lstm: LongShortTermMemory(unitCount: hiddenUnits, chronoSpan: Float(chronoSpan))
    case .linear:
      LinearRecurrence(unitCount: hiddenUnits, layerCount: layers, chronoSpan: Float(chronoSpan))
    case .transformer: Transformer(unitCount: hiddenUnits, layerCount: layers, headCount: heads)
    case .none: MemorylessLayer(unitCount: hiddenUnits)
    }
  }

  /// Throws `InvalidParameter` for values that do not go together.
  func validate() throws {
    if memory == .transformer && hiddenUnits % heads != 0 {
      throw InvalidParameter(
        "network.heads", "is \(heads); \(hiddenUnits) units cannot be divided by it")
    }
  }
}

/// What a recurrent network reads, as a table of a configuration.
public struct InputSettings: SettingGroup {
  /// How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy is trained for all
  /// tasks, which cannot adapt.
  public var form = NetworkInput.Form.separate
  /// Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 for as it is observed.
  public var cropRadius = 0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "form",
      "How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy "
        + "is trained for all tasks, which cannot adapt.",
      .word(of: NetworkInput.Form.self), readBy: "the input of the network"), .cropRadius,
  ]

  /// The keys that nothing reads under the present values.
  var unusedRules: [UnusedSetting.Rule] {
    [
      .init(
        ["input.cropRadius"], unusedWhere: form != .separate && form != .observation,
        "input.form is \"\(form.rawValue)\"", usedBy: "input.form = \"separate\" or \"observation\"")
    ]
  }

  /// How a network reads what agents of `interface` see. Throws `InvalidParameter` where it cannot.
  func encoder(for interface: Interface, readsTime: Bool = false) throws -> NetworkInput {
    try NetworkInput(interface, form: form, cropRadius: cropRadius, readsTime: readsTime)
  }
}

/// Adam, as a table of a configuration.
public struct OptimizerSettings: SettingGroup {
  /// Step size of Adam at first.
  public var learningRate: Double
  /// Step size of Adam at the end; it changes linearly.
  public var finalLearningRate: Double
  /// The longest gradient; longer ones are scaled down to this norm.
  public var maximumGradientNorm: Double

  /// Adam with the given step sizes and norm.
  public init(learningRate: Double, finalLearningRate: Double, maximumGradientNorm: Double) {
    self.learningRate = learningRate
    self.finalLearningRate = finalLearningRate
    self.maximumGradientNorm = maximumGradientNorm
  }

  /// The step size in update `iteration` of a training that `configuration` describes.
  func learningRate(in iteration: Int, of configuration: some LearnerConfiguration) -> Double {
    configuration.scheduled(learningRate, finalLearningRate, iteration)
  }

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init("learningRate", "Step size of Adam at first.", .above(0), readBy: "Adam"),
    .init(
      "finalLearningRate", "Step size of Adam at the end; it changes linearly.", .number(from: 0),
      readBy: "Adam"),
    .init(
      "maximumGradientNorm", "The longest gradient; longer ones are scaled down to this norm.", .above(0),
      readBy: "Adam"),
  ]
}

/// Generalised advantage estimation, as a table of a configuration.
public struct AdvantageSettings: SettingGroup {
  /// λ of generalised advantage estimation; 0 to 1.
  public var lambda: Double
  /// Whether advantages are given mean 0 and variance 1: over all trials of an update, or, where the inner loop descends
  /// on them, over the episodes that it descends on at once.
  public var normalize = true

  /// Normalised advantages with λ.
  public init(lambda: Double) { self.lambda = lambda }

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init("lambda", "λ of generalised advantage estimation; 0 to 1.", .fraction, readBy: "advantages"),
    .init(
      "normalize",
      "Whether advantages are given mean 0 and variance 1: over all trials of an update, or, where the inner loop "
        + "descends on them, over the episodes that it descends on at once.", .flag, readBy: "advantages"),
  ]
}

/// What makes an agent try things, as a table of a configuration.
public struct ExplorationSettings: SettingGroup {
  /// Count-based exploration bonus: what the first sight of an observation is worth at first, beside scaled rewards; it
  /// falls to zero with the last update. For discrete observations.
  public var bonus = 0.0
  /// Standard deviation of a continuous policy at first, where 1 is half the action box.
  public var initialStandardDeviation: Double

  /// No bonus, and a policy with the given standard deviation at first.
  public init(initialStandardDeviation: Double) { self.initialStandardDeviation = initialStandardDeviation }

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "bonus",
      "Count-based exploration bonus: what the first sight of an observation is worth at first, beside scaled "
        + "rewards; it falls to zero with the last update. For discrete observations.",
      .number(from: 0), unit: "scaled rewards", readBy: "advantages in training"),
    .init(
      "initialStandardDeviation",
      "Standard deviation of a continuous policy at first, where 1 is half the action box.",
      .above(0), unit: "half an action box", readBy: "the policy, where actions are continuous"),
  ]

  /// Throws `InvalidParameter` where the bonus does not suit agents of `interface`.
  func validate(for interface: Interface) throws {
    if bonus > 0 && !interface.observation.isDiscrete {
      throw InvalidParameter("exploration.bonus", "is \(bonus), which needs discrete observations")
    }
  }
}

/// A feedforward network, as a table of a configuration.
public struct FeedForwardNetworkSettings: SettingGroup {
  /// Units of each hidden layer.
  public var hiddenUnits: Int
  /// Hidden layers.
  public var hiddenLayers = 2
  /// The nonlinear function of the hidden layers.
  public var activation = FeedForwardNetwork.Activation.rectifier

  /// Two hidden layers of `hiddenUnits` rectified units.
  public init(hiddenUnits: Int) { self.hiddenUnits = hiddenUnits }

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "hiddenUnits", "Units of each hidden layer.", .count(LearnerLimits.units), unit: "units",
      readBy: "the network"),
    .init(
      "hiddenLayers", "Hidden layers.", .count(0...64), unit: "layers",
      readBy: "the network"),
    .init(
      "activation", "The nonlinear function of the hidden layers.",
      .word(of: FeedForwardNetwork.Activation.self),
      readBy: "the network"),
  ]
}
