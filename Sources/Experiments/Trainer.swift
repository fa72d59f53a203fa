import Foundation
import Learning
import Simulation

/// A training from its configuration to the files that it leaves behind.
public struct Trainer {
  /// What to train.
  public let configuration: RunConfiguration
  private let pool: ThreadPool
  private let learner: any MetaLearner

  /// A training that has not begun. Throws where the algorithm cannot be used in the environment.
  public init(_ configuration: RunConfiguration, threadCount: Int) throws {
    self.configuration = configuration
    pool = ThreadPool(threadCount: threadCount)
    learner = try configuration.learner(pool: pool)
  }

  /// What a training came to.
  public struct Summary: Sendable {
    /// The updates done.
    public let iterationCount: Int
    /// The time steps of the environment.
    public let timeStepCount: Int
    /// The measurements of the last update.
    public let metrics: [(name: String, value: Double)]

    /// The same as one document, for the run at `path`.
    public func table(run path: String) -> Table {
      [
        "run": .string(path), "iterations": .integer(iterationCount), "timeSteps": .integer(timeStepCount),
        "metrics": .table(Trainer.table(metrics)),
      ]
    }
  }

  /// Trains and writes to `run`, which is new. On divergence the last checkpoint stays.
  public func train(
    into run: RunDirectory, commandLine: [String], reporter: ProgressReporter
  ) throws -> Summary {
    let (metrics, timing) = try begin(run, commandLine: commandLine)
    let iterationCount = configuration.hyperparameters.iterationCount
    var status = TrainingStatus(
      iteration: 0, iterationCount: iterationCount, timeStepCount: 0, seconds: 0, metrics: [])
    let clock = ContinuousClock()
    let start = clock.now
    defer { reporter.finish() }
    while status.iteration < iterationCount {
      try update(&status)
      let before = status.seconds
      status.seconds = seconds(start.duration(to: clock.now))
      try metrics.append(JSON.line(.table(Self.line(status))))
      try timing.append(JSON.line(.table(Self.timing(status, seconds: status.seconds - before))))
      if status.iteration % configuration.checkpointInterval == 0 || status.iteration == iterationCount {
        try metrics.synchronise()
        try save(status, to: run)
      }
      reporter.report(status)
    }
    return Summary(
      iterationCount: iterationCount, timeStepCount: status.timeStepCount, metrics: status.metrics)
  }

  /// The first files of the run: what it depends on, where it comes from, and the untrained learner. Where
  /// they cannot be written, nothing stays.
  private func begin(_ run: RunDirectory, commandLine: [String]) throws -> (metrics: LineLog, timing: LineLog)
  {
    do {
      try DurableFile.write(Array(configuration.document.utf8), to: run.configurationPath)
      let manifest = Manifest(commandLine: commandLine, threadCount: pool.threadCount).table(configuration)
      try DurableFile.write(Array((JSON.line(.table(manifest)) + "\n").utf8), to: run.manifestPath)
      let logs = (try LineLog(creating: run.metricsPath), try LineLog(creating: run.timingPath))
      try save(
        TrainingStatus(iteration: 0, iterationCount: 0, timeStepCount: 0, seconds: 0, metrics: []), to: run)
      return logs
    } catch {
      run.remove()
      throw error
    }
  }

  private func update(_ status: inout TrainingStatus) throws {
    let key = configuration.key.child("train").child(status.iteration)
    do {
      status.metrics = try learner.update(iteration: status.iteration, key: key).entries
    } catch let divergence as Divergence {
      throw diverged(divergence.place, after: status.iteration)
    }
    status.iteration += 1
    status.timeStepCount += learner.timeStepsPerUpdate
  }

  private func save(_ status: TrainingStatus, to run: RunDirectory) throws {
    let state = learner.state
    for tensor in state where !tensor.values.allSatisfy(\.isFinite) {
      throw diverged(tensor.name, after: status.iteration - 1)
    }
    try run.checkpoints.save(
      Checkpoint(
        iteration: status.iteration, timeStepCount: status.timeStepCount, seed: configuration.seed,
        tensors: state))
  }

  private func diverged(_ place: String, after iteration: Int) -> Failure {
    Failure(
      .diverged,
      "\(configuration.algorithm) diverged: \(place) is not finite in iteration \(iteration + 1). "
        + "The last checkpoint was kept.")
  }

  private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  /// A line of `metrics.jsonl`: nothing in it depends on the clock.
  private static func line(_ status: TrainingStatus) -> Table {
    var line: Table = ["iteration": .integer(status.iteration), "timeSteps": .integer(status.timeStepCount)]
    line["metrics"] = .table(table(status.metrics))
    return line
  }

  private static func timing(_ status: TrainingStatus, seconds: Double) -> Table {
    [
      "iteration": .integer(status.iteration), "seconds": .number(seconds),
      "secondsSinceStart": .number(status.seconds),
    ]
  }

  static func table(_ metrics: [(name: String, value: Double)]) -> Table {
    var table = Table()
    for (name, value) in metrics { table[name] = .number(value) }
    return table
  }
}
