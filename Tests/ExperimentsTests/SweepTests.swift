import Foundation
import Studies
import Synchronization
import Testing
import Training

@Suite struct SweepTests {
  @Test func everyCombinationIsAPoint() throws {
    let plan = try SweepPlan(["seed=1..3", "rate=1e-3,0.5", "iterations=2"])
    #expect(plan.points.count == 6)
    #expect(plan.points[1].name == "seed=1,rate=0.5")
    #expect(plan.points[1].settings == ["seed=1", "rate=0.5", "iterations=2"])
    #expect(plan.points[5].varied.map(\.key) == ["seed", "rate"])
    let layers = try SweepPlan(["layers=[1, 2],[3]", "word=\"a,b\""])
    #expect(layers.points.map { $0.settings[0] } == ["layers=[1, 2]", "layers=[3]"])
    #expect(layers.points.map(\.name) == ["layers=_1,_2_", "layers=_3_"])
    #expect(try SweepPlan([]).points.map(\.name) == ["run"])
    #expect(try SweepPlan(["seed=4"]).points.map(\.name) == ["seed=4"])
  }

  @Test(arguments: [
    "seed", "=1", "seed=3..1", "seed=1,,2", "seed=1,1", "seed=1..20000", "layers=[1],{1}",
  ])
  func refusesWhatIsNoPlan(setting: String) {
    #expect(caught { _ = try SweepPlan([setting]) }?.kind == .usage)
    #expect(caught { _ = try SweepPlan(["seed=1", "seed=2"]) }?.kind == .usage)
    #expect(caught { _ = try SweepPlan(["seed=1..200", "iterations=1..200"]) }?.kind == .usage)
  }

  private func sweep(_ settings: [String], at path: String) throws -> Sweep {
    try Sweep(SweepPlan(settings), at: path) { try guessingRun($0.settings) }
  }

  @discardableResult
  private func train(
    _ sweep: Sweep, jobCount: Int = 2, stop: StopRequest = StopRequest(),
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) -> [String] {
    sweep.train(catalogue: { .toys }, jobCount: jobCount, threadCount: 1, stop: stop, tell: tell).map(
      \.description)
  }

  @Test func trainsEvaluatesAndSummarises() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/s"
    let sweep = try sweep(["seed=1..3", "rate=0.25,0.5"], at: path)
    #expect(train(sweep) == Array(repeating: "finished", count: 6))
    let alone = try trained(guessingRun(["rate=0.5"], seed: 2), at: "\(directory.path)/alone").run
    for file in ["config.toml", "metrics.jsonl", "checkpoints/000004/learner.safetensors"] {
      #expect(try directory.read("s/seed=2,rate=0.5/\(file)") == directory.read("\(alone.name)/\(file)"))
    }
    let summary = try SweepSummary(of: Sweep(resuming: path), catalogue: .toys)
    #expect(summary.groups.count == 2)
    for group in summary.groups {
      #expect(group.settings.keys == ["hyperparameters.rate"])
      #expect(group.names.count == 3 && group.totals.count == 3)
      #expect(group.mean != nil && group.standardError != nil)
    }
    #expect(summary.text.contains("hyperparameters.rate  runs  evaluated  total"))
    let manifest = try directory.read("s/seed=1,rate=0.25/manifest.json")
    #expect(train(sweep) == Array(repeating: "finished", count: 6))
    #expect(try directory.read("s/seed=1,rate=0.25/metrics.jsonl").isEmpty == false)
    #expect(!manifest.isEmpty)
  }

  @Test func goesOnWhereItWasStopped() throws {
    let directory = try TemporaryDirectory()
    let sweep = try sweep(["seed=1..4"], at: "\(directory.path)/s")
    let stop = StopRequest()
    let outcomes = train(sweep, jobCount: 1, stop: stop) { text in
      if text == "seed=2: finished" { _ = stop.receive(SIGTERM) }
    }
    #expect(outcomes == ["finished", "finished", "stopped", "stopped"])
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/s/seed=3"))
    let summary = try SweepSummary(of: sweep, catalogue: .toys)
    #expect(summary.groups.map(\.totals.count) == [2])
    #expect(caught { try sweep.check([.finished], stop: stop) }?.kind == .stoppedEarly)
    #expect(train(try Sweep(resuming: sweep.path)) == Array(repeating: "finished", count: 4))
  }

  @Test func oneThatDivergesDoesNotStopTheOthers() throws {
    let directory = try TemporaryDirectory()
    let sweep = try sweep(["divergesAt=2,-1", "seed=1"], at: "\(directory.path)/s")
    let outcomes = sweep.train(
      catalogue: { .toys }, jobCount: 2, threadCount: 1, stop: StopRequest(), tell: { _ in })
    #expect(outcomes[0].description.contains("gradient is not finite in iteration 3"))
    #expect(outcomes[1].description == "finished")
    let failure = try #require(caught { try sweep.check(outcomes, stop: StopRequest()) })
    #expect(failure.kind == .diverged)
    #expect(failure.description.hasPrefix("divergesAt=2: "))
  }

  @Test func nothingIsWrittenWhereASettingIsWrong() throws {
    let directory = try TemporaryDirectory()
    let failure = try #require(caught { _ = try sweep(["seed=1,2", "rat=3"], at: "\(directory.path)/s") })
    #expect(failure.kind == .configuration)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    _ = try sweep(["seed=1,2"], at: "\(directory.path)/s")
    #expect(caught { _ = try sweep(["seed=1,2"], at: "\(directory.path)/s") }?.kind == .exists)
    #expect(caught { _ = try Sweep(resuming: directory.path) }?.kind == .missing)
    try directory.write("{\"runs\":[\"../x\"]}", to: "s/sweep.json")
    #expect(caught { _ = try Sweep(resuming: "\(directory.path)/s") }?.kind == .configuration)
  }

  @Test func jobFilesNameEveryTraining() throws {
    let directory = try TemporaryDirectory()
    let sweep = try sweep(["seed=1..4"], at: "\(directory.path)/it's")
    let job = SweepJob(sweep, jobCount: 2, threadCount: 3)
    let slurm = job.document(for: .slurm)
    #expect(slurm.contains("#SBATCH --array=0-3%2\n"))
    #expect(slurm.contains("#SBATCH --cpus-per-task=3\n"))
    #expect(slurm.contains("names=('seed=1' 'seed=2' 'seed=3' 'seed=4')"))
    #expect(slurm.contains("/it'\\''s'}"))
    let kubernetes = job.document(for: .kubernetes)
    #expect(kubernetes.contains("completions: 4\n") && kubernetes.contains("parallelism: 2\n"))
    #expect(job.document(for: .shell).contains("seq 0 3 | xargs -P 2"))
  }
}
