import ArgumentParser
import Catalogue
import Formats
import Foundation
import Reports
import Runs
import Studies
import Training

/// `metarl reproduce`: a published table done again.
struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Repeat the experiments of a published table, and print the results beside it.",
    discussion: """
      metarl reproduce                       # lists the tables
      metarl reproduce rl2-bandits --budget laptop

      Finished trainings stay in the directory of the run, and the same command continues where it was stopped. Trainings \
      that several tables have in common are run once.
      """)

  @Argument(
    help: ArgumentHelp("The name of the table. Without it, all tables are listed.", valueName: "table"))
  var name: String?

  @Option(
    help:
      "Set the amount of work: smoke only tests that it runs, full has more seeds and tasks than laptop."
  )
  var budget: PublishedTable.Budget = .laptop

  @Option(
    name: .customLong("run"), help: "Work in this directory. (default: runs/reproduce-BUDGET)",
    completion: .directory)
  var directory: String?

  @Flag(name: .customLong("agents-only"), help: "Evaluate only the agents that need no training.")
  var agentsOnly = false

  @Option(help: "Also write the JSON document to this file.", completion: .file())
  var output: String?

  @Option(help: "Also draw the cells of the table to this .svg or .png file.", completion: .file())
  var picture: String?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    guard let picture, Figure.FileFormat(of: picture) == nil else { return }
    throw ValidationError("--picture is \(picture); a name that ends in .svg or .png is needed.")
  }

  func run() throws {
    guard let name else { return try list() }
    let stop = StopRequest.onSignals()
    let reproduction = Reproduction(
      try PublishedTable(name, search: environmentSearch), budget: budget,
      at: directory ?? "runs/reproduce-\(budget.rawValue)", search: environmentSearch,
      catalogue: { .complete }, threadCount: threadOptions.count)
    let report = try reproduction.results(isTraining: !agentsOnly, stop: stop) {
      Console.note("metarl: \($0)")
    }
    let document = report.document(command: ["metarl"] + CommandLine.arguments.dropFirst())
    if let output { try RunExport.write(JSON.line(document) + "\n", to: output) }
    if let picture {
      try DurableFile.write(ReproductionChart(document).figure.bytes(for: picture), to: picture)
    }
    try Console.write(document, isJSON: json) { report.text }
  }

  private func list() throws {
    let tables = try PublishedTable.files(environmentSearch).map { file in
      let table = try PublishedTable(file.name, search: environmentSearch)
      return Value.table([
        "name": .string(table.name), "title": .string(table.title), "source": .string(table.source),
      ])
    }
    try Console.write(.array(tables), isJSON: json) {
      Listing.text(.array(tables), keys: ["name", "title", "source"])
    }
  }
}

extension PublishedTable.Budget: ExpressibleByArgument {}
