import Configuration
import Formats
import Foundation
import Learning
import Parallel
import Runs
import Trials

/// A training from its configuration to the files that it leaves behind.
///
/// Every training goes on from the last checkpoint of its run; that of a new run is of iteration 0. So a run
/// that was stopped and resumed leaves the same bytes as one that was not.
public struct Trainer {
  /// What to train.
  public let configuration: RunConfiguration
  private let pool: ThreadPool
  let learner: any MetaLearner

  /// A training that has not begun, by this process or by all of `ranks`. Throws where the algorithm cannot be used
  /// in the environment.
  public init(
    _ configuration: RunConfiguration, threadCount: Int, ranks: any Ranks = SingleRank()
  ) throws {
    self.configuration = configuration
    pool = ThreadPool(threadCount: threadCount, ranks: ranks)
    learner = try configuration.learner(pool: pool, use: .training(threadCount: pool.threadCount))
  }

  /// The processes that train.
  var ranks: any Ranks { pool.ranks }

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
        "metrics": .table(Table(metrics)),
      ]
    }
  }

  // MARK: New runs

  /// A new run at `path`: what it depends on, where it comes from, and the untrained learner. Throws where
  /// something is there already.
  public func begin(at path: String, commandLine: [String]) throws -> RunClaim {
    try RunDirectory.create(at: path) { try populate($0, commandLine: commandLine) }
  }

  /// A new run in `runs` under its usual name, with a number where that is taken.
  public func begin(in runs: String = "runs", commandLine: [String]) throws -> RunClaim {
    try RunDirectory.create(named: configuration.runName, in: runs) {
      try populate($0, commandLine: commandLine)
    }
  }

  /// The training of a run that there is, which this process then has to itself. `warn` hears where another
  /// program or processor began it.
  public static func resume(
    _ run: RunDirectory, catalogue: Catalogue, threadCount: Int, ranks: any Ranks = SingleRank(),
    commandLine: [String], warn: (String) -> Void
  ) throws -> (trainer: Trainer, claim: RunClaim) {
    let claim = try run.claim()
    let trainer = try Trainer(
      run.configuration(catalogue: catalogue), threadCount: threadCount, ranks: ranks)
    let iteration = try run.checkpoints.iterations().last ?? 0
    let session = Manifest.Session(
      commandLine: commandLine, threadCount: threadCount, iteration: iteration)
    try Manifest.resume(run, session, warn: warn)
    return (trainer, claim)
  }

  private func populate(_ run: RunDirectory, commandLine: [String]) throws {
    try DurableFile.write(Array(configuration.document.utf8), to: run.configurationPath)
    let session = Manifest.Session(commandLine: commandLine, threadCount: pool.threadCount, iteration: 0)
    try Manifest.write(Manifest.table(configuration, session), to: run)
    if let from = configuration.from { try from.begin(learner) }
    try save(
      TrainingStatus(iteration: 0, iterationCount: 0, timeStepCount: 0, seconds: 0, metrics: []), to: run)
  }

  // MARK: Training

  /// Trains from the last checkpoint of the run to the end, or until `stop` is made, which throws after
  /// saving. On divergence the last checkpoint stays. `picture` draws the run's last checkpoint for TensorBoard.
  /// `warn` hears of what is not as it should be.
  public func train(
    _ claim: RunClaim, reporter: ProgressReporter, stop: StopRequest = StopRequest(),
    picture: ((RunDirectory) throws -> TrainingPicture)? = nil, warn: (String) -> Void
  ) throws -> Summary {
    let run = claim.run
    var (status, record) = try restore(run, warn: warn)
    var monitor = TrainingMonitor(
      iterationCount: status.iterationCount,
      hasDiscreteActions: configuration.environment.simulator.interface.action.isDiscrete,
      warnings: try TrainingWarning.all(of: run, upTo: status.iteration))
    let heldOut = HeldOutEvaluation(configuration, pool: pool)
    let clock = ContinuousClock()
    let (start, secondsBefore) = (clock.now, status.seconds)
    defer { reporter.finish() }
    try broadcastConfiguration()
    status = try broadcast(status)
    let safePoint = try self.safePoint(status, of: run, stop)
    defer { stop.onTermination(nil) }
    var isStopping = try agree(on: stop, status)
    while status.iteration < status.iterationCount && !isStopping {
      do {
        isStopping = try advance(&status, stop)
      } catch let divergence as Divergence {
        try? record.finish(isComplete: false)
        throw try DivergenceReport(divergence, in: run, of: configuration).saved()
      } catch let lost as LostRank {
        try safePoint.move(to: nil, of: run) {
          try record.synchronise()
          try save(status, to: run)
        }
        throw stopped(.stoppedEarly, status, run, "; \(lost)")
      }
      status.metrics +=
        heldOut?.metrics(of: learner, after: status.iteration, of: status.iterationCount) ?? []
      let before = status.seconds
      status.seconds = secondsBefore + (clock.now - start) / .seconds(1)
      try safePoint.move(to: ranks.count > 1 ? checkpoint(status, of: run) : nil, of: run) {
        try record.append(status, seconds: status.seconds - before)
        guard isCheckpointDue(status) || isStopping else { return }
        try record.synchronise()
        try save(status, to: run)
      }
      let warningCount = monitor.warnings.count
      monitor.observe(status, warn: warn)
      if monitor.warnings.count > warningCount { try TrainingWarning.write(monitor.warnings, to: run) }
      if let picture, isCheckpointDue(status) || isStopping {
        try record.append(picture(run), iteration: status.iteration)
      }
      reporter.report(status)
    }
    guard status.iteration == status.iterationCount else { throw stopped(stop.kind, status, run) }
    try record.finish(isComplete: true)
    return Summary(
      iterationCount: status.iterationCount, timeStepCount: status.timeStepCount, metrics: status.metrics)
  }

  private func isCheckpointDue(_ status: TrainingStatus) -> Bool {
    status.iteration % configuration.checkpointInterval == 0 || status.iteration == status.iterationCount
  }

  /// Makes learner and files those of the last checkpoint that is whole.
  private func restore(
    _ run: RunDirectory, warn: (String) -> Void
  ) throws -> (status: TrainingStatus, record: RunRecord) {
    run.sweep()
    let checkpoint = try run.checkpoints.latest(withRecords: learner.records != nil, warn: warn)
    try run.restore(learner, to: checkpoint, withRecords: true, warn: warn)
    let record = try RunRecord(run, keeping: checkpoint.iteration, of: configuration)
    try run.checkpoints.setAside(after: checkpoint.iteration)
    let status = TrainingStatus(
      iteration: checkpoint.iteration, iterationCount: configuration.hyperparameters.iterationCount,
      timeStepCount: checkpoint.timeStepCount, seconds: record.seconds, metrics: record.metrics)
    return (status, record)
  }

  /// One iteration. Throws `Divergence` where anything that it leaves is not finite.
  func update(_ status: inout TrainingStatus) throws {
    let key = configuration.key.child("train").child(status.iteration)
    let metrics = try learner.update(iteration: status.iteration, key: key).entries
    for (name, value) in metrics where !value.isFinite {
      throw Divergence(place: name, iteration: status.iteration)
    }
    // What the optimizer keeps is named before the parameters that it spoils.
    for tensor in learner.state.tensors.reversed() where !isFinite(tensor.values) {
      throw Divergence(place: tensor.name, iteration: status.iteration)
    }
    status.metrics = metrics
    status.iteration += 1
    status.timeStepCount += learner.timeStepsPerUpdate
  }

  private func save(_ status: TrainingStatus, to run: RunDirectory) throws {
    try run.checkpoints(keeping: configuration.checkpointsKept).save(checkpoint(status, of: run))
  }

  func checkpoint(_ status: TrainingStatus, of run: RunDirectory) throws -> Checkpoint {
    try Checkpoint(
      iteration: status.iteration, timeStepCount: status.timeStepCount, seed: configuration.seed,
      state: learner.state, records: learner.records.map { CheckpointRecords(of: $0) },
      configurationHash: run.configurationHash)
  }

  private func stopped(
    _ kind: Failure.Kind, _ status: TrainingStatus, _ run: RunDirectory, _ reason: String = ""
  ) -> Failure {
    Failure(
      kind,
      "stopped after iteration \(status.iteration) of \(status.iterationCount)\(reason); "
        + "metarl train --resume \(run.path) goes on")
  }
}
