import Environments
import Randomness
import Simulation
import Testing

/// Dark Room and what else is a grid with a hidden goal.
@Suite struct DarkRoomTests {
  func room(size: Int, horizon: Int, endsAtGoal: Bool = false) -> EnvironmentSimulator<GridNavigation> {
    var environment = GridNavigation()
    (environment.width, environment.height, environment.start) = (size, size, [size / 2, size / 2])
    (environment.stepReward, environment.endsAtGoal, environment.sight) = (0, endsAtGoal, .index)
    var distribution = GridNavigation.TaskDistribution()
    distribution.excluded = []
    return EnvironmentSimulator(environment, testing: distribution, horizon: horizon, episodeCount: 2)
  }

  @Test(arguments: [(9, 20, 16.543), (3, 5, 4.556), (5, 20, 18.56)])
  func knownGoalsEarnTheKnownReturns(size: Int, horizon: Int, expected: Double) throws {
    let simulator = room(size: size, horizon: horizon)
    let exact = try #require(simulator.expectedReturns(of: "oracle", split: .test))
    #expect(exact.allSatisfy { isClose($0, expected, within: 5e-4) }, "\(exact)")
    #expect(
      simulator.scores(of: "oracle", laneCount: nil).means.allSatisfy { isClose($0, exact[0], within: 1e-5) })
  }

  @Test func randomMovesEarnTheKnownReturn() throws {
    let exact = try #require(room(size: 9, horizon: 20).expectedReturns(of: "random", split: .test))
    #expect(exact.allSatisfy { isClose($0, 0.247, within: 5e-4) }, "\(exact)")
  }

  @Test func theHardRoomRewardsOnce() {
    let simulator = room(size: 17, horizon: 20, endsAtGoal: true)
    let oracle = simulator.scores(of: "oracle", laneCount: nil)
    #expect(oracle.means == [1, 1])
    #expect(simulator.interface.observation == .discrete([289]))
  }

  /// Posterior sampling in GridNavi, which samples again when a cell proves empty: 2.966, 7.848, 10.477, 11.045.
  @Test func posteriorSamplingIsTheKnownOne() {
    let simulator = EnvironmentSimulator(GridNavigation(), horizon: 15, episodeCount: 4)
    let scores = simulator.scores(of: "posteriorSampling", laneCount: 21 * 500)
    for (episode, expected) in [2.966, 7.848, 10.477, 11.045].enumerated() {
      let values = scores.returns.map { $0[episode] }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      let error = (variance / Double(values.count)).squareRoot()
      #expect(isClose(mean, expected, within: 4 * error + 1e-3), "episode \(episode): \(mean) ± \(error)")
    }
  }

  @Test func searchersFindEveryGoalInTime() {
    for name in ["sweep", "posteriorSampling"] {
      let simulator = room(size: 5, horizon: 40)
      let means = simulator.scores(of: name, laneCount: 250).means
      #expect(means[1] > means[0] && means[1] > 38, "\(name): \(means)")
    }
    let blind = room(size: 5, horizon: 20).scores(of: "blind", laneCount: nil).means
    #expect(blind.allSatisfy { isClose($0, 20.0 / 25, within: 1e-6) })
  }

  /// Where moves slip, the oracle is optimal too: it plans with the slips.
  @Test func slippingMovesArePlannedFor() {
    var environment = GridNavigation()
    (environment.width, environment.height) = (3, 1)
    (environment.slip, environment.canStay, environment.endsAtGoal, environment.stepReward) = (
      0.5, false, true, 0
    )
    var distribution = GridNavigation.TaskDistribution()
    distribution.goals = [[1, 0]]
    let simulator = EnvironmentSimulator(environment, testing: distribution, horizon: 2, episodeCount: 1)
    // Right succeeds with 0.5 + 0.5 / 4; a miss stays, because up, down and left bump into walls.
    let chance = 0.625
    let scores = simulator.scores(of: "oracle", laneCount: 4000).total
    #expect(isClose(scores.mean, 1 - (1 - chance) * (1 - chance), within: 4 * scores.standardError))
  }

  @Test func actionsWithoutStayingAreTheFourMoves() {
    var environment = GridNavigation()
    environment.canStay = false
    #expect(environment.action == .discrete([4]))
    var random = RandomKey(seed: 0).stream()
    var cell = GridCell(x: 2, y: 2)
    let task = GridNavigation.Task(goal: GridCell(x: 4, y: 4))
    for (action, expected) in [(0, (2, 3)), (1, (3, 3)), (2, (3, 2)), (3, (2, 2))] as [(Float, (Int, Int))] {
      _ = environment.step(&cell, taking: [action].span, in: task, using: &random)
      #expect(cell == GridCell(x: expected.0, y: expected.1))
    }
  }
}
