import Evaluation
import Formats
import Foundation
import Runs
import Studies
import Testing
import Training

/// What runs keep of their evaluations, and what lists show of it.
@Suite struct SavedEvaluationTests {
  @discardableResult
  private func evaluate(
    _ run: RunDirectory, _ change: (inout Evaluation.Request) -> Void = { _ in }
  ) throws -> Evaluation {
    var request = Evaluation.Request()
    change(&request)
    let configuration = try run.configuration(catalogue: .toys)
    return try Evaluator(configuration.environment, request: request, threadCount: 1)
      .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
  }

  private func run(_ directory: TemporaryDirectory, _ name: String = "r", seed: Int = 0) throws
    -> RunDirectory
  {
    try trained(guessingRun(seed: seed), at: "\(directory.path)/\(name)").run
  }

  @Test(
    arguments: [
      { $0.split = .train }, { $0.taskCount = 5 }, { $0.episodeCount = 2 }, { $0.seed = 3 },
      { $0.isGreedy = true },
    ] as [@Sendable (inout Evaluation.Request) -> Void])
  func otherRequestsNeverBecomeTheResultOfARun(change: @Sendable (inout Evaluation.Request) -> Void) throws {
    let directory = try TemporaryDirectory()
    let run = try run(directory)
    let before = try evaluate(run)
    let (evaluation, scores) = (try directory.read("r/evaluation.json"), try directory.read("r/scores.json"))
    let summary = try Listing.summary(of: run, catalogue: .toys)
    #expect(summary["total"] == .number(before.total.mean))
    let other = try evaluate(run, change)
    #expect(other.table["standard"] == .boolean(false))
    #expect(try directory.read("r/evaluation.json") == evaluation)
    #expect(try directory.read("r/scores.json") == scores)
    #expect(try Listing.summary(of: run, catalogue: .toys) == summary)
    let name = try #require(run.otherEvaluationNames.first)
    #expect(run.otherEvaluationNames.count == 1)
    let kept = try JSON.parse(directory.read("r/evaluations/\(name).json"))
    #expect(kept == .table(other.table))
    let named = try ScoreExport(of: [run], evaluation: name, isNormalized: false, catalogue: .toys)
    #expect(named.scores[0].scores.values == other.taskTotals)
  }

  @Test func theUsualNumbersGivenAreTheUsualRequest() throws {
    let directory = try TemporaryDirectory()
    let run = try run(directory)
    let evaluation = try evaluate(run) { $0.episodeCount = 3 }
    #expect(evaluation.isStandard == true)
    #expect(try JSON.parse(directory.read("r/evaluation.json")) == .table(evaluation.table))
  }

  @Test func whatLiesInThePlaceOfTheStandardEvaluationIsNotTakenForIt() throws {
    let directory = try TemporaryDirectory()
    let run = try run(directory)
    try evaluate(run)
    let whole = String(decoding: try directory.read("r/evaluation.json"), as: UTF8.self)
    let old = whole.replacing("\"standard\":true,", with: "")
    #expect(old != whole)
    try directory.write(old, to: "r/evaluation.json")
    #expect(try Listing.summary(of: run, catalogue: .toys)["total"] != .null)
    for (text, other) in [
      ("\"split\":\"test\"", "\"split\":\"train\""), ("\"seed\":0", "\"seed\":1"),
      ("\"greedy\":false", "\"greedy\":true"), ("\"tasks\":1000", "\"tasks\":7"),
      ("\"iteration\":4", "\"iteration\":2"),
    ] {
      let changed = old.replacing(text, with: other)
      #expect(changed != old)
      try directory.write(changed, to: "r/evaluation.json")
      let summary = try Listing.summary(of: run, catalogue: .toys)
      #expect(summary["total"] == .null)
      #expect(summary["remark"]?.string?.contains("makes the standard evaluation") == true)
      #expect(
        caught { _ = try ScoreExport(of: [run], isNormalized: false, catalogue: .toys) }?.kind == .missing)
    }
    try evaluate(run)
    try directory.write("{\"taskHash\":\"x\",\"totals\":[1]}", to: "r/scores.json")
    #expect(
      caught { _ = try ScoreExport(of: [run], isNormalized: false, catalogue: .toys) }?.kind == .configuration
    )
  }

  @Test func aScoreThatIsNotFiniteIsNeverLeftOut() throws {
    let directory = try TemporaryDirectory()
    let run = try run(directory)
    try evaluate(run)
    let scores = try JSON.parse(directory.read("r/scores.json"))
    var table = try #require(scores.table)
    table["totals"] = .array([.null, .number(1)])
    try directory.write(JSON.line(.table(table)), to: "r/scores.json")
    let failure = try #require(
      caught { _ = try ScoreExport(of: [run], isNormalized: false, catalogue: .toys) })
    #expect(failure.kind == .diverged && failure.description.contains("task 0"))
  }

  @Test func runsOfSweepsAreListed() throws {
    let directory = try TemporaryDirectory()
    let sweep = try Sweep(SweepPlan(["seed=1,2"]), at: "\(directory.path)/s") { try guessingRun($0.settings) }
    _ = sweep.train(
      catalogue: { .toys }, jobCount: 1, threadCount: 1, stop: StopRequest(), tell: { _ in })
    let rows = Listing.runs(in: directory.path, catalogue: .toys)
    #expect(rows[0]?["name"] == .string("s/seed=1") && rows[1]?["name"] == .string("s/seed=2"))
    #expect(rows[0]?["trials"] == .integer(1000) && rows[0]?["split"] == .string("test"))
    #expect(try RunDirectory.find("s/seed=2", in: directory.path).name == "seed=2")
  }
}
