/// Several runs side by side: where their configurations differ, and what came of them.
public struct RunComparison {
  /// The runs, each with its name, the settings that differ, and its results.
  public let rows: [Table]
  /// The names of the settings that differ.
  public let differences: [String]

  private static let results = ["iteration", "return", "total", "normalized"]

  /// Compares `runs`, at least one.
  public init(_ runs: [RunDirectory], catalogue: Catalogue) throws {
    let settings = try runs.map { run in
      let table = try run.configuration(catalogue: catalogue).table
      return Table(flattening: table)
    }
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
      row["normalized"] = summary["normalized"]
      return row
    }
  }

  /// The same as one document.
  public var document: Value {
    .table(["differences": .array(differences.map(Value.string)), "runs": .array(rows.map(Value.table))])
  }

  /// The same as text.
  public var text: String {
    Listing.text(.array(rows.map(Value.table)), keys: ["name"] + differences + Self.results)
  }
}

extension Table {
  /// The entries of `table` and of the tables in it, by dotted paths.
  init(flattening table: Table) {
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
