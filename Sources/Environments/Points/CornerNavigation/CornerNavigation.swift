import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// A point moves to one of the four corners of a square, and does not see which.
///
/// - Observation: the position (x, y), with momentum followed by the velocity; a box without bounds (± the greatest
///   finite Float).
/// - Action: the displacement, or with momentum the change of velocity, a box of ±`actionLimit`; each axis is clipped.
/// - Reward: after the move, with d the distance to the goal: −d, or −d²; progress: the decrease of d, where
///   |x| + |y| is at least `silentRadius` and the goal is the nearest corner, else 0; nearness: max(2 − d, 0).
/// - Ends: never. Episodes start at rest, each coordinate uniform within ±`startRange`; as published they have
///   100 steps.
/// - Task: the corner; with walls also where the gaps of two rings of radius 1 and 2 are. A move that crosses a ring
///   is not made, unless it ends within `gapRadius` of the middle of the ring's gap.
/// - Source: Rothfuss et al., "ProMP: proximal meta-policy search", ICLR 2019;
///   https://github.com/jonasrothfuss/ProMP, `meta_policy_search/envs/point_envs`: corner, momentum, walls.
/// - Differs: the published walls return no reward outside a radius; here there is one everywhere.
public struct CornerNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "corner-navigation"

  /// How the distance to the goal becomes a reward.
  public enum Reward: String, Codable, Sendable, CaseIterable {
    /// −d.
    case distance
    /// −d².
    case squaredDistance
    /// What d has become less, where the goal is the nearest corner.
    case progress
    /// max(2 − d, 0).
    case nearness
  }

  /// The farthest a step can go along an axis, or change the velocity.
  public var actionLimit: Float = 0.2
  /// How the distance becomes a reward.
  public var reward = Reward.progress
  /// The L¹ distance from the origin where progress begins to be rewarded.
  public var silentRadius: Float = 0.5
  /// Each coordinate of the start lies within ± this.
  public var startRange: Float = 0.2
  /// Whether actions change the velocity, and the velocity the position.
  public var hasMomentum = false
  /// Whether rings with gaps surround the origin.
  public var hasWalls = false
  /// How far the middle of a gap is from its ends.
  public var gapRadius: Float = 1

  static let corner: Float = 2
  static let ringRadii: [Float] = [1, 2]

  /// Position and velocity.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The position.
    public var position: SIMD2<Float>
    /// The velocity; stays zero without momentum.
    public var velocity: SIMD2<Float> = .zero

    /// At rest at `position`.
    public init(position: SIMD2<Float>) { self.position = position }
  }

  /// Which corner, and where the gaps are.
  public struct Task: Hashable, Codable, Sendable {
    /// The goal.
    public var goal: SIMD2<Float>
    /// The angles of the gaps, in radians, from the inner ring outwards; empty without walls.
    public var gaps: [Float]

    /// The task of going to `goal` through `gaps`.
    public init(goal: SIMD2<Float>, gaps: [Float] = []) {
      self.goal = goal
      self.gaps = gaps
    }
  }

  /// All corners are equally likely; gaps are anywhere.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The corners, numbered anticlockwise from the upper right one, that may be the goal.
    public var corners = [0, 1, 2, 3]

    /// All corners.
    public init() {}
  }

  /// The published corners.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("actionLimit", actionLimit, in: PointBounds.step)
    // Corners have an L¹ distance of 4: a little before them, at least, progress must count.
    try require("silentRadius", silentRadius, in: 0...3)
    try require("startRange", startRange, in: 0...PointBounds.reach)
    try require("gapRadius", gapRadius, in: (hasWalls ? 0.25 : PointBounds.least)...PointBounds.reach)
    guard !hasWalls || actionLimit <= 0.5 && !hasMomentum && startRange < 0.5 else {
      throw InvalidParameter(
        "hasWalls", "is true; that needs no momentum, actionLimit of at most 0.5 and startRange below 0.5")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    guard !distribution.corners.isEmpty else {
      throw InvalidParameter("corners", "is empty; at least one corner is needed")
    }
    for corner in distribution.corners { try require("corners", corner, in: 0...3) }
    guard Set(distribution.corners).count == distribution.corners.count else {
      throw InvalidParameter("corners", "holds a corner twice")
    }
  }

  /// Position, and with momentum velocity, without bounds.
  public var observation: Space {
    let bound = Float.greatestFiniteMagnitude
    let count = hasMomentum ? 4 : 2
    return .box(lower: Array(repeating: -bound, count: count), upper: Array(repeating: bound, count: count))
  }

  /// The displacement, or the change of velocity.
  public var action: Space {
    .box(lower: [-actionLimit, -actionLimit], upper: [actionLimit, actionLimit])
  }

  /// One task for each corner; nil with walls, whose gaps may be anywhere.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    hasWalls ? nil : distribution.corners.map { Task(goal: Self.corner(number: $0)) }
  }

  /// All corners are possible that no reward has ruled out; nothing is computed where there are walls.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> TaskCandidates<Self>? {
    TaskCandidates(
      self, among: hasWalls ? [] : (0..<4).map { Task(goal: Self.corner(number: $0)) }, in: setting)
  }

  /// A corner, and gaps.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let number = distribution.corners[random.integer(below: distribution.corners.count)]
    var task = Task(goal: Self.corner(number: number))
    if hasWalls { task.gaps = Self.ringRadii.map { _ in random.uniform(from: 0, to: 2 * .pi) } }
    return task
  }

  static func corner(number: Int) -> SIMD2<Float> {
    SIMD2(number == 0 || number == 3 ? corner : -corner, number < 2 ? corner : -corner)
  }

  /// At rest near the origin.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    let x = random.uniform(from: -startRange, to: startRange)
    return State(position: SIMD2(x, random.uniform(from: -startRange, to: startRange)))
  }

  /// Moves, unless a wall is in the way.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let before = state.position
    let thrust = SIMD2(clipped(action[0], to: actionLimit), clipped(action[1], to: actionLimit))
    if hasMomentum {
      state.velocity += thrust
      state.position += state.velocity
    } else {
      let next = before + thrust
      if !(hasWalls && isBlocked(from: before, to: next, in: task)) { state.position = next }
    }
    return Outcome(reward: reward(from: before, to: state.position, goal: task.goal))
  }

  @inline(__always)
  func reward(from before: SIMD2<Float>, to after: SIMD2<Float>, goal: SIMD2<Float>) -> Float {
    let distance = Self.length(after - goal)
    switch reward {
    case .distance: return -distance
    case .squaredDistance: return -distance * distance
    case .nearness: return distance < 2 ? 2 - distance : 0
    case .progress:
      let isOutside = abs(after.x) + abs(after.y) >= silentRadius
      let isNearest = after.x * goal.x >= 0 && after.y * goal.y >= 0
      return isOutside && isNearest ? Self.length(before - goal) - distance : 0
    }
  }

  @inline(__always)
  static func length(_ vector: SIMD2<Float>) -> Float {
    (vector.x * vector.x + vector.y * vector.y).squareRoot()
  }

  func isBlocked(from before: SIMD2<Float>, to after: SIMD2<Float>, in task: Task) -> Bool {
    for (ring, radius) in Self.ringRadii.enumerated() {
      let crosses = (Self.length(before) < radius) != (Self.length(after) < radius)
      let gap = radius * SIMD2(cosf(task.gaps[ring]), sinf(task.gaps[ring]))
      if crosses && Self.length(after - gap) > gapRadius { return true }
    }
    return false
  }

  /// Writes the position, and with momentum the velocity.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.position.x
    observation[1] = state.position.y
    if hasMomentum {
      observation[2] = state.velocity.x
      observation[3] = state.velocity.y
    }
  }

  /// Draws the corners, the goal, the rings and the point.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(reach: 3)
    scene.rectangle(scene.bounds, .ground)
    for number in 0..<4 {
      let corner = Self.corner(number: number)
      let isGoal = corner == task.goal
      scene.circle(
        at: Scene.Point(x: corner.x, y: corner.y), radius: 0.2, isGoal ? .goal : .grid,
        isGoal ? .tinted : .outlined)
    }
    for (gap, radius) in zip(task.gaps, Self.ringRadii) {
      let half = 2 * asinf(min(1, gapRadius / (2 * radius)))
      let arc = (0...60).map { gap + half + Float($0) / 60 * (2 * .pi - 2 * half) }
      scene.path(
        arc.map { Scene.Point(x: radius * cosf($0), y: radius * sinf($0)) }, .wall, width: 0.06)
    }
    scene.agent(at: Scene.Point(x: state.position.x, y: state.position.y), radius: 0.08)
  }

  /// Moves the goal to the corner nearest to the touched point.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    Task(
      goal: SIMD2(point.x < 0 ? -Self.corner : Self.corner, point.y < 0 ? -Self.corner : Self.corner),
      gaps: task.gaps)
  }
}
