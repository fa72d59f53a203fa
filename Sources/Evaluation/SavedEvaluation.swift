import Configuration
import Formats
import Foundation
import Learning
import Runs
import Simulation

/// An evaluation that a run keeps, as `evaluate --json` printed it.
///
/// One is the run's standard evaluation: split test, as many trials and episodes as are usual, seed 0, actions drawn
/// from the policy, the latest checkpoint. Others are kept under names made of what was asked for, so that no list
/// sets numbers of unequal requests side by side.
public struct SavedEvaluation: Sendable {
  /// The document.
  public let document: Value

  /// The split that the tasks were from.
  var split: TaskSplit { document["split"]?.string.map { TaskSplit($0) } ?? .test }
  /// How many trials were played.
  var trialCount: Int? { document["tasks"]?.integer }
  /// How many episodes a trial had.
  var episodeCount: Int? { document["episodes"]?.array?.count }
  /// The seed of tasks, physics and actions.
  var seed: Int { document["seed"]?.integer ?? 0 }
  /// Whether the agent took its most probable actions.
  var isGreedy: Bool { document["greedy"] == .boolean(true) }
  /// The updates that the agent was trained with.
  var iteration: Int? { document["iteration"]?.integer }
  /// Whether its episodes stand for adaptation steps.
  var isOfSteps: Bool { (document["rollouts"] ?? .null) != .null }
  /// The hash of the tasks.
  var taskHash: String? { document["taskHash"]?.string }

  /// A name made of what was asked for.
  var name: String {
    // A split may be called anything, a file not.
    let place = String(split.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(64))
    let parts = [
      place, trialCount.map { "\($0)-trials" }, episodeCount.map { "\($0)-episodes" }, "seed\(seed)",
      isGreedy ? "greedy" : nil, iteration.map { "checkpoint\($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: "-")
  }

  /// What was asked for, in words.
  var text: String {
    let trials = trialCount.map { ", \($0) \($0 == 1 ? "trial" : "trials")" } ?? ""
    let episodes = episodeCount.map { " of \($0) \($0 == 1 ? "episode" : "episodes")" } ?? ""
    let actions = isGreedy ? ", most probable actions" : ""
    return "split \(split)\(trials)\(episodes), seed \(seed)\(actions)"
  }

  /// What a list tells of it: what was asked for, and what came of it.
  package var summary: Table {
    [
      "split": .string(split.name), "trials": trialCount.map(Value.integer) ?? .null,
      "episodes": episodeCount.map(Value.integer) ?? .null, "evaluationSeed": .integer(seed),
      "greedy": .boolean(isGreedy), "total": document["total"]?["mean"] ?? .null,
      "ci95": document["total"]?["ci95"] ?? .null, "normalized": document["normalized"] ?? .null,
    ]
  }

  /// The summary where nothing is known.
  package static let noSummary: Table = [
    "split": .null, "trials": .null, "episodes": .null, "evaluationSeed": .null, "greedy": .null,
    "total": .null, "ci95": .null, "normalized": .null,
  ]

  /// Why this, which lies where the standard evaluation of `run` does, is not that; nil where it is.
  fileprivate func fault(of run: RunDirectory, _ configuration: RunConfiguration) throws -> String? {
    guard try isStandard(of: run, configuration) else { return "is of \(text)" }
    let latest = try run.checkpoints.iterations().last
    guard iteration == latest else {
      return "is of checkpoint \(iteration ?? 0), and the latest is \(latest ?? 0)"
    }
    return nil
  }

  /// Whether this is what is usual. Documents of before that was written down are known by what they are of.
  private func isStandard(of run: RunDirectory, _ configuration: RunConfiguration) throws -> Bool {
    guard document["standard"] == nil else { return document["standard"] == .boolean(true) }
    let usualCount = try RunDirectory.document(run.manifestPath)?["testTasks"]?["count"]
    return split == .test && seed == 0 && !isGreedy && document["untrained"] != .boolean(true)
      && (usualCount == nil || document["tasks"] == usualCount)
      && (isOfSteps || episodeCount == configuration.environment.episodeCount)
  }
}

extension Evaluation.Request {
  /// Whether this asks `learner` in `environment` for nothing but what is usual.
  func isStandard(for learner: any MetaLearner, in environment: EnvironmentDefinition) -> Bool {
    let usual = Self().suited(to: learner, in: environment)
    func count(_ request: Self) -> Int { request.episodeCount ?? environment.episodeCount }
    return split == usual.split && taskCount == nil && seed == usual.seed && !isGreedy && !isUntrained
      && count(self) == count(usual)
  }
}

extension RunDirectory {
  private var evaluationsPath: String { "\(path)/evaluations" }

  /// The standard evaluation of the latest checkpoint, and where there is none although the file is there, why.
  package func standardEvaluation(
    _ configuration: RunConfiguration
  ) throws -> (evaluation: SavedEvaluation?, remark: String?) {
    guard let document = try Self.document(evaluationPath) else { return (nil, nil) }
    let evaluation = SavedEvaluation(document: document)
    guard let fault = try evaluation.fault(of: self, configuration) else { return (evaluation, nil) }
    return (nil, "\(evaluationPath) \(fault); metarl evaluate \(path) makes the standard evaluation")
  }

  /// The standard evaluation, or that called `name`. Throws where there is none.
  package func evaluation(_ name: String?, _ configuration: RunConfiguration) throws -> SavedEvaluation {
    guard let name else {
      let (standard, remark) = try standardEvaluation(configuration)
      if let standard { return standard }
      throw Failure(
        .missing, remark ?? "\(path) has no evaluation.json; metarl evaluate \(path) writes it")
    }
    let names = otherEvaluationNames
    guard names.contains(name), let document = try Self.document(documentPath(name)) else {
      let known = names.isEmpty ? "There are none." : "There are: \(names.joined(separator: ", "))."
      throw Failure(.missing, "\(path) has no evaluation called \(quoted(name)). \(known)")
    }
    return SavedEvaluation(document: document)
  }

  /// What the run scored in each task of that evaluation. Throws where there are no scores of it.
  func scores(_ name: String?, _ configuration: RunConfiguration) throws -> Value {
    let evaluation = try evaluation(name, configuration)
    let file = name.map(scoresPath) ?? scoresPath
    guard let scores = try Self.document(file) else {
      throw Failure(.missing, "\(file) is missing; metarl evaluate \(path) writes it")
    }
    guard scores["taskHash"] == evaluation.document["taskHash"],
      scores["iteration"] == evaluation.document["iteration"],
      scores["episodes"]?.integer == evaluation.episodeCount
    else {
      throw Failure(
        .configuration,
        "\(file) is of another evaluation than that beside it; metarl evaluate \(path) writes both")
    }
    return scores
  }

  /// Whether the standard evaluation is there with its scores.
  package func hasStandardScores(_ configuration: RunConfiguration) -> Bool {
    (try? scores(nil, configuration)) != nil
  }

  /// The names of the evaluations of other requests than the standard one.
  public var otherEvaluationNames: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: evaluationsPath)) ?? []
    return names.filter { $0.hasSuffix(".json") && !$0.hasSuffix(Self.scoresSuffix) && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".json".count)) }.sorted()
  }

  private static let scoresSuffix = ".scores.json"

  private func documentPath(_ name: String) -> String { "\(evaluationsPath)/\(name).json" }
  private func scoresPath(_ name: String) -> String { "\(evaluationsPath)/\(name)\(Self.scoresSuffix)" }

  /// Keeps `evaluation`, in the place of the standard one where it is that; `warn` hears where nothing can be kept
  /// because the run is for reading only.
  func save(_ evaluation: Evaluation, warn: (String) -> Void) throws {
    guard access(path, W_OK) == 0 || ![EACCES, EROFS].contains(errno) else {
      return warn("\(path) cannot be written to, so the evaluation is not saved")
    }
    sweepEvaluations(in: path)
    guard evaluation.isStandard != true else {
      return try write(evaluation, to: evaluationPath, scores: scoresPath)
    }
    let name = SavedEvaluation(document: .table(evaluation.table)).name
    try DurableFile.createDirectories(evaluationsPath)
    sweepEvaluations(in: evaluationsPath)
    try write(evaluation, to: documentPath(name), scores: scoresPath(name))
  }

  private func write(_ evaluation: Evaluation, to file: String, scores: String) throws {
    for (table, file) in [(evaluation.table, file), (evaluation.scoresTable, scores)] {
      try DurableFile.write(Array((JSON.line(.table(table)) + "\n").utf8), to: file)
    }
  }
}
