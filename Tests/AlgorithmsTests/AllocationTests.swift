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

  @Test(
    "is left alone by an update of every algorithm but for its metrics",
    arguments: LearnerContractTests.cases.indices, [1, 2])
  func everyAlgorithm(_ index: Int, threads: Int) async {
    await #expect(processExitsWith: .success) { [index, threads] in
      let subject = LearnerContractTests.cases[index]
      // How far a line search goes depends on what was played, and each of its steps wakes the threads.
      func allocations(_ size: Int) throws -> Int {
        let learner = try LearnerContractTests.learner(
          subject, threads: threads,
          more: [
            ("trials", .integer(6 * size)), ("rollouts", .integer(size)),
            ("trpo.lineSearchCandidates", .integer(1)),
          ])
        return try Self.allocationsOfUpdate { try LearnerContractTests.run(learner, $0..<$0 + 1) }
      }
      let (few, many) = (try allocations(4), try allocations(12))
      #expect(few == many, "allocations of \(subject.name) grow with the work: \(few), \(many)")
      #expect(many < 100)
    }
  }
}
