import Environments
import Formats
import Foundation
import Randomness
import Simulation
import Testing

/// The references of the families in which a point moves, and of the mazes: no agent that knows less gets more.
@Suite struct PointReferenceTests {
  /// The totals of `names` in the same tasks; each may be above the next by chance alone.
  func expectOrder<Subject: Environment>(
    _ simulator: EnvironmentSimulator<Subject>, _ names: [String], laneCount: Int? = 200
  ) {
    let totals = names.map { name in
      simulator.scores(of: name, laneCount: laneCount).returns.map { $0.reduce(0, +) }
    }
    for index in 1..<names.count {
      let differences = zip(totals[index], totals[index - 1]).map { $0 - $1 }
      let count = Double(differences.count)
      let mean = differences.reduce(0, +) / count
      let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
      #expect(
        mean >= -4 * (variance / count).squareRoot() - 1e-4 * (1 + abs(totals[index][0])),
        "\(Subject.name): \(names[index]) gets \(mean) more than \(names[index - 1])")
    }
  }

  @Test(arguments: PointNavigation.Reward.allCases, [PointNavigation.Region.arc, .square])
  func goalsAreFoundInOrder(reward: PointNavigation.Reward, region: PointNavigation.Region) {
    for (horizon, start) in [(20, 0), (60, 0), (60, 1)] as [(Int, Float)] {
      var environment = PointNavigation()
      environment.reward = reward
      (environment.startLower, environment.startUpper) = ([-start, -start], [start, start])
      var distribution = PointNavigation.TaskDistribution()
      (distribution.region, distribution.poolSize) = (region, 100)
      (distribution.share.from, distribution.share.to) = (0.8, 1)
      let simulator = EnvironmentSimulator(
        environment, testing: distribution, horizon: horizon, episodeCount: 3)
      let isDense = reward == .distance || reward == .squaredDistance
      expectOrder(simulator, ["random", "blind", isDense ? "trilateration" : "sweep", "oracle"])
      expectOrder(simulator, ["posteriorSampling", "oracle"])
    }
  }

  /// Who goes on where the last episode ended sees the whole half circle in two episodes of 20 steps.
  @Test func sweepGoesOnWhereItStopped() {
    var environment = PointNavigation()
    (environment.reward, environment.tolerance) = (.sparse, 0)
    var distribution = PointNavigation.TaskDistribution()
    (distribution.region, distribution.poolSize, distribution.isEven) = (.arc, 100, true)
    let simulator = EnvironmentSimulator(environment, testing: distribution, horizon: 20, episodeCount: 5)
    let total = simulator.scores(of: "sweep", laneCount: nil).total.mean
    #expect(total > 56.4 && total < 67.7, "\(total)")
  }

  /// What the goals of the test half are is nothing that an agent can know: the other half changes no reference.
  @Test func referencesDoNotKnowTheHeldOutHalf() {
    var environment = PointNavigation()
    (environment.reward, environment.tolerance) = (.sparse, 0)
    let actions = [Float(0), 0.5].map { from in
      var distribution = PointNavigation.TaskDistribution()
      (distribution.region, distribution.poolSize) = (.arc, 40)
      (distribution.share.from, distribution.share.to) = (from, from + 0.5)
      return ["blind", "sweep"].map { name in
        environment.rewards(
          of: name, in: .init(angle: 1), distribution: distribution, horizon: 30, episodeCount: 2)
      }
    }
    #expect(actions[0] == actions[1])
  }

  @Test(arguments: CornerNavigation.Reward.allCases, [0, 1, 2])
  func cornersAreFoundInOrder(reward: CornerNavigation.Reward, physics: Int) {
    var environment = CornerNavigation()
    environment.reward = reward
    (environment.hasMomentum, environment.hasWalls) = (physics == 1, physics == 2)
    if physics == 1 { environment.actionLimit = 0.1 }
    // Progress with momentum or walls has no agent that is known to be the best.
    guard reward != .progress || physics == 0 else { return }
    expectOrder(
      EnvironmentSimulator(environment, horizon: 100, episodeCount: 3),
      ["random", "blind", "search", "oracle"])
  }

  /// The way back into the silent middle costs nothing, so that progress can be made again and again.
  @Test func progressIsMadeAgainAndAgain() {
    let scores = EnvironmentSimulator(CornerNavigation(), horizon: 100, episodeCount: 1)
      .scores(of: "oracle", laneCount: 400)
    #expect(scores.returns.allSatisfy { $0[0] > 14.5 && $0[0] < 17 }, "\(scores.total)")
  }

  @Test(
    arguments: [
      { $0.windRange = 0.08 }, { ($0.massLower, $0.massUpper) = (0.5, 2) }, { $0.frictionLower = 0.3 },
      { $0.rotationRange = 180 }, { $0.flips = true }, { $0.delays = [0, 1, 2, 3] },
      { ($0.windRange, $0.hasObstacle) = (0.02, true) },
    ] as [@Sendable (inout PointDynamics.TaskDistribution) -> Void])
  func physicsIsFoundOut(change: @Sendable (inout PointDynamics.TaskDistribution) -> Void) {
    var distribution = PointDynamics.TaskDistribution()
    distribution.windRange = 0
    change(&distribution)
    let simulator = EnvironmentSimulator(
      PointDynamics(), testing: distribution, horizon: 75, episodeCount: 2)
    expectOrder(simulator, ["random", "blind", "identification", "oracle"])
    let (known, found) = (
      simulator.scores(of: "oracle", laneCount: 400).total.mean,
      simulator.scores(of: "identification", laneCount: 400).total.mean
    )
    #expect(found > 0.96 * known, "\(found), \(known)")
  }

  @Test func treasuresAreFoundInOrder() {
    expectOrder(
      EnvironmentSimulator(TreasureHunt(), horizon: 100, episodeCount: 2),
      ["random", "blind", "climb", "oracle"])
  }

  /// Played and exact agree for constants all over what validation allows.
  @Test func mazesEarnWhatIsExact() throws {
    for index in 0..<200 {
      var random = RandomKey(seed: 5).child(index).stream()
      var maze = TMaze()
      maze.corridorLength = 1 + random.integer(below: 12)
      maze.isActive = random.integer(below: 2) == 0
      maze.stepReward = [0, -0.1, 0.25, -5][random.integer(below: 4)]
      maze.strayReward = [0, -0.5, -100][random.integer(below: 3)]
      maze.goalReward = max(maze.stepReward, 0) + [0.01, 1, 30][random.integer(below: 3)]
      try maze.validate()
      let simulator = EnvironmentSimulator(
        maze, testing: .init(), horizon: 1 + random.integer(below: 16),
        episodeCount: 1 + random.integer(below: 3))
      try expectExact(simulator, ["oracle", "bayesOptimal", "blind"], "\(maze)")
      expectOrder(simulator, ["blind", "bayesOptimal", "oracle"], laneCount: nil)
    }
  }

  @Test func roomsEarnWhatIsExact() throws {
    for index in 0..<12 {
      var random = RandomKey(seed: 6).child(index).stream()
      var rooms = RoomNavigation()
      rooms.corridorLength = 1 + random.integer(below: 4)
      rooms.stepReward = [0, -0.1, 0.5, -3][random.integer(below: 4)]
      func reward() -> Float { rooms.stepReward + [0.01, 1, 7, 100][random.integer(below: 4)] }
      rooms.firstReward = reward()
      rooms.secondReward = reward()
      rooms.thirdReward = reward()
      try rooms.validate()
      var distribution = RoomNavigation.TaskDistribution()
      if index % 2 == 0 { distribution.second = [.lowerLeft, .upperRight] }
      if index % 3 == 0 { distribution.first = [.lowerLeft] }
      let simulator = EnvironmentSimulator(
        rooms, testing: distribution, horizon: 1 + random.integer(below: 40),
        episodeCount: 1 + random.integer(below: 3))
      try expectExact(simulator, ["oracle", "bayesOptimal", "blind"], "\(rooms)")
      expectOrder(simulator, ["blind", "bayesOptimal", "oracle"], laneCount: nil)
    }
  }

  func expectExact<Subject: Environment>(
    _ simulator: EnvironmentSimulator<Subject>, _ names: [String], _ words: String
  ) throws {
    for name in names {
      let exact = try #require(simulator.expectedReturns(of: name, split: .test))
      let means = simulator.scores(of: name, laneCount: nil).means
      let isEqual = zip(means, exact).allSatisfy { isClose($0, $1, within: 2e-5 * (1 + abs($1))) }
      #expect(isEqual, "\(words), \(name): \(means), \(exact)")
    }
  }

  /// What would make squares overflow, or draws fail, is refused with what is allowed.
  @Test func numbersWithoutSenseAreRefused() {
    for change in [
      { $0.goalRange = 3e38 }, { ($0.lowerAngle, $0.upperAngle) = (-3e38, 3e38) }, { $0.upperAngle = 361 },
    ] as [(inout PointNavigation.TaskDistribution) -> Void] {
      var distribution = PointNavigation.TaskDistribution()
      change(&distribution)
      #expect(throws: InvalidParameter.self) { try PointNavigation().validate(distribution) }
    }
    var rotation = PointDynamics.TaskDistribution()
    rotation.rotationRange = 3e38
    #expect(
      refusal { try PointDynamics().validate(rotation) }
        == "rotationRange is 3e+38; a number from 0.0 to 180.0 is needed")
    var treasures = TreasureHunt.TaskDistribution()
    treasures.upperAngle = 1e30
    #expect(throws: InvalidParameter.self) { try TreasureHunt().validate(treasures) }
    var point = PointNavigation()
    point.startUpper = [1e30, 0]
    #expect(throws: InvalidParameter.self) { try point.validate() }
    var corners = CornerNavigation()
    corners.startRange = 1e30
    #expect(throws: InvalidParameter.self) { try corners.validate() }
    var maze = TMaze()
    maze.strayReward = -1e30
    #expect(throws: InvalidParameter.self) { try maze.validate() }
  }
}
