import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct TwoStepTaskTests {
  func simulator(rounds: Int, switching: Float = 0) -> EnvironmentSimulator<TwoStepTask> {
    var environment = TwoStepTask()
    environment.switchProbability = switching
    return EnvironmentSimulator(environment, horizon: 2 * rounds, episodeCount: 1)
  }

  @Test(arguments: [(10, 6.688), (50, 34.688), (100, 69.688)])
  func totalsAreTheKnownOnes(rounds: Int, expected: Double) throws {
    let exact = try #require(simulator(rounds: rounds).expectedReturns(of: "bayesOptimal", split: .test))
    #expect(isClose(exact[0], expected, within: 6e-4), "\(exact)")
    let oracle = try #require(simulator(rounds: rounds).expectedReturns(of: "oracle", split: .test))
    #expect(isClose(oracle[0], 0.7 * Double(rounds), within: 1e-4))
    let scores = simulator(rounds: rounds).scores(of: "bayesOptimal", laneCount: 4000).total
    #expect(isClose(scores.mean, expected, within: 4 * scores.standardError), "\(scores)")
  }

  @Test func switchesAreFollowed() {
    let switching = simulator(rounds: 100, switching: 0.025)
    let scores = ["random", "bayesOptimal", "oracle"].map { switching.scores(of: $0, laneCount: 2000).total }
    #expect(isClose(scores[0].mean, 50, within: 4 * scores[0].standardError))
    #expect(scores[1].mean > 60 && scores[1].mean <= scores[2].mean + 0.5, "\(scores)")
    #expect(switching.expectedReturns(of: "oracle", split: .test) == nil)
  }

  @Test func transitionsAreUsuallyTheCommonOnes() {
    let environment = TwoStepTask()
    let task = TwoStepTask.Task(payingPlace: 1)
    var random = RandomKey(seed: 1).stream()
    var counts = [0, 0]
    var rewards = 0
    for _ in 0..<4000 {
      var state = environment.initialState(of: task, using: &random)
      #expect(environment.step(&state, taking: [0].span, in: task, using: &random).reward == 0)
      counts[Int(state.place) - 1] += 1
      let isPaying = state.place == 1
      let outcome = environment.step(&state, taking: [1].span, in: task, using: &random)
      if isPaying && outcome.reward == 1 { rewards += 1 }
      #expect(state.place == 0 && !outcome.isTerminated)
    }
    #expect(isClose(Double(counts[0]) / 4000, 0.75, within: 0.03))
    #expect(isClose(Double(rewards) / Double(counts[0]), 0.9, within: 0.03))
  }

  @Test func nonsenseIsRefused() {
    for change in [
      { $0.commonProbability = 0.5 }, { $0.rewardProbability = 1.2 }, { $0.switchProbability = .nan },
    ] as [(inout TwoStepTask) -> Void] {
      var environment = TwoStepTask()
      change(&environment)
      #expect(throws: InvalidParameter.self) { try environment.validate() }
    }
  }
}
