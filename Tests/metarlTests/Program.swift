import Foundation
import Testing

/// The built program, run as a user would, in a directory of its own that holds one environment file.
final class Program {
  /// What a run of the program left.
  struct Result {
    let code: Int32
    let output: String
    let errors: String

    var json: [String: Any]? {
      (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
    }
  }

  let directory = NSTemporaryDirectory() + "metarl-program-" + UUID().uuidString

  /// The settings of a training that takes a moment.
  static let training = [
    "train", "--env", "tiny", "--algorithm", "rl2", "trials=4", "network.hiddenUnits=2", "ppo.minibatches=1",
  ]

  /// The words that train `algorithm` with `settings`.
  static func training(_ algorithm: String, _ settings: String...) -> [String] {
    ["train", "--env", "tiny", "--algorithm", algorithm] + settings
  }

  init() throws {
    try FileManager.default.createDirectory(atPath: "\(directory)/envs", withIntermediateDirectories: true)
    try write(
      """
      environment = "bandit"
      description = "Two arms."
      source = "this test"
      horizon = 1
      episodes = 4
      [constants]
      armCount = 2
      [tasks.train]
      [tasks.test]
      """, to: "envs/tiny.toml")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
  }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(directory)/\(name)") }

  func names(_ name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(name)")) ?? []).sorted()
  }

  /// Runs the program with `arguments`.
  func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// Runs the program with `arguments`.
  func run(_ arguments: [String]) throws -> Result { try start(try Self.executable(), arguments) }

  /// Runs a shell command in which `$METARL` is the program.
  func shell(_ command: String) throws -> Result { try start("/bin/bash", ["-c", command]) }

  private func start(_ path: String, _ arguments: [String]) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var environment = ProcessInfo.processInfo.environment
    environment["METARL"] = try Self.executable()
    // Tests open no windows.
    for name in ["DISPLAY", "WAYLAND_DISPLAY"] { environment[name] = nil }
    process.environment = environment
    let (output, errors) = ("\(directory)/.stdout", "\(directory)/.stderr")
    for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      code: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// The program stands beside the bundle of the tests.
  private static func executable() throws -> String {
    let candidates =
      CommandLine.arguments.filter { $0.contains(".xctest") } + [Bundle.main.executablePath ?? ""]
    for candidate in candidates {
      var url = URL(fileURLWithPath: candidate)
      while url.path != "/" {
        url.deleteLastPathComponent()
        let path = url.appendingPathComponent("metarl").path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
          return path
        }
      }
    }
    throw NotFound(candidates: candidates)
  }

  private struct NotFound: Error { let candidates: [String] }
}
