import Formats
import Foundation

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
          "source": .string(type.information.source),
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
    let configuration = try run.configuration(catalogue: catalogue)
    let evaluation = try RunDirectory.document(run.evaluationPath)
    return [
      "name": .string(run.name), "path": .string(run.path),
      "environment": .string(configuration.environment.name), "algorithm": .string(configuration.algorithm),
      "seed": .integer(configuration.seed),
      "iteration": try run.checkpoints.iterations().last.map(Value.integer) ?? .null,
      "iterations": .integer(configuration.hyperparameters.iterationCount),
      "total": evaluation?["total"]?["mean"] ?? .null, "normalized": evaluation?["normalized"] ?? .null,
    ]
  }

  /// All that is known of a run: its summary, configuration, manifest and evaluation.
  public static func details(of run: RunDirectory, catalogue: Catalogue) throws -> Table {
    var table = try summary(of: run, catalogue: catalogue)
    table["configuration"] = .table(try run.configuration(catalogue: catalogue).table)
    table["manifest"] = try RunDirectory.document(run.manifestPath) ?? .null
    table["evaluation"] = try RunDirectory.document(run.evaluationPath) ?? .null
    return table
  }

  /// `rows`, an array of tables, as aligned text: the columns `keys`, under those names.
  public static func text(_ rows: Value, keys: [String]) -> String {
    let cells = (rows.array ?? []).map { row in
      keys.map { key in
        row["error"] != nil && key == keys.last ? "cannot be read: \(cell(row["error"]))" : cell(row[key])
      }
    }
    return EvaluationReport.aligned([keys] + cells, isNumeric: false).joined(separator: "\n") + "\n"
  }

  /// Settings with where they come from, as aligned text; values stand as in a file.
  public static func text(_ settings: [(key: String, value: Value, origin: String)]) -> String {
    let cells = settings.map { [$0.key, TOML.inline($0.value), $0.origin] }
    let lines = EvaluationReport.aligned([["key", "value", "origin"]] + cells, isNumeric: false)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The entries of `table` as they stand in TOML, for reading.
  public static func text(_ table: Table) -> String { TOML.document(table) }

  private static func cell(_ value: Value?) -> String {
    switch value {
    case nil, .null: "-"
    case .string(let text): text
    // A learning rate has its digits far behind the point.
    case .number(let number) where number != 0 && abs(number) < 0.1: String(format: "%.3g", number)
    case .number(let number): fixed(number, digits: 3)
    case .some(let value): TOML.inline(value)
    }
  }
}
