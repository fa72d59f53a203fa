import Environments
import Simulation
import Testing

/// The totals are those of an independent simulation of the same agents on 1,200 to 2,000 processes.
@Suite struct TabularMDPBaselinesTests {
  private func total(_ name: String, episodeCount: Int, laneCount: Int) -> (
    mean: Double, standardError: Double
  ) {
    EnvironmentSimulator(TabularMDP(), horizon: 10, episodeCount: episodeCount)
      .scores(of: name, laneCount: laneCount).total
  }

  @Test(arguments: [
    ("psrl", 10, 133.7), ("greedy", 10, 149.3), ("countBonus:0.25", 10, 151.8), ("countBonus", 10, 152.0),
    ("countBonus:1.5", 10, 138.7), ("countBonus:0", 10, 149.3), ("psrl", 50, 901.4), ("greedy", 50, 894.4),
    ("countBonus", 50, 965.9),
  ])
  func totalsAreThoseOfAnIndependentSimulation(name: String, episodeCount: Int, expected: Double) {
    let found = total(name, episodeCount: episodeCount, laneCount: episodeCount == 10 ? 1000 : 300)
    #expect(isClose(found.mean, expected, within: 4 * found.standardError), "\(name): \(found)")
  }

  @Test func parametersThatChangeNothingChangeNothing() {
    func returns(_ name: String) -> [[Double]] {
      EnvironmentSimulator(TabularMDP(), horizon: 10, episodeCount: 10).scores(of: name, laneCount: 60)
        .returns
    }
    let greedy = returns("greedy")
    #expect(returns("countBonus:0") == greedy && returns("ucrl2:0") == greedy && returns("beb:0") == greedy)
    #expect(returns("opsrl:1") == returns("psrl"))
    #expect(returns("countBonus:1") != greedy)
  }

  /// With no noise and few states, a dozen episodes are enough to know nearly all. The usual bounds of UCRL2 are so
  /// narrow because they are tuned for a larger process in fewer episodes.
  @Test func plansComeNearTheOptimumInASmallProcess() {
    var process = TabularMDP()
    (process.stateCount, process.actionCount, process.rewardDeviation) = (2, 2, 0)
    let simulator = EnvironmentSimulator(process, horizon: 10, episodeCount: 40)
    let oracle = simulator.scores(of: "oracle", laneCount: 200).means
    for name in ["psrl", "opsrl", "ucrl2:0.2", "beb", "countBonus"] {
      let means = simulator.scores(of: name, laneCount: 200).means
      #expect(means[39] > 0.97 * oracle[39], "\(name): \(means[39]) of \(oracle[39])")
    }
  }
}
