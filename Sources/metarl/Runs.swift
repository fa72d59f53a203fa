import ArgumentParser
import Catalogue
import Evaluation
import Formats
import Parallel
import Runs
import Studies

/// `metarl runs`: what was trained.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show, compare, report and export runs.",
    subcommands: [
      ListRuns.self, ShowRun.self, CompareRuns.self, RunStatistics.self, ReportRuns.self, ExportRun.self,
    ])
}

/// `metarl runs list`.
struct ListRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs in runs/.")

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let runs = Listing.runs(catalogue: .complete)
    try Console.write(runs, isJSON: json) { Listing.runsText(runs) }
  }
}

/// `metarl runs show`.
struct ShowRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the configuration, origin and evaluation of a run.")

  @Argument(
    help: ArgumentHelp("The run: its directory, or its name in runs/.", valueName: "run"),
    completion: .runs)
  var name: String

  @Flag(help: "Print the result as one JSON document.")
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
    abstract: "Show where the configurations of runs differ, and compare their results.",
    discussion: "metarl runs compare gridnavi-rl2-seed1 gridnavi-rl2-seed2")

  @Argument(
    help: ArgumentHelp("The runs: their directories, or their names in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String]

  @OptionGroup
  var choice: EvaluationOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let comparison = try RunComparison(
      names.map { try RunDirectory.find($0) }, evaluation: choice.evaluation, catalogue: .complete)
    try Console.write(comparison.document, isJSON: json) { comparison.text }
  }
}

/// `metarl runs export`.
struct ExportRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the measurements of a run, or the scores of several runs, to a file.",
    discussion: """
      metarl runs export gridnavi-rl2-seed1 --output measurements.csv
      metarl runs export gridnavi-rl2-seed1 gridnavi-rl2-seed2 --scores --output scores.json
      metarl runs export gridnavi-rl2-seed1 gridnavi-rl2-seed2 --curve return --output curve.csv
      metarl runs export gridnavi-rl2-seed1 --episodes --output episodes.csv

      Runs of one algorithm, and runs of a curve, must differ only in the seed.
      """)

  @Argument(
    help: ArgumentHelp("The runs: their directories, or their names in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String]

  @Flag(
    help: "Write the scores as JSON for rliable: a matrix of runs and tasks for each algorithm.")
  var scores = false

  @Flag(help: "Scale the scores, so that the random agent has 0 and the best known agent has 1.")
  var normalized = false

  @OptionGroup
  var choice: EvaluationOptions

  @Option(
    help: ArgumentHelp(
      "Write the curve of this measurement, such as return: its interquartile mean over the runs, with an interval.",
      valueName: "measurement"))
  var curve: String?

  @Flag(help: "Write one line for every episode of the evaluation, counted from 1, with its return.")
  var episodes = false

  @Option(help: "Write to this file. (default: standard output)", completion: .file())
  var output: String?

  func validate() throws {
    guard [scores, curve != nil, episodes].count(where: { $0 }) <= 1 else {
      throw ValidationError("One of --scores, --curve and --episodes.")
    }
    guard scores || !normalized else { throw ValidationError("--normalized needs --scores.") }
    guard scores || episodes || choice.evaluation == nil else {
      throw ValidationError("--evaluation needs --scores or --episodes.")
    }
    guard scores || curve != nil || episodes || names.count == 1 else {
      throw ValidationError("Several runs need --scores, --curve or --episodes.")
    }
  }

  func run() throws {
    let document = try document(of: names.map { try RunDirectory.find($0) })
    if let output { try RunExport.write(document, to: output) } else { try Console.write(document) }
  }

  private func document(of runs: [RunDirectory]) throws -> String {
    if scores {
      return try ScoreExport(
        of: runs, evaluation: choice.evaluation, isNormalized: normalized, catalogue: .complete
      ).json
    }
    if episodes {
      return try EpisodeExport(of: runs, evaluation: choice.evaluation, catalogue: .complete).csv
    }
    if let curve {
      return try SampleEfficiency(
        of: curve, inSeeds: runs, catalogue: .complete, pool: ThreadPool(threadCount: ThreadOptions.coreCount)
      ).csv
    }
    return try RunExport(of: runs[0]).csv
  }
}

/// Which evaluation of runs is meant.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this evaluation instead of the standard one, by the name that metarl runs show prints.",
      valueName: "name")
  )
  var evaluation: String?
}
