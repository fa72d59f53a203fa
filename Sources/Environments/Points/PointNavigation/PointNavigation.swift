import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// A point on the plane moves to a goal that it cannot see.
///
/// - Observation: the position (x, y), a box without bounds (± the greatest finite Float).
/// - Action: the displacement (Δx, Δy), a box of ±`actionLimit`; each axis is clipped to it.
/// - Reward: after the move, with d = ‖p − g‖₂ the distance to the goal: −d, or −d²; sparse: 1 − d within
///   `goalRadius` of the goal, else 0; or an indicator: 1 within `goalRadius`, else 0.
/// - Ends: where |Δx| and |Δy| to the goal are both below `tolerance`; never where that is 0.
/// - Task: the goal's position: in a square around the origin, or on the circle of radius 1.
/// - Source: Finn et al., "Model-agnostic meta-learning for fast adaptation of deep networks", ICML 2017,
///   2D navigation; https://github.com/cbfinn/maml_rl, `maml_examples/point_env_randgoal.py`. Goals on a half
///   circle: https://github.com/lmzintgraf/varibad, `environments/navigation/point_robot.py`, after Rakelly et al.,
///   "Efficient off-policy meta-reinforcement learning via probabilistic context variables", ICML 2019;
///   https://github.com/katerakelly/oyster, `rlkit/envs/point_robot.py`. The indicator:
///   https://github.com/twni2016/pomdp-baselines, `envs/meta/toy_navigation/point_robot.py`.
/// - Differs: the paper of MAML writes "negative squared distance", but its code and its numbers are of the
///   distance. Published policies act in ±1, which is then multiplied by 0.1; here actions have the unit of
///   positions. Rewards are of the position after the move everywhere.
public struct PointNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "point-navigation"

  /// How the distance to the goal becomes a reward.
  public enum Reward: String, Codable, Sendable, CaseIterable {
    /// −‖p − g‖₂.
    case distance
    /// −‖p − g‖₂².
    case squaredDistance
    /// 1 − ‖p − g‖₂ near the goal, else nothing.
    case sparse
    /// 1 near the goal, else nothing.
    case indicator
  }

  /// The farthest a step can go along an axis.
  public var actionLimit: Float = 0.1
  /// How near along both axes the goal is reached and the episode ends.
  public var tolerance: Float = 0.01
  /// How the distance becomes a reward.
  public var reward = Reward.distance
  /// How near a sparse reward or an indicator begins.
  public var goalRadius: Float = 0.2
  /// The least [x, y] of the position that an episode starts in.
  public var startLower: [Float] = [0, 0]
  /// The greatest [x, y] of the position that an episode starts in; it is uniform in between.
  public var startUpper: [Float] = [0, 0]

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

    /// The task of going to the point of the unit circle at `angle`, in radians.
    public init(angle: Float) { self.init(x: cosf(angle), y: sinf(angle)) }

    var isOnCircle: Bool { abs(x * x + y * y - 1) < 1e-4 }
  }

  /// Where goals are.
  public enum Region: String, Codable, Sendable, CaseIterable {
    /// Uniform in a square around the origin.
    case square
    /// On the unit circle, at a uniform angle.
    case arc
  }

  /// The goal is uniform in a square or on an arc, or over a finite set of such goals.
  public struct TaskDistribution: TaskDistributionParameters {
    /// Where goals are.
    public var region = Region.square
    /// Half the side of the square: each coordinate of the goal lies within ± this.
    public var goalRange: Float = 0.5
    /// The least angle of the arc, in degrees.
    public var lowerAngle: Float = 0
    /// The greatest angle of the arc, in degrees.
    public var upperAngle: Float = 180
    /// The number of goals in a finite set, drawn once, that tasks are from; 0 where every task has a new one.
    public var poolSize = 0
    /// Whether the goals of the finite set divide the arc evenly, ends included, instead of being drawn.
    public var isEven = false
    /// The part of the finite set that the split has; its seed also draws the set.
    public var share = TaskShare()

    /// Goals within ±0.5.
    public init() {}
  }

  /// The published constants.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("actionLimit", actionLimit, in: PointBounds.step)
    try require("tolerance", tolerance, in: 0...PointBounds.reach)
    // A sparse reward would be negative farther away than 1.
    try require("goalRadius", goalRadius, in: PointBounds.least...(reward == .sparse ? 1 : PointBounds.reach))
    try PointBounds.requirePlace("startLower", startLower)
    try PointBounds.requirePlace("startUpper", startUpper)
    for axis in 0..<2 where startUpper[axis] < startLower[axis] {
      throw InvalidParameter("startUpper", "is \(startUpper); at least startLower, \(startLower), is needed")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("goalRange", distribution.goalRange, in: PointBounds.least...PointBounds.reach)
    try PointBounds.requireAngles(distribution.lowerAngle, distribution.upperAngle)
    try require("poolSize", distribution.poolSize, in: 0...100_000)
    try distribution.share.validate("share")
    guard distribution.poolSize > 0 || distribution.share.isWhole && !distribution.isEven else {
      throw InvalidParameter("poolSize", "is 0; a part, or even goals, need a finite set")
    }
    guard !distribution.isEven || distribution.region == .arc else {
      throw InvalidParameter("isEven", "is true; only goals on an arc can divide it evenly")
    }
    if let tasks = tasks(of: distribution), tasks.isEmpty {
      throw InvalidParameter("share", "holds no goal of the finite set; at least one is needed")
    }
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

  /// The goals of a finite set; nil where every task has a new one.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    let count = distribution.poolSize
    guard count > 0 else { return nil }
    let key = RandomKey(seed: UInt64(bitPattern: Int64(distribution.share.seed))).child("pool")
    let taskSet = (0..<count).map { index in
      if distribution.isEven {
        let share = count > 1 ? Float(index) / Float(count - 1) : 0.5
        let angle = distribution.lowerAngle + share * (distribution.upperAngle - distribution.lowerAngle)
        return Task(angle: angle * .pi / 180)
      }
      var random = key.child(index).stream()
      return newTask(from: distribution, using: &random)
    }
    return distribution.share.members(of: taskSet)
  }

  /// A goal of the finite set, or a new one.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    guard distribution.poolSize > 0 else { return newTask(from: distribution, using: &random) }
    let taskSet = tasks(of: distribution) ?? []
    return taskSet[random.integer(below: taskSet.count)]
  }

  private func newTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    switch distribution.region {
    case .square:
      let range = distribution.goalRange
      let x = random.uniform(from: -range, to: range)
      return Task(x: x, y: random.uniform(from: -range, to: range))
    case .arc:
      return Task(
        angle: random.uniform(from: distribution.lowerAngle, to: distribution.upperAngle) * .pi / 180)
    }
  }

  /// The start, or a position drawn where that is a region.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    guard startLower != startUpper else { return State(x: startLower[0], y: startLower[1]) }
    let x = random.uniform(from: startLower[0], to: startUpper[0])
    return State(x: x, y: random.uniform(from: startLower[1], to: startUpper[1]))
  }

  /// Moves by the clipped displacement.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.x += clipped(action[0], to: actionLimit)
    state.y += clipped(action[1], to: actionLimit)
    let (x, y) = (state.x - task.x, state.y - task.y)
    return Outcome(
      reward: reward(atSquaredDistance: x * x + y * y),
      isTerminated: abs(x) < tolerance && abs(y) < tolerance)
  }

  @inline(__always)
  func reward(atSquaredDistance squaredDistance: Float) -> Float {
    switch reward {
    case .distance: return -squaredDistance.squareRoot()
    case .squaredDistance: return -squaredDistance
    case .sparse:
      let distance = squaredDistance.squareRoot()
      return distance <= goalRadius ? 1 - distance : 0
    case .indicator: return squaredDistance <= goalRadius * goalRadius ? 1 : 0
    }
  }

  /// Writes (x, y).
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.x
    observation[1] = state.y
  }

  /// Draws the goal and the point around the origin; for goals on the unit circle, the circle too.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let start = (startLower + startUpper).map(abs).reduce(0) { max($0, $1) }
    let reach = max(0.65, 1.2 * max(max(abs(task.x), abs(task.y)), max(start, task.isOnCircle ? 1 : 0)))
    scene.bounds = Scene.Rectangle(reach: reach)
    scene.rectangle(scene.bounds, .ground)
    scene.line(from: Scene.Point(x: -reach, y: 0), to: Scene.Point(x: reach, y: 0), .grid)
    scene.line(from: Scene.Point(x: 0, y: -reach), to: Scene.Point(x: 0, y: reach), .grid)
    if task.isOnCircle { scene.circle(at: Scene.Point(x: 0, y: 0), radius: 1, .grid, .outlined) }
    let isNear = reward == .sparse || reward == .indicator
    scene.circle(
      at: Scene.Point(x: task.x, y: task.y), radius: isNear ? goalRadius : max(tolerance, 0.035 * reach),
      .goal,
      .tinted)
    scene.agent(at: Scene.Point(x: state.x, y: state.y), radius: 0.025 * reach)
  }

  /// Moves the goal to the touched point; a goal on the unit circle stays there and takes the direction.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    task.isOnCircle ? Task(angle: atan2f(point.y, point.x)) : Task(x: point.x, y: point.y)
  }

  /// Points of a square grid around the origin.
  public func landmarks(in task: Task) -> [State] {
    let spacing: Float = task.isOnCircle ? 0.36 : 0.19
    return (-3...3).flatMap { y in (-3...3).map { State(x: Float($0) * spacing, y: Float(y) * spacing) } }
  }
}
