import Metarl

/// A recurrent network whose parameters are found by evolution strategies: no gradient passes through time, only the
/// returns of whole trials count.
///
/// With ε drawn from a normal distribution and R(θ) the mean return of trials with parameters θ,
///
///     g = mean [ R(θ + σ ε) − R(θ − σ ε) ] ε / 2σ,    θ ← Adam(θ, −g)
///
/// Source: Salimans et al. 2017, "Evolution strategies as a scalable alternative to reinforcement learning"; Houthooft et
/// al. 2018 for learning algorithms as what is evolved. Differs: returns are centred and scaled, not ranked.
final class EvolvedMemory: MetaLearner {
  static let information = AlgorithmInformation(
    name: "evolved-memory", summary: "a recurrent network evolved by the returns of whole trials",
    source: "Salimans et al. 2017, arXiv 1703.03864")

  /// Every property is a key that files and the command line could set.
  struct Configuration: LearnerConfiguration {
    var iterations = 200
    /// Pairs of opposite changes that are tried in one update.
    var pairs = 32
    /// Trials that each of them is judged by; all are judged in the same tasks.
    var trials = 64
    var hiddenUnits = 16
    /// σ.
    var deviation = 0.3
    var learningRate = 0.1

    func validate() throws {
      for (key, value) in [("pairs", pairs), ("trials", trials), ("hiddenUnits", hiddenUnits)] where value < 1
      {
        throw InvalidParameter(key, "is \(value); at least 1 is needed")
      }
    }
  }

  private let configuration: Configuration
  private let simulator: any Simulator
  private let pool: ThreadPool
  private let network: RecurrentNetwork
  private let distribution: ActionDistribution
  private let encoder: NetworkInput
  private var parameters: ParameterGroup
  private let candidates: [Candidate]

  init(_ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool)
    throws
  {
    try configuration.validate()
    let simulator = problem.simulator
    self.configuration = configuration
    self.simulator = simulator
    self.pool = pool
    // A network is put together from parts: an input, a memory and heads.
    distribution = ActionDistribution(simulator.interface.action)
    encoder = try NetworkInput(simulator.interface)
    network = RecurrentNetwork(
      featureCount: encoder.featureCount, memory: GatedRecurrentUnit(unitCount: configuration.hiddenUnits),
      distribution: distribution, hasSeparateValue: false, initialStandardDeviation: 0.5)
    parameters = ParameterGroup(network.layout.initialValues(key))
    let acting = network.acting(distribution, encoder, laneCount: configuration.trials)
    candidates = (0..<2 * configuration.pairs).map { _ in Candidate(acting, simulator) }
  }

  var timeStepsPerUpdate: Int { candidates.reduce(0) { $0 + $1.timeStepCount } }

  func update(iteration: Int, key: RandomKey) throws -> Metrics {
    let (candidates, start) = (candidates, parameters.values)
    let (count, deviation) = (start.count, Float(configuration.deviation))
    /// The same for a pair and its opposite, and whoever asks, so that no change has to be kept.
    @Sendable func change(_ pair: Int) -> [Float] {
      var random = key.child("change").child(pair).stream()
      return (0..<count).map { _ in random.normal() }
    }
    pool.forEach(candidates.count) { index, _ in
      let sign: Float = index % 2 == 0 ? deviation : -deviation
      candidates[index].play(zip(start, change(index / 2)).map { $0 + sign * $1 }, key.child("trials"))
    }
    let returns = candidates.map(\.meanReturn)
    let mean = returns.reduce(0, +) / Float(returns.count)
    let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(returns.count)
    var gradient = Array(repeating: Float(0), count: count)
    let scale = 1 / (Float(returns.count) * deviation * (variance.squareRoot() + 1e-6))
    for pair in 0..<configuration.pairs {
      let difference = (returns[2 * pair] - returns[2 * pair + 1]) * scale
      for (index, value) in change(pair).enumerated() { gradient[index] -= difference * value }
    }
    guard gradient.allSatisfy(\.isFinite) else { throw Divergence(place: "gradient", iteration: iteration) }
    let norm = parameters.step(
      gradient: gradient, learningRate: Float(configuration.learningRate), maximumNorm: .infinity)
    var metrics = Metrics()
    metrics["return"] = Double(mean)
    metrics["timeSteps"] = Double(timeStepsPerUpdate)
    metrics["gradientNorm"] = Double(norm)
    return metrics
  }

  // What a checkpoint holds; runs that are killed and resumed leave the same bytes as others.
  var state: LearnerState { parameters.state }
  func restore(_ state: LearnerState) throws { try parameters.restore(state) }

  func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    let actor = Actor(network.acting(distribution, encoder, laneCount: laneCount), isGreedy: isGreedy)
    actor.setParameters(parameters.values)
    return actor
  }
}

/// Somebody who plays trials with given parameters.
private final class Candidate: @unchecked Sendable {
  private let actor: Actor
  private let lanes: any Lanes
  private let interface: Interface
  private(set) var meanReturn: Float = 0
  private(set) var timeStepCount = 0

  init(_ acting: ActingProgram, _ simulator: any Simulator) {
    actor = Actor(acting)
    interface = simulator.interface
    lanes = simulator.beginTrial(
      drawingFrom: .train, keys: (0..<acting.laneCount).map { RandomKey(seed: 0).child($0) })
  }

  func play(_ parameters: [Float], _ key: RandomKey) {
    let keys = (0..<actor.step.laneCount).map { key.child($0) }
    lanes.restart(drawingFrom: .train, keys: keys)
    actor.setParameters(parameters)
    actor.beginTrial(keys: keys)
    do {
      try lanes.play(actor, componentCount: interface.action.componentCount)
      meanReturn = lanes.returns.reduce(0, +) / Float(keys.count)
    } catch {
      meanReturn = .nan
    }
    timeStepCount = keys.count * interface.trialLength
  }
}
