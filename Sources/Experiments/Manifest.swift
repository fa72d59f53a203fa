import Foundation
import Randomness
import Simulation

/// Where a run comes from; nothing in it changes a result.
struct Manifest {
  /// The words of the command line.
  var commandLine: [String]
  /// The number of threads.
  var threadCount: Int
  /// When the run began.
  var startedAt = Date()

  /// What `manifest.json` of a run of `configuration` holds.
  func table(_ configuration: RunConfiguration) -> Table {
    let environment = configuration.environment
    let tasks = TaskSample.standard(of: "test", in: environment.simulator)
    return [
      "version": .string(version), "compiler": .string(compilerVersion),
      "processor": .string(Self.processor), "commandLine": .array(commandLine.map(Value.string)),
      "started": .string(startedAt.ISO8601Format()), "threads": .integer(threadCount),
      "environment": .string(environment.name), "algorithm": .string(configuration.algorithm),
      "seed": .integer(configuration.seed),
      "testTasks": .table([
        "count": .integer(tasks.count), "sha256": .string(SHA256.hexadecimal(tasks.json)),
      ]),
    ]
  }

  /// The model of the processor, where the system tells.
  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return model ?? "unknown"
  }
}

/// The tasks that an evaluation plays.
enum TaskSample {
  /// The number of trials to come near to where nothing else is asked for.
  static let usualCount = 1000

  /// The address of all random numbers of an evaluation with `seed`.
  static func key(seed: Int) -> RandomKey { RandomKey(seed: UInt64(seed)).child("evaluate") }

  /// `count` tasks of `split`, drawn below the address of `seed`. Without a count, every member of a finite set
  /// equally often, so that there are about 1,000, or 1,000 draws.
  static func tasks(of split: String, count: Int?, seed: Int, in simulator: any Simulator) -> TaskSet {
    let key = key(seed: seed).child("tasks")
    guard count == nil else { return simulator.tasks(of: split, count: count, key: key) }
    guard let distinct = simulator.tasks(of: split, count: 1, key: key).distinctCount else {
      return simulator.tasks(of: split, count: usualCount, key: key)
    }
    let repetitions = max(1, (usualCount + distinct / 2) / distinct)
    return simulator.tasks(of: split, count: repetitions * distinct, key: key)
  }

  /// What an evaluation plays that is asked for nothing else.
  static func standard(of split: String, in simulator: any Simulator) -> TaskSet {
    tasks(of: split, count: nil, seed: 0, in: simulator)
  }
}
