import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct DependentBanditTests {
  func distribution(
    _ probabilities: [Float], volatilities: [Float] = [0]
  ) -> DependentBandit.TaskDistribution {
    var distribution = DependentBandit.TaskDistribution()
    (distribution.probabilities, distribution.volatilities) = (probabilities, volatilities)
    return distribution
  }

  func simulator(
    _ probabilities: [Float], volatilities: [Float] = [0]
  ) -> EnvironmentSimulator<DependentBandit> {
    EnvironmentSimulator(
      DependentBandit(), testing: distribution(probabilities, volatilities: volatilities), horizon: 100,
      episodeCount: 1)
  }

  /// Against the best arm, Bayes-optimal agents lose 0.625, 1.000, 2.312 and 1.221 in 100 pulls.
  @Test(
    arguments: [
      ([0.1, 0.9], 89.3750, 90), ([0.25, 0.75], 74.0000, 75), ([0.4, 0.6], 57.6879, 60), ([], 73.7786, 75),
    ] as [([Float], Double, Double)])
  func totalsAreTheKnownOnes(probabilities: [Float], bayesOptimal: Double, oracle: Double) throws {
    let simulator = simulator(probabilities)
    for (name, expected) in [("bayesOptimal", bayesOptimal), ("oracle", oracle), ("random", 50)] {
      let exact = try #require(simulator.expectedReturns(of: name, split: .test))
      #expect(isClose(exact[0], expected, within: 1e-4), "\(name): \(exact)")
      let scores = simulator.scores(of: name, laneCount: 4000).total
      #expect(isClose(scores.mean, expected, within: 4 * scores.standardError), "\(name): \(scores)")
    }
  }

  /// What is learnt in one episode serves in the next.
  @Test func knowledgeOutlivesTheEpisode() throws {
    var distribution = DependentBandit.TaskDistribution()
    distribution.probabilities = [0, 1]
    let simulator = EnvironmentSimulator(
      DependentBandit(), testing: distribution, horizon: 3, episodeCount: 2)
    #expect(simulator.expectedReturns(of: "bayesOptimal", split: .test) == [2.5, 3])
    #expect(simulator.scores(of: "bayesOptimal", laneCount: nil).means == [2.5, 3])
  }

  @Test func armsThatChangePlacesAreFollowed() {
    let restless = simulator([0.1, 0.9], volatilities: [0.02, 0.2])
    let scores = ["random", "bayesOptimal", "oracle"].map { restless.scores(of: $0, laneCount: 4000).total }
    #expect(isClose(scores[0].mean, 50, within: 4 * scores[0].standardError))
    #expect(scores[1].mean > 60 && scores[1].mean < scores[2].mean, "\(scores)")
    #expect(restless.expectedReturns(of: "bayesOptimal", split: .test) == nil)
  }

  @Test func tasksAreEveryPair() {
    let tasks = DependentBandit().tasks(of: distribution([0.2, 0.8], volatilities: [0, 0.1]))
    #expect(Set(tasks ?? []).count == 4)
    #expect(DependentBandit().tasks(of: distribution([])) == nil)
  }

  @Test func nonsenseIsRefused() {
    for (probabilities, volatilities) in [([-0.1], [0]), ([0.5, .nan], [0]), ([0.5], [2]), ([0.5], [])]
      as [([Float], [Float])]
    {
      let distribution = distribution(probabilities, volatilities: volatilities)
      #expect(throws: InvalidParameter.self) { try DependentBandit().validate(distribution) }
    }
  }
}
