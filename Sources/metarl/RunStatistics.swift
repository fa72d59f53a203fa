import ArgumentParser
import Catalogue
import Evaluation
import Formats
import Parallel
import Randomness
import Runs
import Studies

/// `metarl runs statistics`: aggregates of scores with intervals.
struct RunStatistics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics",
    abstract: "Aggregate what runs scored, with 95 % intervals, profiles and probabilities of improvement.",
    discussion: """
      metarl runs statistics gridnavi-rl2-seed1 gridnavi-rl2-seed2 --normalized --thresholds 0.5,0.9
      metarl runs statistics --file scores.json

      Runs of one algorithm count together, and must differ in nothing but the seed; all must have been evaluated on
      the same tasks. Intervals are over the runs; of a single run, over the tasks.
      """)

  @Argument(
    help: ArgumentHelp("The runs: directories, or names of some in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String] = []

  @Option(
    help: "Scores in a JSON file instead: for each algorithm a matrix of runs and tasks.", completion: .file()
  )
  var file: String?

  @Flag(help: "Scores that are 0 where the random agent is and 1 where the best known one is.")
  var normalized = false

  @Option(help: "Numbers, separated by commas: the share of scores above each is told.")
  var thresholds = ""

  @OptionGroup
  var choice: EvaluationOptions

  @Option(
    help: "The score at which the optimality gap ends. (default: 1 with --normalized or --file, else none)")
  var target: Double?

  @Option(help: "The number of bootstrap resamples for each interval.")
  var resamples = 2000

  @Option(help: "The seed of what is drawn.")
  var seed = 0

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  private var numbers: [Double?] { thresholds.split(separator: ",").map { Double($0) } }

  func validate() throws {
    try require("--resamples", resamples, atLeast: 2, atMost: OptionLimit.resamples)
    try require("--seed", seed, atLeast: 0)
    guard names.isEmpty != (file == nil) else { throw ValidationError("Runs are needed, or --file.") }
    guard file == nil || !normalized else { throw ValidationError("--normalized needs runs.") }
    guard numbers.allSatisfy({ $0?.isFinite == true }) else {
      throw ValidationError("--thresholds is \(thresholds); numbers separated by commas are needed.")
    }
  }

  func run() throws {
    let scores =
      try file.map(ScoreSummary.scores)
      ?? ScoreExport(
        of: names.map { try RunDirectory.find($0) }, evaluation: choice.evaluation, isNormalized: normalized,
        catalogue: .complete
      ).scores
    // Returns have no scale of their own.
    let target = target ?? (normalized || file != nil ? 1 : nil)
    let summary = try ScoreSummary(
      of: scores, thresholds: numbers.compactMap { $0 }, target: target, resampleCount: resamples,
      key: RandomKey(seed: UInt64(seed)), pool: ThreadPool(threadCount: threadOptions.count))
    try Console.write(summary.document, isJSON: json) { summary.text }
  }
}
