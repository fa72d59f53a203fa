import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct SemicircleTests {
  func simulator(_ reward: PointNavigation.Reward, episodes: Int = 1) -> EnvironmentSimulator<PointNavigation>
  {
    var environment = PointNavigation()
    (environment.reward, environment.tolerance) = (reward, 0)
    var distribution = PointNavigation.TaskDistribution()
    distribution.region = .arc
    return EnvironmentSimulator(environment, testing: distribution, horizon: 100, episodeCount: episodes)
  }

  @Test func optimaAreTheKnownOnes() {
    let dense = simulator(.distance).scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(dense.mean, -3.841, within: 0.01), "\(dense)")
    let sparse = simulator(.sparse).scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(sparse.mean, 93.383, within: 0.02), "\(sparse)")
  }

  /// A sweep of the arc, then straight to the goal: 81.30, 93.38 and 93.38 at least.
  @Test func sweepingFindsTheGoal() {
    let means = simulator(.sparse, episodes: 3).scores(of: "sweep", laneCount: 4000).means
    #expect(means[0] > 80.5 && means[1] > 93.3 && means[2] > 93.3, "\(means)")
    let indicator = simulator(.indicator, episodes: 2).scores(of: "sweep", laneCount: 2000).means
    #expect(indicator[0] > 78 && indicator[1] > 88, "\(indicator)")
  }

  @Test func theOriginIsAtDistanceOneFromEveryGoal() {
    let keys = (0..<200).map { RandomKey(seed: 2).child($0) }
    let lanes = simulator(.distance).beginTrial(drawingFrom: .test, keys: keys)
    while lanes.timeStep.activeLaneCount > 0 {
      lanes.step(taking: Array(repeating: 0, count: 2 * keys.count))
    }
    for sum in lanes.returns { #expect(isClose(Double(sum), -100, within: 1e-3)) }
  }

  @Test func sparseRewardBeginsAtItsRadius() {
    var environment = PointNavigation()
    environment.reward = .sparse
    let task = PointNavigation.Task(angle: 0)
    var random = RandomKey(seed: 0).stream()
    var state = PointNavigation.State(x: 0.75, y: 0)
    let outside = environment.step(&state, taking: [0, 0].span, in: task, using: &random)
    #expect(outside.reward == 0 && !outside.isTerminated)
    let inside = environment.step(&state, taking: [0.1, 0].span, in: task, using: &random)
    #expect(isClose(Double(inside.reward), 0.85, within: 1e-5) && !inside.isTerminated)
  }

  @Test func nonsenseIsRefused() {
    var environment = PointNavigation()
    environment.goalRadius = 0
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    for change in [
      { $0.upperAngle = -1 }, { $0.isEven = true }, { $0.poolSize = -1 }, { $0.share.to = 0.5 },
      { ($0.poolSize, $0.isEven) = (10, true) }, { ($0.poolSize, $0.share.to) = (2, 0.1) },
    ] as [(inout PointNavigation.TaskDistribution) -> Void] {
      var distribution = PointNavigation.TaskDistribution()
      change(&distribution)
      #expect(throws: InvalidParameter.self) { try PointNavigation().validate(distribution) }
    }
  }
}

/// The two point robots of PEARL, and what others made of them.
@Suite struct PearlPointRobotTests {
  func robot(
    _ reward: PointNavigation.Reward, horizon: Int, start: Float = 0,
    _ change: (inout PointNavigation.TaskDistribution) -> Void
  ) -> EnvironmentSimulator<PointNavigation> {
    var environment = PointNavigation()
    (environment.reward, environment.tolerance) = (reward, 0)
    (environment.startLower, environment.startUpper) = ([-start, -start], [start, start])
    var distribution = PointNavigation.TaskDistribution()
    change(&distribution)
    return EnvironmentSimulator(environment, testing: distribution, horizon: horizon, episodeCount: 1)
  }

  @Test func denseOptimumIsTheKnownOne() {
    let scores = robot(.distance, horizon: 20, start: 1) { $0.goalRange = 1 }
      .scores(of: "oracle", laneCount: 40_000).total
    #expect(isClose(scores.mean, -5.175, within: 0.014 + 3 * scores.standardError), "\(scores)")
  }

  /// 100 goals divide the half circle evenly: between 12.700 and 14.838, 13.383 on average.
  @Test func sparseOptimumIsTheKnownOne() throws {
    let simulator = robot(.sparse, horizon: 20) {
      ($0.region, $0.poolSize, $0.isEven) = (.arc, 100, true)
    }
    let scores = simulator.scores(of: "oracle", laneCount: nil)
    #expect(scores.returns.count == 100)
    #expect(isClose(scores.total.mean, 13.383, within: 0.02), "\(scores.total)")
    let returns = scores.returns.map { $0[0] }
    #expect(isClose(try #require(returns.min()), 12.700, within: 2e-3))
    #expect(isClose(try #require(returns.max()), 14.838, within: 3e-3))
  }

  @Test func indicatorOptimumIsTheKnownOne() {
    let scores = robot(.indicator, horizon: 60) { $0.region = .arc }.scores(of: "oracle", laneCount: 20_000)
      .total
    #expect(isClose(scores.mean, 53.608, within: 0.02), "\(scores)")
  }

  @Test func poolsArePartedAndTheSameAlways() throws {
    var distribution = PointNavigation.TaskDistribution()
    (distribution.poolSize, distribution.share.seed, distribution.share.to) = (100, 1337, 0.8)
    let train = try #require(PointNavigation().tasks(of: distribution))
    (distribution.share.from, distribution.share.to) = (0.8, 1)
    let test = try #require(PointNavigation().tasks(of: distribution))
    #expect(train.count == 80 && test.count == 20 && Set(train).isDisjoint(with: test))
    var random = RandomKey(seed: 3).stream()
    for _ in 0..<50 {
      #expect(test.contains(PointNavigation().sampleTask(from: distribution, using: &random)))
    }
  }
}
