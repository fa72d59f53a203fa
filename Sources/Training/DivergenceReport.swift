import Formats
import Foundation
import Learning
import Runs

/// What is left of a training whose numbers are no longer finite: a directory `divergence` in the run that is
/// a run itself, with the last checkpoint before. To resume it is to see the divergence again.
struct DivergenceReport {
  private let divergence: Divergence
  private let run: RunDirectory
  private let configuration: RunConfiguration

  /// What to leave of `run`.
  init(_ divergence: Divergence, in run: RunDirectory, of configuration: RunConfiguration) {
    self.divergence = divergence
    self.run = run
    self.configuration = configuration
  }

  /// Writes the directory, in place of an earlier one; returns the failure to end with.
  func saved() throws -> Failure {
    let directory = run.divergencePath
    let hidden = "\(run.path)/.divergence.tmp"
    try? FileManager.default.removeItem(atPath: hidden)
    let checkpoint = try run.checkpoints.latest { _ in }
    do {
      try write(checkpoint, to: RunDirectory(path: hidden))
      try? FileManager.default.removeItem(atPath: directory)
      try DurableFile.rename(hidden, to: directory)
    } catch {
      try? FileManager.default.removeItem(atPath: hidden)
      throw error
    }
    return Failure(
      .diverged,
      "\(configuration.algorithm) diverged: \(divergence). The checkpoint of iteration "
        + "\(checkpoint.iteration) was kept; metarl train --resume \(directory) shows it again.")
  }

  private func write(_ checkpoint: Checkpoint, to bundle: RunDirectory) throws {
    try DurableFile.createDirectories(bundle.path)
    for (source, target) in [
      (run.configurationPath, bundle.configurationPath), (run.manifestPath, bundle.manifestPath),
    ] {
      try DurableFile.writeSynchronised(try DurableFile.readOwn(source, limit: 1 << 24), to: target)
    }
    for (source, target) in [
      (run.metricsPath, bundle.metricsPath), (run.timingPath, bundle.timingPath),
    ] {
      let log = try LineLog(copying: source, to: target, lineCount: checkpoint.iteration)
      try log.synchronise()
    }
    try bundle.checkpoints.save(checkpoint)
    let description: Table = [
      "place": .string(divergence.place), "task": divergence.task.map(Value.integer) ?? .null,
      "iteration": .integer(divergence.iteration + 1), "checkpoint": .integer(checkpoint.iteration),
      "message": .string("\(divergence)"),
    ]
    try DurableFile.writeSynchronised(
      Array((JSON.line(.table(description)) + "\n").utf8), to: "\(bundle.path)/divergence.json")
    try DurableFile.synchroniseDirectory(bundle.path)
  }
}
