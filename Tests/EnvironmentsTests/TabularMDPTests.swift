import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct TabularMDPTests {
  let environment = TabularMDP()

  func task(_ index: Int) -> TabularMDP.Task {
    var random = RandomKey(seed: 1).child(index).stream()
    return environment.sampleTask(from: TabularMDP.TaskDistribution(), using: &random)
  }

  @Test func optimumIsTheKnownOne() {
    let returns = (0..<6000).map { environment.optimalPolicy(of: task($0), horizon: 10).expectedReturn }
    let mean = returns.reduce(0, +) / Double(returns.count)
    #expect(isClose(mean, 21.858, within: 0.05 + 0.03), "\(mean)")
  }

  @Test func oracleAttainsTheOptimumOfItsTasks() {
    let simulator = EnvironmentSimulator(environment, horizon: 10, episodeCount: 10)
    let scores = simulator.scores(of: "oracle", laneCount: 2000).total
    #expect(isClose(scores.mean, 218.58, within: 4 * scores.standardError), "\(scores)")
  }

  @Test func randomEarnsTheMeanReward() throws {
    let simulator = EnvironmentSimulator(environment, horizon: 10, episodeCount: 10)
    let exact = try #require(simulator.expectedReturns(of: "random", split: .test))
    #expect(exact == Array(repeating: 10, count: 10))
  }

  /// Each pair of state and action has a place of its own in the drawing.
  @Test func theDrawingIsATableOfStatesAndActions() {
    let scenes = (0..<10).map { environment.scene(of: TabularMDP.State(index: $0), in: task(0)) }
    let places = scenes.flatMap(\.actionPlaces)
    #expect(places.count == 50 && Set(places).count == 50)
    for scene in scenes {
      #expect(scene.isActionTable && Set(scene.actionPlaces.map(\.y)).count == 1)
      #expect(scene.bounds == scenes[0].bounds)
    }
    for place in places {
      #expect(place.x > 0 && place.x < scenes[0].bounds.width && place.y > 0 && place.y < 10)
    }
  }

  @Test func rowsAreDistributions() {
    let task = task(0)
    #expect(task.cumulative.count == 500 && task.meanRewards.count == 50)
    for row in 0..<50 {
      let cumulative = task.cumulative[row * 10..<(row + 1) * 10]
      #expect(cumulative.last == 1)
      #expect(zip(cumulative, cumulative.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(cumulative.allSatisfy { $0 >= 0 })
    }
  }

  @Test func transitionsFollowTheirRow() {
    let task = task(1)
    var random = RandomKey(seed: 2).stream()
    var counts = Array(repeating: 0, count: 10)
    var rewards = 0.0
    let count = 100_000
    for _ in 0..<count {
      var state = TabularMDP.State(index: 3)
      let outcome = environment.step(&state, taking: [2].span, in: task, using: &random)
      counts[Int(state.index)] += 1
      rewards += Double(outcome.reward)
    }
    var before: Float = 0
    for next in 0..<10 {
      let probability = Double(task.cumulative[(3 * 5 + 2) * 10 + next] - before)
      before = task.cumulative[(3 * 5 + 2) * 10 + next]
      #expect(isClose(Double(counts[next]) / Double(count), probability, within: 0.007))
    }
    #expect(isClose(rewards / Double(count), Double(task.meanRewards[17]), within: 0.013))
  }

  @Test func nonsenseIsRefused() {
    var environment = environment
    environment.stateCount = 0
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = TabularMDP.TaskDistribution()
    distribution.concentration = 0
    #expect(throws: InvalidParameter.self) { try self.environment.validate(distribution) }
  }
}
