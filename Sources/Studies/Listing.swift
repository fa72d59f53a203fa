import Configuration
import Evaluation
import Formats
import Foundation
import Runs

/// What there is to choose from: environments, algorithms, runs.
public enum Listing {
  /// The environment files as one document.
  public static func environments(_ search: EnvironmentSearch, catalogue: Catalogue) throws -> Value {
    .array(
      try search.files.map { file in
        let definition = try EnvironmentDefinition(
          EnvironmentSearch.table(file.path), name: file.name, file: file.path, catalogue: catalogue)
        return .table([
          "name": .string(file.name), "environment": .string(definition.family),
          "description": .string(definition.summary), "source": .string(definition.source),
          "horizon": .integer(definition.horizon), "episodes": .integer(definition.episodeCount),
          "presets": .array(definition.presets.keys.map(Value.string)), "file": .string(file.path),
        ])
      })
  }

  /// The algorithms as one document.
  public static func algorithms(_ catalogue: Catalogue) -> Value {
    .array(
      catalogue.algorithms.map { type in
        .table([
          "name": .string(type.information.name), "summary": .string(type.information.summary),
          "source": .string(type.information.source), "problem": .string(type.problemKind.rawValue),
        ])
      })
  }

  /// The runs in `runs` as one document. A run that cannot be read is listed with what is wrong.
  public static func runs(in runs: String = "runs", catalogue: Catalogue) -> Value {
    .array(
      RunDirectory.all(in: runs).map { run in
        do {
          return .table(try summary(of: run, catalogue: catalogue))
        } catch {
          return .table(["name": .string(run.name), "path": .string(run.path), "error": .string("\(error)")])
        }
      })
  }

  /// What a run is, in a few numbers.
  public static func summary(of run: RunDirectory, catalogue: Catalogue) throws -> Table {
    try summary(of: TrainedRun(run, catalogue: catalogue), evaluation: nil)
  }

  /// What a run is, in a few numbers, those of its standard evaluation or of the one called `evaluation` among them.
  static func summary(of trained: TrainedRun, evaluation name: String?) throws -> Table {
    let (run, configuration) = (trained.run, trained.configuration)
    let (evaluation, remark) =
      try name.map { (try run.evaluation($0, configuration), nil) }
      ?? run.standardEvaluation(configuration)
    var table: Table = [
      "name": .string(run.listedName), "path": .string(run.path),
      "environment": .string(configuration.environment.name), "algorithm": .string(configuration.algorithm),
      "seed": .integer(configuration.seed), "iteration": .integer(trained.iteration),
      "iterations": .integer(configuration.hyperparameters.iterationCount),
    ]
    for (key, value) in (evaluation?.summary ?? SavedEvaluation.noSummary).entries { table[key] = value }
    let remarks = [trained.divergence.map { "\(run.listedName) \($0)" }, remark].compactMap { $0 }
    table["remark"] = remarks.isEmpty ? .null : .string(remarks.joined(separator: "; "))
    return table
  }

  /// The columns of a list of runs.
  public static let runColumns = [
    "name", "environment", "algorithm", "seed", "iteration", "iterations", "split", "trials", "episodes",
    "greedy",
    "total", "normalized",
  ]

  /// The runs of `runs` as text: a table and what is to be said of some.
  public static func runsText(_ runs: Value) -> String {
    let remarks = (runs.array ?? []).compactMap { $0["remark"]?.string }
    let note = "Totals are those of each run's standard evaluation; metarl runs show RUN names the others."
    return text(runs, keys: runColumns) + "\n" + (remarks + [note]).joined(separator: "\n") + "\n"
  }

  /// All that is known of a run: its summary, configuration, manifest and evaluation.
  public static func details(of run: RunDirectory, catalogue: Catalogue) throws -> Table {
    let configuration = try run.configuration(catalogue: catalogue)
    var table = try summary(of: run, catalogue: catalogue)
    table["configuration"] = .table(configuration.table)
    table["manifest"] = try RunDirectory.document(run.manifestPath) ?? .null
    table["evaluation"] = try run.standardEvaluation(configuration).evaluation?.document ?? .null
    var others = Table()
    for name in run.otherEvaluationNames {
      others[name] = .table(try run.evaluation(name, configuration).summary)
    }
    table["evaluations"] = .table(others)
    return table
  }

  /// `rows`, an array of tables, as aligned text: the columns `keys`, under those names.
  public static func text(_ rows: Value, keys: [String]) -> String {
    let cells = (rows.array ?? []).map { row in
      keys.map { key in
        row["error"] != nil && key == keys.last ? "cannot be read: \(cell(row["error"]))" : cell(row[key])
      }
    }
    return aligned([keys] + cells, isNumeric: false).joined(separator: "\n") + "\n"
  }

  /// Settings with where they come from, as aligned text; values stand as in a file.
  public static func text(_ settings: [(key: String, value: Value, origin: String)]) -> String {
    let cells = settings.map { [$0.key, TOML.inline($0.value), $0.origin] }
    let lines = aligned([["key", "value", "origin"]] + cells, isNumeric: false)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The entries of `table` as they stand in TOML, for reading.
  public static func text(_ table: Table) -> String { TOML.document(table) }

  static func cell(_ value: Value?) -> String {
    switch value {
    case nil, .null: "-"
    case .string(let text): text
    // A learning rate has its digits far behind the point.
    case .number(let number) where number != 0 && abs(number) < 0.1: String(format: "%.3g", number)
    case .number(let number): fixed(number, digits: 3)
    case .array(let values) where values.contains { $0.table == nil && $0.array == nil }:
      "[\(values.map { cell($0) }.joined(separator: ", "))]"
    case .some(let value): TOML.inline(value)
    }
  }
}
