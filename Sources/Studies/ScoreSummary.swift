import Evaluation
import Formats
import Parallel
import Randomness
import Runs

/// What the scores of several algorithms on the same tasks say: aggregates with intervals, performance profiles and
/// probabilities of improvement.
public struct ScoreSummary {
  /// The aggregates of one algorithm.
  private struct Entry {
    let name: String
    let scores: Scores
    /// In the order of `aggregates`; nil for the optimality gap where nobody says what is optimal.
    let estimates: [Scores.Estimate?]
    /// The share of scores above each threshold.
    let profile: [Scores.Estimate]
  }

  private static let aggregates = ["mean", "median", "iqm", "optimalityGap"]

  private let entries: [Entry]
  private let thresholds: [Double]
  /// For every pair of algorithms, the probability that the first scores higher.
  private let improvements: [Improvement]

  /// How probable it is that one algorithm scores higher than another.
  private struct Improvement {
    let better, worse: String
    let estimate: Scores.Estimate
    let resampling: Scores.Resampling?
  }

  /// A summary of `scores` with performance profiles at `thresholds`. `target` is where the optimality gap ends; nil
  /// where scores have no scale, so that there is none.
  ///
  /// Intervals are those of other runs in the same tasks; of a single run, those of other tasks.
  public init(
    of scores: [(algorithm: String, scores: Scores)], thresholds: [Double], target: Double?,
    resampleCount: Int, key: RandomKey, pool: ThreadPool
  ) throws {
    for (algorithm, other) in scores where other.taskCount != scores[0].scores.taskCount {
      throw Failure(
        .configuration,
        "\(algorithm) has scores on \(other.taskCount) tasks, \(scores[0].algorithm) on \(scores[0].scores.taskCount)"
      )
    }
    self.thresholds = thresholds
    entries = scores.enumerated().map { index, item in
      let all = item.scores.estimates(
        by: item.scores.usualResampling, key: key.child("aggregates").child(index), pool: pool,
        resampleCount: resampleCount
      ) { scores in
        [scores.mean, scores.median, scores.interquartileMean, scores.optimalityGap(to: target ?? 1)]
          + scores.shares(above: thresholds)
      }
      var estimates = all[..<Self.aggregates.count].map { Optional($0) }
      if target == nil { estimates[Self.aggregates.count - 1] = nil }
      return Entry(
        name: item.algorithm, scores: item.scores, estimates: estimates,
        profile: Array(all[Self.aggregates.count...]))
    }
    var improvements: [Improvement] = []
    for (index, better) in scores.enumerated() {
      for (other, worse) in scores.enumerated() where other != index {
        let key = key.child("improvement").child(index).child(other)
        let resampling = better.scores.usualResampling(against: worse.scores)
        let estimate = better.scores.improvement(
          over: worse.scores, by: resampling, key: key, pool: pool, resampleCount: resampleCount)
        improvements.append(
          Improvement(
            better: better.algorithm, worse: worse.algorithm, estimate: estimate, resampling: resampling))
      }
    }
    self.improvements = improvements
  }

  /// The matrices in a JSON file such as `ScoreExport` writes: `{"algorithm": [[score of each task] of each run]}`.
  public static func scores(file path: String) throws -> [(algorithm: String, scores: Scores)] {
    guard let document = try RunDirectory.document(path, isNamedByUser: true) else {
      throw Failure(.missing, "there is no file \(path)")
    }
    let entries = document.table?.entries ?? []
    guard !entries.isEmpty else {
      throw Failure(.configuration, "\(path): a table of scores by algorithm is needed")
    }
    return try entries.map { name, value in
      let rows = (value.array ?? []).map { ($0.array ?? []).map(\.double) }
      let numbers = rows.map { $0.compactMap { $0 } }
      guard !rows.isEmpty, numbers[0].count > 0, rows.allSatisfy({ $0.count == numbers[0].count }),
        numbers.allSatisfy({ $0.count == numbers[0].count })
      else {
        throw Failure(
          .configuration, "\(path): \(name) is no matrix; rows of equally many numbers are needed")
      }
      return (name, Scores(rows: numbers))
    }
  }

  /// The same as one document.
  public var document: Value {
    var algorithms = Table()
    for entry in entries {
      var table: Table = [
        "runs": .integer(entry.scores.runCount), "tasks": .integer(entry.scores.taskCount),
        "intervalOver": Self.document(entry.scores.usualResampling),
      ]
      for (name, estimate) in zip(Self.aggregates, entry.estimates) {
        table[name] = estimate?.document ?? .null
      }
      table["profile"] = .array(entry.profile.map(\.document))
      algorithms[entry.name] = .table(table)
    }
    return .table([
      "algorithms": .table(algorithms), "thresholds": .array(thresholds.map(Value.number)),
      "improvements": .array(
        improvements.map { pair in
          var table: Table = ["better": .string(pair.better), "worse": .string(pair.worse)]
          for (key, value) in pair.estimate.document.table?.entries ?? [] { table[key] = value }
          table["intervalOver"] = Self.document(pair.resampling)
          return .table(table)
        }),
    ])
  }

  /// The same as text.
  public var text: String {
    var rows = [["", "runs", "tasks"] + Self.aggregates + ["interval over"]]
    rows += entries.map { entry in
      [entry.name, "\(entry.scores.runCount)", "\(entry.scores.taskCount)"]
        + entry.estimates.map { $0.map(Self.text) ?? "-" } + [Self.text(entry.scores.usualResampling)]
    }
    var lines = aligned(rows)
    if !thresholds.isEmpty {
      lines.append("")
      let heading = ["share of scores above"] + thresholds.map { fixed($0, digits: 3) }
      lines += aligned([heading] + entries.map { [$0.name] + $0.profile.map(Self.text) })
    }
    if !improvements.isEmpty { lines.append("") }
    lines += improvements.map {
      "\($0.better) scores higher than \($0.worse) with probability \(Self.text($0.estimate)), interval over "
        + Self.text($0.resampling)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ estimate: Scores.Estimate) -> String {
    let value = fixed(estimate.value, digits: 3)
    guard estimate.hasInterval else { return "\(value) [-]" }
    return "\(value) [\(fixed(estimate.lower, digits: 3)), \(fixed(estimate.upper, digits: 3))]"
  }

  private static func document(_ resampling: Scores.Resampling?) -> Value {
    resampling == nil ? .null : .string(text(resampling))
  }

  /// What an interval is over.
  private static func text(_ resampling: Scores.Resampling?) -> String {
    switch resampling {
    case .runsWithinTasks: "runs"
    case .runsAndTasks: "tasks"
    case nil: "-"
    }
  }
}
