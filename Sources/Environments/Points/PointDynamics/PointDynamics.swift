import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// A point moves to a goal that is always the same, in a world whose physics it does not know.
///
/// - Observation: the position and velocity (x, y, vₓ, v_y), a box without bounds (± the greatest finite Float).
/// - Action: the thrust (uₓ, u_y), a box of ±`actionLimit`; each axis is clipped to it.
/// - Reward: after the move 1 within `goalRadius` of the goal, else 0; or minus the distance.
/// - Ends: never. Episodes start in the origin at rest; as published for Wind, an episode has 75 steps.
/// - Task: the physics. The thrust of `delay` steps ago, with its axes flipped and turned by `rotation`, divided by
///   `mass`, changes the velocity, of which friction takes its share first: v ← (1 − friction) v + u / mass. Then
///   p ← p + v + wind, unless that is inside the obstacle, where the point stops.
/// - Source: Dorfman, Shenfeld and Tamar, "Offline meta reinforcement learning", NeurIPS 2021, Wind;
///   https://github.com/twni2016/pomdp-baselines, `envs/meta/toy_navigation/wind.py`: goal (0, 1), radius 0.03, wind
///   ±0.08. The other physics are of this program.
/// - Differs: the published Wind observes no velocity; there friction is 1 and it tells the thrust alone.
public struct PointDynamics: Environment {
  /// The family's name in environment files.
  public static let name = "point-dynamics"

  /// How the distance to the goal becomes a reward.
  public enum Reward: String, Codable, Sendable, CaseIterable {
    /// 1 near the goal, else nothing.
    case indicator
    /// −‖p − g‖₂.
    case distance
  }

  /// The strongest thrust along an axis.
  public var actionLimit: Float = 0.1
  /// The goal, [x, y].
  public var goal: [Float] = [0, 1]
  /// How near the indicator begins.
  public var goalRadius: Float = 0.03
  /// How the distance becomes a reward.
  public var reward = Reward.indicator
  /// The radius of the obstacle, where tasks have one.
  public var obstacleRadius: Float = 0.15

  /// The longest delay of thrusts, in steps.
  public static let longestDelay = 3

  /// Position, velocity, and the thrusts that have no effect yet.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The position.
    public var position: SIMD2<Float> = .zero
    /// The velocity, in units a step.
    public var velocity: SIMD2<Float> = .zero
    /// The thrusts of the last three steps, the latest first.
    public var thrusts: (SIMD2<Float>, SIMD2<Float>, SIMD2<Float>) = (.zero, .zero, .zero)

    /// At rest in the origin.
    public init() {}
  }

  /// The physics of a world.
  public struct Task: Hashable, Codable, Sendable {
    /// What is added to the position at every step.
    public var wind: SIMD2<Float> = .zero
    /// What divides a thrust.
    public var mass: Float = 1
    /// The share of the velocity that a step takes away.
    public var friction: Float = 1
    /// How thrusts are turned, in degrees, anticlockwise.
    public var rotation: Float = 0
    /// The sign that each axis of a thrust gets before it is turned.
    public var signs = SIMD2<Float>(1, 1)
    /// How many steps later a thrust has its effect.
    public var delay = 0
    /// The centre of the obstacle; an empty array where there is none.
    public var obstacle: [Float] = []

    /// A world without wind, of mass and friction 1.
    public init() {}
  }

  /// The laws of the physics; each is independent of the others.
  public struct TaskDistribution: TaskDistributionParameters {
    /// Each component of the wind is uniform within ± this.
    public var windRange: Float = 0.08
    /// The least mass.
    public var massLower: Float = 1
    /// The greatest mass.
    public var massUpper: Float = 1
    /// The least friction.
    public var frictionLower: Float = 1
    /// The greatest friction.
    public var frictionUpper: Float = 1
    /// Rotations are uniform within ± this, in degrees.
    public var rotationRange: Float = 0
    /// Whether each axis is flipped with probability ½.
    public var flips = false
    /// The delays, equally likely.
    public var delays = [0]
    /// Whether an obstacle stands at a place between start and goal, within ± its radius of the way.
    public var hasObstacle = false
    /// The number of worlds in a finite set, drawn once, that tasks are from; 0 where every task has a new one.
    public var poolSize = 0
    /// The part of the finite set that the split has; its seed also draws the set.
    public var share = TaskShare()

    /// The published wind.
    public init() {}
  }

  /// The published goal.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("actionLimit", actionLimit, in: PointBounds.step)
    try require("goalRadius", goalRadius, in: PointBounds.least...PointBounds.reach)
    try require("obstacleRadius", obstacleRadius, in: PointBounds.least...PointBounds.reach)
    try PointBounds.requirePlace("goal", goal)
    guard hypotf(goal[0], goal[1]) > goalRadius else {
      throw InvalidParameter("goal", "is \(goal), at the start; a goal farther than goalRadius is needed")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("windRange", distribution.windRange, in: 0...PointBounds.reach)
    try require("massLower", distribution.massLower, in: 1e-3...1e3)
    try require("massUpper", distribution.massUpper, atLeast: distribution.massLower)
    try require("massUpper", distribution.massUpper, in: 1e-3...1e3)
    guard distribution.windRange < actionLimit / max(distribution.massUpper, 1) else {
      throw InvalidParameter(
        "windRange",
        "is \(distribution.windRange); less than actionLimit / massUpper is needed to move against it")
    }
    try require("frictionLower", distribution.frictionLower, in: 1e-3...1)
    try require("frictionUpper", distribution.frictionUpper, atLeast: distribution.frictionLower)
    try require("frictionUpper", distribution.frictionUpper, in: 1e-3...1)
    try require("rotationRange", distribution.rotationRange, in: 0...180)
    guard !distribution.delays.isEmpty else {
      throw InvalidParameter("delays", "is empty; at least one delay is needed")
    }
    for delay in distribution.delays { try require("delays", delay, in: 0...Self.longestDelay) }
    guard !distribution.hasObstacle || hypotf(goal[0], goal[1]) > 4 * obstacleRadius else {
      throw InvalidParameter("hasObstacle", "is true; the goal is too near for an obstacle of obstacleRadius")
    }
    try require("poolSize", distribution.poolSize, in: 0...100_000)
    try distribution.share.validate("share")
    guard distribution.poolSize > 0 || distribution.share.isWhole else {
      throw InvalidParameter("poolSize", "is 0; a part needs a finite set")
    }
    if let tasks = tasks(of: distribution), tasks.isEmpty {
      throw InvalidParameter("share", "holds no world of the finite set; at least one is needed")
    }
  }

  /// Position and velocity, without bounds.
  public var observation: Space {
    let bound = Float.greatestFiniteMagnitude
    return .box(lower: Array(repeating: -bound, count: 4), upper: Array(repeating: bound, count: 4))
  }

  /// The thrust.
  public var action: Space {
    .box(lower: [-actionLimit, -actionLimit], upper: [actionLimit, actionLimit])
  }

  /// The worlds of a finite set; nil where every task has a new one.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    guard distribution.poolSize > 0 else { return nil }
    let key = RandomKey(seed: UInt64(bitPattern: Int64(distribution.share.seed))).child("pool")
    let taskSet = (0..<distribution.poolSize).map { index in
      var random = key.child(index).stream()
      return newTask(from: distribution, using: &random)
    }
    return distribution.share.members(of: taskSet)
  }

  /// A world of the finite set, or a new one.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    guard distribution.poolSize > 0 else { return newTask(from: distribution, using: &random) }
    let taskSet = tasks(of: distribution) ?? []
    return taskSet[random.integer(below: taskSet.count)]
  }

  private func newTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    var task = Task()
    task.wind.x = random.uniform(from: -distribution.windRange, to: distribution.windRange)
    task.wind.y = random.uniform(from: -distribution.windRange, to: distribution.windRange)
    task.mass = random.uniform(from: distribution.massLower, to: distribution.massUpper)
    task.friction = random.uniform(from: distribution.frictionLower, to: distribution.frictionUpper)
    task.rotation = random.uniform(from: -distribution.rotationRange, to: distribution.rotationRange)
    if distribution.flips {
      task.signs.x = random.integer(below: 2) == 0 ? 1 : -1
      task.signs.y = random.integer(below: 2) == 0 ? 1 : -1
    }
    task.delay = distribution.delays[random.integer(below: distribution.delays.count)]
    if distribution.hasObstacle { task.obstacle = newObstacle(using: &random) }
    return task
  }

  /// Between 2/5 and 3/5 of the way to the goal, and beside it by less than the radius.
  private func newObstacle(using random: inout RandomStream) -> [Float] {
    let along = random.uniform(from: 0.4, to: 0.6)
    let beside = random.uniform(from: -obstacleRadius, to: obstacleRadius) / hypotf(goal[0], goal[1])
    return [along * goal[0] - beside * goal[1], along * goal[1] + beside * goal[0]]
  }

  /// What differs between the worlds of `distribution`: wind, mass, friction, rotation, signs, delay.
  public func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>] {
    let (law, wind, turn) = (distribution, distribution.windRange, distribution.rotationRange)
    var quantities: [TaskQuantity<Task>] = []
    if wind > 0 {
      quantities.append(TaskQuantity("wind →", at: \.wind.x, in: -wind...wind))
      quantities.append(TaskQuantity("wind ↑", at: \.wind.y, in: -wind...wind))
    }
    if law.massUpper > law.massLower {
      quantities.append(TaskQuantity("mass", at: \.mass, in: law.massLower...law.massUpper))
    }
    if law.frictionUpper > law.frictionLower {
      quantities.append(TaskQuantity("friction", at: \.friction, in: law.frictionLower...law.frictionUpper))
    }
    if turn > 0 { quantities.append(TaskQuantity("rotation °", at: \.rotation, in: -turn...turn)) }
    if law.flips {
      quantities.append(TaskQuantity("sign →", at: \.signs.x, in: -1...1, step: 2))
      quantities.append(TaskQuantity("sign ↑", at: \.signs.y, in: -1...1, step: 2))
    }
    if let least = law.delays.min(), let most = law.delays.max(), most > least {
      quantities.append(
        TaskQuantity("delay", in: Float(least)...Float(most), step: 1) {
          Float($0.delay)
        } change: {
          $0.delay = Int($1)
        })
    }
    return quantities
  }

  /// Moves the obstacle to the touched point, if there is one and neither start nor goal would be inside.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let (x, y) = (point.x - goal[0], point.y - goal[1])
    guard !task.obstacle.isEmpty, hypotf(point.x, point.y) > obstacleRadius, hypotf(x, y) > obstacleRadius
    else { return nil }
    var touched = task
    touched.obstacle = [point.x, point.y]
    return touched
  }

  /// At rest in the origin.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  /// Moves by the task's physics.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    advance(
      &state, thrust: SIMD2(clipped(action[0], to: actionLimit), clipped(action[1], to: actionLimit)),
      in: task)
    let (x, y) = (state.position.x - goal[0], state.position.y - goal[1])
    let distance = (x * x + y * y).squareRoot()
    switch reward {
    case .indicator: return Outcome(reward: distance <= goalRadius ? 1 : 0)
    case .distance: return Outcome(reward: -distance)
    }
  }

  func advance(_ state: inout State, thrust: SIMD2<Float>, in task: Task) {
    let effective: SIMD2<Float> =
      switch task.delay {
      case 0: thrust
      case 1: state.thrusts.0
      case 2: state.thrusts.1
      default: state.thrusts.2
      }
    state.thrusts = (thrust, state.thrusts.0, state.thrusts.1)
    state.velocity =
      (1 - task.friction) * state.velocity + Self.turned(effective * task.signs, by: task.rotation)
      / task.mass
    let next = state.position + state.velocity + task.wind
    if isBlocked(next, in: task) { state.velocity = .zero } else { state.position = next }
  }

  static func turned(_ vector: SIMD2<Float>, by degrees: Float) -> SIMD2<Float> {
    guard degrees != 0 else { return vector }
    let (sine, cosine) = (sinf(degrees * .pi / 180), cosf(degrees * .pi / 180))
    return SIMD2(cosine * vector.x - sine * vector.y, sine * vector.x + cosine * vector.y)
  }

  private func isBlocked(_ position: SIMD2<Float>, in task: Task) -> Bool {
    guard task.obstacle.count == 2 else { return false }
    let (x, y) = (position.x - task.obstacle[0], position.y - task.obstacle[1])
    return x * x + y * y < obstacleRadius * obstacleRadius
  }

  /// Writes position and velocity.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.position.x
    observation[1] = state.position.y
    observation[2] = state.velocity.x
    observation[3] = state.velocity.y
  }

  /// Draws the goal, the wind, the turned axes, the obstacle and the point.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let middle = Scene.Point(x: goal[0] / 2, y: goal[1] / 2)
    let reach = max(abs(goal[0]), abs(goal[1]))
    scene.bounds = Scene.Rectangle(around: middle, reach: reach)
    scene.rectangle(scene.bounds, .ground)
    let corner = Scene.Point(x: middle.x - 0.75 * reach, y: middle.y - 0.75 * reach)
    for axis in [SIMD2<Float>(1, 0), SIMD2<Float>(0, 1)] {
      let tip = Self.turned(axis * task.signs, by: task.rotation) * (0.2 * reach / task.mass)
      scene.arrow(from: corner, to: Scene.Point(x: corner.x + tip.x, y: corner.y + tip.y), .note, width: nil)
    }
    let blow = task.wind * (2 * reach)
    scene.arrow(
      from: corner, to: Scene.Point(x: corner.x + blow.x, y: corner.y + blow.y), .force, width: 0.02 * reach)
    if task.delay > 0 || task.friction < 1 {
      let remark = "delay \(task.delay), friction \((task.friction * 100).rounded() / 100)"
      scene.text(remark, at: Scene.Point(x: middle.x, y: middle.y + 0.85 * reach), height: 0.08 * reach)
    }
    if task.obstacle.count == 2 {
      scene.circle(at: Scene.Point(x: task.obstacle[0], y: task.obstacle[1]), radius: obstacleRadius, .wall)
    }
    scene.circle(at: Scene.Point(x: goal[0], y: goal[1]), radius: max(goalRadius, 0.02), .goal, .tinted)
    scene.agent(at: Scene.Point(x: state.position.x, y: state.position.y), radius: 0.025 * reach)
  }
}
