import Configuration
import Formats
import Foundation
import Kernels
import Runs

#if MPI
  import MessagePassing
#endif

/// What of this machine matters to the program, for a report of a problem.
public struct Diagnosis {
  /// One fact.
  public struct Row {
    /// What it is about.
    public let name: String
    /// What was found.
    public let value: String
    /// Whether the program can work with it.
    public let isGood: Bool
  }

  /// All facts.
  public let rows: [Row]

  /// Looks at the machine; `environment` is that of the process, `runs` where runs go.
  public init(_ search: EnvironmentSearch, environment: [String: String], runs: String = "runs") {
    var rows = [
      Row(name: "version", value: "\(version), \(compilerVersion)", isGood: true),
      Row(name: "processor", value: Manifest.processor, isGood: true),
      Row(name: "instruction set", value: Manifest.instructionSet, isGood: true),
      Row(
        name: "processor cores", value: String(ProcessInfo.processInfo.activeProcessorCount), isGood: true),
      Row(
        name: "memory", value: "\(ProcessInfo.processInfo.physicalMemory >> 20) MiB", isGood: true),
    ]
    rows.append(Row(name: "several machines", value: Self.messagePassing, isGood: true))
    rows.append(Self.environments(search))
    rows.append(Self.writing(to: runs))
    rows.append(Self.room(in: runs))
    let display = ["WAYLAND_DISPLAY", "DISPLAY"].compactMap { name in
      environment[name].map { "\(name)=\($0)" }
    }
    rows.append(
      Row(name: "display", value: display.isEmpty ? "none" : display.joined(separator: ", "), isGood: true))
    rows.append(
      Row(name: "terminal", value: environment["TERM"] ?? "none", isGood: true))
    rows.append(
      Row(
        name: "language",
        value: environment["LC_ALL"] ?? environment["LANG"] ?? "none; nothing depends on it",
        isGood: true))
    self.rows = rows
  }

  /// Whether the program can work.
  public var isGood: Bool { rows.allSatisfy(\.isGood) }

  /// The same as one document.
  public var document: Value {
    .array(
      rows.map { row in
        .table(["name": .string(row.name), "value": .string(row.value), "good": .boolean(row.isGood)])
      })
  }

  /// The same as text.
  public var text: String {
    let lines = rows.map { [$0.name, $0.value + ($0.isGood ? "" : "  <- this is a problem")] }
    return aligned(lines, isNumeric: false).joined(separator: "\n") + "\n"
  }

  /// What training in several processes uses.
  private static var messagePassing: String {
    #if MPI
      guard metarl_ranks_are_built() else { return "no; the trait MPI is on, but mpi.h was not installed" }
      var text = [CChar](repeating: 0, count: 64)
      metarl_ranks_library(&text, Int32(text.count))
      let name = text.prefix { $0 != 0 && $0 != 44 }.map { UInt8(bitPattern: $0) }
      return "by mpirun, " + String(decoding: name, as: UTF8.self)
    #else
      return "no; swift build --traits default,MPI builds it in"
    #endif
  }

  private static func environments(_ search: EnvironmentSearch) -> Row {
    let count = search.files.count
    return Row(
      name: "environments", value: "\(count) in \(search.directories.joined(separator: ", "))",
      isGood: count > 0)
  }

  /// The directory that `runs` is or would be made in.
  private static func existing(_ runs: String) -> String {
    access(runs, F_OK) == 0 ? runs : DurableFile.parent(of: runs)
  }

  private static func writing(to runs: String) -> Row {
    let path = existing(runs)
    let isWritable = access(path, W_OK) == 0
    return Row(
      name: "runs", value: "\(path) \(isWritable ? "can" : "cannot") be written to", isGood: isWritable)
  }

  private static func room(in runs: String) -> Row {
    var status = statvfs()
    guard statvfs(existing(runs), &status) == 0 else {
      return Row(name: "free disk", value: "unknown", isGood: true)
    }
    let free = (UInt64(status.f_bavail) * UInt64(status.f_frsize)) >> 20
    return Row(name: "free disk", value: "\(free) MiB", isGood: free >= 64)
  }
}
