import Formats
import Foundation

/// The directory that a run leaves behind.
public struct RunDirectory: Sendable {
  /// The directory.
  public let path: String
  /// The last part of the path.
  public var name: String { DurableFile.name(of: path) }

  /// The directory at `path`, which is a run: it has a configuration.
  init(path: String) { self.path = path }

  /// The run that `name` stands for: a directory, or the name of one in `runs`.
  public static func find(_ name: String, in runs: String = "runs") throws -> RunDirectory {
    for path in [name, "\(runs)/\(name)"] {
      let run = RunDirectory(path: DurableFile.trimmed(path))
      if FileManager.default.fileExists(atPath: run.configurationPath) { return run }
    }
    if FileManager.default.fileExists(atPath: name) {
      throw Failure(.missing, "\(name) is not a run: it has no config.toml")
    }
    let suggestion = Spelling.suggestion(for: name, among: all(in: runs).map(\.name))
    throw Failure(.missing, "there is no run \(name).\(suggestion)")
  }

  /// The runs in `runs`, by name.
  public static func all(in runs: String = "runs") -> [RunDirectory] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map { RunDirectory(path: "\(runs)/\($0)") }
      .filter { FileManager.default.fileExists(atPath: $0.configurationPath) }
  }

  /// Removes the directory of a run that could not begin.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes what a killed training left half written.
  func sweep() {
    sweepFiles(beginningWith: "")
    checkpoints.sweep()
  }

  /// Removes what killed evaluations left half written.
  func sweepEvaluations() { for prefix in Self.evaluationFiles { sweepFiles(beginningWith: prefix) } }

  /// How the names begin of what evaluations write.
  private static let evaluationFiles = ["evaluation.json.", "scores.json."]

  /// Only an evaluation writes without a claim, so it may be at it just now.
  private func sweepFiles(beginningWith prefix: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(".tmp") {
      let isOfEvaluation = Self.evaluationFiles.contains { name.hasPrefix($0) }
      if isOfEvaluation, DurableFile.isOfLivingProcess(name) { continue }
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  package var configurationPath: String { "\(path)/config.toml" }
  package var manifestPath: String { "\(path)/manifest.json" }
  package var metricsPath: String { "\(path)/metrics.jsonl" }
  var timingPath: String { "\(path)/timing.jsonl" }
  package var evaluationPath: String { "\(path)/evaluation.json" }
  package var scoresPath: String { "\(path)/scores.json" }
  var divergencePath: String { "\(path)/divergence" }
  package var checkpoints: CheckpointStore { CheckpointStore(path: "\(path)/checkpoints") }

  /// The checkpoints, of which the last `count` are kept.
  func checkpoints(keeping count: Int) -> CheckpointStore {
    CheckpointStore(path: checkpoints.path, keptCount: count)
  }

  /// The configuration of the run.
  public func configuration(catalogue: Catalogue) throws -> RunConfiguration {
    try RunConfiguration(file: configurationPath, catalogue: catalogue)
  }

  /// The document in the JSON file at `path`, nil where there is none.
  static func document(_ path: String) throws -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try JSON.parse(try DurableFile.read(path, limit: 1 << 28))
    } catch let error as JSON.SyntaxError {
      throw Failure(.configuration, "\(path): \(error)")
    }
  }
}
