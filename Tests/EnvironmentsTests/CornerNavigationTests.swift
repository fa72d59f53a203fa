import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct CornerNavigationTests {
  func simulator(
    _ reward: CornerNavigation.Reward, horizon: Int = 100,
    _ change: (inout CornerNavigation) -> Void = { _ in }
  ) -> EnvironmentSimulator<CornerNavigation> {
    var environment = CornerNavigation()
    environment.reward = reward
    change(&environment)
    return EnvironmentSimulator(environment, horizon: horizon, episodeCount: 1)
  }

  @Test(
    arguments: [(.distance, -12.876), (.squaredDistance, -23.034)]
      as [(CornerNavigation.Reward, Double)])
  func optimaAreTheKnownOnes(reward: CornerNavigation.Reward, expected: Double) {
    let scores = simulator(reward).scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(scores.mean, expected, within: 0.003 + 4 * scores.standardError), "\(scores)")
  }

  @Test func momentumIsMastered() {
    let scores = simulator(.nearness) { ($0.hasMomentum, $0.actionLimit) = (true, 0.1) }
      .scores(of: "oracle", laneCount: 400)
    // At best the goal is reached after about nine steps, and 2 a step earned from then on.
    #expect(scores.returns.allSatisfy { $0[0] > 165 }, "\(scores.total)")
  }

  @Test func wallsHaveAWayThrough() {
    let scores = simulator(.nearness) { $0.hasWalls = true }.scores(of: "oracle", laneCount: 1000)
    #expect(scores.returns.allSatisfy { $0[0] > 60 }, "\(scores.returns.map { $0[0] }.min() ?? 0)")
  }

  @Test func wallsBlockButForTheirGaps() {
    var environment = CornerNavigation()
    environment.hasWalls = true
    var random = RandomKey(seed: 0).stream()
    for (gap, isOpen) in [(Float(0), true), (.pi, false)] {
      let task = CornerNavigation.Task(goal: SIMD2(2, 2), gaps: [gap, 0])
      var state = CornerNavigation.State(position: SIMD2(0.9, 0))
      let outcome = environment.step(&state, taking: [0.2, 0].span, in: task, using: &random)
      #expect(isClose(Double(state.position.x), isOpen ? 1.1 : 0.9, within: 1e-6))
      #expect(outcome.reward.isFinite)
    }
  }

  /// Progress counts outside the silent middle alone, and where the goal is the nearest corner.
  @Test func progressIsSilentInTheMiddle() {
    let environment = CornerNavigation()
    let task = CornerNavigation.Task(goal: SIMD2(2, 2))
    var random = RandomKey(seed: 0).stream()
    for (x, y, isRewarded) in [(0.1, 0.1, false), (0.3, 0.3, true), (-0.6, 0.3, false)]
      as [(Float, Float, Bool)]
    {
      var state = CornerNavigation.State(position: SIMD2(x, y))
      let outcome = environment.step(&state, taking: [0.02, 0.02].span, in: task, using: &random)
      #expect((outcome.reward > 0) == isRewarded)
    }
  }

  @Test func nonsenseIsRefused() {
    var environment = CornerNavigation()
    (environment.hasWalls, environment.hasMomentum) = (true, true)
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = CornerNavigation.TaskDistribution()
    for corners in [[], [4], [1, 1]] {
      distribution.corners = corners
      #expect(throws: InvalidParameter.self) { try CornerNavigation().validate(distribution) }
    }
  }
}
