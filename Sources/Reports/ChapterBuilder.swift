import Configuration
import Evaluation
import Formats
import Parallel
import Runs
import Studies

/// Evaluates the runs of a report and arranges them in chapters, one for each environment.
struct ChapterBuilder {
  let request: Evaluation.Request
  let catalogue: Catalogue
  let pool: ThreadPool

  func chapters(of runs: [RunDirectory], warn: (String) -> Void) throws -> [Chapter] {
    let candidates = try runs.map { try TrainedRun($0, catalogue: catalogue) }
    try TrainedRun.checkDistinct(candidates)
    return try candidates.grouped { Self.trials(of: $0.configuration.environment) }.map {
      try chapter($0, warn: warn)
    }
  }

  /// What of an environment decides about its trials, the number of training tasks aside.
  private static func trials(of environment: EnvironmentDefinition) -> Table {
    [
      "family": .string(environment.family), "constants": .table(environment.constants),
      "tasks": .table(environment.tasks), "horizon": .integer(environment.horizon),
      "episodes": .integer(environment.episodeCount),
    ]
  }

  private func chapter(_ candidates: [TrainedRun], warn: (String) -> Void) throws -> Chapter {
    let groups = candidates.grouped(by: \.kind)
    let labels = Self.labels(groups)
    // One number of episodes for all, so that they stand in one table.
    let request = try request.suited(to: groups.map { $0[0].configuration })
    let counts = Set(groups.map { $0[0].configuration.environment.trainingTaskCount })
    let entries = try groups.enumerated().map { index, group in
      try entry(
        group, request, label: labels[index], ink: .series(index), isTrainingAsked: counts.count > 1,
        warn: warn)
    }
    return Chapter(
      environment: candidates[0].configuration.environment, entries: entries,
      places: entries.map { TaskPlaces(of: $0.evaluation) })
  }

  private func entry(
    _ group: [TrainedRun], _ request: Evaluation.Request, label: String, ink: Ink, isTrainingAsked: Bool,
    warn: (String) -> Void
  ) throws -> Entry {
    let (each, together) = try evaluations(of: group, request, isSaved: true, warn: warn)
    var trainingRequest = request
    trainingRequest.split = .train
    trainingRequest.verdicts = .nothing
    let training =
      try isTrainingAsked
      ? evaluations(of: group, trainingRequest, isSaved: false, warn: warn).together : nil
    let runs = group.map(\.run)
    return Entry(
      label: label, ink: ink, runs: runs, configurations: group.map(\.configuration),
      evaluations: each, evaluation: together, trainingEvaluation: training,
      curve: try SampleEfficiency.ofReturn(in: runs, pool: pool),
      costs: try runs.map { try TrainingCost(of: $0, warn: warn) })
  }

  private func evaluations(
    of group: [TrainedRun], _ request: Evaluation.Request, isSaved: Bool, warn: (String) -> Void
  ) throws -> (each: [Evaluation], together: Evaluation) {
    let evaluator = try Evaluator(
      group[0].configuration.environment, request: request, threadCount: pool.threadCount)
    let each = try group.map {
      try evaluator.evaluation(
        of: $0.run, configuration: $0.configuration, isSaved: isSaved, warn: warn)
    }
    return (each, each.count == 1 ? each[0] : evaluator.combined(each, of: group.map(\.run)))
  }

  /// What each of `groups` is called: the algorithm, and where several have the same one, what tells them apart, which
  /// is their settings where those are few, or else the names of the runs; the number of updates where settings do not
  /// say it, and that a training diverged.
  private static func labels(_ groups: [[TrainedRun]]) -> [String] {
    let runs = groups.map { $0[0] }
    let kinds = settingLabels(runs)
    let remarks = remarks(runs)
    return groups.indices.map { index in
      let rivals = groups.indices.filter {
        runs[$0].configuration.algorithm == runs[index].configuration.algorithm
      }
      let isShort = rivals.allSatisfy { kinds[$0].count <= labelLimit }
      return ([isShort ? kinds[index] : name(of: groups[index], among: groups)] + remarks[index])
        .joined(separator: " ")
    }
  }

  /// The most letters of a label that is made of settings.
  private static let labelLimit = 48

  /// The name of the first run of `group`, or where another has the same one, its path.
  private static func name(of group: [TrainedRun], among groups: [[TrainedRun]]) -> String {
    let run = group[0].run
    let isUnique = groups.joined().count { $0.run.name == run.name } == 1
    let others = group.count - 1
    return (isUnique ? run.name : run.path)
      + (others == 0 ? "" : " and \(others) other \(others == 1 ? "seed" : "seeds")")
  }

  /// What is to be said of each beside its settings.
  private static func remarks(_ runs: [TrainedRun]) -> [[String]] {
    runs.map { run in
      let isShort = runs.contains {
        $0.configuration.settings == run.configuration.settings && $0.iteration != run.iteration
      }
      let updates = isShort && run.divergence == nil ? ["after \(run.iteration) updates"] : []
      return updates + [run.divergence].compactMap { $0 }
    }
  }

  /// The algorithm of each with the settings in which it differs from others of the same algorithm.
  private static func settingLabels(_ runs: [TrainedRun]) -> [String] {
    let configurations = runs.map(\.configuration)
    let settings = configurations.map { configuration in
      var table = Table(flattening: configuration.settings["hyperparameters"]?.table ?? Table())
      table["trainingTasks"] = .integer(configuration.environment.trainingTaskCount)
      return table
    }
    return configurations.indices.map { index in
      let algorithm = configurations[index].algorithm
      let rivals = configurations.indices.filter { configurations[$0].algorithm == algorithm }
      let different = settings[index].keys.filter { key in
        rivals.contains { settings[$0][key] != settings[index][key] }
      }
      let values = different.map { "\($0)=\(TOML.inline(settings[index][$0] ?? .null))" }
      return ([algorithm] + values).joined(separator: " ")
    }
  }
}
