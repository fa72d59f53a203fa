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

  @Option(
    help: ArgumentHelp("Go on with a run that was stopped, exactly as if it had not been.", valueName: "run"))
  var resume: String?

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
    if resume != nil {
      guard [env, algorithm, config, directory].allSatisfy({ $0 == nil }), overrides.isEmpty, seed == nil,
        iterations == nil
      else { throw ValidationError("--resume takes everything from the run; nothing can be changed.") }
    } else if config != nil {
      guard env == nil && algorithm == nil else {
        throw ValidationError("--config says what --env and --algorithm say; give one or the other.")
      }
    } else if env == nil || algorithm == nil {
      throw ValidationError("--env and --algorithm are needed, or --config, or --resume.")
    }
  }

  func run() throws {
    let stop = StopRequest.onSignals()
    let (trainer, claim) = try training()
    let (configuration, path) = (trainer.configuration, claim.run.path)
    Console.note("metarl: training \(configuration.algorithm) in \(configuration.environment.name): \(path)")
    let summary = try trainer.train(claim, reporter: reporter, stop: stop, warn: Console.warn)
    try Console.write(.table(summary.table(run: path)), isJSON: json) { path + "\n" }
  }

  private func training() throws -> (trainer: Trainer, claim: RunClaim) {
    let words = CommandLine.arguments
    if let resume {
      return try Trainer.resume(
        RunDirectory.find(resume), catalogue: .complete, threadCount: threadOptions.count,
        commandLine: words, warn: Console.warn)
    }
    let trainer = try Trainer(resolvedConfiguration(), threadCount: threadOptions.count)
    let claim = try directory.map { try trainer.begin(at: $0, commandLine: words) }
    return (trainer, try claim ?? trainer.begin(commandLine: words))
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
