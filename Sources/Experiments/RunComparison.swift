import Formats
import Randomness
import Simulation

/// Several runs side by side: where their configurations differ, what came of them, and how sure it is that one kind
/// of run is better than another.
public struct RunComparison {
  /// The runs, each with its name, the settings that differ, and its results.
  public let rows: [Table]
  /// The names of the settings that differ.
  public let differences: [String]
  /// For every pair of kinds of run, how probable it is that the first scores higher on the same task.
  public let improvements: [Improvement]
  /// Why there are none, where the last evaluations cannot be compared.
  public let remark: String?

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

  private static let results = ["iteration", "return", "total", "ci95", "normalized"]

  /// Compares `runs`, at least one.
  public init(_ runs: [RunDirectory], catalogue: Catalogue) throws {
    let configurations = try runs.map { try $0.configuration(catalogue: catalogue) }
    let settings = configurations.map { Table(flattening: $0.table) }
    let keys = settings.flatMap(\.keys).reduce(into: [String]()) { keys, key in
      if !keys.contains(key) { keys.append(key) }
    }
    let differences = keys.filter { key in settings.contains { $0[key] != settings[0][key] } }
    self.differences = differences
    rows = try zip(runs, settings).map { run, settings in
      var row: Table = ["name": .string(run.name)]
      for key in differences { row[key] = settings[key] ?? .null }
      let summary = try Listing.summary(of: run, catalogue: catalogue)
      row["iteration"] = summary["iteration"]
      row["return"] = try RunExport(of: run).lastMeasurement("return") ?? .null
      row["total"] = summary["total"]
      row["ci95"] = try RunDirectory.document(run.evaluationPath)?["total"]?["ci95"] ?? .null
      row["normalized"] = summary["normalized"]
      return row
    }
    let kinds = zip(runs, configurations).map { (run: $0, settings: $1.settings) }
      .grouped { $0.settings }.map { $0.map(\.run) }
    do {
      improvements = try Self.improvements(kinds, catalogue: catalogue)
      remark = nil
    } catch let failure as Failure {
      // Runs that were not evaluated, or on different tasks, can still be set side by side.
      improvements = []
      remark = failure.description
    }
  }

  private static func improvements(_ kinds: [[RunDirectory]], catalogue: Catalogue) throws -> [Improvement] {
    guard kinds.count > 1 else { return [] }
    // All together, so that evaluations of different tasks are refused.
    _ = try ScoreExport(of: kinds.flatMap { $0 }, isNormalized: false, catalogue: catalogue)
    let scores = try kinds.map {
      try ScoreExport(of: $0, isNormalized: false, catalogue: catalogue).scores[0].scores
    }
    let (key, pool) = (RandomKey(seed: 0).child("improvement"), ThreadPool(threadCount: 1))
    return kinds.indices.flatMap { first in
      kinds.indices.dropFirst(first + 1).map { second in
        let estimate = scores[first].improvement(
          over: scores[second], by: .runsAndTasks, key: key.child(first).child(second), pool: pool)
        return Improvement(
          first: kinds[first].map(\.name), second: kinds[second].map(\.name), estimate: estimate)
      }
    }
  }

  /// The same as one document.
  public var document: Value {
    .table([
      "differences": .array(differences.map(Value.string)), "runs": .array(rows.map(Value.table)),
      "improvements": .array(improvements.map(\.document)), "remark": remark.map(Value.string) ?? .null,
    ])
  }

  /// The same as text.
  public var text: String {
    let table = Listing.text(.array(rows.map(Value.table)), keys: ["name"] + differences + Self.results)
    let lines = improvements.map(\.text) + (remark.map { ["No probability of improvement: \($0)"] } ?? [])
    return lines.isEmpty ? table : table + "\n" + lines.joined(separator: "\n") + "\n"
  }
}

extension RunComparison.Improvement {
  var document: Value {
    var table: Table = [
      "first": .array(first.map(Value.string)), "second": .array(second.map(Value.string)),
    ]
    for (key, value) in estimate.document.table?.entries ?? [] { table[key] = value }
    return .table(table)
  }

  /// The sentence that says so.
  public var text: String {
    "\(first.joined(separator: ", ")) scores higher than \(second.joined(separator: ", ")) on the same task with "
      + "probability \(fixed(estimate.value, digits: 3)) (\(fixed(estimate.lower, digits: 3)) to "
      + "\(fixed(estimate.upper, digits: 3)))"
  }
}

extension Table {
  /// The entries of `table` and of the tables in it, by dotted paths.
  package init(flattening table: Table) {
    self.init()
    for (path, value) in table.leaves { self[path] = value }
  }

  /// The entries that are no tables, by dotted paths, in order.
  var leaves: [(path: String, value: Value)] {
    entries.flatMap { key, value in
      value.table.map { $0.leaves.map { (joined(key, $0.path), $0.value) } } ?? [(key, value)]
    }
  }
}
