import Evaluation
import Foundation
import Runs
import Studies
import Testing

@Suite struct RunExportTests {
  @Test func everyMeasurementHasAColumn() throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(["iterations=3"]), at: "\(directory.path)/r").run
    try directory.write(
      """
      {"iteration":1,"timeSteps":10,"metrics":{"return":0.5}}
      {"iteration":2,"timeSteps":20,"metrics":{"a,b":1.0,"return":null}}
      {"iterat
      """, to: "r/metrics.jsonl")
    try directory.write(
      "{\"iteration\":1,\"secondsSinceStart\":0.25}\n", to: "r/timing.jsonl")
    let export = try RunExport(of: run)
    #expect(
      export.csv == "iteration,totalTimeSteps,secondsSinceStart,return,\"a,b\"\n1,10,0.25,0.5,\n2,20,,,1.0\n")
    try export.writeCSV(to: "\(directory.path)/x.csv")
    #expect(try directory.read("x.csv") == Array(export.csv.utf8))
    try directory.write("{\"iteration\":1}\nnonsense\n", to: "r/metrics.jsonl")
    let failure = try #require(caught { _ = try RunExport(of: run) })
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains("metrics.jsonl: line 2"))
  }

  @Test(arguments: [["timing.jsonl"], ["metrics.jsonl", "timing.jsonl"]])
  func aRunKilledBeforeItsFirstMeasurementHasNone(missing: [String]) throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(["iterations=1"]), at: "\(directory.path)/r").run
    for name in missing { try FileManager.default.removeItem(atPath: "\(run.path)/\(name)") }
    let export = try RunExport(of: run)
    #expect(export.csv.hasPrefix("iteration,totalTimeSteps,secondsSinceStart"))
    #expect(try TrainingCost(of: run, warn: { _ in }).seconds == nil)
  }

  @Test func runsAreComparedByWhatDiffers() throws {
    let directory = try TemporaryDirectory()
    let runs = try [("a", ["rate=0.25"], 1), ("b", ["inner.steps=9", "rate=0.5"], 2)].map {
      try trained(guessingRun($1 + ["iterations=2"], seed: $2), at: "\(directory.path)/\($0)").run
    }
    let comparison = try RunComparison(runs, catalogue: .toys)
    #expect(
      comparison.differences == ["seed", "hyperparameters.rate", "hyperparameters.inner.steps"])
    #expect(comparison.rows[1]["hyperparameters.inner.steps"] == .integer(9))
    #expect(comparison.rows[0]["hyperparameters.inner.steps"] == .integer(7))
    #expect(comparison.rows.map { $0["iteration"] } == [.integer(2), .integer(2)])
    #expect(
      comparison.text.hasPrefix(
        "name                         a      b\nseed                         1      2\n"))
    #expect(try RunComparison([runs[0]], catalogue: .toys).differences.isEmpty)
  }
}
