import Algorithms
import AllocationCounter
import Environments
import Randomness
import Simulation
import Testing

/// Counted in processes of their own, since the other tests of this one allocate beside them.
@Suite("The heap")
struct AllocationTests {
  /// The allocations of one update once everything is in place.
  static func allocationsOfUpdate(_ update: (Int) throws -> Void) rethrows -> Int {
    for iteration in 0..<3 { try update(iteration) }
    var fewest = Int.max
    for iteration in 3..<8 {
      let before = metarl_allocation_count()
      try update(iteration)
      fewest = min(fewest, metarl_allocation_count() - before)
    }
    return fewest
  }

  @Test("is left alone by an update of RL² but for its metrics", arguments: [1, 2])
  func recurrent(threads: Int) async {
    await #expect(processExitsWith: .success) { [threads] in
      for simulator in [RL2Tests.gridNavigation, RL2Tests.bandit, RL2Tests.pointNavigation, RL2Tests.process]
        as [any Simulator]
      {
        func allocations(trials: Int) throws -> Int {
          let learner = try RL2Tests.learner(
            simulator, RL2Tests.small { $0.trials = trials }, threads: threads)
          return try Self.allocationsOfUpdate { try RL2Tests.run(learner, $0..<$0 + 1) }
        }
        let (few, many) = (try allocations(trials: 24), try allocations(trials: 96))
        #expect(few == many, "allocations grow with the work: \(few), \(many)")
        #expect(few < 20)
      }
    }
  }

  @Test("is left alone by an update of MAML but for its metrics", arguments: [1, 2])
  func gradientBased(threads: Int) async {
    await #expect(processExitsWith: .success) { [threads] in
      func allocations(rollouts: Int) throws -> Int {
        let learner = try MAMLTests.learner(MAMLTests.small { $0.rollouts = rollouts }, threads: threads)
        return try Self.allocationsOfUpdate { try MAMLTests.run(learner, $0..<$0 + 1) }
      }
      let (few, many) = (try allocations(rollouts: 4), try allocations(rollouts: 12))
      #expect(few == many, "allocations grow with the work: \(few), \(many)")
      #expect(many < 100)
    }
  }
}
