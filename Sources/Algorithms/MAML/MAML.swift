import Autodiff
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// Model-agnostic meta-learning: initial parameters are trained such that one or a few steps of policy
/// gradient on episodes of a new task make a good policy for it.
///
///     for each task:  play D with θ,   φ = θ − α ∇ L(θ, D),   play D′ with φ          (MAMLWorker)
///     outer loss:     J(θ) = mean over tasks of L′(φ(θ), D′)                          (MAMLObjective)
///     TRPO:           solve F x = ∇J,   θ ← θ − cⁱ √(2δ / xᵀFx) x   with the least i for which, adapting anew
///                     from the candidate on the same D, J falls and mean KL(old ‖ new) on D′ is below δ
///     PPO, Adam:      Adam on ∇J, the gradient through the inner loop;   Reptile: Adam on mean(θ − φ)
///
/// A task is a shard: one thread plays it and differentiates it. Sums over tasks run in their order.
///
/// Source: Finn, Abbeel and Levine 2017, "Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks",
/// algorithm 3. Variants: see `MAMLVariants.swift`. Differs: the trust region is KL(old ‖ new) as in TRPO's
/// paper; products with the Fisher information are exact, not finite differences.
public final class MAML: @unchecked Sendable {
  /// The choices that make the variant.
  public let configuration: MAMLConfiguration
  /// How many time steps of the environment one update takes.
  public private(set) var timeStepsPerUpdate = 0

  private let objective: MAMLObjective
  private let interface: Interface
  private let simulator: any Simulator
  private let pool: ThreadPool
  /// Made for the first update: whoever only asks for agents is spared the time and the memory.
  private lazy var machinery = MAMLMachinery(objective, simulator, threadCount: pool.threadCount)
  private var workers: [MAMLWorker] { machinery.workers }
  private var tasks: [MAMLTask] { machinery.tasks }
  private var parameters: ParameterGroup
  private var gradient: [Float]
  private var step: [Float]
  private var solver: ConjugateGradients
  private let lineSearch: LineSearch
  private var effort = Effort()

  /// A learner before its first update.
  public init(
    _ configuration: MAMLConfiguration, for simulator: any Simulator, key: RandomKey, pool: ThreadPool
  ) throws {
    try configuration.validate(for: simulator.interface)
    let simulator = simulator.with(episodeCount: 1)
    self.configuration = configuration
    self.simulator = simulator
    self.pool = pool
    interface = simulator.interface
    let objective = MAMLObjective(configuration, simulator.interface)
    self.objective = objective
    parameters = ParameterGroup(objective.initialValues(key))
    gradient = parameters.values
    step = parameters.values
    solver = ConjugateGradients(count: parameters.count)
    lineSearch = LineSearch(
      candidateCount: configuration.trpo.lineSearchCandidates,
      shrinkage: configuration.trpo.lineSearchShrinkage)
  }

  // MARK: One update

  /// Plays and adapts in every task, then changes the initial parameters.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    try explore(
      key, explorationBonus: Float(configuration.scheduled(configuration.exploration.bonus, 0, iteration)))
    try requireFiniteAdaptation(iteration)
    assignCredit()
    var metrics = describeAdaptation()
    switch configuration.outer.optimizer {
    case .trpo: try takeTrustRegionStep(iteration, &metrics)
    case .ppo: try takeAdamSteps(iteration, epochCount: configuration.ppo.epochs, &metrics)
    case .adam: try takeAdamSteps(iteration, epochCount: 1, &metrics)
    }
    guard isFinite(parameters.values) else { throw Divergence(place: "parameters", iteration: iteration) }
    effort.write(to: &metrics)
    return metrics
  }

  private func explore(_ key: RandomKey, explorationBonus: Float) throws {
    let (tasks, workers, parameters) = (tasks, workers, parameters.values)
    try pool.forEach(tasks, exchanging: { $0.moveSummary(by: &$1) }) { index, thread in
      let key = key.child(index)
      workers[thread].explore(
        tasks[index], from: parameters, taskKey: key.child("task"), key: key.child("episodes"),
        explorationBonus: explorationBonus)
    }
    timeStepsPerUpdate = tasks.reduce(0) { $0 + $1.timeStepCount }
    effort = Effort()
    effort.gradientEvaluations = tasks.count * configuration.adaptation.steps
    effort.operations = tasks.count * machinery.operations.exploration
  }

  /// An inner step that is far too large ends in parameters or rewards that are no numbers.
  private func requireFiniteAdaptation(_ iteration: Int) throws {
    for (index, task) in tasks.enumerated() {
      guard let place = task.placeNotFinite else { continue }
      throw Divergence(place: place, task: index, iteration: iteration)
    }
  }

  /// The episodes before adaptation are credited with what the return after it is above the other tasks'.
  private func assignCredit() {
    guard configuration.outer.explorationCoefficient > 0 else { return }
    let returns = tasks.map { $0.meanReturns[configuration.adaptation.steps] }
    let mean = returns.reduce(0, +) / Double(returns.count)
    let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(returns.count)
    let scale = configuration.outer.explorationCoefficient / (variance.squareRoot() + 1e-8)
    for (task, value) in zip(tasks, returns) { task.credit = Float((value - mean) * scale) }
  }

  /// Calculates losses and gradients of all tasks at the present parameters and their means.
  private func differentiate() throws -> (loss: Double, klDivergence: Double) {
    let (tasks, workers, parameters) = (tasks, workers, parameters.values)
    try pool.forEach(tasks, exchanging: { $0.moveGradient(by: &$1) }) {
      workers[$1].differentiate(tasks[$0], at: parameters)
    }
    if configuration.outer.gradient != .reptile { effort.gradientEvaluations += tasks.count }
    effort.operations += tasks.count * machinery.operations.gradient
    for index in gradient.indices { gradient[index] = 0 }
    let weight = 1 / Float(tasks.count)
    for task in tasks { addScaled(weight, task.gradient, to: &gradient) }
    return meanLoss()
  }

  private func meanLoss() -> (loss: Double, klDivergence: Double) {
    let sums = tasks.reduce((0.0, 0.0)) { ($0.0 + Double($1.loss), $0.1 + Double($1.klDivergence)) }
    return (sums.0 / Double(tasks.count), sums.1 / Double(tasks.count))
  }

  // MARK: Outer optimisers

  private func takeTrustRegionStep(_ iteration: Int, _ metrics: inout Metrics) throws {
    let (tasks, workers, limit) = (tasks, workers, configuration.trpo.klLimit)
    let (loss, _) = try differentiate()
    describeGradient(&metrics)
    guard loss.isFinite && isFinite(gradient) else {
      throw Divergence(place: "gradient", iteration: iteration)
    }
    let curvature = try naturalDirection()
    guard curvature.isFinite else { throw Divergence(place: "curvature", iteration: iteration) }
    let length = curvature > 0 ? Float((2 * limit / curvature).squareRoot()) : 0
    for index in step.indices { step[index] = length * solver.solution[index] }
    var result = (loss: loss, klDivergence: 0.0)
    let count = try lineSearch.move(&parameters.values, against: step) { candidate in
      try pool.forEach(tasks, exchanging: { $0.moveLoss(by: &$1) }) {
        workers[$1].evaluateLoss(tasks[$0], at: candidate)
      }
      effort.operations += tasks.count * machinery.operations.loss
      result = meanLoss()
      // A comparison with NaN fails, so that a candidate without a loss is refused.
      return result.loss < loss && result.klDivergence <= limit
    }
    metrics["stepAccepted"] = count == nil ? 0 : 1
    metrics["lineSearchCandidates"] = Double(count ?? configuration.trpo.lineSearchCandidates)
    metrics["klDivergence"] = count == nil ? 0 : result.klDivergence
    metrics["lossBefore"] = loss
    metrics["lossAfter"] = count == nil ? loss : result.loss
  }

  /// Solves F x = ∇J; x is in the solver. Returns xᵀ F x.
  private func naturalDirection() throws -> Double {
    let (tasks, parameters, damping) = (tasks, parameters.values, Float(configuration.trpo.damping))
    pool.forEachOwn(of: tasks.count) { index, _ in tasks[index].beginProducts(parameters) }
    let weight = 1 / Float(tasks.count)
    return try solver.solve(gradient, iterationCount: configuration.trpo.conjugateGradientSteps) {
      direction, product in
      try pool.forEach(tasks, exchanging: { $1.move(&$0.product) }) { index, _ in
        tasks[index].multiply(direction)
      }
      effort.operations += tasks.count * machinery.operations.curvature
      for index in product.indices { product[index] = damping * direction[index] }
      for task in tasks { addScaled(weight, task.product, to: &product) }
    }
  }

  private func takeAdamSteps(_ iteration: Int, epochCount: Int, _ metrics: inout Metrics) throws {
    let rate = configuration.optimizer.learningRate(in: iteration, of: configuration)
    for epoch in 0..<epochCount {
      let (loss, klDivergence) = try differentiate()
      if epoch == 0 {
        describeGradient(&metrics)
        metrics["lossBefore"] = loss
      }
      metrics["klDivergence"] = klDivergence
      metrics["lossAfter"] = loss
      guard loss.isFinite && isFinite(gradient) else {
        throw Divergence(place: "gradient", iteration: iteration)
      }
      _ = parameters.step(
        gradient: gradient, learningRate: Float(rate),
        maximumNorm: Float(configuration.optimizer.maximumGradientNorm))
    }
    metrics["learningRate"] = rate
  }

  // MARK: Measurements

  private func describeAdaptation() -> Metrics {
    var metrics = Metrics()
    let count = configuration.adaptation.steps
    let returns = (0...count).map { step in
      tasks.reduce(0) { $0 + $1.meanReturns[step] } / Double(tasks.count)
    }
    metrics["return"] = returns[count]
    for (step, value) in returns.enumerated() { metrics["returnAfter\(step)"] = value }
    metrics["innerStepGain"] = returns[count] - returns[0]
    metrics["timeSteps"] = Double(timeStepsPerUpdate)
    return metrics
  }

  /// Norm of the gradient, mean cosine between the gradients of two tasks, and the variance of their mean.
  private func describeGradient(_ metrics: inout Metrics) {
    let count = Double(tasks.count)
    var (squares, cosineSum, pairCount) = (0.0, 0.0, 0.0)
    let norms = tasks.map { dotProduct($0.gradient, $0.gradient).squareRoot() }
    let total = dotProduct(gradient, gradient)
    for (index, task) in tasks.enumerated() {
      squares += norms[index] * norms[index]
      // The mean cosine of a task's gradient with the sum of the others would cost the same for all pairs;
      // neighbours are as good a sample.
      let other = (index + 1) % tasks.count
      if other != index && norms[index] > 0 && norms[other] > 0 {
        cosineSum += dotProduct(task.gradient, tasks[other].gradient) / (norms[index] * norms[other])
        pairCount += 1
      }
    }
    metrics["gradientNorm"] = total.squareRoot()
    metrics["gradientCosine"] = pairCount > 0 ? cosineSum / pairCount : 1
    metrics["gradientVariance"] = max(squares / count - total, 0) / count
  }

  // MARK: State and agents

  /// Parameters and optimizer.
  public var state: LearnerState { parameters.state }

  /// Takes over parameters and optimizer.
  public func restore(_ state: LearnerState) throws { try parameters.restore(state) }

  /// An agent with the present parameters, before any experience.
  public func agent() -> MAMLAgent { MAMLAgent(objective, interface, parameters: parameters.values) }

  /// It learns from so many episodes at a time, and is evaluated after as many steps as it was trained to take.
  public var course: TrialCourse {
    .betweenEpisodes(
      rollouts: configuration.evaluationRollouts, steps: max(1, configuration.adaptation.steps))
  }
}

extension MAMLObjective {
  /// Meta-parameters drawn below `key`; learned step sizes begin at the fixed one.
  package func initialValues(_ key: RandomKey) -> [Float] {
    let network = network.layout.initialValues(key)
    let rates = Array(
      repeating: Float(configuration.adaptation.stepSize), count: parameterCount - network.count)
    return network + rates
  }
}
