import Randomness
import Simulation

/// Many arms that pay a little, one that pays much, and one that pays next to nothing but tells which it is.
///
/// - Observation: nothing, `discrete([])`.
/// - Action: the arm to pull, `discrete([armCount + 1])`; the last is the one that tells.
/// - Reward: `targetReward` for the target, `hint` × (number of the target, from 1) for the arm that tells,
///   `otherReward` for the others; nothing is random.
/// - Ends: never; as published, an episode is 5 pulls, and a trial is one episode.
/// - Task: which arm is the target.
/// - Source: Wang et al., "Learning to reinforcement learn", 2016, section 3.1.3: 11 arms, 5 pulls.
/// - Differs: the published agent sees its reward one-hot encoded; here it is a number.
public struct InformativeBandit: Environment {
  /// The family's name in environment files.
  public static let name = "informative-bandit"

  /// The number of arms that may be the target.
  public var armCount = 10
  /// The reward of the target.
  public var targetReward: Float = 5
  /// The reward of the other arms that may be the target.
  public var otherReward: Float = 1
  /// The reward of the arm that tells, for each one that the target's number is higher.
  public var hint: Float = 0.1

  /// Nothing changes within an episode.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The only state.
    public init() {}
  }

  /// Which arm pays.
  public struct Task: Hashable, Codable, Sendable {
    /// The target, from 0.
    public var target: Int

    /// The task of finding `target`.
    public init(target: Int) { self.target = target }
  }

  /// The target is uniform over the arms.
  public struct TaskDistribution: TaskDistributionParameters {
    /// All arms.
    public init() {}
  }

  /// The published arms.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("armCount", armCount, in: 2...10_000)
    try require("otherReward", isFinite: otherReward)
    try require("targetReward", targetReward, above: otherReward)
    try require("hint", hint, above: 0)
  }

  /// There is nothing to set.
  public func validate(_ distribution: TaskDistribution) throws {}

  /// Nothing to see.
  public var observation: Space { .discrete([]) }
  /// The arm to pull.
  public var action: Space { .discrete([armCount + 1]) }

  /// One task for each arm.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { (0..<armCount).map(Task.init) }

  /// A target uniform over the arms.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(target: random.integer(below: armCount))
  }

  /// The only state.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  /// Pulls an arm.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    Outcome(reward: reward(of: choice(action[0], below: armCount + 1), in: task))
  }

  /// Writes nothing.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {}

  /// Draws the reward of each arm as a bar.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.arms(means: (0...armCount).map { reward(of: $0, in: task) })
  }

  /// `random`, `oracle`, `bayesOptimal`, which asks the arm that tells if there is a pull left after that, and
  /// `blind`, which does not listen.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let (count, target, other) = (Double(armCount), Double(targetReward), Double(otherReward))
    let meanHint = Double(hint) * (count + 1) / 2
    let meanOfAll = (target + (count - 1) * other + meanHint) / (count + 1)
    let meanOfOne = (target + (count - 1) * other) / count
    let asks = horizon * episodeCount > 1
    let first = asks ? meanHint : meanOfOne
    return [
      .random(
        of: self, expectedReturns: { Array(repeating: Double(horizon) * meanOfAll, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows the target.", makeLane: { FixedActionLane(Float($0.target)) },
        expectedReturns: { Array(repeating: Double(horizon) * target, count: episodeCount) }),
      Reference(
        name: "bayesOptimal", summary: "Pulls the arm that tells, then the target.",
        makeLane: { _ in AskingLane(environment: self, asks: asks) },
        expectedReturns: {
          (0..<episodeCount).map { Double(horizon) * target + ($0 == 0 ? first - target : 0) }
        }),
      Reference(
        name: "blind", summary: "Pulls the first arm, or the one that tells where that pays more.",
        makeLane: { _ in FixedActionLane(meanHint > meanOfOne ? Float(armCount) : 0) },
        expectedReturns: { Array(repeating: Double(horizon) * max(meanOfOne, meanHint), count: episodeCount) }
      ),
    ]
  }

  @inline(__always)
  private func reward(of arm: Int, in task: Task) -> Float {
    arm == armCount ? hint * Float(task.target + 1) : arm == task.target ? targetReward : otherReward
  }
}

/// Pulls the arm that tells once, if `asks`, and then the arm that it told of.
private struct AskingLane: ReferenceLane {
  let environment: InformativeBandit
  let asks: Bool
  private var target = 0

  init(environment: InformativeBandit, asks: Bool) {
    self.environment = environment
    self.asks = asks
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if moment.progress.isTrialStart {
      action[0] = asks ? Float(environment.armCount) : 0
      return
    }
    if moment.previousAction[0] == Float(environment.armCount) {
      target = Int((moment.previousReward / environment.hint).rounded()) - 1
    }
    action[0] = Float(target)
  }
}
