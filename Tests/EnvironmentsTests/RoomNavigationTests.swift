import Environments
import Randomness
import Simulation
import Testing

@Suite struct RoomNavigationTests {
  let published = EnvironmentSimulator(RoomNavigation(), testing: .init(), horizon: 50, episodeCount: 1)

  /// The values were computed once more by other means: the oracle's by backward induction in each task, the
  /// Bayes-optimal one over sets of tasks.
  @Test(arguments: [("oracle", 3376.6), ("bayesOptimal", 2809.0), ("random", 0.152426)])
  func returnsAreTheKnownOnes(name: String, expected: Double) throws {
    let exact = try #require(published.expectedReturns(of: name, split: .test))
    #expect(isClose(exact[0], expected, within: 1e-6 * max(1, expected)), "\(exact)")
    guard name != "random" else { return }
    let played = published.scores(of: name, laneCount: nil).means[0]
    #expect(isClose(played, expected, within: 1e-4 * expected), "\(played)")
  }

  @Test(arguments: [(10, 5.925), (20, 125.002083), (30, 811.085417)])
  func shorterEpisodesAreWorthLess(horizon: Int, expected: Double) throws {
    let simulator = EnvironmentSimulator(
      RoomNavigation(), testing: .init(), horizon: horizon, episodeCount: 1)
    let exact = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    #expect(isClose(exact[0], expected, within: 1e-5), "\(exact)")
  }

  /// What is known by then makes later episodes worth as much as the oracle's; no path does without rewards.
  @Test func laterEpisodesAreTheOracles() throws {
    let simulator = EnvironmentSimulator(RoomNavigation(), testing: .init(), horizon: 50, episodeCount: 3)
    let best = simulator.scores(of: "bayesOptimal", laneCount: nil).means
    let blind = simulator.scores(of: "blind", laneCount: nil).means
    #expect(isClose(best[1], 3376.6, within: 0.1) && isClose(best[2], 3376.6, within: 0.1), "\(best)")
    #expect(blind[0] == blind[2] && blind[0] > 100 && blind[0] < best[0], "\(blind)")
  }

  @Test func goalsAreInTheirRooms() throws {
    let tasks = try #require(RoomNavigation().tasks(of: .init()))
    #expect(tasks.count == 48 && Set(tasks).count == 48)
    #expect(tasks.allSatisfy { $0.first != $0.third })
    var drawn: Set<RoomNavigation.Task> = []
    for index in 0..<2000 {
      var random = RandomKey(seed: 4).child(index).stream()
      drawn.insert(RoomNavigation().sampleTask(from: .init(), using: &random))
    }
    #expect(drawn == Set(tasks))
  }

  /// From the middle to the first goal and past the third, which does not count yet, to the second and back.
  @Test func goalsCountInTheirOrder() {
    let environment = RoomNavigation()
    let task = RoomNavigation.Task(first: .upperRight, second: .lowerLeft, third: .lowerRight)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    #expect(state.cell == GridCell(x: 7, y: 1))
    var rewards: [Float] = []
    for move in [2, 3, 1, 1, 0, 3, 2, 2, 2, 2] as [Float] {
      rewards.append(environment.step(&state, move, in: task, using: &random).reward)
    }
    #expect(rewards == [-0.1, -0.1, -0.1, 1, 1, -0.1, -0.1, -0.1, -0.1, -0.1])
    #expect(state.cell == GridCell(x: 12, y: 1) && state.stage == 1)
    // The second goal is in the lower left corner of the right room.
    #expect(environment.step(&state, 3, in: task, using: &random).reward == 10)
    #expect(environment.step(&state, 4, in: task, using: &random).reward == 10)
    rewards = ([1, 4, 4, 4, 4, 3, 0] as [Float]).map {
      environment.step(&state, $0, in: task, using: &random).reward
    }
    #expect(rewards == [-0.1, -0.1, -0.1, -0.1, -0.1, 100, 100])
  }

  @Test func nonsenseIsRefused() {
    let refusals: [((inout RoomNavigation) -> Void, String)] = [
      ({ $0.corridorLength = 0 }, "corridorLength is 0; a number from 1 to 100 is needed"),
      ({ $0.corridorLength = 5000 }, "corridorLength is 5000; a number from 1 to 100 is needed"),
      ({ $0.stepReward = .nan }, "stepReward is nan; a number from -1000000.0 to 1000000.0 is needed"),
      ({ $0.thirdReward = -1 }, "thirdReward is -1.0; a finite number above -0.1 is needed"),
    ]
    for (change, message) in refusals {
      var environment = RoomNavigation()
      change(&environment)
      #expect(refusal { try environment.validate() } == message)
    }
  }

  @Test func emptySetsOfCornersAreRefused() {
    var distribution = RoomNavigation.TaskDistribution()
    distribution.second = []
    #expect(
      refusal { try RoomNavigation().validate(distribution) }
        == "second is empty; the goal must be in a corner")
    distribution.second = [.lowerLeft, .lowerLeft]
    #expect(refusal { try RoomNavigation().validate(distribution) } == "second holds a corner twice")
  }
}
