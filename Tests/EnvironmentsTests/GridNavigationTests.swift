import Environments
import Formats
import Randomness
import Scenes
import Simulation
import Testing

@Suite struct GridNavigationTests {
  typealias Cell = GridNavigation.Cell

  let published = EnvironmentSimulator(GridNavigation(), horizon: 15, episodeCount: 4)

  @Test func thereAre21Goals() {
    let goals = GridNavigation().tasks(of: GridNavigation.TaskDistribution())?.map(\.goal) ?? []
    #expect(goals.count == 21)
    #expect(Set(goals).count == 21)
    #expect(goals.allSatisfy { $0.x > 1 || $0.y > 1 })
  }

  @Test func movesGoOneCellAndWallsBlock() {
    let environment = GridNavigation()
    let task = GridNavigation.Task(goal: Cell(x: 1, y: 1))
    var random = RandomKey(seed: 0).stream()
    var cell = environment.initialState(of: task, using: &random)
    var visited: [Cell] = []
    var rewards: [Float] = []
    for action in [3, 4, 1, 1, 2, 0, 3, 2, 3, 4] as [Float] {
      let outcome = environment.step(&cell, taking: [action].span, in: task, using: &random)
      #expect(!outcome.isTerminated)
      visited.append(cell)
      rewards.append(outcome.reward)
    }
    let expected = [(0, 0), (0, 0), (0, 1), (0, 2), (1, 2), (1, 2), (1, 1), (2, 1), (2, 0), (1, 0)]
    #expect(visited == expected.map { Cell(x: $0.0, y: $0.1) })
    #expect(rewards == [-0.1, -0.1, -0.1, -0.1, -0.1, -0.1, 1, -0.1, -0.1, -0.1])
  }

  @Test func exactReturnsAreTheKnownOnes() throws {
    let random = try #require(published.expectedReturns(of: "random", split: .test))
    let oracle = try #require(published.expectedReturns(of: "oracle", split: .test))
    let bayesOptimal = try #require(published.expectedReturns(of: "bayesOptimal", split: .test))
    let known = 232.5 / 21
    #expect(random.allSatisfy { isClose($0, -1.165472, within: 1e-6) })
    #expect(zip(oracle, [known, known, known, known]).allSatisfy { isClose($0, $1, within: 1e-6) })
    #expect(zip(bayesOptimal, [4, known, known, known]).allSatisfy { isClose($0, $1, within: 1e-6) })
  }

  @Test(arguments: ["oracle", "bayesOptimal"])
  func agentsAttainTheirExactReturns(name: String) throws {
    let exact = try #require(published.expectedReturns(of: name, split: .test))
    let means = published.scores(of: name, laneCount: nil).means
    #expect(zip(means, exact).allSatisfy { isClose($0, $1, within: 1e-5) }, "\(means)")
  }

  @Test func oneEpisodeIsExploredAsWellAsTheFirstOfMany() throws {
    let simulator = EnvironmentSimulator(GridNavigation(), horizon: 15, episodeCount: 1)
    let exact = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    #expect(exact.count == 1 && isClose(exact[0], 4, within: 1e-6))
  }

  /// On a corridor the only sensible path is straight ahead, and every return can be worked by hand.
  @Test func corridorIsSolvedByHand() throws {
    var corridor = GridNavigation()
    (corridor.width, corridor.height) = (4, 1)
    var distribution = GridNavigation.TaskDistribution()
    distribution.goals = [[1, 0], [3, 0]]
    let simulator = EnvironmentSimulator(corridor, testing: distribution, horizon: 3, episodeCount: 2)
    let exact = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    // Goal 1: three rewards. Goal 3: two steps at −0.1, then one reward.
    #expect(exact.allSatisfy { isClose($0, (3 + 0.8) / 2, within: 1e-6) })
    #expect(
      simulator.scores(of: "bayesOptimal", laneCount: nil).means.allSatisfy { isClose($0, 1.9, within: 1e-6) }
    )
  }

  @Test func planThatCannotBeProvenIsAbsent() {
    var distribution = GridNavigation.TaskDistribution()
    distribution.goals = [[4, 0], [0, 4], [4, 4]]
    // With 4 moves an episode reaches one of the near corners, and the far one never.
    let two = EnvironmentSimulator(GridNavigation(), testing: distribution, horizon: 4, episodeCount: 2)
    #expect(two.references.map(\.name).starts(with: ["random", "oracle", "bayesOptimal"]))
    distribution.goals = [[4, 0], [0, 4], [2, 2]]
    let three = EnvironmentSimulator(GridNavigation(), testing: distribution, horizon: 4, episodeCount: 2)
    #expect(!three.references.map(\.name).contains("bayesOptimal"))
  }

  @Test func beliefIsCertainOnceTheGoalIsFound() {
    let goals = [Cell(x: 2, y: 0), Cell(x: 3, y: 0), Cell(x: 4, y: 0)]
    var belief = GoalBelief(GridNavigation(), goals: goals)
    #expect(goals.allSatisfy { belief.probability(of: $0) == 1.0 / 3 })
    belief.arrive(in: goals[0], isGoal: false)
    #expect(goals.map { belief.probability(of: $0) } == [0, 0.5, 0.5])
    #expect(belief.goal == nil)
    belief.arrive(in: goals[1], isGoal: true)
    #expect(goals.map { belief.probability(of: $0) } == [0, 1, 0])
    belief.arrive(in: Cell(x: 0, y: 0), isGoal: false)
    #expect(belief.goal == goals[1])
  }

  /// However many there are; of what an agent believes, only what is far below its greatest is left out.
  @Test func allPossibleGoalsAreDrawn() throws {
    var environment = GridNavigation()
    (environment.width, environment.height) = (40, 40)
    let cells = (0..<1600).map { Cell(x: $0 % 40, y: $0 / 40) }
    let belief = GoalBelief(environment, goals: cells)
    func drawn(_ draw: (inout Scene) -> Void) throws -> [Float] {
      var scene = Scene()
      draw(&scene)
      let values = scene.shapes.compactMap { shape in
        if case .heatMap(let values, _, _) = shape { values } else { nil }
      }
      return try #require(values.first)
    }
    #expect(try drawn(belief.draw).allSatisfy { abs($0 - 0.025) < 1e-6 })
    let uneven = [Float](repeating: 0, count: 1598) + [0.9999, 0.00001]
    #expect(try drawn { belief.draw(uneven, into: &$0) }.filter { !$0.isNaN }.count == 1)
  }

  @Test func nonsenseIsRefused() {
    var environment = GridNavigation()
    environment.width = 0
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = GridNavigation()
    environment.goalReward = -1
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = GridNavigation.TaskDistribution()
    for goals in [[[5, 0]], [[0, -1]], [[1]], [[1, 1], [1, 1]]] {
      distribution.goals = goals
      #expect(throws: InvalidParameter.self) { try GridNavigation().validate(distribution) }
    }
  }
}
