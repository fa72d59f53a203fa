import Environments
import Randomness
import Simulation
import Testing

/// What reference agents know, and where they are what they are called.
@Suite struct ReferenceSettingTests {
  private let other = TaskSplit("other")

  func shifted(switchAfter: Int = 0, permutesActions: Bool = false) -> EnvironmentSimulator<GridNavigation> {
    var shift = TrialShift()
    (shift.switchAfter, shift.permutesActions) = (switchAfter, permutesActions)
    return EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init(), .test: .init(), other: .init()],
      shifts: [other: shift], horizon: 15, episodeCount: 4)
  }

  @Test func whoKnowsOfNoShiftIsNotOptimalInIt() {
    for simulator in [shifted(switchAfter: 2), shifted(permutesActions: true)] {
      #expect(simulator.references.contains { $0.name == "bayesOptimal" })
      #expect(simulator.references(of: .test).contains { $0.name == "bayesOptimal" })
      #expect(!simulator.references(of: other).contains { $0.name == "bayesOptimal" })
      #expect(simulator.references(of: other).contains { $0.name == "sweep" })
      #expect(simulator.expectedReturns(of: "bayesOptimal", split: other) == nil)
    }
  }

  @Test func thePriorIsWhatTrainingAndTheSplitHave() {
    var setting = ReferenceSetting(KeyDoor.TaskDistribution(), horizon: 1, episodeCount: 1)
    func members(_ distribution: KeyDoor.TaskDistribution) -> [Int] {
      distribution.share.from == 0 ? [3, 1] : [2, 3]
    }
    #expect(setting.prior(members) == [3, 1])
    setting.distribution.share.from = 0.5
    #expect(setting.prior(members) == [3, 1, 2])
    setting.training = setting.distribution
    #expect(setting.prior(members) == [2, 3])
  }

  /// Of a million pulls a hundred pay: the two thousand that are tried pay nothing, which is no contradiction.
  @Test func rareRewardsAreNoContradiction() {
    var distribution = Bandit.TaskDistribution()
    (distribution.alpha, distribution.beta) = (100, 1_000_000)
    let rare = EnvironmentSimulator(Bandit(), testing: distribution, horizon: 1, episodeCount: 1)
    for seed in 0..<5 {
      let verdict = rare.verdict(on: .exactReturnsHold, key: RandomKey(seed: UInt64(seed)))
      #expect(!verdict.isBroken, "\(verdict)")
    }
  }
}
