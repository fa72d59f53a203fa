import Configuration
import Formats
import Foundation

/// The directory that a run leaves behind.
public struct RunDirectory: Sendable {
  /// The directory.
  public let path: String
  /// The last part of the path.
  public var name: String { DurableFile.name(of: path) }

  /// The name of the sweep that a list found it in.
  private let sweepName: String?
  /// What `find` finds it by, where it is in the directory of all runs.
  public var listedName: String { sweepName.map { "\($0)/\(name)" } ?? name }

  /// The directory at `path`, which is a run: it has a configuration; of the sweep called `sweep`, where it is found
  /// there.
  package init(path: String, sweep: String? = nil) {
    self.path = path
    sweepName = sweep
  }

  /// The run that `name` stands for: a directory, or the name of one in `runs`.
  public static func find(_ name: String, in runs: String = "runs") throws -> RunDirectory {
    for path in [name, "\(runs)/\(name)"] {
      let run = RunDirectory(path: DurableFile.trimmed(path))
      if run.isThere { return run }
    }
    if FileManager.default.fileExists(atPath: name) {
      throw Failure(.missing, "\(name) is not a run: it has no config.toml")
    }
    let suggestion = Spelling.suggestion(for: name, among: all(in: runs).map(\.listedName))
    throw Failure(.missing, "there is no run \(name).\(suggestion)")
  }

  /// The runs in `runs` and in the sweeps there, by name.
  public static func all(in runs: String = "runs") -> [RunDirectory] {
    directories(in: runs).flatMap { path in
      let run = RunDirectory(path: path)
      if run.isThere { return [run] }
      guard isSweep(path) else { return [] }
      return directories(in: path).map { RunDirectory(path: $0, sweep: run.name) }.filter(\.isThere)
    }
  }

  /// The file that a sweep lists its runs in.
  package static var sweepListName: String { "sweep.json" }

  /// Whether there is a sweep at `path`.
  package static func isSweep(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(sweepListName)")
  }

  private static func directories(in path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map { "\(path)/\($0)" }
  }

  private var isThere: Bool { FileManager.default.fileExists(atPath: configurationPath) }

  /// Whether files can be made in the run, as they cannot in another user's or on a medium for reading.
  var isWritable: Bool { access(path, W_OK) == 0 }

  /// Removes the directory of a run that could not begin.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes what a killed training left half written.
  package func sweep() {
    sweepFiles(in: path) { _ in true }
    checkpoints.sweep()
  }

  /// Removes what killed evaluations left half written in `directory`, which is the run or one in it.
  package func sweepEvaluations(in directory: String) {
    sweepFiles(in: directory, where: Self.isOfEvaluation)
  }

  /// Whether a file called `name` is one that evaluations write.
  private static func isOfEvaluation(_ name: String) -> Bool {
    name.hasPrefix("evaluation.json.") || name.contains("scores.json.") || name.contains("-trials-")
  }

  /// Only an evaluation writes without a claim, so it may be at it just now.
  private func sweepFiles(in directory: String, where isOld: (String) -> Bool) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    where isOld(name) && Self.isHalfWritten(name) {
      if Self.isOfEvaluation(name), DurableFile.isOfLivingProcess(name) { continue }
      try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
    }
  }

  /// Whether `name` is one that a document has until it is whole; other files are not ours to remove.
  private static func isHalfWritten(_ name: String) -> Bool {
    name.hasSuffix(".tmp") && [".toml.", ".json."].contains { name.contains($0) } || name == ".divergence.tmp"
  }

  package var configurationPath: String { "\(path)/config.toml" }
  package var manifestPath: String { "\(path)/manifest.json" }
  package var metricsPath: String { "\(path)/metrics.jsonl" }
  package var timingPath: String { "\(path)/timing.jsonl" }
  package var evaluationPath: String { "\(path)/evaluation.json" }
  package var scoresPath: String { "\(path)/scores.json" }
  var warningsPath: String { "\(path)/warnings.jsonl" }
  package var divergencePath: String { "\(path)/divergence" }
  package var checkpoints: CheckpointStore { CheckpointStore(path: "\(path)/checkpoints") }

  /// The checkpoints, of which the last `count` are kept.
  package func checkpoints(keeping count: Int) -> CheckpointStore {
    CheckpointStore(path: checkpoints.path, keptCount: count)
  }

  /// The configuration of the run. Throws where it is not the one that the run began with.
  public func configuration(catalogue: Catalogue) throws -> RunConfiguration {
    try checkConfiguration()
    let bytes = try DurableFile.readOwn(configurationPath, limit: TOML.sizeLimit)
    return try RunConfiguration(
      document: TOML.text(bytes, file: configurationPath), file: configurationPath, catalogue: catalogue)
  }

  /// Throws where the configuration is not the one that the run began with, as far as that was written down.
  func checkConfiguration() throws {
    guard let known = try Self.document(manifestPath)?["configuration"]?.string else { return }
    let found = SHA256.hexadecimal(try DurableFile.readOwn(configurationPath, limit: TOML.sizeLimit))
    guard known != found else { return }
    throw Failure(
      .configuration,
      "\(configurationPath) has been changed since the run began. "
        + "metarl train --config \(configurationPath) begins another run with it; metarl evaluate RUN --env FILE plays the "
        + "agent of a run in another environment.")
  }

  /// The document in the JSON file at `path`, nil where there is none. One that a user names may be a link or a pipe.
  package static func document(_ path: String, isNamedByUser: Bool = false) throws -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let read = isNamedByUser ? DurableFile.read : DurableFile.readOwn
      return try JSON.parse(try read(path, 1 << 28))
    } catch let error as JSON.SyntaxError {
      throw Failure(.configuration, "\(path): \(error)")
    }
  }
}
