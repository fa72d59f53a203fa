import Foundation
import Randomness
import Simulation

/// A point moves on the plane to a goal on a half circle that it cannot see.
///
/// - Observation: the position (x, y), a box without bounds (± the greatest finite Float).
/// - Action: the displacement (Δx, Δy), a box of ±`actionLimit`; each axis is clipped to it.
/// - Reward: after the move, with d the distance to the goal: −d where `reward` is dense; where it is sparse,
///   1 − d within `goalRadius` of the goal, else 0.
/// - Ends: never; as published, an episode has 100 steps and starts in the origin.
/// - Task: the angle of the goal, uniform on 0 … π, at distance 1.
/// - Source: https://github.com/lmzintgraf/varibad, `environments/navigation/point_robot.py`; the sparse goal is
///   that of Rakelly et al., "Efficient off-policy meta-reinforcement learning via probabilistic context
///   variables", ICML 2019.
/// - Differs: the published policies act in ±1, which is then multiplied by 0.1; here actions have the unit of
///   positions.
public struct SemicircleNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "semicircle-navigation"

  /// How the distance to the goal becomes a reward.
  public enum Reward: String, Codable, Sendable {
    /// Minus the distance.
    case dense
    /// One minus the distance near the goal, else nothing.
    case sparse
  }

  /// The farthest a step can go along an axis.
  public var actionLimit: Float = 0.1
  /// How the distance becomes a reward.
  public var reward = Reward.dense
  /// How near a sparse reward begins.
  public var goalRadius: Float = 0.2

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

    /// The goal at `angle`, in radians.
    public init(angle: Float) {
      x = cosf(angle)
      y = sinf(angle)
    }
  }

  /// The angle of the goal is uniform.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The least angle, in degrees.
    public var lowerAngle: Float = 0
    /// The greatest angle, in degrees.
    public var upperAngle: Float = 180

    /// The upper half circle.
    public init() {}
  }

  /// The published constants.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("actionLimit", actionLimit, above: 0)
    try require("goalRadius", goalRadius, above: 0)
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("lowerAngle", isFinite: distribution.lowerAngle)
    try require("upperAngle", distribution.upperAngle, above: distribution.lowerAngle)
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

  /// A goal on the half circle.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(angle: random.uniform(from: distribution.lowerAngle, to: distribution.upperAngle) * .pi / 180)
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
    let distance = (x * x + y * y).squareRoot()
    switch reward {
    case .dense: return Outcome(reward: -distance)
    case .sparse: return Outcome(reward: distance <= goalRadius ? 1 - distance : 0)
    }
  }

  /// Writes (x, y).
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.x
    observation[1] = state.y
  }

  /// Draws the half circle of goals, the goal and the point.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(x: -1.3, y: -0.45, width: 2.6, height: 1.75)
    scene.rectangle(scene.bounds, .ground)
    let arc = (0...48).map { Float($0) * .pi / 48 }
    scene.path(arc.map { Scene.Point(x: cosf($0), y: sinf($0)) }, .grid)
    let goal = Scene.Point(x: task.x, y: task.y)
    scene.circle(at: goal, radius: reward == .sparse ? goalRadius : 0.05, .goal, .tinted)
    scene.agent(at: Scene.Point(x: state.x, y: state.y), radius: 0.035)
  }

  /// Moves the goal along its circle to the direction of the touched point.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    Task(angle: atan2f(point.y, point.x))
  }

  /// Points of a rectangular grid.
  public func landmarks(in task: Task) -> [State] {
    (-1...4).flatMap { row in (-4...4).map { State(x: Float($0) * 0.27, y: Float(row) * 0.27) } }
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
  fileprivate func clipped(_ displacement: Float) -> Float {
    displacement < -actionLimit ? -actionLimit : displacement > actionLimit ? actionLimit : displacement
  }
}

/// Goes straight to the goal along each axis, which minimises the distance after every single step.
private struct OracleLane: ReferenceLane {
  let environment: SemicircleNavigation
  let task: SemicircleNavigation.Task

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = environment.clipped(task.x - observation[0])
    action[1] = environment.clipped(task.y - observation[1])
  }
}
