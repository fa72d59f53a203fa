import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct PointDynamicsTests {
  func simulator(
    horizon: Int = 75, _ change: (inout PointDynamics.TaskDistribution) -> Void = { _ in }
  ) -> EnvironmentSimulator<PointDynamics> {
    var distribution = PointDynamics.TaskDistribution()
    change(&distribution)
    return EnvironmentSimulator(PointDynamics(), testing: distribution, horizon: horizon, episodeCount: 1)
  }

  @Test func knownWindEarnsTheKnownReturn() {
    let scores = simulator().scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(scores.mean, 62.22, within: 0.005 + 4 * scores.standardError), "\(scores)")
  }

  /// The first step tells the wind.
  @Test func windIsIdentifiedAtOnce() {
    let (known, identified) = (
      simulator().scores(of: "oracle", laneCount: 4000).total.mean,
      simulator().scores(of: "identification", laneCount: 4000).total.mean
    )
    #expect(identified > known - 1.5 && identified <= known, "\(identified), \(known)")
  }

  @Test(
    arguments: [
      { $0.massUpper = 1.2 }, { $0.frictionLower = 0.5 }, { $0.rotationRange = 180 }, { $0.flips = true },
      { $0.delays = [0, 1, 2, 3] }, { $0.hasObstacle = true },
    ] as [@Sendable (inout PointDynamics.TaskDistribution) -> Void])
  func oraclesCopeWithAllPhysics(change: @Sendable (inout PointDynamics.TaskDistribution) -> Void) {
    let simulator = simulator { distribution in
      change(&distribution)
      distribution.windRange = 0.02
    }
    let scores = simulator.scores(of: "oracle", laneCount: 400)
    #expect(scores.returns.allSatisfy { $0[0] > 45 }, "\(scores.returns.map { $0[0] }.min() ?? 0)")
  }

  /// v ← (1 − friction) v + R F u / mass; p ← p + v + wind, with the thrust of two steps ago.
  @Test func physicsIsWhatItSays() {
    let environment = PointDynamics()
    var task = PointDynamics.Task()
    (task.mass, task.friction, task.rotation, task.delay) = (2, 0.25, 90, 2)
    (task.signs, task.wind) = (SIMD2(-1, 1), SIMD2(0, 0.01))
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    for action in [[0.1, 0], [0, 0], [0, 0], [0, 0]] as [[Float]] {
      _ = environment.step(&state, taking: action.span, in: task, using: &random)
    }
    // The thrust (0.1, 0) is flipped to (−0.1, 0), turned to (0, −0.1), halved, and acts in step 3.
    let velocity = -0.05 * (1 + 0.75)
    #expect(isClose(Double(state.position.x), 0, within: 1e-6))
    #expect(isClose(Double(state.position.y), velocity + 4 * 0.01, within: 1e-6))
    #expect(isClose(Double(state.velocity.y), -0.05 * 0.75, within: 1e-6))
  }

  @Test func obstaclesStop() {
    let environment = PointDynamics()
    var task = PointDynamics.Task()
    task.obstacle = [0, 0.24]
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    for _ in 0..<3 { _ = environment.step(&state, taking: [0, 0.1].span, in: task, using: &random) }
    #expect(state.position.y == 0 && state.velocity.y == 0)
  }

  @Test func nonsenseIsRefused() {
    var environment = PointDynamics()
    environment.goal = [0, 0.01]
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    for change in [
      { $0.windRange = 0.1 }, { $0.massLower = 0 }, { $0.frictionUpper = 2 }, { $0.delays = [4] },
      { $0.delays = [] }, { $0.share.to = 0.5 }, { $0.windRange = .nan },
    ] as [(inout PointDynamics.TaskDistribution) -> Void] {
      var distribution = PointDynamics.TaskDistribution()
      change(&distribution)
      #expect(throws: InvalidParameter.self) { try PointDynamics().validate(distribution) }
    }
  }
}
