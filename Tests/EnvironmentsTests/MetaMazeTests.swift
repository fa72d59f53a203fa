import Environments
import Randomness
import Simulation
import Testing

@Suite struct MetaMazeTests {
  let published = EnvironmentSimulator(MetaMaze(), testing: .init(), horizon: 200, episodeCount: 1)

  @Test func pillarsStandInEverySecondCell() throws {
    let tasks = try #require(MetaMaze().tasks(of: .init()))
    #expect(tasks.count == 65)
    #expect(tasks.allSatisfy { $0.goal.x % 2 == 0 || $0.goal.y % 2 == 0 })
  }

  /// The walls around the middle of a 9 by 9 maze are the four pillars; in the lower left corner they are the edges
  /// and one pillar.
  @Test func wallsAroundAreSeen() {
    let expected: [(GridCell, [Float])] = [
      (GridCell(x: 4, y: 4), [1, 0, 1, 0, 0, 0, 1, 0, 1]),
      (GridCell(x: 0, y: 0), [1, 1, 1, 1, 0, 0, 1, 0, 1]),
      (GridCell(x: 8, y: 3), [0, 0, 1, 1, 0, 1, 0, 0, 1]),
    ]
    for (cell, walls) in expected {
      var seen = Array(repeating: Float.nan, count: 9)
      var span = seen.mutableSpan
      MetaMaze().observe(cell, in: .init(goal: cell), into: &span)
      #expect(seen == walls, "\(cell)")
    }
  }

  /// One published version looks for the goal after it has moved the agent away, so that an episode ends where the
  /// agent happens to be moved onto the goal.
  @Test func beingMovedOntoTheGoalIsNothing() {
    let environment = MetaMaze()
    let task = MetaMaze.Task(goal: GridCell(x: 5, y: 4))
    var returnedCount = 0
    for seed in 0..<2000 {
      var random = RandomKey(seed: UInt64(seed)).stream()
      var cell = environment.initialState(of: task, using: &random)
      let outcome = environment.step(&cell, 1, in: task, using: &random)
      #expect(outcome.reward == 10 && !outcome.isTerminated)
      guard cell == task.goal else { continue }
      returnedCount += 1
      let next = environment.step(&cell, 1, in: task, using: &random)
      #expect(next.reward == 0 && !next.isTerminated && cell == GridCell(x: 6, y: 4))
    }
    #expect((5...60).contains(returnedCount), "\(returnedCount)")
  }

  /// The values were computed once more by other means.
  @Test(arguments: [("oracle", 268.898559), ("random", 7.981017)])
  func returnsAreTheKnownOnes(name: String, expected: Double) throws {
    let exact = try #require(published.expectedReturns(of: name, split: .test))
    #expect(isClose(exact[0], expected, within: 1e-5), "\(exact)")
    let scores = published.scores(of: name, laneCount: 65 * 30).total
    #expect(isClose(scores.mean, expected, within: 4 * scores.standardError), "\(scores)")
  }

  /// Every cell is within reach of one episode, so that the second is the oracle's.
  @Test func sweepingFindsEveryGoal() {
    let simulator = EnvironmentSimulator(MetaMaze(), testing: .init(), horizon: 200, episodeCount: 2)
    let oracle = simulator.scores(of: "oracle", laneCount: 65 * 20)
    let sweep = simulator.scores(of: "sweep", laneCount: 65 * 20)
    #expect(sweep.returns.allSatisfy { $0[0] >= 10 })
    let difference = zip(sweep.returns, oracle.returns).map { $0[1] - $1[1] }
    #expect(isClose(difference.reduce(0, +) / Double(difference.count), 0, within: 4), "\(sweep.means)")
    #expect(sweep.means[0] < oracle.means[0] - 40)
  }

  /// With 176 goals and tens of thousands of sets of cells, plans would take minutes.
  @Test func largeMazesArePlayedWithoutPlans() {
    var environment = MetaMaze()
    environment.size = 15
    let simulator = EnvironmentSimulator(environment, testing: .init(), horizon: 100, episodeCount: 1)
    #expect(simulator.expectedReturns(of: "oracle", split: .test) == nil)
    let (oracle, random) = (
      simulator.scores(of: "oracle", laneCount: 176), simulator.scores(of: "random", laneCount: 176)
    )
    #expect(oracle.means[0] > 10 * random.means[0], "\(oracle.means), \(random.means)")
  }

  @Test func wallsCanCost() {
    var environment = MetaMaze()
    environment.wallReward = -0.5
    let task = MetaMaze.Task(goal: GridCell(x: 8, y: 8))
    var random = RandomKey(seed: 0).stream()
    var cell = GridCell(x: 0, y: 0)
    let rewards = [3, 2, 0, 1] as [Float]
    let found = rewards.map { environment.step(&cell, $0, in: task, using: &random).reward }
    #expect(found == [-0.5, -0.5, 0, -0.5])
  }

  @Test func nonsenseIsRefused() {
    let refusals: [((inout MetaMaze) -> Void, String)] = [
      ({ $0.size = 8 }, "size is 8; an odd number is needed"),
      ({ $0.size = 1001 }, "size is 1001; a number from 3 to 15 is needed"),
      ({ $0.sight = 4 }, "sight is 4; an odd number is needed"),
      ({ $0.wallReward = .infinity }, "wallReward is inf; a finite number is needed"),
      ({ $0.goalReward = 0 }, "goalReward is 0.0; a finite number above 0.0 is needed"),
    ]
    for (change, message) in refusals {
      var environment = MetaMaze()
      change(&environment)
      #expect(refusal { try environment.validate() } == message)
    }
  }

  @Test func emptySharesAreRefused() {
    var distribution = MetaMaze.TaskDistribution()
    (distribution.share.from, distribution.share.to) = (0.5, 0.501)
    #expect(
      refusal { try MetaMaze().validate(distribution) } == "share holds no cell; at least one is needed")
  }
}
