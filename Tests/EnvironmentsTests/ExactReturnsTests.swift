import Environments
import Randomness
import Simulation
import Testing

/// Whatever constants are allowed, agents get what is said to be exact.
@Suite struct ExactReturnsTests {
  /// Plays every agent of `environment` that has exact returns.
  func check<Subject: Environment>(
    _ environment: Subject, _ distribution: Subject.TaskDistribution,
    training: Subject.TaskDistribution? = nil, horizon: Int, episodeCount: Int
  ) throws {
    try environment.validate()
    try environment.validate(distribution)
    let simulator = EnvironmentSimulator(
      environment, distributions: [.test: distribution, .train: training ?? distribution],
      horizon: horizon, episodeCount: episodeCount)
    let memberCount = environment.tasks(of: distribution)?.count
    let laneCount = memberCount.map { $0 * max(1, 800 / $0) } ?? 800
    for name in simulator.references(of: .test).map(\.name) {
      guard let exact = simulator.expectedReturns(of: name, split: .test) else { continue }
      #expect(exact.count == episodeCount)
      let expected = exact.reduce(0, +)
      let total = simulator.scores(of: name, laneCount: laneCount).total
      #expect(
        abs(total.mean - expected) <= 5 * total.standardError + 1e-4 * (1 + abs(expected)),
        """
        \(name) gets \(total.mean) ± \(total.standardError), not \(expected), in \(environment) \
        of \(horizon) by \(episodeCount), \(distribution)
        """)
    }
  }

  @Test(arguments: 0..<60)
  func gridsAreExact(seed: Int) throws {
    var random = RandomKey(seed: 5).child(seed).stream()
    func flip(_ share: Float) -> Bool { random.uniform() < share }
    var environment = GridNavigation()
    environment.width = 1 + random.integer(below: 6)
    environment.height = (environment.width == 1 ? 2 : 1) + random.integer(below: 5)
    let isWalled = flip(0.3)
    if isWalled { environment.map = GridMap(["..#..", ".....", "S.#.."]) }
    let (width, height) = isWalled ? (5, 3) : (environment.width, environment.height)
    let startsAnywhere = !isWalled && flip(0.3)
    environment.start = startsAnywhere ? [] : isWalled ? [0, 0] : [width / 2, height / 2]
    environment.goalReward = [1, 0.3, 2.5][random.integer(below: 3)]
    environment.stepReward = [-0.1, 0, 0.2, -1][random.integer(below: 4)]
    environment.endsAtGoal = flip(0.5)
    environment.canStay = flip(0.5)
    environment.slip = flip(0.3) ? 0.4 : flip(0.1) ? 1 : 0
    var distribution = GridNavigation.TaskDistribution()
    distribution.excluded = []
    var training = distribution
    if width * height >= 4 && flip(0.4) { (training.share.to, distribution.share.from) = (0.5, 0.5) }
    try check(
      environment, distribution, training: training, horizon: 1 + random.integer(below: 12),
      episodeCount: 1 + random.integer(below: 3))
  }

  @Test(arguments: 0..<20)
  func banditsThatTellAreExact(seed: Int) throws {
    var random = RandomKey(seed: 6).child(seed).stream()
    var environment = InformativeBandit()
    environment.armCount = 2 + random.integer(below: 8)
    environment.otherReward = random.uniform(from: -2, to: 4)
    environment.targetReward = max(environment.otherReward, 0) + random.uniform(from: 0.1, to: 3)
    environment.hint =
      environment.targetReward / Float(environment.armCount) * random.uniform(from: 0.01, to: 0.999)
    try check(
      environment, .init(), horizon: 1 + random.integer(below: 7), episodeCount: 1 + random.integer(below: 3))
  }

  @Test(arguments: 0..<12)
  func sidesAreExact(seed: Int) throws {
    var random = RandomKey(seed: 7).child(seed).stream()
    var distribution = DependentBandit.TaskDistribution()
    distribution.probabilities = (0..<random.integer(below: 4)).map { _ in
      [0, 0.2, 0.5, 0.9, 1][random.integer(below: 5)]
    }
    distribution.volatilities = random.uniform() < 0.3 ? [0, 0.2] : [0]
    try check(
      DependentBandit(), distribution, horizon: 1 + random.integer(below: 12),
      episodeCount: 1 + random.integer(below: 4))
    var task = TwoStepTask()
    task.commonProbability = random.uniform(from: 0.51, to: 1)
    task.rewardProbability = random.uniform(from: 0.51, to: 1)
    task.switchProbability = random.uniform() < 0.5 ? 0 : 0.3
    try check(
      task, .init(), horizon: 1 + random.integer(below: 15), episodeCount: 1 + random.integer(below: 3))
  }

  @Test(arguments: 0..<12)
  func banditsAreExact(seed: Int) throws {
    var random = RandomKey(seed: 8).child(seed).stream()
    var environment = Bandit()
    environment.armCount = 1 + random.integer(below: 5)
    environment.kind = seed % 2 == 0 ? .bernoulli : .gaussian
    environment.standardDeviation = [0, 1, 1e-6][random.integer(below: 3)]
    var distribution = Bandit.TaskDistribution()
    (distribution.alpha, distribution.beta) = ([0.5, 1, 3][random.integer(below: 3)], 1)
    (distribution.lower, distribution.upper) = (-1, [-1, 0.5][random.integer(below: 2)])
    try check(environment, distribution, horizon: 1, episodeCount: 1 + random.integer(below: 8))
  }

  @Test(arguments: 0..<10)
  func lakesAndMazesAreExact(seed: Int) throws {
    var random = RandomKey(seed: 9).child(seed).stream()
    var lake = FrozenLake()
    lake.size = 2 + random.integer(below: 3)
    (lake.crackProbability, lake.recovers, lake.fallReward) = (0.3, random.uniform() < 0.5, -0.5)
    lake.noise = random.uniform() < 0.5 ? 0.3 : 0
    var swapped = FrozenLake.TaskDistribution()
    swapped.swapProbability = 0.5
    try check(lake, swapped, horizon: 3 + random.integer(below: 20), episodeCount: 2)
    var maze = MetaMaze()
    maze.size = 3 + 2 * random.integer(below: 3)
    maze.wallReward = [-0.5, 0, 0.4][random.integer(below: 3)]
    maze.goalReward = [1, 10][random.integer(below: 2)]
    try check(maze, .init(), horizon: 1 + random.integer(below: 30), episodeCount: 2)
  }

  /// As many observations as these made the binomial coefficients infinite.
  @Test func manyObservationsAreNoNumbersWithoutEnd() throws {
    let simulator = EnvironmentSimulator(DependentBandit(), horizon: 100, episodeCount: 20)
    let exact = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    #expect(exact.allSatisfy { $0 > 85 && $0 <= 90 + 1e-9 }, "\(exact)")
  }
}
