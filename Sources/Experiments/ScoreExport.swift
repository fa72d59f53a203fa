import Formats

/// What evaluated runs scored in each task, as `rliable` reads it: for each algorithm a matrix of runs and tasks.
public struct ScoreExport {
  /// The scores of each algorithm, in the order of the runs.
  public private(set) var scores: [(algorithm: String, scores: Scores)] = []

  /// The scores of `runs` in their last evaluations, which must be of the same tasks; normalized ones are 0 where the
  /// random agent is and 1 where the best known one is.
  public init(of runs: [RunDirectory], isNormalized: Bool, catalogue: Catalogue) throws {
    var rows: [(algorithm: String, rows: [[Double]])] = []
    var first: (run: RunDirectory, document: Value)?
    for run in runs {
      let document = try Self.document(of: run)
      if let first { try Self.check(document, of: run, against: first.document, of: first.run) }
      first = first ?? (run, document)
      let totals = try Self.totals(document, of: run, isNormalized: isNormalized)
      let algorithm = try run.configuration(catalogue: catalogue).algorithm
      let index = rows.firstIndex { $0.algorithm == algorithm }
      if let index { rows[index].rows.append(totals) } else { rows.append((algorithm, [totals])) }
    }
    scores = rows.map { ($0.algorithm, Scores(rows: $0.rows)) }
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

  private static func document(of run: RunDirectory) throws -> Value {
    guard let document = try RunDirectory.document(run.scoresPath) else {
      throw Failure(.missing, "\(run.path) has no scores.json; metarl evaluate \(run.path) writes it")
    }
    return document
  }

  private static func check(
    _ document: Value, of run: RunDirectory, against first: Value, of firstRun: RunDirectory
  ) throws {
    for key in ["split", "greedy", "taskHash"] where document[key] != first[key] {
      throw Failure(
        .configuration,
        "\(run.scoresPath): \(key) is not that of \(firstRun.scoresPath); "
          + "metarl evaluate with all of the runs makes them alike")
    }
    guard document["episodes"] == first["episodes"] else {
      throw Failure(
        .configuration,
        "\(run.scoresPath): episodes is not that of \(firstRun.scoresPath); metarl evaluate --episodes with each of "
          + "the runs makes them alike")
    }
  }

  private static func totals(
    _ document: Value, of run: RunDirectory, isNormalized: Bool
  ) throws -> [Double] {
    let totals = (document["totals"]?.array ?? []).compactMap(\.double)
    guard !totals.isEmpty else { throw Failure(.configuration, "\(run.scoresPath): totals are missing") }
    guard isNormalized else { return totals }
    guard let random = document["random"]?.double, let best = document["best"]?.double, random != best else {
      throw Failure(.configuration, "\(run.scoresPath): there is no reference to normalize by")
    }
    return totals.map { ($0 - random) / (best - random) }
  }
}
