import Evaluation
import Formats
import Foundation
import Parallel
import Runs
import Studies
import Testing
import Training

/// Which runs count as seeds beside others.
@Suite struct TrainedRunTests {
  private func run(
    _ directory: TemporaryDirectory, _ name: String, _ settings: [String] = [], seed: Int = 0
  ) throws -> RunDirectory {
    try trained(guessingRun(settings, seed: seed), at: "\(directory.path)/\(name)").run
  }

  /// What everything that takes runs together says to `runs`.
  private func refusals(_ runs: [RunDirectory]) throws -> [Failure?] {
    let environment = try runs[0].configuration(catalogue: .toys).environment
    return [
      caught {
        _ = try Evaluator(environment, request: .init(), threadCount: 1)
          .evaluation(combining: runs, catalogue: .toys) { _ in }
      },
      caught { _ = try ScoreExport(of: runs, isNormalized: false, catalogue: .toys) },
      caught {
        _ = try SampleEfficiency(
          of: "first", inSeeds: runs, catalogue: .toys, pool: ThreadPool(threadCount: 1))
      },
    ]
  }

  private func expectRefused(_ runs: [RunDirectory], _ words: String) throws {
    for failure in try refusals(runs) {
      #expect(failure?.kind == .configuration)
      #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test func oneRunNeverCountsTwice() throws {
    let directory = try TemporaryDirectory()
    let a = try run(directory, "a")
    try FileManager.default.createSymbolicLink(atPath: "\(directory.path)/link", withDestinationPath: a.path)
    for other in [a.path, "\(directory.path)/./a/", "\(directory.path)/link"] {
      let other = try RunDirectory.find(other)
      try expectRefused([a, other], "are the same run")
      #expect(caught { _ = try RunComparison([a, other], catalogue: .toys) }?.kind == .configuration)
    }
    let again = try run(directory, "again")
    try expectRefused([a, again], "again: the last checkpoints of both have the same bytes")
    let comparison = try RunComparison([a, again], catalogue: .toys)
    #expect(comparison.rows.count == 2 && comparison.remarks[0].contains("count once"))
  }

  @Test func whatDiffersInMoreThanTheSeedIsNotTakenTogether() throws {
    let directory = try TemporaryDirectory()
    let a = try run(directory, "a", seed: 1)
    try expectRefused(
      [a, run(directory, "b", ["rate=0.25", "inner.steps=2"], seed: 2)],
      "differs from \(a.path) in hyperparameters.rate, hyperparameters.inner.steps. Runs that")
    try expectRefused([a, run(directory, "c", ["iterations=3"], seed: 3)], "hyperparameters.iterations")
    // What changes no number does not matter.
    let d = try run(directory, "d", ["checkpointInterval=2", "description=other"], seed: 4)
    _ = try refusals([a, d])[0].map { Issue.record("\($0)") }
    #expect(try refusals([a, d]).allSatisfy { $0 == nil })
  }

  @Test func unequalNumbersOfUpdatesAreNotTakenTogether() throws {
    let directory = try TemporaryDirectory()
    let a = try run(directory, "a", ["checkpointInterval=1"], seed: 1)
    let b = try run(directory, "b", ["checkpointInterval=1"], seed: 2)
    try FileManager.default.removeItem(atPath: "\(b.path)/checkpoints/000004")
    try expectRefused([a, b], "has 3 updates and")
    try expectRefused([b, a], "has 4 updates and")
  }

  @Test func aRunThatDivergedIsNamed() throws {
    let directory = try TemporaryDirectory()
    let a = try run(directory, "a", seed: 1)
    let trainer = try Trainer(guessingRun(["divergesAt=2"], seed: 2), threadCount: 1)
    let claim = try trainer.begin(at: "\(directory.path)/b", commandLine: [])
    #expect(
      caught { _ = try trainer.train(claim, reporter: ProgressReporter(.none) { _ in }, warn: { _ in }) }?
        .kind
        == .diverged)
    try expectRefused([a, claim.run], "\(claim.run.path) diverged in iteration 3")
    // Alone it can be evaluated, and it is said what it is.
    var warnings: [String] = []
    let configuration = try claim.run.configuration(catalogue: .toys)
    _ = try Evaluator(configuration.environment, request: .init(), threadCount: 1)
      .evaluation(of: claim.run, configuration: configuration) { warnings.append($0) }
    #expect(warnings.count == 1 && warnings[0].hasPrefix("\(claim.run.path) diverged in iteration 3"))
    let summary = try Listing.summary(of: claim.run, catalogue: .toys)
    #expect(summary["remark"]?.string?.contains("b diverged in iteration 3") == true)
  }

  @Test func aValueWrittenInTwoWaysIsOneTraining() throws {
    let directory = try TemporaryDirectory()
    for settings in [["seed=0..1", "rate=1e-1,0.1"], ["checkpointInterval=1,2"], ["rate=1,1.0"]] {
      let failure = caught {
        _ = try Sweep(SweepPlan(settings), at: "\(directory.path)/s") { try guessingRun($0.settings) }
      }
      #expect(failure?.kind == .usage && failure?.description.contains("are the same training") == true)
    }
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/s"))
  }
}
