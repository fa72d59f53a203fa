import ArgumentParser
import Experiments
import Foundation

/// `metarl train`: from a configuration to a run.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train an agent and save the run.",
    discussion: """
      key=value sets a hyperparameter, such as learningRate=0.001, or a key of the environment file, such as \
      episodes=8 or tasks.train.goalRange=0.3.
      """)

  @Option(help: "The environment: a file, or the name of a file in envs/.")
  var env: String?

  @Option(help: "The algorithm; metarl list algorithms names them.")
  var algorithm: String?

  @Option(help: "Repeat the run that this file describes: config.toml of a run.")
  var config: String?

  @Argument(help: "Settings as key=value.")
  var overrides: [String] = []

  @Option(help: "The seed of all random numbers. (default: 0, or the file's)")
  var seed: Int?

  @Option(help: "How many updates. (default: the algorithm's, or the file's)")
  var iterations: Int?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Option(name: .customLong("run"), help: "The directory of the run. (default: runs/ENV-ALGORITHM-seedN)")
  var directory: String?

  @Option(help: "How to tell how far the training is.")
  var progress: ProgressStyle = .auto

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    try require("--seed", seed, atLeast: 0)
    try require("--iterations", iterations, atLeast: 1)
    if config != nil {
      guard env == nil && algorithm == nil else {
        throw ValidationError("--config says what --env and --algorithm say; give one or the other.")
      }
    } else if env == nil || algorithm == nil {
      throw ValidationError("--env and --algorithm are needed, or --config.")
    }
  }

  func run() throws {
    let configuration = try resolvedConfiguration()
    let trainer = try Trainer(configuration, threadCount: threadOptions.count)
    let run = try directory.map(RunDirectory.create(at:)) ?? RunDirectory.create(named: configuration.runName)
    Console.note(
      "metarl: training \(configuration.algorithm) in \(configuration.environment.name): \(run.path)")
    let summary = try trainer.train(into: run, commandLine: CommandLine.arguments, reporter: reporter)
    try Console.write(.table(summary.table(run: run.path)), isJSON: json) { run.path + "\n" }
  }

  private func resolvedConfiguration() throws -> RunConfiguration {
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides
    choices.seed = seed
    choices.iterationCount = iterations
    if let config { return try RunConfiguration(file: config, choices: choices, catalogue: .complete) }
    return try RunConfiguration(
      environment: env ?? "", algorithm: algorithm ?? "", choices: choices, search: environmentSearch,
      catalogue: .complete)
  }

  private var reporter: ProgressReporter {
    let style = progress.resolved(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    return ProgressReporter(style, write: Console.draw)
  }
}

extension ProgressStyle: ExpressibleByArgument {}
