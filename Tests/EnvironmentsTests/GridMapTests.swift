import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct GridMapTests {
  typealias Cell = GridCell

  func maze(_ rows: [String]) -> GridNavigation {
    var environment = GridNavigation()
    environment.map = GridMap(rows)
    return environment
  }

  func distribution(
    goals: [[Int]] = [], marks: String = "", excluded: [[Int]] = [], from: Float = 0, to: Float = 1
  ) -> GridNavigation.TaskDistribution {
    var distribution = GridNavigation.TaskDistribution()
    (distribution.goals, distribution.marks, distribution.excluded) = (goals, marks, excluded)
    (distribution.share.from, distribution.share.to) = (from, to)
    return distribution
  }

  /// The first row of a map is the highest one; letters name cells.
  @Test func rowsAreFromTheTop() throws {
    let environment = maze(["g#.", ".#S"])
    let tasks = try #require(environment.tasks(of: distribution(marks: "g")))
    #expect(tasks.map(\.goal) == [Cell(x: 0, y: 1)])
    var random = RandomKey(seed: 0).stream()
    #expect(environment.initialState(of: tasks[0], using: &random) == Cell(x: 2, y: 0))
    #expect(environment.observation == .discrete([3, 2]))
  }

  @Test func wallsBlock() {
    let environment = maze(["..", "S#"])
    var random = RandomKey(seed: 0).stream()
    let task = GridNavigation.Task(goal: Cell(x: 1, y: 1))
    var cell = environment.initialState(of: task, using: &random)
    var visited: [Cell] = []
    for action in [2, 4, 3, 1, 2, 3, 0] as [Float] {
      _ = environment.step(&cell, taking: [action].span, in: task, using: &random)
      visited.append(cell)
    }
    let expected = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 1)]
    #expect(visited == expected.map { Cell(x: $0.0, y: $0.1) })
  }

  /// The way round a wall has five moves, so that 6 of 10 steps are on the goal.
  @Test func theOracleGoesRoundWalls() throws {
    let environment = maze(["...", ".#.", "S#g"])
    let simulator = EnvironmentSimulator(
      environment, testing: distribution(marks: "g"), horizon: 10, episodeCount: 2)
    for name in ["oracle", "bayesOptimal", "sweep", "posteriorSampling", "blind"] {
      let scores = simulator.scores(of: name, laneCount: nil)
      #expect(scores.means.allSatisfy { isClose($0, 5 - 0.5, within: 1e-5) }, "\(name): \(scores.means)")
    }
    let exact = try #require(simulator.expectedReturns(of: "oracle", split: .test))
    #expect(exact.allSatisfy { isClose($0, 4.5, within: 1e-6) })
  }

  @Test(arguments: [
    (["..", "."], "map[1] has 1 letters; 2 are needed, as in the longest row"),
    (["..", ".?"], "map[1] holds \"?\"; # for walls, S for the start, . and letters are allowed"),
    (["##", "##"], "map is all walls; a free cell is needed"),
    (["S.", ".S"], "map has more than one S; episodes start in one cell"),
    ([""], "map is 0; a number from 1 to 1024 is needed"),
    (["..", "#."], "start is [0, 0]; a free cell [x, y] of a 2 by 2 grid is needed"),
  ])
  func badMapsAreRefused(rows: [String], message: String) {
    do {
      try maze(rows).validate()
      Issue.record("accepted")
    } catch {
      #expect("\(error)" == message)
    }
  }

  @Test(
    arguments: [
      ([[1, 0]], "", [], "goals puts a goal into the wall at [1, 0]"),
      ([[2, 0]], "", [], "goals puts a goal at [2, 0], which cannot be reached from the start"),
      ([[3, 0]], "", [], "goals holds [3, 0]; cells [x, y] of a 3 by 2 grid are needed"),
      ([], "z", [], "marks leaves no cell for a goal; it must be somewhere"),
      ([], "", [[0, 0], [0, 1]], "excluded leaves no cell for a goal; it must be somewhere"),
    ] as [([[Int]], String, [[Int]], String)])
  func badGoalsAreRefused(goals: [[Int]], marks: String, excluded: [[Int]], message: String) {
    do {
      try maze([".#.", "S#."]).validate(distribution(goals: goals, marks: marks, excluded: excluded))
      Issue.record("accepted")
    } catch {
      #expect("\(error)" == message)
    }
  }

  /// Without a list of goals, cells that cannot be reached hold none.
  @Test func goalsCanBeReached() {
    let tasks = maze([".#.", "S#."]).tasks(of: distribution())
    #expect(tasks?.map(\.goal) == [Cell(x: 0, y: 0), Cell(x: 0, y: 1)])
  }

  @Test func sharesPartTheGoals() throws {
    let environment = GridNavigation()
    let parts = try [(0, 0.5), (0.5, 0.8), (0.8, 1)].map { from, to in
      try #require(environment.tasks(of: distribution(from: from, to: to)))
    }
    #expect(parts.map(\.count) == [13, 7, 5])
    #expect(Set(parts.joined()).count == 25)
    #expect(throws: InvalidParameter.self) { try environment.validate(distribution(from: 0.5, to: 0.5)) }
    #expect(throws: InvalidParameter.self) { try environment.validate(distribution(from: 0.5, to: 1.5)) }
  }
}
