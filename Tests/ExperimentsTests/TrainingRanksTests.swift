import ProcessGroup
import Formats
import Foundation
import Parallel
import Runs
import Testing
import Training

/// Trainings by several processes, of which the first has the files.
@Suite struct TrainingRanksTests {
  private static let settings = ["iterations=9", "checkpointInterval=4"]
  private static let files = [
    "config.toml", "metrics.jsonl", "checkpoints/000009/learner.safetensors", "checkpoints/000009/state.json",
  ]

  /// What goes wrong in one of the processes.
  private enum Fault: Sendable {
    case none
    /// It does not come to its exchange of this number.
    case absence(Int)
    /// It is given other bytes in its exchange of this number.
    case damage(Int)
  }

  private struct Absent: Error {}

  /// A process that a fault meets.
  private final class FaultyRank: Ranks, @unchecked Sendable {
    let index: Int
    let count: Int
    private let rank: ThreadRank
    private let fault: Fault
    private var number = 0

    init(_ rank: ThreadRank, _ fault: Fault) {
      (index, count, self.rank, self.fault) = (rank.index, rank.count, rank, fault)
    }

    func gather(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) throws {
      number += 1
      if case .absence(number) = fault { throw Absent() }
      try rank.gather(bytes, parts: parts)
      if case .damage(number) = fault { bytes[bytes.count - 1] ^= 1 }
    }
  }

  /// What each of `count` processes throws that train at `path`, where process `last` meets `fault`.
  private func train(
    _ settings: [String] = Self.settings, at path: String, count: Int, resuming: Bool = false,
    fault: Fault = .none, stop: @escaping @Sendable (Int) -> StopRequest = { _ in StopRequest() }
  ) -> [(any Error)?] {
    processGroup(of: count, patience: 0.5) { thread in
      let rank = FaultyRank(thread, thread.index == count - 1 ? fault : .none)
      let stop = stop(rank.index)
      guard rank.isFirst else {
        return try Trainer.follow(rank, catalogue: .toys, threadCount: 1, stop: stop)
      }
      let (trainer, claim): (Trainer, RunClaim)
      if resuming {
        (trainer, claim) = try Trainer.resume(
          RunDirectory.find(path), catalogue: .toys, threadCount: 2, ranks: rank, commandLine: [],
          warn: { Issue.record("\($0)") })
      } else {
        trainer = try Trainer(guessingRun(settings, seed: 5), threadCount: 2, ranks: rank)
        claim = try trainer.begin(at: path, commandLine: [])
      }
      _ = try trainer.train(
        claim, reporter: ProgressReporter(.none) { _ in }, stop: stop, warn: { Issue.record("\($0)") })
    }.map { result in
      if case .failure(let error) = result { return error }
      return nil
    }
  }

  private func expectEqual(_ directory: TemporaryDirectory, _ first: String, _ second: String) throws {
    for file in Self.files {
      #expect(try directory.read("\(first)/\(file)") == directory.read("\(second)/\(file)"), "\(file)")
    }
  }

  @Test(arguments: [2, 3, 8]) func leaveTheBytesOfOne(_ count: Int) throws {
    let directory = try TemporaryDirectory()
    _ = try trained(guessingRun(Self.settings, seed: 5), at: "\(directory.path)/one")
    #expect(train(at: "\(directory.path)/many", count: count).allSatisfy { $0 == nil })
    try expectEqual(directory, "one", "many")
  }

  /// The first six exchanges are those of configuration, programs, counts, parameters and signals.
  @Test(arguments: [7, 8, 12]) func aLostProcessLeavesWhatOthersGoOnWith(_ exchange: Int) throws {
    let directory = try TemporaryDirectory()
    _ = try trained(guessingRun(Self.settings, seed: 5), at: "\(directory.path)/one")
    let path = "\(directory.path)/many"
    let errors = train(at: path, count: 4, fault: .absence(exchange))
    let failure = try #require(errors[0] as? Failure)
    #expect(failure.kind == .stoppedEarly)
    #expect(failure.description.contains("nobody came"))
    let kept = try RunDirectory.find(path).checkpoints.iterations().last
    #expect(failure.description.contains("after iteration \(kept ?? -1) of 9"))
    #expect(errors[1] is LostRank && errors[2] is LostRank && errors[3] is Absent)
    #expect(train(at: path, count: 3, resuming: true).allSatisfy { $0 == nil })
    try expectEqual(directory, "one", "many")
  }

  @Test(arguments: [SIGINT, SIGUSR1]) func whatOneIsToldAllHear(_ signal: Int32) throws {
    let directory = try TemporaryDirectory()
    let errors = train(at: "\(directory.path)/many", count: 3) { index in
      let stop = StopRequest()
      if index == 2 { #expect(stop.receive(signal)) }
      return stop
    }
    for error in errors {
      #expect((error as? Failure)?.kind == (signal == SIGINT ? .interrupted : .stoppedEarly))
    }
    #expect(try RunDirectory.find("\(directory.path)/many").checkpoints.iterations() == [0])
  }

  @Test func allEndWithTheDivergence() throws {
    let directory = try TemporaryDirectory()
    let errors = train(
      Self.settings + ["divergesAt=5"], at: "\(directory.path)/many", count: 3)
    for error in errors { #expect((error as? Failure)?.kind == .diverged) }
    #expect((errors[1] as? Failure)?.description.contains("gradient is not finite in iteration 6") == true)
    #expect(FileManager.default.fileExists(atPath: "\(directory.path)/many/divergence/divergence.json"))
  }

  @Test func learnersThatAreNotEqualEndTheTraining() throws {
    let directory = try TemporaryDirectory()
    // Exchanges 1 and 2 give the configuration, 3 compares programs, 4 gives counts, 5 parameters.
    let errors = train(at: "\(directory.path)/many", count: 2, fault: .damage(5))
    for error in errors {
      #expect((error as? Failure)?.kind == .internalError)
      #expect((error as? Failure)?.description.contains("different parameters after iteration 0") == true)
    }
  }
}
