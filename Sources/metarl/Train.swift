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

  @OptionGroup
  var choices: ConfigurationOptions

  @Option(
    help: ArgumentHelp("Go on with a run that was stopped, exactly as if it had not been.", valueName: "run"),
    completion: .runs)
  var resume: String?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Option(
    name: .customLong("run"), help: "The directory of the run. (default: runs/ENV-ALGORITHM-seedN)",
    completion: .directory)
  var directory: String?

  @Option(help: "How to tell how far the training is.")
  var progress: ProgressStyle = .auto

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard resume != nil else { return try choices.requireSource(orElse: "--resume") }
    guard choices.isEmpty, directory == nil else {
      throw ValidationError("--resume takes everything from the run; nothing can be changed.")
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
    let trainer = try Trainer(choices.configuration(), threadCount: threadOptions.count)
    let claim = try directory.map { try trainer.begin(at: $0, commandLine: words) }
    return (trainer, try claim ?? trainer.begin(commandLine: words))
  }

  private var reporter: ProgressReporter {
    let style = progress.resolved(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    return ProgressReporter(style, write: Console.draw)
  }
}

extension ProgressStyle: ExpressibleByArgument {}
