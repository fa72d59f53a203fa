import Formats
import Foundation

/// What came of a sweep: the return of every combination of settings, over its seeds.
public struct SweepSummary {
  /// Runs that differ in nothing but their seed.
  public struct Group {
    /// The settings that differ between groups.
    public let settings: Table
    /// The runs, by name.
    public let names: [String]
    /// The mean return of a trial of each run that was evaluated.
    public let totals: [Double]

    /// The mean over the runs; nil where none was evaluated.
    public var mean: Double? { totals.isEmpty ? nil : Statistics.mean(totals) }

    /// The standard error of the mean over the runs; nil where there are fewer than two.
    public var standardError: Double? { totals.count > 1 ? Statistics.standardError(totals) : nil }
  }

  /// The groups, the best first and those without a return last.
  public let groups: [Group]
  private let keys: [String]

  /// What is known of `sweep` so far.
  public init(of sweep: Sweep, catalogue: Catalogue) throws {
    let settings = try sweep.names.map { name in
      let file = sweep.configurationPath(name)
      var table = Table(flattening: try RunConfiguration(file: file, catalogue: catalogue).table)
      table["seed"] = nil
      return table
    }
    let keys = settings.first?.keys.filter { key in settings.contains { $0[key] != settings[0][key] } } ?? []
    var groups: [Group] = []
    for (name, table) in zip(sweep.names, settings) {
      var differing = Table()
      for key in keys { differing[key] = table[key] }
      let evaluation = try RunDirectory.document(sweep.run(name).evaluationPath)
      let total = evaluation?["total"]?["mean"]?.double
      let index = groups.firstIndex { $0.settings == differing }
      let before = index.map { groups.remove(at: $0) } ?? Group(settings: differing, names: [], totals: [])
      let group = Group(
        settings: differing, names: before.names + [name], totals: before.totals + (total.map { [$0] } ?? []))
      groups.insert(group, at: index ?? groups.count)
    }
    self.keys = keys
    self.groups = groups.sorted { ($0.mean ?? -.infinity) > ($1.mean ?? -.infinity) }
  }

  /// The same as one document.
  public var document: Value {
    .array(
      groups.map { group in
        .table([
          "settings": .table(group.settings), "runs": .array(group.names.map(Value.string)),
          "evaluated": .integer(group.totals.count), "mean": group.mean.map(Value.number) ?? .null,
          "standardError": group.standardError.map(Value.number) ?? .null,
        ])
      })
  }

  /// The same as text.
  public var text: String {
    let rows = groups.map { group in
      var row = group.settings
      row["runs"] = .integer(group.names.count)
      row["evaluated"] = .integer(group.totals.count)
      row["total"] = group.mean.map(Value.number)
      row["standard error"] = group.standardError.map(Value.number)
      return Value.table(row)
    }
    return Listing.text(.array(rows), keys: keys + ["runs", "evaluated", "total", "standard error"])
  }
}
