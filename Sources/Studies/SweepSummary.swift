import Configuration
import Formats
import Foundation
import Runs
import Trials

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
  /// What is to be said of runs that do not count.
  public let remarks: [String]
  private let keys: [String]

  /// What is known of `sweep` so far: of the runs that are trained to the end, their standard evaluations.
  public init(of sweep: Sweep, catalogue: Catalogue) throws {
    let configurations = try sweep.names.map {
      try RunConfiguration(file: sweep.configurationPath($0), catalogue: catalogue)
    }
    let settings = configurations.map { Table(flattening: $0.settings) }
    let keys = TrainedRun.differences(configurations.map(\.settings))
    var remarks: [String] = []
    var counted: [(run: TrainedRun, name: String)] = []
    let totals = try sweep.names.map { name -> Double? in
      let run = sweep.run(name)
      guard FileManager.default.fileExists(atPath: run.configurationPath) else { return nil }
      let trained = try TrainedRun(run, catalogue: catalogue)
      if let divergence = trained.divergence {
        remarks.append("\(name) \(divergence); it does not count")
        return nil
      }
      let (evaluation, remark) = try run.standardEvaluation(trained.configuration)
      if let remark { remarks.append(remark) }
      let total = evaluation?.document["total"]?["mean"]?.double
      guard total != nil, trained.iteration == trained.configuration.hyperparameters.iterationCount else {
        return nil
      }
      if let other = counted.first(where: { trained.reasonToBe($0.run) != nil }) {
        remarks.append("\(name) is \(other.name) again, which counts once")
        return nil
      }
      counted.append((trained, name))
      return total
    }
    let rows = sweep.names.indices.map { index in
      var differing = Table()
      for key in keys { differing[key] = settings[index][key] }
      return (settings: differing, index: index)
    }
    self.keys = keys
    self.remarks = remarks
    groups = rows.grouped(by: \.settings).map { group in
      Group(
        settings: group[0].settings, names: group.map { sweep.names[$0.index] },
        totals: group.compactMap { totals[$0.index] })
    }.sorted { ($0.mean ?? -.infinity) > ($1.mean ?? -.infinity) }
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
    let table = Listing.text(.array(rows), keys: keys + ["runs", "evaluated", "total", "standard error"])
    return table + (remarks.isEmpty ? "" : "\n" + remarks.joined(separator: "\n") + "\n")
  }
}
