import Formats
import Foundation

/// The measurements of a run as a table for other programs.
public struct RunExport {
  private let lines: [Value]
  private let seconds: [Int: Double]
  /// The most memory that a process which trained the run has used, in bytes; nil where it was not measured.
  package let peakMemory: Int?

  /// The measurements of `run`. A last line that a killed process left half written is left out; a run that was
  /// killed before its first measurement has none.
  public init(of run: RunDirectory) throws {
    lines = try Self.documents(run.metricsPath)
    let timing = try Self.documents(run.timingPath)
    peakMemory = timing.compactMap { $0["peakMemory"]?.integer }.max()
    seconds = Dictionary(
      timing.compactMap { line in
        line["iteration"]?.integer.flatMap { index in
          line["secondsSinceStart"]?.double.map { (index, $0) }
        }
      }, uniquingKeysWith: { $1 })
  }

  /// Comma-separated values: iteration, time steps so far, seconds since the start, then every measurement under its
  /// name. What was not measured is empty.
  public var csv: String {
    var names: [String] = []
    for line in lines {
      for name in line["metrics"]?.table?.keys ?? [] where !names.contains(name) { names.append(name) }
    }
    var rows = [["iteration", "totalTimeSteps", "secondsSinceStart"] + names]
    for line in lines {
      let index = line["iteration"]?.integer
      rows.append(
        [
          Self.cell(line["iteration"]), Self.cell(line["timeSteps"]),
          Self.cell(index.flatMap { seconds[$0] }.map(Value.number)),
        ] + names.map { Self.cell(line["metrics"]?[$0]) })
    }
    return rows.map { $0.map(Self.escaped).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// How long the training took so far.
  package var secondsOfTraining: Double? { seconds.values.max() }

  /// The last measurement called `name`.
  package func lastMeasurement(_ name: String) -> Value? { lines.last?["metrics"]?[name] }

  /// The measurement called `name` in every iteration that has it, with the time steps and seconds so far.
  package func measurements(_ name: String) -> [(timeStepCount: Int, seconds: Double, value: Double)] {
    lines.compactMap { line in
      guard let value = line["metrics"]?[name]?.double, let count = line["timeSteps"]?.integer else {
        return nil
      }
      return (count, line["iteration"]?.integer.flatMap { seconds[$0] } ?? .nan, value)
    }
  }

  /// The measurement called `name` after every update that has it.
  func values(of name: String) -> [(iteration: Int, value: Double)] {
    lines.compactMap { line in
      guard let value = line["metrics"]?[name]?.double, let iteration = line["iteration"]?.integer else {
        return nil
      }
      return (iteration, value)
    }
  }

  /// The sum of the measurement called `name` over the first `iteration` iterations; nil where one lacks it.
  package func sum(of name: String, upTo iteration: Int) -> Double? {
    let values = lines.prefix(iteration).map { $0["metrics"]?[name]?.double }
    return iteration > 0 && values.allSatisfy { $0 != nil } ? values.reduce(0) { $0 + ($1 ?? 0) } : nil
  }

  /// The seconds that the first `iteration` iterations took.
  package func seconds(upTo iteration: Int) -> Double? { seconds[iteration] }

  /// Writes `csv` to `path`.
  public func writeCSV(to path: String) throws { try Self.write(csv, to: path) }

  /// Writes the text of an export to `path`.
  public static func write(_ text: String, to path: String) throws {
    try DurableFile.write(Array(text.utf8), to: path)
  }

  private static let byteLimit = 1 << 30

  private static func documents(_ path: String) throws -> [Value] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let reader = try LineReader(path)
    var documents: [Value] = []
    while let (line, isWhole) = try reader.next() {
      guard reader.position <= byteLimit else {
        throw Failure(.configuration, "\(path) has more than the \(byteLimit) bytes that are read")
      }
      do {
        documents.append(try JSON.parse(Array(line)))
      } catch {
        guard isWhole else { break }
        throw Failure(.configuration, "\(path): line \(documents.count + 1): \(error)")
      }
    }
    return documents
  }

  private static func cell(_ value: Value?) -> String {
    guard let value, value != .null else { return "" }
    return value.string ?? JSON.line(value)
  }

  /// `cell` as it stands in a table, in quotation marks where it needs them.
  package static func escaped(_ cell: String) -> String {
    guard cell.contains(where: { ",\"\n".contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
