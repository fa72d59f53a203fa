import Formats
import Foundation
import Kernels
import Randomness
import Simulation

/// Where a run comes from, as `manifest.json` holds it; nothing in it changes a result.
package enum Manifest {
  /// A process that trained the run.
  package struct Session {
    /// The words of the command line.
    let commandLine: [String]
    /// The number of threads.
    let threadCount: Int
    /// The iterations that were done before.
    let iteration: Int
    /// When it began.
    let startedAt = Date()

    /// A process of `threadCount` threads that goes on after `iteration` iterations.
    package init(commandLine: [String], threadCount: Int, iteration: Int) {
      self.commandLine = commandLine
      self.threadCount = threadCount
      self.iteration = iteration
    }

    var table: Table {
      [
        "iteration": .integer(iteration), "started": .string(startedAt.ISO8601Format()),
        "commandLine": .array(commandLine.map(Value.string)), "threads": .integer(threadCount),
        "version": .string(version), "compiler": .string(compilerVersion),
        "processor": .string(Manifest.processor), "instructionSet": .string(Manifest.instructionSet),
      ]
    }
  }

  /// What the file of a run of `configuration` holds that `session` begins.
  package static func table(_ configuration: RunConfiguration, _ session: Session) -> Table {
    let environment = configuration.environment
    let tasks = TaskSample.standard(of: .test, in: environment.simulator)
    var table = session.table
    table["iteration"] = nil
    table["environment"] = .string(environment.name)
    table["algorithm"] = .string(configuration.algorithm)
    table["seed"] = .integer(configuration.seed)
    table["configuration"] = .string(SHA256.hexadecimal(configuration.document.utf8))
    table["testTasks"] = .table([
      "count": .integer(tasks.count),
      "sha256": .string(TaskSample.hash(of: tasks, in: environment.simulator)),
    ])
    if let from = configuration.from { table["from"] = .table(from.table) }
    table["resumed"] = .array([])
    return table
  }

  package static func write(_ table: Table, to run: RunDirectory) throws {
    try DurableFile.write(Array((JSON.line(.table(table)) + "\n").utf8), to: run.manifestPath)
  }

  /// Notes that `session` goes on with `run`. Throws where the configuration is not the one that the run
  /// began with; `warn` hears where program or processor differ in a way that may change bytes.
  package static func resume(_ run: RunDirectory, _ session: Session, warn: (String) -> Void) throws {
    var table = try RunDirectory.document(run.manifestPath)?.table ?? Table()
    try run.checkConfiguration()
    for key in ["version", "compiler", "instructionSet"] {
      guard let before = table[key]?.string, let after = session.table[key]?.string, before != after else {
        continue
      }
      warn("the run began with \(key) \(before) and goes on with \(after); bytes may differ")
    }
    table["resumed"] = .array((table["resumed"]?.array ?? []) + [.table(session.table)])
    try write(table, to: run)
  }

  /// Which instructions the kernels use here.
  package static var instructionSet: String { String(cString: metarl_instruction_set()) }

  /// The model of the processor, where the system tells.
  package static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return model ?? "unknown"
  }
}

/// The tasks that an evaluation plays.
package enum TaskSample {
  /// The number of trials to come near to where nothing else is asked for: 1,000, or where trials are very long or tasks
  /// very large as many as take some minutes, but not too few for a mean.
  package static func usualCount(in simulator: any Simulator) -> Int {
    let byteCount = simulator.tasks(of: .test, count: 1, key: key(seed: 0)).json.count
    let possible = min(usualStepCount / simulator.interface.trialLength, usualByteCount / byteCount)
    return max(leastUsualCount, min(1000, possible))
  }

  private static let usualStepCount = 20_000_000
  /// All tasks are hashed, as JSON, of which a processor writes some ten million bytes a second.
  private static let usualByteCount = 50_000_000
  private static let leastUsualCount = 20

  /// The address of all random numbers of an evaluation with `seed`.
  package static func key(seed: Int) -> RandomKey { RandomKey(seed: UInt64(seed)).child("evaluate") }

  /// `count` tasks of `split`, drawn below the address of `seed`, of a finite set without replacement as long as that can
  /// be. Without a count, every member of a finite set equally often, so that there are about 1,000, or 1,000 draws.
  package static func tasks(of split: TaskSplit, count: Int?, seed: Int, in simulator: any Simulator)
    -> TaskSet
  {
    let key = key(seed: seed).child("tasks")
    guard count == nil else { return simulator.tasks(of: split, count: count, key: key) }
    guard let distinct = simulator.tasks(of: split, count: 1, key: key).memberCount else {
      return simulator.tasks(of: split, count: usualCount(in: simulator), key: key)
    }
    let repetitions = max(1, (usualCount(in: simulator) + distinct / 2) / distinct)
    return simulator.tasks(of: split, count: repetitions * distinct, key: key)
  }

  /// The hash that tells whether evaluations are of the same tasks: SHA-256 of their JSON, followed, where their split
  /// does more to trials than drawing tasks, by the name of the split and what it does.
  package static func hash(of tasks: TaskSet, in simulator: any Simulator) -> String {
    let shift = simulator.shift(of: tasks.split)
    let place =
      shift.isNone ? "" : "\n\(tasks.split) \(shift.switchAfter) \(shift.permutesActions)"
    return SHA256.hexadecimal(Array(tasks.json) + Array(place.utf8))
  }

  /// What an evaluation plays that is asked for nothing else.
  static func standard(of split: TaskSplit, in simulator: any Simulator) -> TaskSet {
    tasks(of: split, count: nil, seed: 0, in: simulator)
  }
}
