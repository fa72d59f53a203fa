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
    abstract:
      "Aggregate the scores of runs, with 95 % intervals, performance profiles and probabilities of improvement.",
    discussion: """
      metarl runs statistics gridnavi-rl2-seed1 gridnavi-rl2-seed2 --normalized --thresholds 0.5,0.9
      metarl runs statistics --file scores.json

      Runs of one algorithm are aggregated; they must differ only in the seed. All runs must have been evaluated on the \
      same tasks. Intervals are over the runs, or over the tasks if there is a single run.
      """)

  @Argument(
    help: ArgumentHelp("The runs: their directories, or their names in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String] = []

  @Option(
    help: "Read the scores from a JSON file, which has a matrix of runs and tasks for each algorithm.",
    completion: .file()
  )
  var file: String?

  @Flag(help: "Scale the scores, so that the random agent has 0 and the best known agent has 1.")
  var normalized = false

  @Option(help: "Print the share of scores above each of these numbers, which are separated by commas.")
  var thresholds = ""

  @OptionGroup
  var choice: EvaluationOptions

  @Option(
    help: "Measure the optimality gap to this score. (default: 1 with --normalized or --file, else none)")
  var target: Double?

  @Option(help: "Draw this number of bootstrap resamples for each interval.")
  var resamples = 2000

  @Option(help: "Draw the resamples by this seed.")
  var seed = 0

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print the result as one JSON document.")
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
