import Formats
import Foundation
import Runs
import Testing
import Training

/// Runs that were stopped, killed or damaged, and resumed.
@Suite struct ResumptionTests {
  private static let settings = ["iterations=9", "checkpointInterval=3"]
  private static let files = [
    "config.toml", "metrics.jsonl", "checkpoints/000009/learner.safetensors", "checkpoints/000009/state.json",
  ]

  /// A run in `directory` that was told to stop while it did iteration `last`, at the end where that is nil.
  private func train(
    _ settings: [String] = Self.settings, in directory: TemporaryDirectory, _ name: String, stopAt last: Int?
  ) throws {
    let trainer = try Trainer(guessingRun(settings, seed: 5), threadCount: 1)
    let claim = try trainer.begin(at: "\(directory.path)/\(name)", commandLine: [])
    try go(trainer, claim, stopAt: last)
  }

  private func go(_ trainer: Trainer, _ claim: RunClaim, stopAt last: Int?) throws {
    let stop = StopRequest()
    if last == 0 { #expect(stop.receive(SIGTERM)) }
    let reporter = ProgressReporter(.json) { line in
      // What a reporter hears of is over, so that the next iteration is the last.
      if let last, line.hasPrefix("{\"iteration\":\(last - 1),") { #expect(stop.receive(SIGTERM)) }
    }
    _ = try trainer.train(claim, reporter: reporter, stop: stop, warn: { Issue.record("\($0)") })
  }

  private func resume(
    _ directory: TemporaryDirectory, _ name: String, stopAt last: Int? = nil, threadCount: Int = 1,
    warn: (String) -> Void = { Issue.record("\($0)") }
  ) throws {
    let (trainer, claim) = try Trainer.resume(
      RunDirectory.find("\(directory.path)/\(name)"), catalogue: .toys, threadCount: threadCount,
      commandLine: ["again"], warn: warn)
    if last != nil { return try go(trainer, claim, stopAt: last) }
    _ = try trainer.train(claim, reporter: ProgressReporter(.none) { _ in }, warn: warn)
  }

  private func expectEqual(_ directory: TemporaryDirectory, _ first: String, _ second: String) throws {
    for file in Self.files {
      #expect(try directory.read("\(first)/\(file)") == directory.read("\(second)/\(file)"), "\(file)")
    }
  }

  @Test(arguments: [0, 2, 3, 4, 5, 6, 7, 8])
  func stoppedAnywhereAndResumedIsAsIfNever(last: Int) throws {
    let directory = try TemporaryDirectory()
    try train(in: directory, "whole", stopAt: nil)
    let failure = try #require(caught { try train(in: directory, "cut", stopAt: last) })
    #expect(failure.kind == .stoppedEarly)
    #expect(failure.description.contains("stopped after iteration \(last) of 9"))
    let run = try RunDirectory.find("\(directory.path)/cut")
    #expect(try run.checkpoints.iterations().last == last)
    if last < 7 {
      // Stopped a second time, on the way.
      #expect(caught { try resume(directory, "cut", stopAt: last + 2) }?.kind == .stoppedEarly)
    }
    try resume(directory, "cut", threadCount: 3)
    try expectEqual(directory, "whole", "cut")
    let manifest = try JSON.parse(directory.read("cut/manifest.json"))
    #expect(manifest["resumed"]?[0]?["iteration"] == .integer(last))
    // A complete run is left as it is.
    try resume(directory, "cut")
    try expectEqual(directory, "whole", "cut")
  }

  @Test func linesAfterTheCheckpointAreCutOff() throws {
    let directory = try TemporaryDirectory()
    try train(in: directory, "whole", stopAt: nil)
    #expect(caught { try train(in: directory, "cut", stopAt: 4) } != nil)
    for file in ["metrics.jsonl", "timing.jsonl"] {
      let lines = try directory.read("cut/\(file)")
      try DurableFile.write(
        lines + Array("{\"iteration\":5}\n{\"iter".utf8), to: "\(directory.path)/cut/\(file)")
    }
    try directory.write("half", to: "cut/config.toml.tmp")
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/cut/checkpoints/.000005.tmp", withIntermediateDirectories: false)
    try resume(directory, "cut")
    try expectEqual(directory, "whole", "cut")
    let timing = try directory.read("cut/timing.jsonl").split(separator: 0x0A).map {
      try JSON.parse(Array($0))
    }
    #expect(timing.map { $0["iteration"]?.integer } == Array(1...9))
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/cut/config.toml.tmp"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/cut/checkpoints").count == 3)
  }

  @Test func aDamagedCheckpointIsSkippedWithAWarning() throws {
    let directory = try TemporaryDirectory()
    try train(in: directory, "whole", stopAt: nil)
    #expect(caught { try train(in: directory, "cut", stopAt: 8) } != nil)
    try directory.write("no numbers", to: "cut/checkpoints/000008/learner.safetensors")
    var warnings: [String] = []
    try resume(directory, "cut") { warnings.append($0) }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("000008 is skipped: ") == true)
    try expectEqual(directory, "whole", "cut")
    #expect(try RunDirectory.find("\(directory.path)/cut").checkpoints.iterations() == [3, 6, 9])
  }

  @Test func refusesWhatCannotBeExact() throws {
    let directory = try TemporaryDirectory()
    #expect(caught { try train(in: directory, "r", stopAt: 4) } != nil)
    let metrics = try directory.read("r/metrics.jsonl")
    try DurableFile.write(Array(metrics.dropLast(9)), to: "\(directory.path)/r/metrics.jsonl")
    let short = try #require(caught { try resume(directory, "r") })
    #expect(short.kind == .configuration)
    #expect(short.description.hasSuffix("metrics.jsonl has 3 lines; the checkpoint was written after 4"))
    try DurableFile.write(metrics, to: "\(directory.path)/r/metrics.jsonl")
    let configuration = String(decoding: try directory.read("r/config.toml"), as: UTF8.self)
    try directory.write(configuration.replacing("rate = 2.0", with: "rate = 3.0"), to: "r/config.toml")
    let changed = try #require(caught { try resume(directory, "r") })
    #expect(changed.kind == .configuration)
    #expect(changed.description.contains("has been changed since the run began"))
  }

  @Test func oneProcessAtATimeTrainsARun() throws {
    let directory = try TemporaryDirectory()
    #expect(caught { try train(in: directory, "r", stopAt: 4) } != nil)
    let run = try RunDirectory.find("\(directory.path)/r")
    var claim: RunClaim? = try run.claim()
    let failure = try #require(caught { try resume(directory, "r") })
    #expect(failure.kind == .exists)
    #expect(failure.description == "\(run.path) is in use by process \(getpid())")
    #expect(claim?.run.path == run.path)
    claim = nil
    try resume(directory, "r")
  }

  @Test func whatAKilledProcessWasMakingIsSwept() throws {
    let directory = try TemporaryDirectory()
    let hidden = "\(directory.path)/.r.0123ABCD.new-run"
    try FileManager.default.createDirectory(atPath: hidden, withIntermediateDirectories: false)
    try directory.write("1", to: ".r.0123ABCD.new-run/lock")
    try train(in: directory, "r", stopAt: nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["r"])
  }

  @Test func whatAnEvaluationWritesIsLeftToIt() throws {
    let directory = try TemporaryDirectory()
    #expect(caught { try train(in: directory, "r", stopAt: 4) } != nil)
    let names = [
      "evaluation.json.\(getppid()).tmp", "evaluation.json.999999999.tmp", "evaluation.json.\(getpid()).tmp",
      "config.toml.\(getppid()).tmp",
    ]
    for name in names { try directory.write("half", to: "r/\(name)") }
    try resume(directory, "r")
    let left = names.filter { FileManager.default.fileExists(atPath: "\(directory.path)/r/\($0)") }
    #expect(left == [names[0]])
  }

  @Test func theSecondSignalIsNotTheFirst() {
    let stop = StopRequest()
    #expect(stop.receive(SIGINT))
    #expect(!stop.receive(SIGINT))
    #expect(!stop.receive(SIGTERM))
  }

  @Test(arguments: [
    ("divergesAt=4", "gradient is not finite in iteration 5", 4),
    ("poisonsAt=3", "parameters is not finite in iteration 4", 2),
  ])
  func divergenceLeavesWhatShowsItAgain(override: String, message: String, last: Int) throws {
    let directory = try TemporaryDirectory()
    let settings = ["iterations=9", "checkpointInterval=2", override]
    let failure = try #require(caught { try train(settings, in: directory, "r", stopAt: nil) })
    #expect(failure.kind == .diverged)
    #expect(failure.description.contains(message))
    let kept = try RunDirectory.find("\(directory.path)/r").checkpoints.latest { Issue.record("\($0)") }
    #expect(kept.iteration == last)
    #expect(kept.state.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    let description = try JSON.parse(directory.read("r/divergence/divergence.json"))
    #expect(description["iteration"] == .integer(last + (override == "poisonsAt=3" ? 2 : 1)))
    #expect(description["message"] == .string(message))
    let again = try #require(caught { try resume(directory, "r/divergence") })
    #expect(again.kind == .diverged)
    #expect(again.description.contains(message))
  }
}
