import ArgumentParser
import Catalogue
import Drawing
import Evaluation
import Formats
import Foundation
import Parallel
import Runs
import Training

/// `metarl train`: from a configuration to a run.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train an agent and save the run.",
    discussion: """
      key=value sets a hyperparameter, such as optimizer.learningRate=0.001, or a key of the environment file, such as \
      episodes=8 or tasks.train.goalRange=0.3.
      """)

  @OptionGroup
  var choices: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "Continue a run that was stopped. The result is the same as without the stop.", valueName: "run"),
    completion: .runs)
  var resume: String?

  @Option(
    help: ArgumentHelp(
      """
      Begin a new run with the parameters of this one, in its environment, or in that of --env if it has the same \
      observations and actions. The settings of the run are kept, except those given as key=value. The optimizer and the \
      schedules start again.
      """, valueName: "run"), completion: .runs)
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Use this checkpoint of --from: its number of updates, or best. (default: the latest)",
      valueName: "number|best"))
  var checkpoint: CheckpointChoice?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Option(
    name: .customLong("run"), help: "Save the run in this directory. (default: runs/ENV-ALGORITHM-seedN)",
    completion: .directory)
  var directory: String?

  @Option(help: "Display progress in this form.")
  var progress: ProgressStyle = .auto

  @Flag(help: "Add a picture of a trial to the TensorBoard events at every checkpoint.")
  var pictures = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  #if MPI
    @Option(help: "Wait this number of seconds for the other processes of mpirun before one counts as lost.")
    var deadline = 300.0
  #endif

  func validate() throws {
    #if MPI
      guard deadline > 0 else {
        throw ValidationError("--deadline is \(deadline); it must be greater than 0.")
      }
    #endif
    guard from != nil || checkpoint == nil else { throw ValidationError("--checkpoint is for --from.") }
    if from != nil && resume == nil {
      guard choices.config == nil && choices.algorithm == nil else {
        throw ValidationError(
          "--from takes algorithm and settings from the run; --env and key=value change it.")
      }
      return
    }
    guard resume != nil else { return try choices.requireSource(orElse: "--resume, or --from") }
    guard choices.isEmpty, directory == nil, from == nil else {
      throw ValidationError("--resume takes everything from the run; nothing can be changed.")
    }
  }

  func run() throws {
    let stop = StopRequest.onSignals()
    #if MPI
      let launched = try LaunchedRanks(environment: ProcessInfo.processInfo.environment, deadline: deadline)
      if let launched {
        try end(launched) { try train(stop, launched) }
      } else {
        try train(stop, SingleRank())
      }
    #else
      try Launch.checkIsAlone(environment: ProcessInfo.processInfo.environment)
      try train(stop, SingleRank())
    #endif
  }

  private func train(_ stop: StopRequest, _ ranks: any Ranks) throws {
    guard ranks.isFirst else {
      return try Trainer.follow(ranks, catalogue: .complete, threadCount: threadOptions.count, stop: stop)
    }
    // That nothing can be drawn here is told before anything is trained.
    if pictures { try withDrawing { _ = try Canvas(width: 8, height: 8) } }
    let (trainer, claim) = try training(ranks)
    let (configuration, path) = (trainer.configuration, claim.run.path)
    Console.note("metarl: training \(configuration.algorithm) in \(configuration.environment.name): \(path)")
    let picture: ((RunDirectory) throws -> TrainingPicture)? = pictures ? { try drawTrial($0) } : nil
    let summary = try trainer.train(
      claim, reporter: reporter, stop: stop, picture: picture, warn: Console.warn)
    try Console.write(.table(summary.table(run: path)), isJSON: json) { path + "\n" }
  }

  private func training(_ ranks: any Ranks) throws -> (trainer: Trainer, claim: RunClaim) {
    let words = CommandLine.arguments
    if let resume {
      return try Trainer.resume(
        RunDirectory.find(resume), catalogue: .complete, threadCount: threadOptions.count,
        ranks: ranks, commandLine: words, warn: Console.warn)
    }
    let trainer = try Trainer(
      configuration(), threadCount: threadOptions.count, ranks: ranks)
    let claim = try directory.map { try trainer.begin(at: $0, commandLine: words) }
    return (trainer, try claim ?? trainer.begin(commandLine: words))
  }

  private func configuration() throws -> RunConfiguration {
    guard let from else { return try choices.configuration() }
    let run = try RunDirectory.find(from)
    if let checkpoint { _ = try Console.iteration(checkpoint, in: run) }
    return try RunConfiguration(
      from: run, at: checkpoint, in: choices.env, choices: choices.choices, search: environmentSearch,
      catalogue: .complete, warn: Console.warn)
  }

  /// The first trial of an evaluation, as the agent of the last checkpoint plays it.
  private func drawTrial(_ run: RunDirectory) throws -> TrainingPicture {
    let show = try Demonstration(of: run, request: .init(), catalogue: .complete, warn: Console.warn)
    let recording = try show.completeRecording(ofTask: 0)
    let size = PictureSize(width: 960, height: 540)
    return try withDrawing {
      let canvas = try Canvas(width: size.width, height: size.height, scale: size.scale)
      Picture(recording).draw(.end(of: recording), on: canvas)
      return TrainingPicture(width: size.width, height: size.height, png: Array(try canvas.png()))
    }
  }

  private var reporter: ProgressReporter {
    let style = progress.resolved(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    return ProgressReporter(style, write: Console.draw)
  }
}

#if MPI
  /// Trains as one of several processes. What all have come to, the first one says and returns; what one alone meets
  /// ends all.
  private func end(_ ranks: LaunchedRanks, _ train: () throws -> Void) throws {
    var (code, isShared): (Int32, Bool) = (0, true)
    do { try train() } catch {
      let failure =
        error as? Failure ?? Failure(error is LostRank ? .stoppedEarly : .internalError, "\(error)")
      (code, isShared) = (
        failure.kind.rawValue, [.diverged, .stoppedEarly, .interrupted].contains(failure.kind)
      )
      if ranks.isFirst || !isShared { Console.error("\(failure)", isMistake: failure.kind.isMistake) }
    }
    let agreed = ranks.leave(code: code, isShared: isShared)
    if agreed != 0 { throw RequestedExit(code: agreed) }
  }
#endif

extension ProgressStyle: ExpressibleByArgument {}
