import Environments
import Simulation
import Testing

/// The totals are those of an independent simulation of the same agents (`c`, ε the best of a grid), whose
/// standard error on 1,000 bandits is given; the most an agent may differ by is three times what remains of it.
@Suite struct BanditBaselinesTests {
  private func simulator(
    _ armCount: Int, _ pullCount: Int, kind: Bandit.Kind = .bernoulli
  ) -> EnvironmentSimulator<Bandit> {
    var bandit = Bandit()
    (bandit.armCount, bandit.kind) = (armCount, kind)
    return EnvironmentSimulator(bandit, horizon: 1, episodeCount: pullCount)
  }

  @Test(arguments: [
    ("greedy", 5, 10, 6.57, 0.07), ("greedy", 50, 10, 6.62, 0.07), ("greedy", 5, 100, 74.96, 0.51),
    ("greedy", 10, 100, 77.91, 0.36), ("thompson", 5, 10, 5.84, 0.07), ("thompson", 10, 100, 77.07, 0.36),
    ("thompson", 50, 100, 64.51, 0.28), ("ucb1", 5, 10, 6.66, 0.07), ("ucb1", 10, 10, 6.72, 0.07),
    ("ucb1", 10, 100, 83.25, 0.36), ("ucb1", 50, 100, 84.76, 0.28),
    ("epsilonGreedy:0.01", 10, 100, 78.02, 0.36),
    ("epsilonGreedy", 10, 500, 411.6, 1.5),
    ("gittins", 5, 10, 6.653, 0.07),
  ])
  func totalsAreThoseOfAnIndependentSimulation(
    name: String, armCount: Int, pullCount: Int, expected: Double, standardError: Double
  ) {
    let laneCount = pullCount == 10 ? 4000 : 1000
    let scores = simulator(armCount, pullCount).scores(of: name, laneCount: laneCount).total
    // The expected totals are themselves means over some thousand bandits.
    let slack = 3 * (scores.standardError + standardError / 2)
    #expect(isClose(scores.mean, expected, within: slack), "\(name): \(scores)")
  }

  @Test func longTrialsAreExploredMore() {
    let (usual, little) = (
      simulator(10, 500).scores(of: "epsilonGreedy", laneCount: 1000).total,
      simulator(10, 500).scores(of: "epsilonGreedy:0.01", laneCount: 1000).total
    )
    #expect(usual.mean > little.mean)
  }

  @Test func tuningOptimismMovesTheAgent() {
    let simulator = simulator(5, 10)
    let totals = ["thompson", "optimisticThompson:1", "optimisticThompson:20"].map {
      simulator.scores(of: $0, laneCount: 4000).total
    }
    #expect(isClose(totals[0].mean, totals[1].mean, within: 4 * totals[0].standardError))
    #expect(totals[2].mean > totals[0].mean + 3 * totals[0].standardError)
    let greedy = simulator.scores(of: "greedy", laneCount: 500).returns
    #expect(simulator.scores(of: "epsilonGreedy:0", laneCount: 500).returns == greedy)
    #expect(simulator.scores(of: "ucb1:0", laneCount: 500).returns == greedy)
    let any = simulator.scores(of: "epsilonGreedy:1", laneCount: 4000).total
    #expect(isClose(any.mean, 5, within: 4 * any.standardError))
  }

  @Test func gaussianArmsAreLearnt() {
    let simulator = simulator(10, 100, kind: .gaussian)
    let random = simulator.scores(of: "random", laneCount: 500).total
    for name in ["greedy", "ucb1", "thompson"] {
      let total = simulator.scores(of: name, laneCount: 500).total
      #expect(total.mean > random.mean + 10 * random.standardError, "\(name): \(total)")
      #expect(total.mean < 1000.0 / 11)
    }
  }

  /// Draws from a posterior that is a millionth as wide as the prior would never end if they were made by chance.
  @Test(arguments: [0, 1e-6, 1e-30] as [Float])
  func certainRewardsAreDrawnFrom(deviation: Float) {
    var environment = Bandit()
    (environment.kind, environment.standardDeviation) = (.gaussian, deviation)
    let simulator = EnvironmentSimulator(environment, testing: .init(), horizon: 1, episodeCount: 20)
    for name in ["thompson", "optimisticThompson"] {
      let means = simulator.scores(of: name, laneCount: 200).means
      #expect(means[19] > 0.75, "\(name): \(means)")
    }
  }
}
