import Foundation
import Randomness
import Simulation

extension PointDynamics {
  /// `random`, `oracle`, `identification`, which infers the wind, and `blind`, which ignores it.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows the physics and steers to the goal, round the obstacle.",
      makeLane: { SteeringLane(environment: self, model: $0, identifies: false) })
    let blind = Reference<Self>(
      name: "blind", summary: "Steers as if there were neither wind nor anything else.",
      makeLane: { _ in SteeringLane(environment: self, model: Task(), identifies: false) })
    guard isWindAlone(distribution) else { return [.random(of: self), oracle, blind] }
    let identification = Reference<Self>(
      name: "identification", summary: "Infers the wind from the first step and steers as one who knows it.",
      makeLane: { _ in SteeringLane(environment: self, model: Task(), identifies: true) })
    return [.random(of: self), oracle, identification, blind]
  }

  private func isWindAlone(_ distribution: TaskDistribution) -> Bool {
    distribution.massLower == 1 && distribution.massUpper == 1 && distribution.frictionLower == 1
      && distribution.rotationRange == 0 && !distribution.flips && distribution.delays == [0]
      && !distribution.hasObstacle
  }
}

/// Steers to the goal by a model of the physics.
private struct SteeringLane: ReferenceLane {
  let environment: PointDynamics
  private var model: PointDynamics.Task
  private let identifies: Bool
  /// What the model says the state is.
  private var state = PointDynamics.State()

  init(environment: PointDynamics, model: PointDynamics.Task, identifies: Bool) {
    self.environment = environment
    self.model = model
    self.identifies = identifies
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = SIMD2(observation[0], observation[1])
    if moment.progress.isEpisodeStart {
      state = PointDynamics.State()
    } else {
      // What the model did not expect is wind, where wind is all that is unknown.
      if identifies { model.wind += seen - state.position }
      state.position = seen
      state.velocity = SIMD2(observation[2], observation[3])
    }
    let thrust = thrust(from: predicted)
    environment.advance(&state, thrust: thrust, in: model)
    action[0] = thrust.x
    action[1] = thrust.y
  }

  /// The state when the next thrust takes effect.
  private var predicted: PointDynamics.State {
    var state = state
    for _ in 0..<model.delay { environment.advance(&state, thrust: .zero, in: model) }
    return state
  }

  /// The thrust that brings the position nearest to where it should be, along each axis of the thrust.
  private func thrust(from state: PointDynamics.State) -> SIMD2<Float> {
    let target = waypoint(from: state.position)
    let step = (target - state.position) * pace(from: state.position, to: target)
    let wanted = step - model.wind
    let needed = (wanted - (1 - model.friction) * state.velocity) * model.mass
    let thrust = PointDynamics.turned(needed, by: -model.rotation) * model.signs
    return SIMD2(environment.clipped(thrust.x), environment.clipped(thrust.y))
  }

  /// The share of the way to make in one step. Past an obstacle the way must be straight, which it is not where one
  /// axis is clipped; and where friction does not stop it, the point must not arrive faster than it can brake.
  private func pace(from position: SIMD2<Float>, to target: SIMD2<Float>) -> Float {
    if model.obstacle.count == 2 {
      let longest = max(abs(target.x - position.x), abs(target.y - position.y))
      let wind = max(abs(model.wind.x), abs(model.wind.y))
      return min(1, (environment.actionLimit - wind) / max(longest, 1e-6))
    }
    guard model.friction < 1 else { return 1 }
    let distance = hypotf(target.x - position.x, target.y - position.y)
    let fastest = (2 * distance * environment.actionLimit / model.mass).squareRoot()
    return distance > 1e-4 ? min(1, max(fastest, environment.actionLimit / model.mass) / distance) : 1
  }

  /// The goal, or where the obstacle is in the way a point beside it.
  private func waypoint(from position: SIMD2<Float>) -> SIMD2<Float> {
    let goal = SIMD2(environment.goal[0], environment.goal[1])
    guard model.obstacle.count == 2 else { return goal }
    let (center, way) = (SIMD2(model.obstacle[0], model.obstacle[1]), goal - position)
    let length = hypotf(way.x, way.y)
    guard length > 1e-4 else { return goal }
    let direction = way / length
    let offset = center - position
    let along = offset.x * direction.x + offset.y * direction.y
    let across = SIMD2(-direction.y, direction.x)
    let beside = offset.x * across.x + offset.y * across.y
    let clearance = environment.obstacleRadius + 0.06
    guard along > 0, along < length, abs(beside) < clearance else { return goal }
    return center - across * ((beside >= 0 ? 1 : -1) * (clearance + 0.05))
  }
}
