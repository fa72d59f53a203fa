import Configuration
import Evaluation
import Formats
import Foundation
import Parallel
import Runs
import Simulation
import Synchronization
import Training

/// The trainings of a plan in a directory: for each a configuration `NAME.toml`, written before any begins, and
/// a run `NAME`. So a sweep that was stopped goes on where it was, and machines can share it.
public final class Sweep: Sendable {
  /// The directory.
  public let path: String
  /// The names of the trainings, in the order of the plan.
  public let names: [String]

  /// A new sweep at `path`. Every configuration is checked before the first is written. Throws where something
  /// is there already.
  public init(
    _ plan: SweepPlan, at path: String, configuration: (SweepPlan.Point) throws -> RunConfiguration
  ) throws {
    let configurations = try plan.points.map(configuration)
    try Self.checkDistinct(plan, configurations)
    let documents = configurations.map(\.document)
    self.path = try Self.checked(path)
    names = plan.points.map(\.name)
    try DurableFile.createDirectories(DurableFile.parent(of: self.path))
    guard mkdir(self.path, 0o755) == 0 else {
      if errno == EEXIST {
        throw Failure(.exists, "\(self.path) exists; metarl sweep --resume goes on with a sweep")
      }
      throw DurableFile.failure("create", self.path)
    }
    do {
      for (point, document) in zip(plan.points, documents) {
        try DurableFile.write(Array(document.utf8), to: configurationPath(point.name))
      }
      // The list comes last: a directory without it is no sweep.
      try DurableFile.write(
        Array((JSON.line(Self.list(plan)) + "\n").utf8), to: "\(self.path)/\(RunDirectory.sweepListName)")
    } catch {
      try? FileManager.default.removeItem(atPath: self.path)
      throw error
    }
  }

  /// The sweep that there is at `path`.
  public init(resuming path: String) throws {
    self.path = try Self.checked(path)
    let list = "\(self.path)/\(RunDirectory.sweepListName)"
    guard let document = try RunDirectory.document(list) else {
      throw Failure(.missing, "\(path) is not a sweep: it has no \(RunDirectory.sweepListName)")
    }
    let found = (document["runs"]?.array ?? []).compactMap(\.string)
    guard !found.isEmpty, found.allSatisfy(DurableFile.isName) else {
      throw Failure(.configuration, "\(list): runs is not a list of names")
    }
    names = found
  }

  /// Throws where two points are one training: a value written in two ways, or a setting without effect.
  private static func checkDistinct(_ plan: SweepPlan, _ configurations: [RunConfiguration]) throws {
    var known: [Table: String] = [:]
    for (point, configuration) in zip(plan.points, configurations) {
      var training = configuration.settings
      training["seed"] = .integer(configuration.seed)
      if let other = known[training] {
        throw Failure(.usage, "\(other) and \(point.name) are the same training, which counts once")
      }
      known[training] = point.name
    }
  }

  /// A directory whose name can stand in a job's file, which is lines.
  private static func checked(_ path: String) throws -> String {
    guard printable(path) == path else {
      throw Failure(.configuration, "the directory \(path) of a sweep has control characters in its name")
    }
    return DurableFile.trimmed(path)
  }

  private static func list(_ plan: SweepPlan) -> Value {
    .table(["runs": .array(plan.points.map { .string($0.name) })])
  }

  /// The configuration of the training `name`.
  func configurationPath(_ name: String) -> String { "\(path)/\(name).toml" }
  /// The run of the training `name`.
  func run(_ name: String) -> RunDirectory { RunDirectory(path: "\(path)/\(name)") }

  /// How a training of a sweep ended.
  public enum Outcome: Sendable {
    /// It was trained to the end and evaluated.
    case finished
    /// It was told to stop, or not begun.
    case stopped
    /// Something is wrong.
    case failed(Failure)
  }

  /// Trains and evaluates what is not finished, `jobCount` at a time with `threadCount` threads each. `tell`
  /// hears of every end and warning, from several threads but one at a time. Returns an outcome for each name.
  public func train(
    catalogue: @escaping @Sendable () -> Catalogue, jobCount: Int, threadCount: Int, stop: StopRequest,
    tell: @escaping @Sendable (String) -> Void
  ) -> [Outcome] {
    let outcomes = Mutex<[Outcome]>(Array(repeating: .stopped, count: names.count))
    ThreadPool(threadCount: jobCount).forEach(names.count) { index, _ in
      let name = self.names[index]
      guard !stop.isMade else { return }
      let job = Job(sweep: self, name: name, catalogue: catalogue(), threadCount: threadCount, stop: stop)
      let outcome = job.outcome { text in outcomes.withLock { _ in tell("\(name): \(text)") } }
      outcomes.withLock { outcomes in
        outcomes[index] = outcome
        tell("\(name): \(outcome)")
      }
    }
    return outcomes.withLock { $0 }
  }

  /// Throws where a training failed, or where there is more to do.
  public func check(_ outcomes: [Outcome], stop: StopRequest) throws {
    for (name, outcome) in zip(names, outcomes) {
      if case .failed(let failure) = outcome { throw Failure(failure.kind, "\(name): \(failure)") }
    }
    guard stop.isMade else { return }
    throw Failure(stop.kind, "stopped; metarl sweep --resume \(path) goes on")
  }
}

extension Sweep.Outcome: CustomStringConvertible {
  /// One or two words, or what is wrong.
  public var description: String {
    switch self {
    case .finished: "finished"
    case .stopped: "stopped"
    case .failed(let failure): failure.description
    }
  }
}

/// One training of a sweep.
private struct Job {
  let sweep: Sweep
  let name: String
  let catalogue: Catalogue
  let threadCount: Int
  let stop: StopRequest

  func outcome(warn: (String) -> Void) -> Sweep.Outcome {
    do {
      try finish(warn: warn)
      return .finished
    } catch let failure as Failure {
      return failure.kind.isMistake ? .failed(failure) : .stopped
    } catch {
      return .failed(Failure(.internalError, "\(error)"))
    }
  }

  private func finish(warn: (String) -> Void) throws {
    let run = sweep.run(name)
    let (trainer, claim) = try training(run, warn: warn)
    _ = try trainer.train(claim, reporter: ProgressReporter(.none) { _ in }, stop: stop, warn: warn)
    let configuration = trainer.configuration
    guard !run.hasStandardScores(configuration) else { return }
    _ = try Evaluator(configuration.environment, request: Evaluation.Request(), threadCount: threadCount)
      .evaluation(of: run, configuration: configuration, warn: warn)
  }

  private func training(
    _ run: RunDirectory, warn: (String) -> Void
  ) throws -> (trainer: Trainer, claim: RunClaim) {
    let words = ["metarl", "sweep", sweep.path]
    if FileManager.default.fileExists(atPath: run.path) {
      return try Trainer.resume(
        run, catalogue: catalogue, threadCount: threadCount, commandLine: words, warn: warn)
    }
    let configuration = try RunConfiguration(file: sweep.configurationPath(name), catalogue: catalogue)
    let trainer = try Trainer(configuration, threadCount: threadCount)
    return (trainer, try trainer.begin(at: run.path, commandLine: words))
  }
}
