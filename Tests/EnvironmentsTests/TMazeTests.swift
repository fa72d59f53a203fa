import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct TMazeTests {
  func simulator(
    isActive: Bool, length: Int = 10, horizon: Int = 15, episodes: Int = 2, stepReward: Float = 0,
    strayReward: Float = 0
  ) -> EnvironmentSimulator<TMaze> {
    var environment = TMaze()
    (environment.isActive, environment.corridorLength, environment.stepReward) = (
      isActive, length, stepReward
    )
    environment.strayReward = strayReward
    return EnvironmentSimulator(environment, horizon: horizon, episodeCount: episodes)
  }

  @Test(arguments: [(true, 0), (false, 0), (true, -0.25), (false, -0.25)] as [(Bool, Float)])
  func referencesEarnWhatIsExact(isActive: Bool, strayReward: Float) throws {
    let simulator = simulator(isActive: isActive, stepReward: -0.01, strayReward: strayReward)
    for name in ["oracle", "bayesOptimal", "blind"] {
      let exact = try #require(simulator.expectedReturns(of: name, split: .test))
      let means = simulator.scores(of: name, laneCount: nil).means
      #expect(zip(means, exact).allSatisfy { isClose($0, $1, within: 1e-5) }, "\(name): \(means), \(exact)")
    }
    let best = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    // A look at the cue is a step back and one forth again.
    let look = 0.11 - Double(strayReward)
    #expect(isClose(best[0], isActive ? 1 - look : 1 - 0.1, within: 1e-6))
  }

  @Test func whoDoesNotGoOnIsToldSo() {
    var environment = TMaze()
    (environment.stepReward, environment.strayReward) = (-0.5, -0.25)
    let task = TMaze.Task(isUp: true)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    let rewards = ([0, 1, 2, 3, 0] as [Float]).map { action in
      environment.step(&state, taking: [action].span, in: task, using: &random).reward
    }
    #expect(rewards == [-0.5, -0.75, -0.75, -0.75, -0.5])
    #expect(state.position == 1)
  }

  @Test func aLookThatCostsTooMuchIsNotTaken() throws {
    // The way to the junction is 4 steps; with the look it is 6, and one more to turn.
    let short = simulator(isActive: true, length: 5, horizon: 6)
    #expect(short.expectedReturns(of: "bayesOptimal", split: .test) == [0.5, 1])
    #expect(short.scores(of: "bayesOptimal", laneCount: nil).means == [0.5, 1])
  }

  @Test func theCueIsSeenInItsCellAlone() {
    let environment = TMaze()
    var random = RandomKey(seed: 0).stream()
    for isUp in [true, false] {
      let task = TMaze.Task(isUp: isUp)
      var state = environment.initialState(of: task, using: &random)
      var seen: [[Float]] = []
      for action in [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as [Float] {
        var observation: [Float] = [9, 9, 9]
        var span = observation.mutableSpan
        environment.observe(state, in: task, into: &span)
        seen.append(observation)
        _ = environment.step(&state, taking: [action].span, in: task, using: &random)
      }
      #expect(seen[0] == [0, isUp ? 1 : 0, 1])
      #expect(seen[1...9].allSatisfy { $0 == [1, 0, 0] })
      #expect(seen[10] == [2, 0, 0])
      let outcome = environment.step(&state, taking: [1].span, in: task, using: &random)
      #expect(outcome.isTerminated && outcome.reward == (isUp ? 1 : 0))
    }
  }

  @Test func nonsenseIsRefused() {
    var environment = TMaze()
    environment.corridorLength = 0
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = TMaze()
    environment.stepReward = 2
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = TMaze()
    environment.strayReward = 0.5
    #expect(throws: InvalidParameter.self) { try environment.validate() }
  }
}
