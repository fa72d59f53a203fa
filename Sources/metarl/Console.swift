import ArgumentParser
import Configuration
import Formats
import Foundation
import Parallel

/// Results go to stdout; progress and all else that is for people goes to stderr.
enum Console {
  /// Writes a result in lines, in which nothing is obeyed by a terminal or by continuous integration. Throws where
  /// it cannot be written.
  static func write(_ text: String) throws {
    try writeUnchanged(ContinuousIntegration.muted(printableLines(text)))
  }

  /// Writes a result that has nothing in it that others wrote, or for another program.
  static func writeUnchanged(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw Failure(.inputOutput, "cannot write to stdout: \(error.localizedDescription)")
    }
  }

  /// Writes a result as the one JSON document, or as text.
  static func write(_ value: Value, isJSON: Bool, text: () -> String) throws {
    if isJSON {
      try writeUnchanged(ContinuousIntegration.muted(json: JSON.line(value)) + "\n")
    } else {
      try write(text())
    }
  }

  /// Writes a line to stderr; where that fails there is nobody to tell.
  static func note(_ line: String) { noteLines(printable(line)) }

  /// Writes lines to stderr.
  static func noteLines(_ text: String) { draw(ContinuousIntegration.muted(printableLines(text)) + "\n") }

  /// Warns on stderr.
  static func warn(_ text: String) {
    if !ContinuousIntegration.annotate("warning", text) { note("metarl: warning: \(text)") }
  }

  /// Says on stderr why the exit code will not be 0, which need not be a mistake.
  static func error(_ text: String, isMistake: Bool) {
    if !ContinuousIntegration.annotate(isMistake ? "error" : "warning", text) {
      note("metarl: \(isMistake ? "error: " : "")\(text)")
    }
  }

  /// Writes to stderr, without ending the line, what has nothing in it that others wrote.
  static func draw(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

/// Where environment files are for this process.
var environmentSearch: EnvironmentSearch {
  let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  return EnvironmentSearch.standard(
    executable: executable ?? CommandLine.arguments.first, environment: ProcessInfo.processInfo.environment)
}

/// How many threads work.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Use this number of threads. The results do not depend on it. (default: the number of cores)")
  var threads: Int?

  var count: Int { threads ?? Self.coreCount }

  /// The number of cores.
  static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads is \(threads); a number from 1 to 1024 is needed.")
    }
    let grantedCount = ThreadPool(threadCount: threads).threadCount
    guard grantedCount == threads else {
      throw ValidationError("--threads is \(threads); the system grants \(grantedCount) here.")
    }
  }
}

/// How far the numbers of options may go.
enum OptionLimit {
  /// Trials of an evaluation, whose tasks are all kept.
  static let evaluatedTrials = 200_000
  /// Tasks and episodes, as many as an environment file may ask for.
  static let trials = 1_000_000
  /// What a threads pool hands out in one call.
  static let resamples = 1_000_000
  /// Panels of a contact sheet: more of them are too small to see.
  static let panels = 400
  /// Updates of a training.
  static let iterations = 1_000_000_000
  /// Trainings at a time.
  static let jobs = 1024
}

/// Refuses a number that is below `lowest` or above `highest`.
func require(_ name: String, _ value: Int?, atLeast lowest: Int, atMost highest: Int = .max) throws {
  guard let value else { return }
  if value < lowest { throw ValidationError("\(name) is \(value); at least \(lowest) is needed.") }
  guard value > highest else { return }
  throw ValidationError("\(name) is \(value); a number from \(lowest) to \(highest) is needed.")
}
