import Catalogue
import Configuration
import Evaluation
import Formats
import Foundation
import Parallel
import Randomness
import Runs
import Studies
import Testing
import Trials

@Suite struct CombinedEvaluationTests {
  private func runs(_ directory: TemporaryDirectory, _ names: [String]) throws -> [RunDirectory] {
    try names.enumerated().map { index, name in
      try trained(guessingRun(["checkpointInterval=2"], seed: index), at: "\(directory.path)/\(name)").run
    }
  }

  private func combined(_ runs: [RunDirectory]) throws -> Evaluation {
    let configuration = try runs[0].configuration(catalogue: .toys)
    return try Evaluator(configuration.environment, request: .init(), threadCount: 2)
      .evaluation(combining: runs, catalogue: .toys) { Issue.record("\($0)") }
  }

  @Test func runsCountAlikeAndTasksAreTheUnits() throws {
    let directory = try TemporaryDirectory()
    let runs = try runs(directory, ["a", "b", "c"])
    let single = try runs.map { run in
      let configuration = try run.configuration(catalogue: .toys)
      return try Evaluator(configuration.environment, request: .init(), threadCount: 1)
        .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
    }
    let evaluation = try combined(runs)
    let totals = single.map(\.total.mean)
    #expect(abs(evaluation.total.mean - Statistics.mean(totals)) < 1e-9)
    #expect(abs(evaluation.total.standardError - Statistics.standardError(totals)) < 1e-9)
    #expect(evaluation.runGroup?.runs.map(\.name) == ["a", "b", "c"])
    #expect(evaluation.table["runs"]?["totals"]?.array?.count == 3)
    #expect(evaluation.episodes.count == 3 && evaluation.taskTotals.count == 2)
    #expect(
      evaluation.total.lower <= evaluation.total.mean && evaluation.total.mean <= evaluation.total.upper)
    #expect(EvaluationReport(evaluation).text.contains("drifting of 3 runs after 4 iterations"))
  }

  /// Two runs hardly tell how far a third would be from them.
  @Test func theIntervalOfTheScoreHasTheDifferenceOfRunsInIt() throws {
    let catalogue = Catalogue(
      environments: [Guessing.self], algorithms: [Drifting.self] + Catalogue.complete.algorithms)
    let directory = try TemporaryDirectory()
    try directory.write(guessingFile.replacing("[0]", with: "[2, 1]"), to: "guess.toml")
    let runs = try (0..<2).map { seed in
      var choices = RunConfiguration.Choices()
      choices.seed = seed
      choices.overrides = [
        "iterations=20", "trials=64", "network.hiddenUnits=8", "ppo.minibatches=2", "ppo.epochs=4",
        "optimizer.learningRate=1e-2",
      ]
      let configuration = try RunConfiguration(
        environment: "guess", algorithm: "rl2", choices: choices,
        search: EnvironmentSearch(directories: [directory.path]), catalogue: catalogue)
      return try trained(configuration, at: "\(directory.path)/\(seed)").run
    }
    let configuration = try runs[0].configuration(catalogue: catalogue)
    let evaluator = try Evaluator(configuration.environment, request: .init(), threadCount: 2)
    let single = try evaluator.evaluation(of: runs[0], configuration: configuration) { _ in }.score
    let evaluation =
      try evaluator
      .evaluation(combining: runs, catalogue: catalogue) { Issue.record("\($0)") }
    let (score, random) = (try #require(evaluation.score), try #require(evaluation.reference(.random)))
    let best = try #require(evaluation.best)
    let totals = try #require(evaluation.runGroup).runs.map(\.total)
    let error = Statistics.standardError(totals) / (best.meanTotal - random.meanTotal)
    let ofTrials = try #require(single.map { $0.upper - $0.value })
    #expect(12.7 * error > 3 * ofTrials, "the runs are too much alike to tell")
    #expect(score.upper - score.value >= 12.7 * error && score.value - score.lower >= 12.7 * error)
  }

  @Test func otherEnvironmentsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let first = try runs(directory, ["a"])[0]
    let other = try trained(guessingRun(["episodes=2"]), at: "\(directory.path)/other").run
    let failure = try #require(caught { _ = try combined([first, other]) })
    #expect(failure.kind == .configuration && failure.description.contains("another environment"))
  }

  @Test func scoresAreExportedAsMatrices() throws {
    let directory = try TemporaryDirectory()
    let runs = try runs(directory, ["a", "b"])
    let missing = try #require(
      caught { _ = try ScoreExport(of: runs, isNormalized: false, catalogue: .toys) })
    #expect(missing.kind == .missing)
    let evaluation = try combined(runs)
    let export = try ScoreExport(of: runs, isNormalized: false, catalogue: .toys)
    #expect(export.scores.map(\.algorithm) == ["drifting"])
    #expect(export.scores[0].scores.runCount == 2 && export.scores[0].scores.taskCount == 2)
    #expect(abs(export.scores[0].scores.mean - evaluation.total.mean) < 1e-9)
    let document = try JSON.parse(Array(export.json.utf8))
    #expect(document["drifting"]?[1]?.array?.count == 2)
    let normalized = try ScoreExport(of: runs, isNormalized: true, catalogue: .toys)
    #expect(abs(normalized.scores[0].scores.mean - (evaluation.normalized ?? .nan)) < 1e-9)

    try directory.write(export.json, to: "scores.json")
    let read = try ScoreSummary.scores(file: "\(directory.path)/scores.json")
    #expect(read.map(\.scores) == export.scores.map(\.scores))
    try directory.write("{\"a\":[[1,2],[3]]}", to: "broken.json")
    #expect(
      caught { _ = try ScoreSummary.scores(file: "\(directory.path)/broken.json") }?.kind == .configuration)
  }

  @Test func aCurveHasAPointWhereEveryRunHasAMeasurement() throws {
    let directory = try TemporaryDirectory()
    let runs = try runs(directory, ["a", "b"])
    for (name, values) in [("a", [1.0, 3, 5, 7]), ("b", [2.0, 4, 6])] {
      let lines = values.enumerated().map { index, value in
        "{\"iteration\":\(index + 1),\"timeSteps\":\(10 * (index + 1)),\"metrics\":{\"return\":\(value)}}\n"
      }
      try directory.write(lines.joined(), to: "\(name)/metrics.jsonl")
    }
    let curve = try SampleEfficiency(of: "return", in: runs, pointCount: 3, pool: ThreadPool(threadCount: 1))
    #expect(curve.points.map(\.timeStepCount) == [10, 20, 30])
    #expect(curve.points.map(\.estimate.value) == [1.5, 3.5, 5.5])
    #expect(curve.points[0].estimate.lower == 1 && curve.points[0].estimate.upper == 2)
    #expect(curve.csv.hasPrefix("totalTimeSteps,secondsSinceStart,iqm,lower,upper\n10,"))
    #expect(
      caught { _ = try SampleEfficiency(of: "loss", in: runs, pool: ThreadPool(threadCount: 1)) }?.kind
        == .configuration)
  }
}
