import ArgumentParser
import Catalogue
import Evaluation
import Formats
import Foundation
import Reports
import Runs
import Simulation

/// `metarl runs report`: what there is to say about runs, as one page.
struct ReportRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Evaluate runs and write a page of curves, maps, tables and verdicts.",
    discussion: """
      metarl runs report gridnavi-rl2-seed1 gridnavi-rl2-seed2 --output report.html

      The page is one file that needs no other files. Runs that differ only in the seed are taken together. If the name ends \
      in .svg or .png, each figure is written to a file of its own: report-1.svg, report-2.svg and so on.
      """)

  @Argument(
    help: ArgumentHelp("The runs: their directories, or their names in runs/.", valueName: "run"),
    completion: .runs)
  var names: [String]

  @Option(help: "Write this file, whose name ends in .html, .svg or .png.", completion: .file())
  var output: String

  @Option(help: "Take the tasks from this split.")
  var split = TaskSplit.test

  @Option(help: "Play this number of trials. (default: about 1000)")
  var tasks: Int?

  @Option(
    help:
      "Play this number of episodes a trial. (default: the environment's, or one more than the adaptation steps)"
  )
  var episodes: Int?

  @Option(help: "Draw tasks, physics and actions by this seed.")
  var seed = 0

  @Flag(help: "Ask all questions about what was learnt, in all trials and splits.")
  var verdicts = false

  @OptionGroup
  var threadOptions: ThreadOptions

  private enum Format: String { case html, svg, png }

  private var format: Format? { Format(rawValue: (output as NSString).pathExtension.lowercased()) }

  func validate() throws {
    try require("--tasks", tasks, atLeast: 1, atMost: OptionLimit.evaluatedTrials)
    try require("--episodes", episodes, atLeast: 1, atMost: OptionLimit.trials)
    try require("--seed", seed, atLeast: 0)
    guard format != nil else {
      throw ValidationError("--output is \(output); a name that ends in .html, .svg or .png is needed.")
    }
  }

  func run() throws {
    let runs = try names.map { try RunDirectory.find($0) }
    var request = Evaluation.Request()
    request.split = split
    request.taskCount = tasks
    request.episodeCount = episodes
    request.seed = seed
    request.verdicts = verdicts ? .complete : .quick
    let report = try Report(
      of: runs, request: request, catalogue: .complete, threadCount: threadOptions.count,
      commandLine: ["metarl"] + CommandLine.arguments.dropFirst(), warn: Console.warn)
    for (path, bytes) in try files(of: report) {
      try DurableFile.write(bytes, to: path)
      try Console.write(path + "\n")
    }
  }

  private func files(of report: Report) throws -> [(path: String, bytes: [UInt8])] {
    guard format != .html else { return [(output, Array(report.html.utf8))] }
    let figures = report.figures
    return try figures.enumerated().map { index, figure in
      let path = figures.count == 1 ? output : numbered(index + 1)
      return (path, try figure.bytes(for: path))
    }
  }

  private func numbered(_ number: Int) -> String {
    let name = output as NSString
    return "\(name.deletingPathExtension)-\(number).\(name.pathExtension)"
  }
}

extension Figure {
  /// How a figure is written.
  enum FileFormat: String {
    case svg, png

    /// The format that the end of a file's name tells; nil where it tells none.
    init?(of path: String) { self.init(rawValue: (path as NSString).pathExtension.lowercased()) }
  }

  /// The bytes of the file `path`, whose name tells the format.
  func bytes(for path: String) throws -> [UInt8] {
    switch FileFormat(of: path) {
    case .png: try withDrawing { Array(try png()) }
    case .svg, nil: Array(svg.utf8)
    }
  }
}
