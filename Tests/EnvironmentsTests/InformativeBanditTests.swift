import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct InformativeBanditTests {
  let published = EnvironmentSimulator(InformativeBandit(), horizon: 5, episodeCount: 1)

  @Test func totalsAreTheKnownOnes() throws {
    for (name, expected) in [("random", 6.6136), ("oracle", 25), ("bayesOptimal", 20.55)] {
      let exact = try #require(published.expectedReturns(of: name, split: .test))
      #expect(isClose(exact[0], expected, within: 1e-4), "\(name): \(exact)")
    }
    let scores = published.scores(of: "bayesOptimal", laneCount: nil)
    #expect(isClose(scores.total.mean, 20.55, within: 1e-5))
    #expect(published.scores(of: "oracle", laneCount: nil).total.mean == 25)
  }

  @Test func askingPaysOnlyWhereSomethingFollows() throws {
    let single = EnvironmentSimulator(InformativeBandit(), horizon: 1, episodeCount: 1)
    #expect(single.expectedReturns(of: "bayesOptimal", split: .test) == [1.4])
    let two = EnvironmentSimulator(InformativeBandit(), horizon: 1, episodeCount: 2)
    let exact = try #require(two.expectedReturns(of: "bayesOptimal", split: .test))
    #expect(isClose(exact[0], 0.55, within: 1e-6) && exact[1] == 5)
  }

  /// Where others pay nearly as much as the target, asking costs more than it brings.
  @Test func whoGainsLittleDoesNotAsk() throws {
    var environment = InformativeBandit()
    (environment.targetReward, environment.otherReward) = (101, 100)
    let simulator = EnvironmentSimulator(environment, horizon: 5, episodeCount: 1)
    let exact = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    // The target is the i-th of the first five arms with 0.1, and then pays in 6 − i pulls.
    #expect(isClose(exact[0], 500 + 0.1 * (5 + 4 + 3 + 2 + 1), within: 1e-6), "\(exact)")
  }

  @Test func hintsThatPayMoreThanTheTargetAreRefused() {
    var environment = InformativeBandit()
    environment.hint = 2
    #expect(
      refusal { try environment.validate() }
        == "hint is 2.0; at most 0.5 is needed, or the arm that tells would pay more than the target")
  }

  @Test func theLastArmTells() {
    let environment = InformativeBandit()
    var random = RandomKey(seed: 0).stream()
    for target in 0..<10 {
      let task = InformativeBandit.Task(target: target)
      var state = environment.initialState(of: task, using: &random)
      let rewards = (0...10).map {
        environment.step(&state, taking: [Float($0)].span, in: task, using: &random).reward
      }
      #expect(rewards[target] == 5 && rewards[..<10].count { $0 == 1 } == 9)
      #expect(isClose(Double(rewards[10]), 0.1 * Double(target + 1), within: 1e-6))
    }
  }

  @Test func nonsenseIsRefused() {
    var environment = InformativeBandit()
    environment.targetReward = 1
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = InformativeBandit()
    environment.armCount = 1
    #expect(throws: InvalidParameter.self) { try environment.validate() }
  }
}
