import Formats
import Foundation
import Runs
import Testing
import Training

@Suite struct TrainerTests {
  private func train(
    _ overrides: [String], into path: String, threadCount: Int = 1, seed: Int = 5
  ) throws -> (run: RunDirectory, summary: Trainer.Summary) {
    try trained(guessingRun(overrides, seed: seed), at: path, threadCount: threadCount)
  }

  private func lines(_ directory: TemporaryDirectory, _ name: String) throws -> [Value] {
    try directory.read(name).split(separator: 0x0A).map { try JSON.parse(Array($0)) }
  }

  @Test func leavesTheFilesOfARun() throws {
    let directory = try TemporaryDirectory()
    let (run, summary) = try train(["iterations=7", "checkpointInterval=3"], into: "\(directory.path)/r")
    #expect(summary.iterationCount == 7)
    #expect(summary.timeStepCount == 70)
    #expect(try run.checkpoints.iterations() == [3, 6, 7])
    let metrics = try lines(directory, "r/metrics.jsonl")
    #expect(metrics.map { $0["iteration"]?.integer } == Array(1...7))
    #expect(metrics.map { $0["timeSteps"]?.integer } == Array(1...7).map { 10 * $0 })
    let last = try run.checkpoints.latest { _ in }
    #expect(metrics.last?["metrics"]?["first"]?.double == last.state.tensors[0].values.first.map(Double.init))
    let timing = try lines(directory, "r/timing.jsonl")
    #expect(timing.count == 7)
    let manifest = try JSON.parse(directory.read("r/manifest.json"))
    #expect(manifest["version"] == .string(version))
    #expect(manifest["seed"] == .integer(5))
    #expect(manifest["threads"] == .integer(1))
    #expect(manifest["commandLine"] == .array([.string("metarl"), .string("train")]))
    #expect(manifest["testTasks"]?["count"] == .integer(1000))
    let tasks = "[" + Array(repeating: #"{"number":2},{"number":1}"#, count: 500).joined(separator: ",") + "]"
    #expect(manifest["testTasks"]?["sha256"] == .string(SHA256.hexadecimal(tasks.utf8)))
    #expect(
      try run.configuration(catalogue: .toys).document.utf8.elementsEqual(directory.read("r/config.toml")))
  }

  @Test func sameSeedSameBytesAndAnotherSeedOthers() throws {
    let directory = try TemporaryDirectory()
    _ = try train([], into: "\(directory.path)/a")
    _ = try train([], into: "\(directory.path)/b", threadCount: 3)
    _ = try train([], into: "\(directory.path)/c", seed: 6)
    let again = try RunConfiguration(file: "\(directory.path)/a/config.toml", catalogue: .toys)
    _ = try trained(again, at: "\(directory.path)/d", threadCount: 2)
    for file in [
      "config.toml", "metrics.jsonl", "checkpoints/000004/learner.safetensors",
      "checkpoints/000004/state.json",
    ] {
      #expect(try directory.read("a/\(file)") == directory.read("b/\(file)"))
      #expect(try directory.read("a/\(file)") == directory.read("d/\(file)"))
      #expect(try directory.read("a/\(file)") != directory.read("c/\(file)"))
    }
  }

  @Test func aRunIsNeverOverwritten() throws {
    let directory = try TemporaryDirectory()
    let trainer = try Trainer(guessingRun(), threadCount: 1)
    _ = try trainer.begin(at: "\(directory.path)/deep/r", commandLine: ["first"])
    let manifest = try directory.read("deep/r/manifest.json")
    let failure = try #require(
      caught { _ = try trainer.begin(at: "\(directory.path)/deep/r", commandLine: []) })
    #expect(failure.kind == .exists)
    try directory.write("a file", to: "file")
    #expect(caught { _ = try trainer.begin(at: "\(directory.path)/file", commandLine: []) }?.kind == .exists)
    let name = trainer.configuration.runName
    for expected in [name, "\(name)-2", "\(name)-3"] {
      #expect(
        try trainer.begin(in: "\(directory.path)/deep", commandLine: []).run.name == expected)
    }
    #expect(try directory.read("deep/r/manifest.json") == manifest)
  }

  @Test func runsAreFoundByPathAndByName() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try train([], into: "\(directory.path)/first")
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/empty", withIntermediateDirectories: false)
    #expect(try RunDirectory.find("first", in: directory.path).path == run.path)
    #expect(try RunDirectory.find(run.path + "/", in: "nowhere").path == run.path)
    let missing = try #require(caught { _ = try RunDirectory.find("frist", in: directory.path) })
    #expect(missing.kind == .missing)
    #expect(missing.description == "there is no run frist. Did you mean \"first\"?")
    #expect(
      caught { _ = try RunDirectory.find("\(directory.path)/empty") }?.description.contains("is not a run")
        == true)
    #expect(RunDirectory.all(in: directory.path).map(\.name) == ["first"])
  }
}
