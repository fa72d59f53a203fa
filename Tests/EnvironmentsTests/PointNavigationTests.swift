import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct PointNavigationTests {
  let published = EnvironmentSimulator(PointNavigation(), horizon: 100, episodeCount: 1)

  @Test func optimumIsTheKnownOne() {
    let scores = published.scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(scores.mean, -0.506, within: 0.01), "\(scores)")
  }

  @Test func standingStillEarnsTheMeanDistance() {
    let keys = (0..<4000).map { RandomKey(seed: 2).child($0) }
    let lanes = published.beginTrial(drawingFrom: .test, keys: keys)
    while lanes.timeStep.activeLaneCount > 0 {
      lanes.step(taking: Array(repeating: 0, count: 2 * keys.count))
    }
    let mean = lanes.returns.map(Double.init).reduce(0, +) / Double(keys.count)
    #expect(isClose(mean, -38.2598, within: 0.9), "\(mean)")
  }

  /// The best place to stay is the middle of the square: −100 · (√2 + ln(1 + √2)) / 6.
  @Test func blindnessEarnsTheMeanDistance() {
    let scores = published.scores(of: "blind", laneCount: 8000).total
    #expect(isClose(scores.mean, -38.2598, within: 4 * scores.standardError + 0.2), "\(scores)")
  }

  /// Three steps tell where the goal is.
  @Test func trilaterationFindsTheGoal() {
    let twice = EnvironmentSimulator(PointNavigation(), horizon: 100, episodeCount: 2)
    let means = twice.scores(of: "trilateration", laneCount: 4000).means
    #expect(means[0] > -1.9 && isClose(means[1], -0.506, within: 0.02), "\(means)")
  }

  @Test func actionsAreClippedAndTheGoalEnds() {
    let environment = PointNavigation()
    let task = PointNavigation.Task(x: 0.1, y: -0.105)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    let first = environment.step(&state, taking: [0.25, 0].span, in: task, using: &random)
    #expect(state.x == 0.1 && state.y == 0)
    #expect(!first.isTerminated && isClose(Double(first.reward), -0.105, within: 1e-6))
    let second = environment.step(&state, taking: [0, -5].span, in: task, using: &random)
    #expect(state.y == -0.1 && second.isTerminated)
    #expect(isClose(Double(second.reward), -0.005, within: 1e-6))
  }

  @Test func squaredDistanceIsTheSquare() {
    var environment = PointNavigation()
    environment.reward = .squaredDistance
    let task = PointNavigation.Task(x: 0.3, y: 0.4)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    let outcome = environment.step(&state, taking: [0, 0].span, in: task, using: &random)
    #expect(isClose(Double(outcome.reward), -0.25, within: 1e-6))
  }

  /// A diverged policy must show, not be clipped away.
  @Test func notANumberStaysNotANumber() {
    let environment = PointNavigation()
    var random = RandomKey(seed: 0).stream()
    var state = PointNavigation.State(x: 0, y: 0)
    let outcome = environment.step(
      &state, taking: [.nan, 0].span, in: PointNavigation.Task(x: 0, y: 0), using: &random)
    #expect(outcome.reward.isNaN && !outcome.isTerminated)
  }

  @Test func nonsenseIsRefused() {
    var environment = PointNavigation()
    environment.actionLimit = .nan
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = PointNavigation.TaskDistribution()
    distribution.goalRange = -1
    #expect(throws: InvalidParameter.self) { try PointNavigation().validate(distribution) }
  }
}
