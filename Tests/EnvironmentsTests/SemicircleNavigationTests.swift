import Environments
import Randomness
import Simulation
import Testing

@Suite struct SemicircleNavigationTests {
  func simulator(_ reward: SemicircleNavigation.Reward) -> EnvironmentSimulator<SemicircleNavigation> {
    var environment = SemicircleNavigation()
    environment.reward = reward
    return EnvironmentSimulator(environment, horizon: 100, episodeCount: 1)
  }

  @Test func optimaAreTheKnownOnes() {
    let dense = simulator(.dense).scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(dense.mean, -3.841, within: 0.01), "\(dense)")
    let sparse = simulator(.sparse).scores(of: "oracle", laneCount: 20_000).total
    #expect(isClose(sparse.mean, 93.383, within: 0.02), "\(sparse)")
  }

  @Test func theOriginIsAtDistanceOneFromEveryGoal() {
    let keys = (0..<200).map { RandomKey(seed: 2).child($0) }
    let lanes = simulator(.dense).beginTrial(drawingFrom: "test", keys: keys)
    while lanes.timeStep.activeLaneCount > 0 {
      lanes.step(taking: Array(repeating: 0, count: 2 * keys.count))
    }
    for sum in lanes.returns { #expect(isClose(Double(sum), -100, within: 1e-3)) }
  }

  @Test func sparseRewardBeginsAtItsRadius() {
    var environment = SemicircleNavigation()
    environment.reward = .sparse
    let task = SemicircleNavigation.Task(angle: 0)
    var random = RandomKey(seed: 0).stream()
    var state = SemicircleNavigation.State(x: 0.75, y: 0)
    let outside = environment.step(&state, taking: [0, 0].span, in: task, using: &random)
    #expect(outside.reward == 0 && !outside.isTerminated)
    let inside = environment.step(&state, taking: [0.1, 0].span, in: task, using: &random)
    #expect(isClose(Double(inside.reward), 0.85, within: 1e-5) && !inside.isTerminated)
  }

  @Test func nonsenseIsRefused() {
    var environment = SemicircleNavigation()
    environment.goalRadius = 0
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = SemicircleNavigation.TaskDistribution()
    distribution.upperAngle = -1
    #expect(throws: InvalidParameter.self) { try SemicircleNavigation().validate(distribution) }
  }
}
