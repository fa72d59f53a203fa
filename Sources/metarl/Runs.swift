import ArgumentParser
import Experiments

/// `metarl runs`: what was trained.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show, compare and export runs.",
    subcommands: [ListRuns.self, ShowRun.self, CompareRuns.self, ExportRun.self])
}

/// `metarl runs list`.
struct ListRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs in runs/.")

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let runs = Listing.runs(catalogue: .complete)
    try Console.write(runs, isJSON: json) {
      Listing.text(
        runs,
        keys: ["name", "environment", "algorithm", "seed", "iteration", "iterations", "total", "normalized"])
    }
  }
}

/// `metarl runs show`.
struct ShowRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the configuration, origin and evaluation of a run.")

  @Argument(
    help: ArgumentHelp("The run: a directory, or the name of one in runs/.", valueName: "run"),
    completion: .runs)
  var name: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let details = try Listing.details(of: RunDirectory.find(name), catalogue: .complete)
    try Console.write(.table(details), isJSON: json) { Listing.text(details) }
  }
}

/// `metarl runs compare`.
struct CompareRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show where the configurations of runs differ, and what came of them.",
    discussion: "metarl runs compare gridnavi-rl2-seed1 gridnavi-rl2-seed2")

  @Argument(
    help: ArgumentHelp("The runs: directories, or names of some in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String]

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let comparison = try RunComparison(names.map { try RunDirectory.find($0) }, catalogue: .complete)
    try Console.write(comparison.document, isJSON: json) { comparison.text }
  }
}

/// `metarl runs export`.
struct ExportRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the measurements of a run as comma-separated values.",
    discussion: "metarl runs export gridnavi-rl2-seed1 --output measurements.csv")

  @Argument(
    help: ArgumentHelp("The run: a directory, or the name of one in runs/.", valueName: "run"),
    completion: .runs)
  var name: String

  @Option(help: "The file to write; stdout where nothing is said.", completion: .file())
  var output: String?

  func run() throws {
    let export = try RunExport(of: RunDirectory.find(name))
    if let output { try export.writeCSV(to: output) } else { try Console.write(export.csv) }
  }
}
