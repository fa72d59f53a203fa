import Foundation
import Randomness
import Simulation

/// Steers to the goal by a model of the physics, and round obstacles.
struct SteeringLane: ReferenceLane {
  private let environment: PointDynamics
  private var model: PointDynamics.Task
  private var obstacles: ObstacleBelief
  private var estimate: PhysicsEstimate?
  /// The share of the way to make in one step, where a step is long enough.
  private let gain: Float
  private var state = PointDynamics.State()
  /// The state before the last step, and its thrust.
  private var last: (state: PointDynamics.State, thrust: SIMD2<Float>) = (.init(), .zero)

  init(
    environment: PointDynamics, model: PointDynamics.Task, obstacles: ObstacleBelief,
    estimate: PhysicsEstimate? = nil, gain: Float = 1
  ) {
    (self.environment, self.model, self.obstacles) = (environment, model, obstacles)
    (self.estimate, self.gain) = (estimate, gain)
    // Obstacles are kept apart: there may be many possible ones.
    self.model.obstacle = []
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let (position, velocity) = (
      SIMD2(observation[0], observation[1]), SIMD2(observation[2], observation[3])
    )
    if moment.progress.isEpisodeStart {
      state = PointDynamics.State()
    } else if estimate != nil {
      learn(position, velocity)
    }
    (state.position, state.velocity) = (position, velocity)
    let thrust = thrust(from: predicted)
    last = (state, thrust)
    environment.advance(&state, thrust: thrust, in: model)
    action[0] = thrust.x
    action[1] = thrust.y
  }

  private mutating func learn(_ position: SIMD2<Float>, _ velocity: SIMD2<Float>) {
    let isStopped = position == last.state.position && velocity == .zero
    if isStopped && obstacles.isPossible && CornerNavigation.length(state.position - position) > 1e-4 {
      obstacles.block(at: state.position)
      return
    }
    obstacles.pass(at: position)
    estimate?.learn(from: last.state, thrust: last.thrust, to: position, velocity)
    model = estimate?.model ?? model
  }

  /// The state when the next thrust takes effect.
  private var predicted: PointDynamics.State {
    var state = state
    for _ in 0..<model.delay { environment.advance(&state, thrust: .zero, in: model) }
    return state
  }

  private func thrust(from state: PointDynamics.State) -> SIMD2<Float> {
    let goal = SIMD2(environment.goal[0], environment.goal[1])
    let waypoint = obstacles.isPossible ? bestWaypoint(from: state, to: goal) : nil
    return thrust(from: state, to: waypoint ?? goal)
  }

  /// The thrust that brings the position nearest to where it should be, along each axis of the thrust.
  private func thrust(from state: PointDynamics.State, to target: SIMD2<Float>) -> SIMD2<Float> {
    let step = (target - state.position) * pace(from: state.position, to: target)
    let wanted = step - model.wind
    let needed = (wanted - (1 - model.friction) * state.velocity) * model.mass
    let thrust = PointDynamics.turned(needed, by: -model.rotation) * model.signs
    return SIMD2(
      clipped(thrust.x, to: environment.actionLimit), clipped(thrust.y, to: environment.actionLimit))
  }

  /// Where friction does not stop it, the point must not arrive faster than it can brake.
  private func pace(from position: SIMD2<Float>, to target: SIMD2<Float>) -> Float {
    guard model.friction < 1 else { return gain }
    let distance = CornerNavigation.length(target - position)
    let fastest = (2 * distance * environment.actionLimit / model.mass).squareRoot()
    return distance > 1e-4
      ? gain * min(1, max(fastest, environment.actionLimit / model.mass) / distance) : gain
  }

  /// The place beside the way that brings to the goal soonest without meeting an obstacle that may be there; nil for
  /// the goal itself.
  private func bestWaypoint(from state: PointDynamics.State, to goal: SIMD2<Float>) -> SIMD2<Float>? {
    let direct = cost(of: nil, from: state, to: goal)
    guard direct.isHit else { return nil }
    let across = SIMD2(-goal.y, goal.x) / CornerNavigation.length(goal) * environment.obstacleRadius
    var best = (cost: direct.cost, waypoint: SIMD2<Float>?.none)
    for along in [0.3, 0.5, 0.7] as [Float] {
      for beside in [-2.6, -2.1, -1.6, -1.2, 1.2, 1.6, 2.1, 2.6] as [Float] {
        let waypoint = along * goal + beside * across
        let cost = cost(of: waypoint, from: state, to: goal).cost
        if cost < best.cost { best = (cost, waypoint) }
      }
    }
    return best.waypoint
  }

  /// Steps to the goal by way of `waypoint`, and more for each likely collision.
  private func cost(
    of waypoint: SIMD2<Float>?, from state: PointDynamics.State, to goal: SIMD2<Float>
  ) -> (cost: Float, isHit: Bool) {
    var (state, waypoint, model, steps) = (state, waypoint, model, 0)
    model.delay = 0
    var meeting = obstacles.meeting
    while steps < 60, CornerNavigation.length(goal - state.position) > 0.9 * environment.goalRadius {
      environment.advance(&state, thrust: thrust(from: state, to: waypoint ?? goal), in: model)
      meeting.pass(at: state.position)
      steps += 1
      if let place = waypoint,
        CornerNavigation.length(place - state.position) < 0.2 * environment.obstacleRadius
      {
        waypoint = nil
      }
    }
    return (Float(steps) + 10 * meeting.share, meeting.share > 0)
  }
}

/// Where an obstacle may be.
struct ObstacleBelief {
  private let radius: Float
  private let centers: [SIMD2<Float>]
  private var isLikely: [Bool]

  /// The obstacle of `task`, or none.
  init(_ environment: PointDynamics, in task: PointDynamics.Task) {
    radius = environment.obstacleRadius
    centers = task.obstacle.count == 2 ? [SIMD2(task.obstacle[0], task.obstacle[1])] : []
    isLikely = centers.map { _ in true }
  }

  /// Obstacles all over where `law` puts them.
  init(_ environment: PointDynamics, _ law: PointDynamics.TaskDistribution) {
    radius = environment.obstacleRadius
    let goal = SIMD2(environment.goal[0], environment.goal[1])
    let across = SIMD2(-goal.y, goal.x) / CornerNavigation.length(goal) * radius
    centers = (0..<(law.hasObstacle ? 45 : 0)).map { index in
      let (along, beside) = (0.4 + 0.05 * Float(index / 9), Float(index % 9) / 4 - 1)
      return goal * along + across * beside
    }
    isLikely = centers.map { _ in true }
  }

  /// Whether there may be any.
  var isPossible: Bool { !centers.isEmpty }

  /// A step to `position` was stopped.
  mutating func block(at position: SIMD2<Float>) {
    keep(at: position) { [radius] in $0 < radius * 1.1 + 0.01 }
  }

  /// The point is at `position`, where then no obstacle is.
  mutating func pass(at position: SIMD2<Float>) { keep(at: position) { [radius] in $0 >= radius } }

  private mutating func keep(at position: SIMD2<Float>, _ isKept: (Float) -> Bool) {
    let likely = centers.indices.map {
      isLikely[$0] && isKept(CornerNavigation.length(centers[$0] - position))
    }
    if likely.contains(true) { isLikely = likely }
  }

  /// A way on which nothing was met yet.
  var meeting: Meeting {
    Meeting(radius: radius, centers: centers.indices.filter { isLikely[$0] }.map { centers[$0] })
  }

  /// How many of the possible obstacles a way meets.
  struct Meeting {
    private let radius: Float
    private var free: [SIMD2<Float>]
    private let count: Int

    init(radius: Float, centers: [SIMD2<Float>]) {
      (self.radius, free, count) = (radius, centers, centers.count)
    }

    mutating func pass(at position: SIMD2<Float>) {
      free.removeAll { CornerNavigation.length($0 - position) < radius + 0.004 }
    }

    /// The share of obstacles met.
    var share: Float { 1 - Float(free.count) / Float(max(1, count)) }
  }
}
