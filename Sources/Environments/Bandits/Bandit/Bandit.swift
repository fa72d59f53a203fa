import Formats
import Randomness
import Scenes
import Simulation

/// A row of slot machines that pay at unknown rates; every pull is an episode of its own.
///
/// - Observation: nothing, `discrete([])`.
/// - Action: the arm to pull, `discrete([armCount])`.
/// - Reward: Bernoulli: 1 with probability p of the arm, else 0. Gaussian: normal around the arm's mean with
///   standard deviation `standardDeviation`.
/// - Ends: after every pull, so that n pulls are n episodes with horizon 1.
/// - Task: the mean reward of every arm. Bernoulli: p ~ Beta(alpha, beta), independently; as published, uniform
///   on [0, 1]. Gaussian: mean ~ U[lower, upper).
/// - Source: Duan et al., "RL²: fast reinforcement learning via slow reinforcement learning", 2016, section 3.1;
///   the Gaussian bandit: https://github.com/tristandeleu/pytorch-maml-rl, `maml_rl/envs/bandit.py`.
/// - Differs: nothing known.
public struct Bandit: Environment {
  /// The family's name in environment files.
  public static let name = "bandit"

  /// What an arm pays.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// 1 or 0.
    case bernoulli
    /// A normal number.
    case gaussian
  }

  /// The number of arms.
  public var armCount = 5
  /// What an arm pays.
  public var kind = Kind.bernoulli
  /// The standard deviation of a Gaussian arm's reward.
  public var standardDeviation: Float = 1

  /// Nothing changes within an episode.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The only state.
    public init() {}
  }

  /// What the arms pay.
  public struct Task: Hashable, Codable, Sendable {
    /// The mean reward of each arm, `[arm]`.
    public var means: [Float]

    /// Arms with the given means, `[arm]`.
    public init(means: [Float]) { self.means = means }
  }

  /// The law of the mean rewards.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The first parameter of the Beta distribution of a Bernoulli arm's mean: prior successes.
    public var alpha = 1.0
    /// The second parameter of the Beta distribution of a Bernoulli arm's mean: prior failures.
    public var beta = 1.0
    /// The lowest mean of a Gaussian arm.
    public var lower: Float = 0
    /// The highest mean of a Gaussian arm.
    public var upper: Float = 1

    /// Means uniform on [0, 1].
    public init() {}
  }

  /// Five Bernoulli arms.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("armCount", armCount, in: 1...10_000)
    try require("standardDeviation", standardDeviation, atLeast: 0)
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("alpha", distribution.alpha, above: 0)
    try require("beta", distribution.beta, above: 0)
    try require("lower", isFinite: distribution.lower)
    try require("upper", distribution.upper, atLeast: distribution.lower)
  }

  /// Nothing to see.
  public var observation: Space { .discrete([]) }
  /// The arm to pull.
  public var action: Space { .discrete([armCount]) }

  /// Nil: there are infinitely many bandits.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// Arms with independent means.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    var task = Task(means: Array(repeating: 0, count: armCount))
    redraw(&task, from: distribution, using: &random)
    return task
  }

  /// Arms with independent means, in place.
  public func redraw(
    _ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream
  ) {
    for arm in task.means.indices {
      task.means[arm] =
        switch kind {
        case .bernoulli: Float(random.beta(distribution.alpha, distribution.beta))
        case .gaussian: random.uniform(from: distribution.lower, to: distribution.upper)
        }
    }
  }

  /// The only state.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  /// Pulls an arm and ends the episode.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let mean = task.means[choice(action[0], below: armCount)]
    let reward: Float =
      switch kind {
      case .bernoulli: random.uniform() < mean ? 1 : 0
      case .gaussian: mean + standardDeviation * random.normal()
      }
    return Outcome(reward: reward, isTerminated: true)
  }

  /// Writes nothing.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {}

  /// Draws the mean of every arm as a bar; a chart of height 1 and width 1.6, or what the means need.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.arms(means: task.means)
  }

  /// Gives the touched arm a mean of the touched height; a Bernoulli arm's stays a probability.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let width = scene(of: State(), in: task).bounds.width
    guard point.x >= 0 && point.x < width else { return nil }
    var touched = task
    let mean = kind == .bernoulli ? max(0, min(1, point.y)) : point.y
    touched.means[Int(point.x / width * Float(armCount))] = mean
    return touched
  }
}
