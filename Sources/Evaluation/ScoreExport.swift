import Configuration
import Formats
import Runs

/// What evaluated runs scored in each task, as `rliable` reads it: for each algorithm a matrix of runs and tasks.
public struct ScoreExport {
  /// The scores of each algorithm, in the order of the runs.
  public let scores: [(algorithm: String, scores: Scores)]

  /// The scores of `runs` in their standard evaluations, or in those called `evaluation`, which must be of the same
  /// tasks; normalized ones are 0 where the random agent is and 1 where the best known one is, and of runs that adapt by
  /// gradient steps those of the last step, as in their evaluations. The runs of one algorithm must differ in nothing
  /// but the seed.
  public init(
    of runs: [RunDirectory], evaluation: String? = nil, isNormalized: Bool, catalogue: Catalogue
  ) throws {
    let groups = try runs.map { try TrainedRun($0, catalogue: catalogue) }
      .grouped { $0.configuration.algorithm }
    for group in groups { try TrainedRun.checkSeeds(group) }
    let rows = try Self.rows(of: groups.flatMap { $0 }, evaluation: evaluation, isNormalized: isNormalized)
    var first = 0
    scores = groups.map { group in
      defer { first += group.count }
      let scores = Scores(rows: Array(rows[first..<first + group.count]))
      return (group[0].configuration.algorithm, scores)
    }
  }

  /// A JSON document: `{"algorithm": [[score of each task] of each run]}`.
  public var json: String {
    var table = Table()
    for (algorithm, scores) in scores {
      table[algorithm] = .array(
        (0..<scores.runCount).map { run in
          let row = scores.values[run * scores.taskCount..<(run + 1) * scores.taskCount]
          return .array(row.map(Value.number))
        })
    }
    return JSON.line(.table(table)) + "\n"
  }

  /// The scores of each of `runs`, `[run][task]`. Throws where they are not of the same tasks.
  package static func rows(
    of runs: [TrainedRun], evaluation: String?, isNormalized: Bool
  ) throws -> [[Double]] {
    var first: (run: RunDirectory, document: Value, count: Int)?
    return try runs.map { trained in
      let run = trained.run
      let document = try run.scores(evaluation, trained.configuration)
      if let first { try check(document, of: run, against: first.document, of: first.run) }
      let isOfLast =
        try isNormalized && run.evaluation(evaluation, trained.configuration).isOfSteps
      let totals = try totals(
        isOfLast ? lastEpisode(document, of: run) : document, of: run, isNormalized: isNormalized)
      guard first == nil || totals.count == first?.count else {
        throw Failure(
          .configuration, "\(run.path) has \(totals.count) scores, and \(first?.count ?? 0) are needed")
      }
      first = first ?? (run, document, totals.count)
      return totals
    }
  }

  private static func check(
    _ document: Value, of run: RunDirectory, against first: Value, of firstRun: RunDirectory
  ) throws {
    for key in ["split", "greedy", "taskHash", "episodes"] where document[key] != first[key] {
      let name = key == "taskHash" ? "the hash of the tasks" : key
      throw Failure(
        .configuration,
        "in the evaluation of \(run.path) \(name) is not that of \(firstRun.path): \(text(document[key])) and "
          + "\(text(first[key])); evaluations with the same --split, --tasks, --episodes and --seed are alike, and "
          + "--evaluation names them")
    }
  }

  private static func text(_ value: Value?) -> String {
    String((value.map { $0.string ?? JSON.line($0) } ?? "nothing").prefix(16))
  }

  /// What `document` has of the last adaptation step, under the names that it has for totals.
  private static func lastEpisode(_ document: Value, of run: RunDirectory) throws -> Value {
    guard let last = document["lastEpisode"] else {
      throw Failure(
        .missing,
        "the scores of \(run.path) hold none of the last adaptation step; metarl evaluate \(run.path) writes them"
      )
    }
    return .table([
      "random": last["random"] ?? .null, "best": last["best"] ?? .null, "totals": last["values"] ?? .null,
    ])
  }

  private static func totals(
    _ document: Value, of run: RunDirectory, isNormalized: Bool
  ) throws -> [Double] {
    let values = document["totals"]?.array ?? []
    guard !values.isEmpty else { throw Failure(.configuration, "the scores of \(run.path) are missing") }
    let totals = try values.enumerated().map { task, value in
      guard let total = value.double, total.isFinite else {
        throw Failure(.diverged, "the score of \(run.path) in task \(task) is not finite")
      }
      return total
    }
    guard isNormalized else { return totals }
    guard let random = document["random"]?.double, let best = document["best"]?.double, random != best else {
      throw Failure(
        .configuration, "in the evaluation of \(run.path) there is no reference to normalize by")
    }
    return totals.map { ($0 - random) / (best - random) }
  }
}
