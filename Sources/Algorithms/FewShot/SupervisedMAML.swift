import Autodiff
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// Model-agnostic meta-learning on labelled examples: initial parameters from which a step of gradient descent on a few
/// examples of a task predicts the labels of others.
///
/// With L the mean squared error, Dₖ the support sets of a task and D′ its query set,
///
///     φ₀ = θ,    φₖ₊₁ = φₖ − α ∇ L(φₖ, Dₖ),    J(θ) = mean over tasks of L(φ_K, D′),    θ ← Adam(θ, ∇J)
///
/// where ∇J goes through the steps from θ to φ_K, or takes them as a constant shift. A task is a shard: one thread draws its
/// examples and differentiates its loss.
///
/// Source: Finn, Abbeel and Levine 2017, "Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks", algorithm 2.
/// Differs: each further step has a support set of its own, as the rollouts of reinforcement learning are, where the
/// published code descends on the same examples again.
public final class SupervisedMAML: MetaLearner, @unchecked Sendable {
  /// Supervised MAML as `metarl list algorithms` shows it.
  public static let information = AlgorithmInformation(
    name: "maml",
    summary: "initial parameters from which a gradient step on few examples adapts; second order, Adam",
    source: "Finn et al. 2017, arXiv 1703.03400, section 5.1")

  /// The hyperparameters, which begin as published.
  public struct Configuration: LearnerConfiguration {
    /// Updates of the parameters, at least 1.
    public var iterations = 20_000
    /// Tasks of one update.
    public var tasks = 25
    /// The network.
    public var network = FeedForwardNetworkSettings(hiddenUnits: 40)
    /// The inner loop.
    public var adaptation = SupervisedAdaptationSettings()
    /// How a step of the outer loop is taken.
    public var optimizer = OptimizerSettings(
      learningRate: 1e-3, finalLearningRate: 1e-3, maximumGradientNorm: 10)

    /// The defaults.
    public init() {}

    /// What its keys mean.
    public static var documentation: [SettingDocumentation] {
      [.iterations, .tasks] + FeedForwardNetworkSettings.documentation(of: "network")
        + SupervisedAdaptationSettings.documentation(of: "adaptation")
        + OptimizerSettings.documentation(of: "optimizer")
    }
  }

  private let configuration: Configuration
  private let problem: SupervisedProblem
  private let model: SupervisedMAMLModel
  private let gradients: TrialGradients
  private let batch: [TaskExamples]
  private var parameters: ParameterGroup

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: SupervisedProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    try configuration.validate()
    let model = SupervisedMAMLModel(configuration, problem)
    self.configuration = configuration
    self.problem = problem
    self.model = model
    parameters = ParameterGroup(model.network.layout.initialValues(key))
    batch = (0..<configuration.tasks).map { _ in TaskExamples(model.sets) }
    gradients = TrialGradients(
      pool, batchCount: configuration.tasks, shardTrials: 1, stepCount: model.exampleCount,
      parameterCount: model.network.layout.count
    ) { _, _ in model.gradientProgram() }
  }

  /// The support and query sets of one task; one thread at a time draws them.
  private final class TaskExamples: @unchecked Sendable {
    var sets: [ExampleSet]
    init(_ sets: [ExampleSet]) { self.sets = sets }
  }

  // MARK: One update

  /// Draws tasks with their examples, adapts to each, and moves the initial parameters.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    let (start, batch, examples) = (parameters.values, batch, problem.examples)
    try gradients.calculate(
      longest: model.exampleCount,
      prepare: { $0.setInput(0, start) },
      load: { task, lane in
        examples.draw(from: .train, key: key.child(task), into: &batch[task].sets)
        lane.workspace.setExamples(batch[task].sets)
      })
    let gradient = gradients.gradient
    guard isFinite(gradient) else { throw Divergence(place: "gradient", iteration: iteration) }
    let stepSize = configuration.optimizer.learningRate(in: iteration, of: configuration)
    let norm = parameters.step(
      gradient: gradient, learningRate: Float(stepSize),
      maximumNorm: Float(configuration.optimizer.maximumGradientNorm)
    )
    var errors = SIMD8<Double>()
    gradients.addStatistics(to: &errors)
    return metrics(errors, norm: Double(norm), stepSize: stepSize)
  }

  private func metrics(_ errors: SIMD8<Double>, norm: Double, stepSize: Double) -> Metrics {
    var metrics = Metrics()
    metrics["return"] = -errors[1]
    metrics["returnBefore"] = -errors[0]
    metrics["innerStepGain"] = errors[0] - errors[1]
    metrics["timeSteps"] = Double(timeStepsPerUpdate)
    metrics["gradientNorm"] = norm
    metrics["learningRate"] = stepSize
    var effort = gradients.effort(longest: model.exampleCount)
    effort.gradientEvaluations = configuration.tasks * (configuration.adaptation.steps + 1)
    effort.write(to: &metrics)
    return metrics
  }

  /// The examples of one update.
  public var timeStepsPerUpdate: Int { configuration.tasks * model.sets.count * model.exampleCount }

  // MARK: State and agents

  /// Parameters and optimizer.
  public var state: LearnerState { parameters.state }
  /// Takes over parameters and optimizer.
  public func restore(_ state: LearnerState) throws { try parameters.restore(state) }

  /// It learns from one set of examples at a time, and is evaluated after as many steps as it was trained to take.
  public var course: TrialCourse { .betweenEpisodes(rollouts: 1, steps: configuration.adaptation.steps) }

  /// An agent with the present parameters, before any experience; it acts in one lane.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    AdaptingPredictor(
      predicting: model.predictionProgram(), adapting: model.adaptationProgram(), to: model.sets[0],
      parameters: parameters.values)
  }

  /// The memory of a learner: its parameters, and what each thread calculates with.
  public static func memory(
    of configuration: Configuration, for problem: SupervisedProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    let model = SupervisedMAMLModel(configuration, problem)
    let parameterCount = Double(model.network.layout.count)
    var memory = MemoryEstimate()
    memory.add("\(model.network.layout.count) parameters", numbers: parameterCount, 12)
    switch use {
    case .acting(let threadCount, _, _):
      memory.add(
        "adaptation to \(model.exampleCount) examples by \(threadCount) threads",
        byteCount: Double(threadCount) * Double(model.adaptationProgram().workspaceByteCount))
    case .training(let threadCount):
      memory.add(
        "their gradients in \(configuration.tasks) tasks", numbers: parameterCount,
        Double(configuration.tasks))
      memory.add(
        "meta-gradients by \(threadCount) threads",
        byteCount: Double(threadCount) * Double(model.gradientProgram().workspaceByteCount))
    }
    return memory
  }
}

/// Gradient descent on support sets, as a table of a configuration.
public struct SupervisedAdaptationSettings: SettingGroup {
  /// Adaptation steps in training, each on a support set of its own.
  public var steps = 1
  /// α, the step size of the inner loop.
  public var stepSize = 0.01
  /// Whether the outer loop takes the steps as constant shifts of the parameters, without second derivatives.
  public var isFirstOrder = false

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "steps", "Adaptation steps in training, each on a support set of its own.", .count(1...64),
      unit: "adaptation steps", readBy: "the inner loop"),
    .stepSize,
    .init(
      "isFirstOrder",
      "Whether the outer loop takes the steps as constant shifts of the parameters, without second derivatives.",
      .flag, readBy: "the outer loop"),
  ]
}

/// The network and its losses as functions of a flat parameter vector, the first input of each program.
package struct SupervisedMAMLModel: Sendable {
  package let network: FeedForwardNetwork
  /// How many examples a set has.
  let exampleCount: Int
  /// Room for the support sets of a task and then its query set.
  package let sets: [ExampleSet]
  private let configuration: SupervisedMAML.Configuration
  private let inputCount: Int
  private let labelCount: Int

  package init(_ configuration: SupervisedMAML.Configuration, _ problem: SupervisedProblem) {
    let (examples, exampleCount) = (problem.examples, problem.interface.horizon)
    self.configuration = configuration
    self.exampleCount = exampleCount
    (inputCount, labelCount) = (examples.inputCount, examples.labelCount)
    sets = (0...configuration.adaptation.steps).map { _ in ExampleSet(count: exampleCount, of: examples) }
    let unbounded = Array(repeating: Float.greatestFiniteMagnitude, count: examples.inputCount)
    network = FeedForwardNetwork(
      ObservationInput(.box(lower: unbounded.map { -$0 }, upper: unbounded)),
      hiddenCounts: Array(
        repeating: configuration.network.hiddenUnits, count: configuration.network.hiddenLayers),
      activation: configuration.network.activation, outputCount: examples.labelCount)
  }

  private typealias Examples = (inputs: Node, labels: Node)

  private func examples(_ graph: Graph, _ name: String) -> Examples {
    (
      graph.input("\(name).inputs", exampleCount, inputCount),
      graph.input("\(name).labels", exampleCount, labelCount)
    )
  }

  /// L.
  private func error(_ matrices: [Node], _ examples: Examples) -> Node {
    (1 / Double(exampleCount))
      * (network.result(examples.inputs, matrices).outputs - examples.labels).square().sum()
  }

  /// The matrices after a step along the slopes of `error`.
  private func adapted(_ matrices: [Node], along error: Node) -> [Node] {
    zip(matrices, error.gradient(withRespectTo: matrices)).map { matrix, slope in
      let slope = configuration.adaptation.isFirstOrder ? slope.stopGradient() : slope
      return matrix - configuration.adaptation.stepSize * slope
    }
  }

  /// The part of one task in ∇J, `[1, parameterCount]`, and its parts in the mean of L before adaptation, on support
  /// sets, and in J.
  package func gradientProgram() -> Program {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, network.layout.count)
    let sets = sets.indices.map { examples(graph, "set\($0)") }
    let weight = 1 / Double(configuration.tasks)
    var matrices = network.matrices(of: parameters)
    var errors: [Node] = []
    for set in sets {
      errors.append(error(matrices, set))
      if errors.count < sets.count { matrices = adapted(matrices, along: errors[errors.count - 1]) }
    }
    let loss = weight * errors[errors.count - 1]
    return Program(
      [loss.gradient(withRespectTo: [parameters])[0], Node.concatenateColumns([weight * errors[0], loss])],
      holding: [parameters])
  }

  /// The parameters after a step on a support set, `[1, parameterCount]`.
  func adaptationProgram() -> Program {
    let graph = Graph()
    let matrices = network.matrices(of: graph.input("parameters", 1, network.layout.count))
    let adapted = adapted(matrices, along: error(matrices, examples(graph, "support")))
    return Program([Node.concatenateColumns(adapted.map { $0.reshaped(1, $0.shape.count) })])
  }

  /// The prediction of one label, `[1, label]`, from an input.
  func predictionProgram() -> Program {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, network.layout.count)
    let input = graph.input("input", 1, inputCount)
    return Program([network.result(input, network.matrices(of: parameters)).outputs], holding: [parameters])
  }
}
