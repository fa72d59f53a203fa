import Formats
import Foundation

/// A sign that a training went wrong while all numbers were still finite, as `warnings.jsonl` of a run keeps it.
public struct TrainingWarning: Hashable, Sendable {
  /// The updates that were done when it was seen.
  public let iteration: Int
  /// The measurement that it was seen in.
  public let measurement: String
  /// What was seen.
  public let text: String
  /// What to try.
  public let advice: String

  /// All in one line.
  public var description: String { "iteration \(iteration): \(text); \(advice)" }

  /// The same as JSON.
  package var document: Value {
    .table([
      "iteration": .integer(iteration), "measurement": .string(measurement), "text": .string(text),
      "advice": .string(advice),
    ])
  }

  /// A sign in `measurement`.
  package init(iteration: Int, measurement: String, text: String, advice: String) {
    self.iteration = iteration
    self.measurement = measurement
    self.text = text
    self.advice = advice
  }

  private init?(_ document: Value) {
    guard let iteration = document["iteration"]?.integer, let text = document["text"]?.string else {
      return nil
    }
    self.init(
      iteration: iteration, measurement: document["measurement"]?.string ?? "", text: text,
      advice: document["advice"]?.string ?? "")
  }

  /// The signs that were seen in `run` up to `iteration`, in order.
  package static func all(of run: RunDirectory, upTo iteration: Int = .max) throws -> [TrainingWarning] {
    try DurableFile.checkIsOwn(run.warningsPath)
    guard FileManager.default.fileExists(atPath: run.warningsPath) else { return [] }
    let lines = try DurableFile.readOwn(run.warningsPath, limit: 1 << 20).split(separator: UInt8(ascii: "\n"))
    return try lines.compactMap { line in
      do { return TrainingWarning(try JSON.parse(Array(line))) } catch let error as JSON.SyntaxError {
        throw Failure(.configuration, "\(run.warningsPath): \(error)")
      }
    }.filter { $0.iteration <= iteration }
  }

  /// Writes `warnings` into `run`, in place of those that are there.
  package static func write(_ warnings: [TrainingWarning], to run: RunDirectory) throws {
    let text = warnings.map { JSON.line($0.document) + "\n" }.joined()
    try DurableFile.write(Array(text.utf8), to: run.warningsPath)
  }
}
