import Formats
import Foundation
import Runs

/// The files that grow while a run is trained: a line for every iteration.
struct RunRecord {
  /// The seconds that the iterations so far took.
  let seconds: Double
  /// The measurements of the last iteration so far.
  let metrics: [(name: String, value: Double)]
  private let metricsLog: LineLog
  private let timingLog: LineLog
  private let events: EventFile?

  /// The files of `run`, cut to the first `iteration` iterations.
  init(_ run: RunDirectory, keeping iteration: Int, of configuration: RunConfiguration) throws {
    metricsLog = try LineLog(run.metricsPath, keeping: iteration)
    timingLog = try LineLog(run.timingPath, keeping: iteration)
    let last = try Self.parsed(metricsLog, run.metricsPath)
    guard last == nil || last?["iteration"]?.integer == iteration else {
      throw Failure(
        .configuration, "\(run.metricsPath): line \(iteration) is not that of iteration \(iteration)")
    }
    metrics = (last?["metrics"]?.table?.entries ?? []).map { ($0.key, $0.value.double ?? .nan) }
    seconds = try Self.parsed(timingLog, run.timingPath)?["secondsSinceStart"]?.double ?? 0
    let isComplete = iteration == configuration.hyperparameters.iterationCount
    events =
      isComplete
      ? nil
      : try EventFile(
        in: run.path, firstStep: iteration + 1, hyperparameters: configuration.hyperparameters.table)
  }

  /// Notes where a training stands after an iteration that took `seconds`.
  func append(_ status: TrainingStatus, seconds: Double) throws {
    try metricsLog.append(JSON.line(.table(Self.line(status))))
    try timingLog.append(JSON.line(.table(Self.timing(status, seconds: seconds))))
    try events?.append(status)
  }

  /// Shows a trial after `iteration` iterations.
  func append(_ picture: TrainingPicture, iteration: Int) throws {
    try events?.append(picture, step: iteration)
  }

  /// Makes all lines so far survive a crash.
  func synchronise() throws {
    try metricsLog.synchronise()
    try timingLog.synchronise()
  }

  /// Notes how the training ended.
  func finish(isComplete: Bool) throws { try events?.finish(isSuccess: isComplete) }

  private static func parsed(_ log: LineLog, _ path: String) throws -> Value? {
    guard let line = log.lastKeptLine else { return nil }
    do {
      return try JSON.parse(line)
    } catch {
      throw Failure(.configuration, "\(path): the last line before the checkpoint cannot be read: \(error)")
    }
  }

  /// A line of `metrics.jsonl`: nothing in it depends on the clock.
  private static func line(_ status: TrainingStatus) -> Table {
    var line: Table = ["iteration": .integer(status.iteration), "timeSteps": .integer(status.timeStepCount)]
    line["metrics"] = .table(status.metricsTable)
    return line
  }

  private static func timing(_ status: TrainingStatus, seconds: Double) -> Table {
    [
      "iteration": .integer(status.iteration), "seconds": .number(seconds),
      "secondsSinceStart": .number(status.seconds), "peakMemory": .integer(peakMemory),
    ]
  }

  /// The most memory that this process has used so far, in bytes.
  private static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  }
}
