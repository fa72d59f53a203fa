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

  @Flag(help: "Print one JSON document.")
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

  @OptionGroup
  var choice: EvaluationOptions

  @Flag(help: "Print one JSON document.")
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
    abstract: "Write the measurements of a run as comma-separated values, or what several runs scored.",
    discussion: """
      metarl runs export gridnavi-rl2-seed1 --output measurements.csv
      metarl runs export gridnavi-rl2-seed1 gridnavi-rl2-seed2 --scores --output scores.json
      metarl runs export gridnavi-rl2-seed1 gridnavi-rl2-seed2 --curve return --output curve.csv
      metarl runs export gridnavi-rl2-seed1 --episodes --output episodes.csv

      Runs of one algorithm, and those of a curve, must differ in nothing but the seed.
      """)

  @Argument(
    help: ArgumentHelp("The runs: directories, or names of some in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String]

  @Flag(
    help: "The scores in each task: JSON that rliable reads, for each algorithm a matrix of runs and tasks.")
  var scores = false

  @Flag(help: "Scores that are 0 where the random agent is and 1 where the best known one is.")
  var normalized = false

  @OptionGroup
  var choice: EvaluationOptions

  @Option(
    help: ArgumentHelp(
      "A measurement, such as return, over the time steps: its interquartile mean over the runs with an interval.",
      valueName: "measurement"))
  var curve: String?

  @Flag(help: "The return of every episode (from 1) of every trial of the evaluation, a line each.")
  var episodes = false

  @Option(help: "The file to write; stdout where nothing is said.", completion: .file())
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
      "Another evaluation than the standard one, by the name that metarl runs show tells.", valueName: "name")
  )
  var evaluation: String?
}
