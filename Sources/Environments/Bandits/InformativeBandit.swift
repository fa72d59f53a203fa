import Formats
import Randomness
import Scenes
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
    guard hint * Float(armCount) <= targetReward else {
      throw InvalidParameter(
        "hint",
        "is \(hint); at most \(targetReward / Float(armCount)) is needed, or the arm that tells would pay more than "
          + "the target")
    }
  }

  /// There is nothing to set.
  public func validate(_ distribution: TaskDistribution) throws {}

  /// Nothing to see.
  public var observation: Space { .discrete([]) }
  /// The arm to pull.
  public var action: Space { .discrete([armCount + 1]) }

  /// One task for each arm.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { (0..<armCount).map(Task.init) }

  /// All targets are possible that no reward has ruled out.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> TaskCandidates<Self>? {
    TaskCandidates(self, among: (0..<armCount).map(Task.init), in: setting)
  }

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

  /// `random`, `oracle`, `bayesOptimal`, which asks the arm that tells where that is worth the pull, and `blind`, which
  /// does not listen.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let (count, target, other) = (Double(armCount), Double(targetReward), Double(otherReward))
    let meanHint = Double(hint) * (count + 1) / 2
    let meanOfAll = (target + (count - 1) * other + meanHint) / (count + 1)
    let meanOfOne = (target + (count - 1) * other) / count
    return [
      .random(
        of: self, expectedReturns: { Array(repeating: Double(horizon) * meanOfAll, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows the target.", makeLane: { FixedActionLane(Float($0.target)) },
        expectedReturns: { Array(repeating: Double(horizon) * target, count: episodeCount) }),
      untold(horizon: horizon, episodeCount: episodeCount),
      Reference(
        name: "blind", summary: "Pulls the first arm, or the one that tells where that pays more.",
        makeLane: { _ in FixedActionLane(meanHint > meanOfOne ? Float(armCount) : 0) },
        expectedReturns: { Array(repeating: Double(horizon) * max(meanOfOne, meanHint), count: episodeCount) }
      ),
    ]
  }

  /// The agent that tries arms until it had better ask, or where there is too much to plan the one that asks at once.
  private func untold(horizon: Int, episodeCount: Int) -> Reference<Self> {
    let pullCount = horizon * episodeCount
    guard min(armCount, pullCount) <= AskingPlan.sizeLimit / pullCount else {
      return Reference(
        name: "asking", summary: "Pulls the arm that tells, then the target.",
        makeLane: { _ in AskingLane(environment: self, tryCount: 0) })
    }
    let plan = AskingPlan(self, pullCount: pullCount)
    return Reference(
      name: "bayesOptimal",
      summary: plan.tryCount == 0
        ? "Pulls the arm that tells, then the target."
        : "Tries up to \(plan.tryCount) arms, then pulls the arm that tells, until it knows the target.",
      makeLane: { _ in AskingLane(environment: self, tryCount: plan.tryCount) },
      expectedReturns: {
        stride(from: 0, to: pullCount, by: horizon).map {
          plan.expectedRewards[$0..<$0 + horizon].reduce(0, +)
        }
      })
  }

  @inline(__always)
  private func reward(of arm: Int, in task: Task) -> Float {
    arm == armCount ? hint * Float(task.target + 1) : arm == task.target ? targetReward : otherReward
  }
}

/// When to ask. Arms are tried from the first on, because those that are left make the arm that tells pay the more.
///
/// With k arms tried in vain, m left and n pulls to go, asking is worth the mean hint and then n − 1 times the target T, and
/// trying one T n / m + (1 − 1 / m) (other + V(k + 1, n − 1)). With one arm left nothing is unknown.
private struct AskingPlan {
  /// Arms times pulls that are worth planning for.
  static let sizeLimit = 1_000_000

  /// How many arms are tried before asking.
  let tryCount: Int
  /// The expected reward of each pull, `[pull]`.
  let expectedRewards: [Double]

  init(_ environment: InformativeBandit, pullCount: Int) {
    let count = environment.armCount
    let (target, other) = (Double(environment.targetReward), Double(environment.otherReward))
    func hint(afterTrying tried: Int) -> Double {
      Double(environment.hint) * Double(tried + 1 + count) / 2
    }
    // Backwards along the only way: after k tries pullCount − k pulls are left.
    var (value, tryCount) = (0.0, min(pullCount, count - 1))
    let mostTries = tryCount
    if mostTries < pullCount { value = Double(pullCount - mostTries) * target }
    for tried in (0..<mostTries).reversed() {
      let (left, pulls) = (Double(count - tried), Double(pullCount - tried))
      let asking = hint(afterTrying: tried) + (pulls - 1) * target
      let trying = target * pulls / left + (1 - 1 / left) * (other + value)
      if asking >= trying { tryCount = tried }
      value = max(asking, trying)
    }
    self.tryCount = tryCount
    expectedRewards = (0..<pullCount).map { pull in
      let inVain = Double(count - min(pull, tryCount)) / Double(count)
      if pull > tryCount { return target }
      if pull == tryCount && tryCount < count - 1 {
        return (1 - inVain) * target + inVain * hint(afterTrying: pull)
      }
      guard pull < tryCount else { return target }
      let left = Double(count - pull)
      return (1 - inVain) * target + inVain * (target / left + (1 - 1 / left) * other)
    }
  }
}

/// Tries arms until it had better ask the arm that tells, and then pulls the target.
private struct AskingLane: ReferenceLane {
  let environment: InformativeBandit
  /// How many arms are tried before asking.
  let tryCount: Int
  private var target: Int?
  private var tried = 0

  init(environment: InformativeBandit, tryCount: Int) {
    self.environment = environment
    self.tryCount = tryCount
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart && target == nil { learn(moment) }
    action[0] = Float(target ?? (tried < tryCount ? tried : environment.armCount))
  }

  private mutating func learn(_ moment: Moment) {
    if moment.previousAction[0] == Float(environment.armCount) {
      target = Int((moment.previousReward / environment.hint).rounded()) - 1
    } else if moment.previousReward == environment.targetReward {
      target = tried
    } else {
      tried += 1
      if tried == environment.armCount - 1 { target = tried }
    }
  }
}
