import Configuration
import Evaluation
import Formats
import Parallel
import Randomness
import Runs

/// Several runs side by side: where their configurations differ, what came of them, and how sure it is that one kind
/// of run is better than another.
public struct RunComparison {
  /// The runs, each with its name, the settings that differ, and its results.
  public let rows: [Table]
  /// The names of the settings that differ among the runs that have them.
  public let differences: [String]
  /// For every pair of kinds of run, how probable it is that the first scores higher on the same task.
  public let improvements: [Improvement]
  /// What is to be said of runs that do not count, and why there are no probabilities where there could be.
  public let remarks: [String]

  /// How probable it is that a run of one kind scores higher than one of another; runs that differ in nothing but the
  /// seed are of one kind.
  public struct Improvement: Sendable {
    /// The runs of the first kind.
    public let first: [String]
    /// The runs of the second kind.
    public let second: [String]
    /// The probability, with the interval in which other seeds and tasks would be.
    public let estimate: Scores.Estimate
  }

  private static let results = [
    "iteration", "return", "split", "trials", "episodes", "greedy", "total", "ci95", "normalized",
  ]

  /// Compares `runs`, at least one, by their standard evaluations or by those called `evaluation`.
  public init(_ runs: [RunDirectory], evaluation: String? = nil, catalogue: Catalogue) throws {
    let trained = try runs.map { try TrainedRun($0, catalogue: catalogue) }
    let names = Self.names(of: runs)
    let settings = trained.map { Table(flattening: $0.configuration.usedTable) }
    // What files say of themselves is no setting.
    let differences = Table.differences(of: settings).filter {
      !["environment.description", "environment.source"].contains($0)
    }
    self.differences = differences
    var remarks: [String] = []
    rows = try trained.indices.map { index in
      let summary = try Listing.summary(of: trained[index], evaluation: evaluation)
      if let remark = summary["remark"]?.string { remarks.append(remark) }
      var row: Table = ["name": .string(names[index])]
      for key in differences { row[key] = settings[index][key] ?? .null }
      for key in Self.results { row[key] = summary[key] ?? .null }
      row["return"] = try RunExport(of: runs[index]).lastMeasurement("return") ?? .null
      return row
    }
    let counted = try Self.distinct(trained, remarks: &remarks)
    let kinds = counted.grouped { trained[$0].kind }
    do {
      improvements = try Self.improvements(kinds, trained, names, evaluation)
    } catch let failure as Failure {
      // Runs that were not evaluated, or on different tasks, can still be set side by side.
      improvements = []
      remarks.append("No probability of improvement: \(failure.description)")
    }
    self.remarks = remarks
  }

  /// What the runs are called: their names, or where two have the same one, their paths.
  private static func names(of runs: [RunDirectory]) -> [String] {
    Set(runs.map(\.name)).count == runs.count ? runs.map(\.name) : runs.map(\.path)
  }

  /// The runs that count: none that diverged, and of equal ones the first. Throws where a run is given twice.
  private static func distinct(_ runs: [TrainedRun], remarks: inout [String]) throws -> [Int] {
    var counted: [Int] = []
    for (index, run) in runs.enumerated() {
      if let other = runs[..<index].first(where: { $0.run.isSameDirectory(as: run.run) }) {
        throw Failure(
          .configuration, "\(run.run.path) and \(other.run.path) are the same run, which counts once")
      }
      let reason = counted.lazy.compactMap { run.reasonToBe(runs[$0]) }.first
      if let reason { remarks.append(reason) }
      if reason == nil && run.divergedIn == nil { counted.append(index) }
    }
    return counted
  }

  private static func improvements(
    _ kinds: [[Int]], _ runs: [TrainedRun], _ names: [String], _ evaluation: String?
  ) throws -> [Improvement] {
    guard kinds.count > 1 else { return [] }
    // All together, so that evaluations of different tasks are refused.
    let rows = try ScoreExport.rows(
      of: kinds.flatMap { $0 }.map { runs[$0] }, evaluation: evaluation, isNormalized: false)
    var remaining = rows[...]
    let scores = kinds.map { kind in
      defer { remaining = remaining.dropFirst(kind.count) }
      return Scores(rows: Array(remaining.prefix(kind.count)))
    }
    let (key, pool) = (RandomKey(seed: 0).child("improvement"), ThreadPool(threadCount: 1))
    return kinds.indices.flatMap { first in
      kinds.indices.dropFirst(first + 1).map { second in
        let estimate = scores[first].improvement(
          over: scores[second], by: .runsAndTasks, key: key.child(first).child(second), pool: pool)
        return Improvement(
          first: kinds[first].map { names[$0] }, second: kinds[second].map { names[$0] }, estimate: estimate)
      }
    }
  }

  /// The same as one document.
  public var document: Value {
    .table([
      "differences": .array(differences.map(Value.string)), "runs": .array(rows.map(Value.table)),
      "improvements": .array(improvements.map(\.document)),
      "remark": remarks.isEmpty ? .null : .string(remarks.joined(separator: "; ")),
    ])
  }

  /// The same as text: a column for each run.
  public var text: String {
    let lines = (["name"] + differences + Self.results).map { key in
      [key] + rows.map { Self.cell($0[key]) }
    }
    let table = aligned(lines, isNumeric: false).joined(separator: "\n") + "\n"
    let notes = remarks + improvements.map(\.text)
    return notes.isEmpty ? table : table + "\n" + notes.joined(separator: "\n") + "\n"
  }

  private static func cell(_ value: Value?) -> String {
    guard let ends = value?.array, ends.count == 2, let lower = ends[0].double, let upper = ends[1].double
    else {
      return Listing.cell(value)
    }
    return "\(fixed(lower, digits: 3)) to \(fixed(upper, digits: 3))"
  }
}

extension RunComparison.Improvement {
  var document: Value {
    var table: Table = [
      "first": .array(first.map(Value.string)), "second": .array(second.map(Value.string)),
    ]
    for (key, value) in estimate.document.table?.entries ?? [] { table[key] = value }
    table["intervalOver"] = estimate.hasInterval ? .string(isOverRuns ? "runs and tasks" : "tasks") : .null
    return .table(table)
  }

  /// Whether runs of other seeds are in the interval, and not other tasks alone.
  private var isOverRuns: Bool { first.count > 1 || second.count > 1 }

  /// The sentence that says so.
  public var text: String {
    let interval =
      estimate.hasInterval
      ? "\(fixed(estimate.lower, digits: 3)) to \(fixed(estimate.upper, digits: 3)) over "
        + (isOverRuns ? "runs and tasks" : "tasks, one run of each")
      : "no interval of one run in one task"
    return
      "\(first.joined(separator: ", ")) scores higher than \(second.joined(separator: ", ")) on the same task with "
      + "probability \(fixed(estimate.value, digits: 3)) (\(interval))"
  }
}
