import Formats
import Randomness
import Scenes
import Simulation

/// A choice that usually leads one way and rarely the other, and a reward that depends on where it led: tells
/// agents that plan with a model from those that repeat what was rewarded.
///
/// - Observation: the place, `discrete([3])`: 0 for the choice, 1 and 2 for the two places it leads to.
/// - Action: `discrete([2])`: at the choice, 0 usually leads to place 1 and 1 to place 2; elsewhere ignored.
/// - Reward: at the step that leaves place 1 or 2: 1 with `rewardProbability` in the place that pays, with one minus
///   that in the other, else 0. The choice itself brings 0.
/// - Ends: never; two time steps are a round, and as published 100 rounds are an episode and a trial.
/// - Task: which place pays at the start of an episode.
/// - Source: Wang et al., "Learning to reinforcement learn", 2016, section 3.2.1, after Daw et al. 2011;
///   https://github.com/BKHMSI/Meta-RL-TwoStep-Task has `commonProbability` 0.8 and `switchProbability` 0.025.
/// - Differs: there is no fixation step.
public struct TwoStepTask: Environment {
  /// The family's name in environment files.
  public static let name = "two-step"

  /// The probability that an action leads to its usual place.
  public var commonProbability: Float = 0.75
  /// The probability of a reward in the place that pays; in the other it is 1 minus this.
  public var rewardProbability: Float = 0.9
  /// The probability per round that the other place pays from then on.
  public var switchProbability: Float = 0

  /// Where the agent is, and what pays.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The place, 0 to 2.
    public var place: Int32 = 0
    /// Whether the place that paid at the start does not pay any more.
    public var isSwitched = false

    /// The choice, before any switch.
    public init() {}
  }

  /// What pays at first.
  public struct Task: Hashable, Codable, Sendable {
    /// The place that pays, 1 or 2.
    public var payingPlace: Int

    /// The task in which `payingPlace` pays.
    public init(payingPlace: Int) { self.payingPlace = payingPlace }
  }

  /// Either place pays with equal probability.
  public struct TaskDistribution: TaskDistributionParameters {
    /// Both tasks.
    public init() {}
  }

  /// The published probabilities.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try requireProbabilities("commonProbability", [commonProbability])
    try requireProbabilities("rewardProbability", [rewardProbability])
    try requireProbabilities("switchProbability", [switchProbability])
    for (key, value) in [
      ("commonProbability", commonProbability), ("rewardProbability", rewardProbability),
    ] {
      try require(key, value, above: 0.5)
    }
  }

  /// There is nothing to set.
  public func validate(_ distribution: TaskDistribution) throws {}

  /// The place.
  public var observation: Space { .discrete([3]) }
  /// The action.
  public var action: Space { .discrete([2]) }

  /// The two tasks.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { [1, 2].map(Task.init) }

  /// One of the two tasks.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(payingPlace: 1 + random.integer(below: 2))
  }

  /// The choice.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  /// Goes from the choice to a place, or from a place back to the choice with a reward.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let action = choice(action[0], below: 2)
    if state.place == 0 {
      let isCommon = random.uniform() < commonProbability
      state.place = (action == 0) == isCommon ? 1 : 2
      return Outcome(reward: 0)
    }
    let pays = (Int(state.place) == task.payingPlace) != state.isSwitched
    let probability = pick(pays, rewardProbability, 1 - rewardProbability)
    let reward: Float = random.uniform() < probability ? 1 : 0
    state.place = 0
    if switchProbability > 0 && random.uniform() < switchProbability { state.isSwitched.toggle() }
    return Outcome(reward: reward)
  }

  /// Writes the place.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.place)
  }

  /// Draws the three places, the one that pays in the colour of goals.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(x: -1.5, y: -0.6, width: 3, height: 2.2)
    scene.rectangle(scene.bounds, .ground)
    let places = [
      Scene.Point(x: 0, y: 0), Scene.Point(x: -0.9, y: 1), Scene.Point(x: 0.9, y: 1),
    ]
    for place in [1, 2] {
      let pays = (place == task.payingPlace) != state.isSwitched
      scene.arrow(from: places[0], to: places[place], .grid, width: 0.04)
      scene.circle(at: places[place], radius: 0.35, pays ? .goal : .object, .tinted)
    }
    scene.circle(at: places[0], radius: 0.35, .grid, .outlined)
    scene.actionPlaces = [Scene.Point(x: -0.3, y: 0.33), Scene.Point(x: 0.3, y: 0.33)]
    scene.agent(at: places[Int(state.place)], radius: 0.14)
  }

  /// `random`, `oracle`, and `bayesOptimal`: the choice that is best now, because no choice tells more.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let roundCount = horizon / 2
    var knownReturns: (@Sendable () -> [Double])?
    var bestReturns: (@Sendable () -> [Double])?
    if switchProbability == 0 {
      let known = Double(roundCount) * afterTransition(Double(rewardProbability))
      knownReturns = { Array(repeating: known, count: episodeCount) }
      if roundCount * episodeCount <= SideBelief.observationLimit {
        bestReturns = { bayesOptimalReturns(roundCount: roundCount, episodeCount: episodeCount) }
      }
    }
    return [
      .random(of: self, expectedReturns: { Array(repeating: Double(roundCount) / 2, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows which place pays at first, and follows the switches by the rewards.",
        makeLane: { TwoStepLane(hypotheses(payingPlaces: [$0.payingPlace])) },
        expectedReturns: knownReturns),
      Reference(
        name: "bayesOptimal", summary: "Chooses what usually leads to the place that is more likely to pay.",
        makeLane: { _ in TwoStepLane(hypotheses(payingPlaces: [1, 2])) }, expectedReturns: bestReturns),
    ]
  }

  private func bayesOptimalReturns(roundCount: Int, episodeCount: Int) -> [Double] {
    let probabilities = [1 - Double(rewardProbability), Double(rewardProbability)]
    let means = SideBelief.bestMeans(count: roundCount * episodeCount, of: probabilities)
    return (0..<episodeCount).map { episode in
      means[episode * roundCount..<(episode + 1) * roundCount].reduce(0) { $0 + afterTransition($1) }
    }
  }

  /// The probability of a reward for choosing a place where it is `probability`, which a transition may miss.
  private func afterTransition(_ probability: Double) -> Double {
    let common = Double(commonProbability)
    return common * probability + (1 - common) * (1 - probability)
  }

  private func hypotheses(payingPlaces: [Int]) -> [SideBelief.Hypothesis] {
    payingPlaces.map { place in
      SideBelief.Hypothesis(
        probability: Double(place == 1 ? rewardProbability : 1 - rewardProbability),
        volatility: Double(switchProbability))
    }
  }
}

/// Chooses what usually leads to the place that is more likely to pay.
private struct TwoStepLane: ReferenceLane {
  /// Whether place 1 or place 2 is better.
  private var belief: SideBelief
  private var place = 0

  init(_ hypotheses: [SideBelief.Hypothesis]) { belief = SideBelief(hypotheses) }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if place != 0 {
      belief.observe(favoursFirst: (place == 1) == (moment.previousReward > 0))
      belief.advance()
    }
    if moment.progress.isEpisodeStart && !moment.progress.isTrialStart { belief.restart() }
    place = Int(observation[0])
    action[0] = belief.meanOfFirst >= 0.5 ? 0 : 1
  }
}
