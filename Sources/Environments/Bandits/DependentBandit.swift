import Formats
import Randomness
import Scenes
import Simulation

/// Two slot machines of which one pays as often as the other does not: what is learnt of one is learnt of both.
///
/// - Observation: nothing, `discrete([])`.
/// - Action: the arm to pull, `discrete([2])`.
/// - Reward: 1 with probability p on the first arm, 1 − p on the second, else 0.
/// - Ends: never; as published, an episode is 100 pulls, and a trial is one episode.
/// - Task: p, and the probability per pull that the arms change places, which is 0 but for restless bandits.
/// - Source: Wang et al., "Learning to reinforcement learn", 2016, sections 3.1.2 and 3.1.4; p ∈ {0.1, 0.9} is the
///   easy, {0.25, 0.75} the medium, {0.4, 0.6} the hard bandit, and p ~ U[0, 1] the uniform one.
/// - Differs: the paper gives its restless arms a drift that it does not print; here the arms change places with
///   a probability per pull, the volatility, which is low in some tasks and high in others. The number of the
///   pull is not observed; agents that keep time can count.
public struct DependentBandit: Environment {
  /// The family's name in environment files.
  public static let name = "dependent-bandit"

  /// Whether the arms have changed places.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// Whether the first arm pays with 1 − p.
    public var isReversed: Bool

    /// Arms in their first places, or changed over.
    public init(isReversed: Bool = false) { self.isReversed = isReversed }
  }

  /// How often the arms pay.
  public struct Task: Hashable, Codable, Sendable {
    /// The probability p that the first arm pays.
    public var probability: Float
    /// The probability per pull that the arms change places.
    public var volatility: Float

    /// A first arm that pays with `probability`.
    public init(probability: Float, volatility: Float = 0) {
      self.probability = probability
      self.volatility = volatility
    }
  }

  /// The law of p and of the volatility.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The values that p has, equally likely; where this is empty, p is uniform on [0, 1].
    public var probabilities: [Float] = [0.1, 0.9]
    /// The values that the volatility has, equally likely.
    public var volatilities: [Float] = [0]

    /// The easy bandit.
    public init() {}
  }

  /// Two arms.
  public init() {}

  /// There is nothing to set.
  public func validate() throws {}

  /// The most pairs of a probability and a volatility.
  private static let pairLimit = 100_000

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    for (key, values) in [
      ("probabilities", distribution.probabilities), ("volatilities", distribution.volatilities),
    ] {
      try requireProbabilities(key, values)
    }
    guard !distribution.volatilities.isEmpty else {
      throw InvalidParameter("volatilities", "is empty; at least one volatility is needed")
    }
    let pairs = distribution.probabilities.count.multipliedReportingOverflow(
      by: distribution.volatilities.count)
    guard !pairs.overflow && pairs.partialValue <= Self.pairLimit else {
      throw InvalidParameter(
        "volatilities",
        "has \(distribution.volatilities.count) numbers, and probabilities \(distribution.probabilities.count); up to "
          + "\(Self.pairLimit) pairs are possible")
    }
  }

  /// Nothing to see.
  public var observation: Space { .discrete([]) }
  /// The arm to pull.
  public var action: Space { .discrete([2]) }

  /// Every pair of a probability and a volatility; nil where probabilities are uniform.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    guard !distribution.probabilities.isEmpty else { return nil }
    return distribution.probabilities.flatMap { probability in
      distribution.volatilities.map { Task(probability: probability, volatility: $0) }
    }
  }

  /// How often the arms pay, and whether they have changed places.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> DependentArmsBelief? {
    DependentArmsBelief(SideBelief(hypotheses(of: setting.distribution)))
  }

  /// A first arm drawn from the distribution.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let values = distribution.probabilities
    return Task(
      probability: values.isEmpty ? random.uniform() : values[random.integer(below: values.count)],
      volatility: distribution.volatilities[random.integer(below: distribution.volatilities.count)])
  }

  /// Arms in their first places.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  /// Pulls an arm; then the arms may change places.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let isFirst = (choice(action[0], below: 2) == 0) != state.isReversed
    let chance = pick(isFirst, task.probability, 1 - task.probability)
    let reward: Float = random.uniform() < chance ? 1 : 0
    if task.volatility > 0 && random.uniform() < task.volatility { state.isReversed.toggle() }
    return Outcome(reward: reward)
  }

  /// Writes nothing.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {}

  /// Draws the probability of each arm as a bar.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let first = state.isReversed ? 1 - task.probability : task.probability
    scene.arms(means: [first, 1 - first])
  }

  /// `random`, `oracle`, and `bayesOptimal`: the arm that is more likely to pay, given all that was seen.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let hypotheses = hypotheses(of: distribution)
    var knownReturns: (@Sendable () -> [Double])?
    var bestReturns: (@Sendable () -> [Double])?
    if !distribution.volatilities.contains(where: { $0 > 0 }) {
      let best = Self.meanOfBestArm(distribution)
      knownReturns = { Array(repeating: Double(horizon) * best, count: episodeCount) }
      if horizon * episodeCount <= SideBelief.observationLimit {
        bestReturns = {
          Self.bayesOptimalReturns(distribution, horizon: horizon, episodeCount: episodeCount)
        }
      }
    }
    return [
      .random(of: self, expectedReturns: { Array(repeating: Double(horizon) / 2, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows how the arms begin, and follows them by what they pay.",
        makeLane: { BeliefLane([Self.hypothesis($0.probability, $0.volatility)]) },
        expectedReturns: knownReturns),
      Reference(
        name: "bayesOptimal", summary: "Pulls the arm that is more likely to pay, given all that was seen.",
        makeLane: { _ in BeliefLane(hypotheses) }, expectedReturns: bestReturns),
    ]
  }

  private static func hypothesis(_ probability: Float, _ volatility: Float) -> SideBelief.Hypothesis {
    SideBelief.Hypothesis(probability: Double(probability), volatility: Double(volatility))
  }

  /// What a task may be; a uniform probability stands for 200 values in the middle of equal intervals.
  private func hypotheses(of distribution: TaskDistribution) -> [SideBelief.Hypothesis] {
    let values =
      distribution.probabilities.isEmpty
      ? (0..<200).map { (Float($0) + 0.5) / 200 } : distribution.probabilities
    return values.flatMap { value in distribution.volatilities.map { Self.hypothesis(value, $0) } }
  }

  private static func meanOfBestArm(_ distribution: TaskDistribution) -> Double {
    let values = distribution.probabilities.map(Double.init)
    return values.isEmpty ? 0.75 : values.reduce(0) { $0 + max($1, 1 - $1) } / Double(values.count)
  }

  private static func bayesOptimalReturns(
    _ distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Double] {
    let values = distribution.probabilities.map(Double.init)
    let means = SideBelief.bestMeans(count: horizon * episodeCount, of: values)
    return (0..<episodeCount).map { means[$0 * horizon..<($0 + 1) * horizon].reduce(0, +) }
  }
}

/// Pulls the arm that is more likely to pay.
private struct BeliefLane: ReferenceLane {
  private var belief: SideBelief

  init(_ hypotheses: [SideBelief.Hypothesis]) { belief = SideBelief(hypotheses) }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      belief.observe(favoursFirst: (moment.previousAction[0] == 0) == (moment.previousReward > 0))
      if moment.progress.isEpisodeStart { belief.restart() } else { belief.advance() }
    }
    action[0] = belief.meanOfFirst >= 0.5 ? 0 : 1
  }
}

/// What is known of two arms of which one pays as often as the other does not.
public struct DependentArmsBelief: TaskBelief {
  /// Dependent arms.
  public typealias Subject = DependentBandit
  private let prior: SideBelief
  private var belief: SideBelief
  private var isFirst = true

  init(_ prior: SideBelief) { (self.prior, belief) = (prior, prior) }

  /// Two numbers.
  public var width: Int { 2 }

  /// Writes the expected probability that the first arm pays now, and its standard deviation.
  public func write(into numbers: inout MutableSpan<Float>) {
    numbers[0] = Float(belief.meanOfFirst)
    numbers[1] = Float(belief.deviationOfFirst)
  }

  /// Nothing is known but the distribution.
  public mutating func beginTrial() {
    belief.become(prior)
    isFirst = true
  }

  /// The arms are in their first places.
  public mutating func beginEpisode(in state: DependentBandit.State, observing observation: Span<Float>) {
    belief.restart()
    isFirst = true
  }

  /// Learns from a pull; before every other one but the first of an episode the arms may have changed places.
  public mutating func learn(
    from state: DependentBandit.State, taking action: Span<Float>, to next: DependentBandit.State,
    outcome: Outcome, observing observation: Span<Float>
  ) {
    if !isFirst { belief.advance() }
    isFirst = false
    belief.observe(favoursFirst: (action[0] == 0) == (outcome.reward > 0))
  }

  /// Draws how often each arm is expected to pay.
  public func draw(into scene: inout Scene) {
    scene.arms(means: [Float(belief.meanOfFirst), Float(1 - belief.meanOfFirst)])
  }
}
