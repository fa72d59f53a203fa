import Configuration
import Evaluation
import Formats
import Runs
import Testing
import Training

/// What a training does beside training, and what comes after it.
@Suite struct DailyWorkTests {
  private static let settings = ["iterations=7", "checkpointInterval=2", "checkpointsKept=9"]
  private static let weights = "checkpoints/000007/learner.safetensors"

  private func metrics(_ directory: TemporaryDirectory, _ run: String) throws -> [Value] {
    try directory.read("\(run)/metrics.jsonl").split(separator: 0x0A).map { try JSON.parse(Array($0)) }
  }

  @Test func heldOutTasksChangeNothingThatIsTrained() throws {
    let directory = try TemporaryDirectory()
    _ = try trained(guessingRun(Self.settings), at: "\(directory.path)/plain")
    for (name, threadCount) in [("one", 1), ("three", 3)] {
      _ = try trained(
        guessingRun(Self.settings + ["evaluateEvery=3", "evaluateTasks=6"]), at: "\(directory.path)/\(name)",
        threadCount: threadCount)
      #expect(try directory.read("\(name)/\(Self.weights)") == directory.read("plain/\(Self.weights)"))
    }
    #expect(try directory.read("one/metrics.jsonl") == directory.read("three/metrics.jsonl"))
    let measured = try metrics(directory, "one").filter { $0["metrics"]?["heldOutReturn"] != nil }
    #expect(measured.map { $0["iteration"]?.integer } == [3, 6, 7])
    for line in measured {
      let total = try #require(line["metrics"]?["heldOutReturn"]?.double)
      #expect(total >= 0 && total <= 3)
      #expect(line["metrics"]?["heldOutFirstEpisodeReturn"]?.double != nil)
    }
  }

  @Test func heldOutTasksAreTheSameAfterAStop() throws {
    let directory = try TemporaryDirectory()
    let configuration = try guessingRun(Self.settings + ["evaluateEvery=2"])
    _ = try trained(configuration, at: "\(directory.path)/whole")
    let trainer = try Trainer(configuration, threadCount: 1)
    var claim: RunClaim? = try trainer.begin(at: "\(directory.path)/cut", commandLine: [])
    let run = try #require(claim?.run)
    let stop = StopRequest()
    let reporter = ProgressReporter(.json) { line in
      if line.hasPrefix("{\"iteration\":4,") { #expect(stop.receive(15)) }
    }
    _ = caught {
      _ = try trainer.train(#require(claim), reporter: reporter, stop: stop, warn: { _ in })
    }
    claim = nil
    let (second, again) = try Trainer.resume(
      run, catalogue: .toys, threadCount: 1, commandLine: [], warn: { _ in })
    _ = try second.train(again, reporter: ProgressReporter(.none) { _ in }, warn: { _ in })
    #expect(try directory.read("whole/metrics.jsonl") == directory.read("cut/metrics.jsonl"))
  }

  @Test func theBestCheckpointIsThatWithTheGreatestMeasurement() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try trained(
      guessingRun(Self.settings + ["evaluateEvery=1", "evaluateTasks=5"]), at: "\(directory.path)/r")
    let values = try metrics(directory, "r").map { $0["metrics"]?["heldOutReturn"]?.double ?? .nan }
    let kept = [2, 4, 6, 7]
    let greatest = try #require(kept.map { values[$0 - 1] }.max())
    let (number, reason) = try CheckpointChoice.best.iteration(in: run)
    #expect(number == kept.last { values[$0 - 1] == greatest })
    #expect(reason?.contains("held-out tasks") == true)
    #expect(CheckpointChoice("12") == .iteration(12) && CheckpointChoice("best") == .best)
    #expect(CheckpointChoice("-1") == nil && CheckpointChoice("last") == nil)
  }

  @Test func anEarlierCheckpointIsEvaluatedAndNotTheResult() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try trained(guessingRun(Self.settings), at: "\(directory.path)/r")
    let configuration = try run.configuration(catalogue: .toys)
    var request = Evaluation.Request()
    request.checkpoint = .iteration(4)
    let evaluation = try Evaluator(configuration.environment, request: request, threadCount: 1)
      .evaluation(of: run, configuration: configuration, warn: { Issue.record("\($0)") })
    #expect(evaluation.iteration == 4)
    #expect(try EpisodesOrNothing(of: run).count == nil)
    request.checkpoint = .iteration(5)
    let failure = caught {
      _ = try Evaluator(configuration.environment, request: request, threadCount: 1)
        .evaluation(of: run, configuration: configuration, warn: { _ in })
    }
    #expect(failure?.kind == .missing)
  }

  @Test func everyEpisodeIsExported() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try trained(guessingRun(Self.settings), at: "\(directory.path)/r")
    let configuration = try run.configuration(catalogue: .toys)
    var request = Evaluation.Request()
    request.verdicts = .nothing
    let evaluation = try Evaluator(configuration.environment, request: request, threadCount: 1)
      .evaluation(of: run, configuration: configuration, warn: { Issue.record("\($0)") })
    let lines = try EpisodeExport(of: [run], catalogue: .toys).csv.split(separator: "\n")
    #expect(lines[0] == "run,trial,episode,return")
    #expect(lines.count == 1 + evaluation.taskCount * 3)
    #expect(lines[3].hasPrefix("r,0,3,") && lines[4].hasPrefix("r,1,1,"))
    let sum = lines.dropFirst().compactMap { Double($0.split(separator: ",")[3]) }.reduce(0, +)
    #expect(abs(sum / Double(evaluation.taskCount) - evaluation.total.mean) < 1e-9)
  }

  private struct EpisodesOrNothing {
    let count: Int?
    init(of run: RunDirectory) throws {
      count = caught { _ = try EpisodeExport(of: [run], catalogue: .toys) } == nil ? 1 : nil
    }
  }

  // MARK: Beginning with the parameters of another run

  private func continuation(
    of run: RunDirectory, in environment: String? = nil, _ overrides: [String] = [],
    search: EnvironmentSearch = EnvironmentSearch(directories: [])
  ) throws -> RunConfiguration {
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides
    return try RunConfiguration(
      from: run, at: nil, in: environment, choices: choices, search: search, catalogue: .toys,
      warn: { Issue.record("\($0)") })
  }

  @Test func aNewRunBeginsWithTheParametersOfAnother() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try trained(guessingRun(Self.settings), at: "\(directory.path)/first")
    let configuration = try continuation(of: run, ["iterations=2"])
    #expect(configuration.hyperparameters.table["rate"] == .number(2))
    let (next, _) = try trained(configuration, at: "\(directory.path)/next")
    let before = try run.checkpoints.latest { _ in }.state.tensors
    #expect(try next.checkpoints.checkpoint(ofIteration: 0).state.tensors == before)
    let manifest = try JSON.parse(directory.read("next/manifest.json"))
    #expect(manifest["from"]?["run"] == .string(run.path) && manifest["from"]?["iteration"] == .integer(7))
    // Its own file repeats it, and its random numbers are not those that the first run began with.
    let again = try RunConfiguration(file: "\(next.path)/config.toml", catalogue: .toys)
    _ = try trained(again, at: "\(directory.path)/again")
    let file = "checkpoints/000002/learner.safetensors"
    #expect(try directory.read("next/\(file)") == directory.read("again/\(file)"))
    let steps = try [(run, 2), (next, 2)].map { run, iteration in
      let (start, end) = (
        try run.checkpoints.checkpoint(ofIteration: 0).state.tensors[0].values,
        try run.checkpoints.checkpoint(ofIteration: iteration).state.tensors[0].values
      )
      return zip(start, end).map { $1 - $0 }
    }
    #expect(steps[0] != steps[1])
    // Parameters that have become others are not those to begin with.
    let changed = configuration.document.replacing(configuration.from?.hash ?? "-", with: "0")
    let other = try RunConfiguration(
      file: directory.write(changed, to: "other.toml"), catalogue: .toys)
    let failure = caught { _ = try trained(other, at: "\(directory.path)/other") }
    #expect(failure?.description.contains("are not those that are to begin with") == true)
  }

  @Test func agentsOfOneWorldMustBeAbleToActInTheOther() throws {
    let directory = try TemporaryDirectory()
    let (run, _) = try trained(guessingRun(Self.settings), at: "\(directory.path)/first")
    _ = try directory.write(
      guessingFile.replacing("horizon = 2", with: "horizon = 5"), to: "longer.toml")
    _ = try directory.write(
      guessingFile.replacing("bonus = 0.25", with: "size = 4"), to: "wider.toml")
    let search = EnvironmentSearch(directories: [directory.path])
    #expect(try continuation(of: run, in: "longer", search: search).environment.horizon == 5)
    let failure = caught { _ = try continuation(of: run, in: "wider", search: search) }
    #expect(failure?.description.contains("whose actions are not those of wider") == true)
  }
}
