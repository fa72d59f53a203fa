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
    abstract: "Train and evaluate what a published table shows, and print ours beside it.",
    discussion: """
      metarl reproduce                       # the tables
      metarl reproduce rl2-bandits --budget laptop

      What is finished stays in the directory of the run, and the same command goes on where it was stopped. Tables
      share what they train alike.
      """)

  @Argument(help: ArgumentHelp("The table; without one the tables are listed.", valueName: "table"))
  var name: String?

  @Option(
    help:
      "The amount of work: smoke shows that it runs, laptop is usual, full has more seeds and tasks."
  )
  var budget: PublishedTable.Budget = .laptop

  @Option(
    name: .customLong("run"), help: "The directory to work in. (default: runs/reproduce-BUDGET)",
    completion: .directory)
  var directory: String?

  @Flag(name: .customLong("agents-only"), help: "Only play the agents that need no training.")
  var agentsOnly = false

  @Option(help: "Also write the JSON document to this file.", completion: .file())
  var output: String?

  @Option(help: "Also draw the cells in this file: .svg or .png.", completion: .file())
  var picture: String?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print one JSON document.")
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
