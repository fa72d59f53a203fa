import Environments
import Formats
import Simulation
import Testing

@Suite struct BanditTests {
  func simulator(
    armCount: Int, pullCount: Int, kind: Bandit.Kind = .bernoulli,
    distribution: Bandit.TaskDistribution = Bandit.TaskDistribution()
  ) -> EnvironmentSimulator<Bandit> {
    var bandit = Bandit()
    (bandit.armCount, bandit.kind) = (armCount, kind)
    return EnvironmentSimulator(bandit, testing: distribution, horizon: 1, episodeCount: pullCount)
  }

  func total(_ name: String, _ simulator: EnvironmentSimulator<Bandit>) throws -> Double {
    try #require(simulator.expectedReturns(of: name, split: .test)).reduce(0, +)
  }

  @Test(arguments: [
    (5, 2, 2.888889), (5, 3, 3.006944), (5, 5, 3.052083), (10, 2, 6.021786), (10, 3, 6.409643),
    (10, 5, 6.659988), (10, 10, 6.713951), (10, 50, 6.713951), (15, 50, 10.617918), (15, 5, 10.431543),
    (20, 3, 13.465831),
  ])
  func bayesOptimalTotalsAreTheKnownOnes(pullCount: Int, armCount: Int, expected: Double) throws {
    let found = try total("bayesOptimal", simulator(armCount: armCount, pullCount: pullCount))
    #expect(isClose(found, expected, within: 1e-6), "\(found)")
  }

  @Test func randomAndOracleAreClosedForms() throws {
    #expect(try total("random", simulator(armCount: 5, pullCount: 10)) == 5)
    #expect(isClose(try total("oracle", simulator(armCount: 5, pullCount: 10)), 10 * 5 / 6, within: 1e-9))
    #expect(try total("random", simulator(armCount: 10, pullCount: 100, kind: .gaussian)) == 50)
  }

  /// One pull earns the prior mean; a second is of the same arm after a success, of another after a failure.
  @Test func twoPullsAreSolvedByHand() throws {
    var distribution = Bandit.TaskDistribution()
    (distribution.alpha, distribution.beta) = (1, 2)
    let simulator = simulator(armCount: 2, pullCount: 2, distribution: distribution)
    let found = try #require(simulator.expectedReturns(of: "bayesOptimal", split: .test))
    #expect(isClose(found[0], 1.0 / 3, within: 1e-12))
    #expect(isClose(found[1], 1.0 / 3 * 2 / 4 + 2.0 / 3 * 1 / 3, within: 1e-12))
  }

  @Test func bayesOptimalAgentAttainsItsTotal() throws {
    let simulator = simulator(armCount: 5, pullCount: 10)
    let scores = simulator.scores(of: "bayesOptimal", laneCount: 20_000).total
    #expect(isClose(scores.mean, 6.659988, within: 4 * scores.standardError), "\(scores)")
  }

  @Test(arguments: [(100, 5, 78.68, 0.05), (100, 10, 83.80, 0.04)])
  func indexPolicyComesNearTheOptimum(
    pullCount: Int, armCount: Int, expected: Double, uncertainty: Double
  ) {
    let simulator = simulator(armCount: armCount, pullCount: pullCount)
    let scores = simulator.scores(of: "bayesOptimal", laneCount: 8000).total
    #expect(isClose(scores.mean, expected, within: 3 * scores.standardError + 2 * uncertainty), "\(scores)")
    #expect(simulator.references.last?.summary.contains("Gittins") == true)
    #expect(simulator.expectedReturns(of: "bayesOptimal", split: .test) == nil)
  }

  @Test func gaussianArmsHaveNoPlanner() {
    let simulator = simulator(armCount: 10, pullCount: 100, kind: .gaussian)
    #expect(simulator.references.allSatisfy { !["gittins", "bayesOptimal"].contains($0.name) })
    #expect(simulator.standardReferences(of: .test) == ["random", "oracle", "ucb1"])
    let scores = simulator.scores(of: "oracle", laneCount: 2000).total
    #expect(isClose(scores.mean, 1000.0 / 11, within: 4 * scores.standardError), "\(scores)")
  }

  @Test func nonsenseIsRefused() {
    var bandit = Bandit()
    bandit.armCount = 0
    #expect(throws: InvalidParameter.self) { try bandit.validate() }
    var distribution = Bandit.TaskDistribution()
    distribution.alpha = 0
    #expect(throws: InvalidParameter.self) { try Bandit().validate(distribution) }
    distribution = Bandit.TaskDistribution()
    distribution.lower = 2
    #expect(throws: InvalidParameter.self) { try Bandit().validate(distribution) }
  }
}
