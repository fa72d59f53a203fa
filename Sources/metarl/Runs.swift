import ArgumentParser
import Experiments

/// `metarl runs`: what was trained.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List and show runs.", subcommands: [ListRuns.self, ShowRun.self])
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

  @Argument(help: ArgumentHelp("The run: a directory, or the name of one in runs/.", valueName: "run"))
  var name: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let details = try Listing.details(of: RunDirectory.find(name), catalogue: .complete)
    try Console.write(.table(details), isJSON: json) { Listing.text(details) }
  }
}
