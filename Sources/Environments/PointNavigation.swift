import Randomness
import Simulation

/// A point on the plane moves to a goal that it cannot see; the reward tells the distance.
///
/// - Observation: the position (x, y), a box without bounds (± the greatest finite Float).
/// - Action: the displacement (Δx, Δy), a box of ±`actionLimit`; each axis is clipped to it.
/// - Reward: after the move, −‖p − g‖₂, or its square where `reward` says so.
/// - Ends: where |Δx| and |Δy| to the goal are both below `tolerance`. As published, an episode has 100 steps.
/// - Task: the goal's position.
/// - Source: Finn et al., "Model-agnostic meta-learning for fast adaptation of deep networks", ICML 2017,
///   2D navigation; https://github.com/cbfinn/maml_rl, `maml_examples/point_env_randgoal.py`.
/// - Differs: the paper writes "negative squared distance", but its code and its numbers are of the distance.
///   The published code scales the policy's output by 0.1 before it acts; here actions have the unit of
///   positions.
public struct PointNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "point-navigation"

  /// How the distance to the goal becomes a reward.
  public enum Reward: String, Codable, Sendable, CaseIterable {
    /// −‖p − g‖₂.
    case distance
    /// −‖p − g‖₂².
    case squaredDistance
  }

  /// The farthest a step can go along an axis.
  public var actionLimit: Float = 0.1
  /// How near along both axes the goal is reached.
  public var tolerance: Float = 0.01
  /// How the distance becomes a reward.
  public var reward = Reward.distance

  /// The position.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The coordinate to the right.
    public var x: Float
    /// The coordinate upwards.
    public var y: Float

    /// The position (x, y).
    public init(x: Float, y: Float) {
      self.x = x
      self.y = y
    }
  }

  /// Where the goal is.
  public struct Task: Hashable, Codable, Sendable {
    /// The goal's coordinate to the right.
    public var x: Float
    /// The goal's coordinate upwards.
    public var y: Float

    /// The task of going to (x, y).
    public init(x: Float, y: Float) {
      self.x = x
      self.y = y
    }
  }

  /// The goal is uniform in a square around the start.
  public struct TaskDistribution: TaskDistributionParameters {
    /// Half the side of the square: each coordinate of the goal lies within ± this.
    public var goalRange: Float = 0.5

    /// Goals within ±0.5.
    public init() {}
  }

  /// The published constants.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("actionLimit", actionLimit, above: 0)
    try require("tolerance", tolerance, atLeast: 0)
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("goalRange", distribution.goalRange, above: 0)
  }

  /// The position (x, y), without bounds.
  public var observation: Space {
    let bound = Float.greatestFiniteMagnitude
    return .box(lower: [-bound, -bound], upper: [bound, bound])
  }

  /// The displacement (Δx, Δy).
  public var action: Space {
    .box(lower: [-actionLimit, -actionLimit], upper: [actionLimit, actionLimit])
  }

  /// Nil: there are infinitely many goals.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A goal uniform in the square.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let range = distribution.goalRange
    let x = random.uniform(from: -range, to: range)
    return Task(x: x, y: random.uniform(from: -range, to: range))
  }

  /// The origin.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State(x: 0, y: 0) }

  /// Moves by the clipped displacement.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.x += clipped(action[0])
    state.y += clipped(action[1])
    let (x, y) = (state.x - task.x, state.y - task.y)
    let squaredDistance = x * x + y * y
    return Outcome(
      reward: reward == .distance ? -squaredDistance.squareRoot() : -squaredDistance,
      isTerminated: abs(x) < tolerance && abs(y) < tolerance)
  }

  /// Writes (x, y).
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.x
    observation[1] = state.y
  }

  /// Draws the goal and the point around the start, within a little more than the published goals.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let reach = max(0.65, 1.2 * max(abs(task.x), abs(task.y)))
    scene.bounds = Scene.Rectangle(reach: reach)
    scene.rectangle(scene.bounds, .ground)
    scene.line(from: Scene.Point(x: -reach, y: 0), to: Scene.Point(x: reach, y: 0), .grid)
    scene.line(from: Scene.Point(x: 0, y: -reach), to: Scene.Point(x: 0, y: reach), .grid)
    let goal = Scene.Point(x: task.x, y: task.y)
    scene.circle(at: goal, radius: max(tolerance, 0.035 * reach), .goal, .tinted)
    scene.agent(at: Scene.Point(x: state.x, y: state.y), radius: 0.025 * reach)
  }

  /// Moves the goal to the touched point.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? { Task(x: point.x, y: point.y) }

  /// Points of a square grid.
  public func landmarks(in task: Task) -> [State] {
    let steps = (-3...3).map { Float($0) * 0.19 }
    return steps.flatMap { y in steps.map { x in State(x: x, y: y) } }
  }

  /// `random` and `oracle`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows the goal and comes as near to it as it can along each axis.",
      makeLane: { OracleLane(environment: self, task: $0) })
    return [.random(of: self), oracle]
  }

  /// `displacement` within ±`actionLimit`. Comparisons and not `min`, so that a NaN stays one and is noticed.
  @inline(__always)
  func clipped(_ displacement: Float) -> Float {
    displacement < -actionLimit ? -actionLimit : displacement > actionLimit ? actionLimit : displacement
  }
}

/// Goes straight to the goal along each axis, which minimises the distance after every single step, and so
/// is optimal for every reward that falls with the distance.
private struct OracleLane: ReferenceLane {
  let environment: PointNavigation
  let task: PointNavigation.Task

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = environment.clipped(task.x - observation[0])
    action[1] = environment.clipped(task.y - observation[1])
  }
}
