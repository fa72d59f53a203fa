import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// A treasure lies somewhere on a circle; from the mountain in the middle, which costs to climb, it can be seen.
///
/// - Observation: (x, y, tₓ, t_y), a box of ±1.5: the position, and that of the treasure within `sightRadius` of the
///   top, else zeros.
/// - Action: (aₓ, a_y), a box of ±1; the point moves by 0.1 times that, and stays within ±1.5.
/// - Reward: within `treasureRadius` of the treasure `treasureReward`; else on the mountain `stepPenalty` minus
///   `mountainHeight` · (`mountainRadius` − ‖p‖); else `stepPenalty` · max(1, ‖p‖).
/// - Ends: never. Episodes start in (0, −1); as published, an episode has 100 steps, and a trial is one episode.
/// - Task: the angle of the treasure, uniform on the circle.
/// - Source: Zintgraf et al., "Exploration in approximate hyper-state space for meta reinforcement learning",
///   ICML 2021, Treasure Mountain; https://github.com/lmzintgraf/hyperx, `environments/navigation/treasure_hunt.py`.
/// - Differs: nothing known.
public struct TreasureHunt: Environment {
  /// The family's name in environment files.
  public static let name = "treasure-hunt"

  /// The reward near the treasure.
  public var treasureReward: Float = 10
  /// The reward of any other step at distance 1 or less from the centre.
  public var stepPenalty: Float = -5
  /// How steep the mountain is.
  public var mountainHeight: Float = 1
  /// The radius of the mountain.
  public var mountainRadius: Float = 0.5
  /// How near the top the treasure is seen.
  public var sightRadius: Float = 0.1
  /// How near the treasure is found.
  public var treasureRadius: Float = 0.1

  static let reach: Float = 1.5
  static let stepSize: Float = 0.1

  /// The position.
  public typealias State = PointNavigation.State

  /// Where the treasure is.
  public struct Task: Hashable, Codable, Sendable {
    /// The treasure's coordinate to the right.
    public var x: Float
    /// The treasure's coordinate upwards.
    public var y: Float

    /// The treasure at `angle` on the unit circle, in radians.
    public init(angle: Float) {
      x = cosf(angle)
      y = sinf(angle)
    }
  }

  /// The angle of the treasure is uniform.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The least angle, in degrees.
    public var lowerAngle: Float = 0
    /// The greatest angle, in degrees.
    public var upperAngle: Float = 360

    /// The whole circle.
    public init() {}
  }

  /// The published constants.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try PointBounds.requireReward("stepPenalty", stepPenalty)
    try require("treasureReward", treasureReward, above: stepPenalty)
    try PointBounds.requireReward("treasureReward", treasureReward)
    try require("mountainHeight", mountainHeight, in: 0...PointBounds.reward)
    try require("mountainRadius", mountainRadius, in: 0...PointBounds.reach)
    try require("sightRadius", sightRadius, in: PointBounds.least...1)
    try require("treasureRadius", treasureRadius, in: PointBounds.least...PointBounds.reach)
    guard sightRadius < 1 else {
      throw InvalidParameter(
        "sightRadius", "is \(sightRadius); less than 1, the distance of the start, is needed")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try PointBounds.requireAngles(distribution.lowerAngle, distribution.upperAngle)
  }

  /// The position and what is seen of the treasure.
  public var observation: Space {
    .box(lower: Array(repeating: -Self.reach, count: 4), upper: Array(repeating: Self.reach, count: 4))
  }

  /// The direction and speed.
  public var action: Space { .box(lower: [-1, -1], upper: [1, 1]) }

  /// Nil: there are infinitely many places.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A treasure on the circle.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(angle: random.uniform(from: distribution.lowerAngle, to: distribution.upperAngle) * .pi / 180)
  }

  /// Below the mountain.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State(x: 0, y: -1) }

  /// Moves, within the world.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.x = clipped(state.x + Self.stepSize * clipped(action[0], to: 1), to: Self.reach)
    state.y = clipped(state.y + Self.stepSize * clipped(action[1], to: 1), to: Self.reach)
    return Outcome(reward: reward(at: state, in: task))
  }

  @inline(__always)
  func reward(at state: State, in task: Task) -> Float {
    let height = (state.x * state.x + state.y * state.y).squareRoot()
    let (x, y) = (state.x - task.x, state.y - task.y)
    if x * x + y * y <= treasureRadius * treasureRadius { return treasureReward }
    if height <= mountainRadius { return stepPenalty - mountainHeight * (mountainRadius - height) }
    return stepPenalty * (height > 1 ? height : 1)
  }

  /// Writes the position, and near the top where the treasure is.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    let isSeen = state.x * state.x + state.y * state.y < sightRadius * sightRadius
    observation[0] = state.x
    observation[1] = state.y
    observation[2] = isSeen ? task.x : 0
    observation[3] = isSeen ? task.y : 0
  }

  /// Draws the mountain, the circle, the treasure and the point.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let centre = Scene.Point(x: 0, y: 0)
    scene.bounds = Scene.Rectangle(reach: Self.reach)
    scene.rectangle(scene.bounds, .ground)
    scene.circle(at: centre, radius: 1, .grid, .outlined)
    scene.circle(at: centre, radius: mountainRadius, .hazard, .tinted)
    scene.circle(at: centre, radius: sightRadius, .note, .outlined)
    scene.circle(at: Scene.Point(x: task.x, y: task.y), radius: treasureRadius, .goal, .tinted)
    scene.agent(at: Scene.Point(x: state.x, y: state.y), radius: 0.04)
  }

  /// Moves the treasure along its circle to the direction of the touched point.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    Task(angle: atan2f(point.y, point.x))
  }
}
