import Algorithms
import ProcessGroup
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Testing

/// Several processes calculate what one does.
@Suite("Processes that train together")
struct RanksTests {
  private struct Outcome: Equatable, Sendable {
    let state: LearnerState
    let metrics: [String]
    let timeSteps: Int
  }

  /// What `learner` comes to in three updates.
  private static func outcome(of learner: any MetaLearner) throws -> Outcome {
    var metrics: [String] = []
    for iteration in 0..<3 {
      let found = try learner.update(iteration: iteration, key: RandomKey(seed: 6).child(iteration))
      metrics += found.entries.map { "\($0.name) \($0.value)" }
    }
    return Outcome(state: learner.state, metrics: metrics, timeSteps: learner.timeStepsPerUpdate)
  }

  private static func check(_ learner: @escaping @Sendable (ThreadPool) throws -> any MetaLearner) throws {
    let alone = try outcome(of: learner(ThreadPool(threadCount: 1)))
    for (count, threads) in [(1, 4), (2, 2), (4, 1), (8, 3)] {
      let results = processGroup(of: count) { rank in
        try outcome(of: learner(ThreadPool(threadCount: threads, ranks: rank)))
      }
      for result in results {
        #expect(try result.get() == alone, "\(count) processes, \(threads) threads")
      }
    }
  }

  @Test("get the bytes of one in RL²", arguments: [0, 1, 2])
  func recurrent(_ which: Int) throws {
    let simulator: any Simulator = [
      RL2Tests.gridNavigation, RL2Tests.bandit, RL2Tests.pointNavigation,
    ][which]
    try Self.check {
      try RL2(RL2Tests.small(), for: simulator, key: RandomKey(seed: 5), pool: $0)
    }
  }

  @Test("get the bytes of one in every variant of MAML", arguments: gradientBasedAlgorithms.indices)
  func gradientBased(_ which: Int) throws {
    try Self.check { pool in
      func learner<Learner: MetaLearner>(_ type: Learner.Type) throws -> any MetaLearner {
        try type.init(
          MAMLTests.configuration(type), for: MAMLTests.pointNavigation, key: RandomKey(seed: 5), pool: pool)
      }
      return try learner(gradientBasedAlgorithms[which])
    }
  }

  @Test("get the bytes of one in supervised MAML")
  func supervised() throws {
    var configuration = SupervisedMAML.Configuration()
    (configuration.tasks, configuration.network.hiddenUnits) = (7, 8)
    try Self.check { [configuration] in
      try SupervisedMAML(
        configuration, for: SupervisedMAMLTests.sinusoids, key: RandomKey(seed: 5), pool: $0)
    }
  }

  @Test("all find what diverges in one of them")
  func divergence() throws {
    @Sendable func divergences(_ ranks: any Ranks) throws -> [String] {
      let simulator = DivergenceTests.simulator(.rareReward)
      let pool = ThreadPool(threadCount: 1, ranks: ranks)
      let variant = MAMLLearner<MAMLWithTRPO>.self
      return try (0..<4).flatMap { seed in
        let key = RandomKey(seed: UInt64(seed))
        let learners: [any MetaLearner] = [
          try RL2(RL2Tests.small(), for: simulator, key: key, pool: pool),
          try variant.init(MAMLTests.configuration(variant), for: simulator, key: key, pool: pool),
        ]
        return learners.map { learner in
          do { _ = try learner.update(iteration: 0, key: key) } catch { return "\(error)" }
          return ""
        }
      }
    }
    let alone = try divergences(SingleRank())
    let found = alone.filter { $0.hasPrefix("reward is not finite in task ") }
    #expect(found.contains { !$0.contains("task 0 ") })
    for result in processGroup(of: 4, { try divergences($0) }) { #expect(try result.get() == alone) }
  }
}
