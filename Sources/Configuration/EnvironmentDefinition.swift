import Formats
import Simulation

/// What an environment file says, every default filled in.
public struct EnvironmentDefinition: Sendable {
  /// The name on the command line: that of the file.
  public let name: String
  /// The environment family.
  public let family: String
  /// What it is, in one sentence.
  public let summary: String
  /// Where it was published, and what differs.
  public let source: String
  /// The time limit of an episode, in time steps.
  public let horizon: Int
  /// The episodes of a trial.
  public let episodeCount: Int
  /// How many tasks there are to train on; 0 where the split `train` has all of its distribution.
  public let trainingTaskCount: Int
  /// The constants of the family, all of them.
  public let constants: Table
  /// The task distributions by split, all parameters of each.
  public let tasks: Table
  /// The tuned hyperparameters by algorithm.
  public let presets: Table
  /// The environment, ready for trials.
  public let simulator: any SimulatedEnvironment

  /// What `table` says; `file` names it in errors. `name` is the name where the table has none of its own,
  /// as only the tables embedded in runs have.
  package init(_ table: Table, name: String, file: String, below prefix: String = "", catalogue: Catalogue)
    throws
  {
    self = try locating(in: file, below: prefix) {
      try Self.reading(table, name: name, catalogue: catalogue)
    }
  }

  private static let defaults: Table = [
    "name": .string(""), "environment": .string(""), "description": .string(""), "source": .string(""),
    "horizon": .integer(0), "episodes": .integer(0), "trainingTasks": .integer(0), "constants": .null,
    "tasks": .null, "presets": .null,
  ]

  private static func reading(_ table: Table, name: String, catalogue: Catalogue) throws -> Self {
    let merged = try Settings.overlaid(defaults, with: table)
    for key in ["environment", "horizon", "episodes", "tasks"] where table[key] == nil {
      throw InvalidParameter(key, "is missing")
    }
    for key in ["horizon", "episodes"] {
      let value = merged[key]?.integer ?? 0
      guard (1...1_000_000).contains(value) else {
        throw InvalidParameter(key, "is \(value); a whole number from 1 to 1000000 is needed")
      }
    }
    for key in ["description", "source"] { try checkText(key, in: merged) }
    let trainingTaskCount = merged["trainingTasks"]?.integer ?? 0
    guard (0...1_000_000).contains(trainingTaskCount) else {
      throw InvalidParameter(
        "trainingTasks", "is \(trainingTaskCount); a whole number from 0, for all, to 1000000 is needed")
    }
    let presets = try section("presets", of: merged)
    for (algorithm, preset) in presets.entries {
      try check(preset, of: algorithm, family: merged["environment"]?.string, catalogue: catalogue)
    }
    let type = try catalogue.environment(merged["environment"]?.string ?? "")
    return try Self(type, merged, name: name, presets: presets)
  }

  private init<Subject: Environment>(
    _ type: Subject.Type, _ table: Table, name: String, presets: Table
  ) throws {
    let constants = try prefixed("constants") {
      let (environment, constants) = try Settings.read(
        try Self.section("constants", of: table), over: type.init())
      try environment.validate()
      return (environment: environment, table: constants)
    }
    let horizon = table["horizon"]?.integer ?? 1
    if let supervised = constants.environment as? any SupervisedEnvironment,
      supervised.exampleCount != horizon
    {
      throw InvalidParameter(
        "horizon", "is \(horizon); \(supervised.exampleCount) is needed, as constants.exampleCount says")
    }
    var distributions: [TaskSplit: Subject.TaskDistribution] = [:]
    var (shifts, tasks) = ([TaskSplit: TrialShift](), Table())
    for (name, value) in try Self.section("tasks", of: table).entries {
      let split = TaskSplit(name)
      try Self.checkName(of: split)
      let (distribution, resolved) = try prefixed("tasks.\(split)") {
        guard let given = value.table else {
          throw InvalidParameter("", "is \(value.kind); a table is needed")
        }
        let (shift, parameters) = try Self.shift(in: given)
        shifts[split] = shift
        var (distribution, resolved) = try Settings.read(
          parameters, over: constants.environment.usualDistribution, allowingToo: Self.shiftKeys)
        try constants.environment.validate(distribution)
        for key in Self.shiftKeys where given[key] != nil { resolved[key] = given[key] }
        return (distribution, resolved)
      }
      distributions[split] = distribution
      tasks[name] = .table(resolved)
    }
    for split in Self.usualSplits where tasks[split.name] == nil {
      throw InvalidParameter("tasks.\(split)", "is missing")
    }
    let simulator = EnvironmentSimulator(
      constants.environment, distributions: distributions, shifts: shifts,
      horizon: horizon, episodeCount: table["episodes"]?.integer ?? 1,
      trainingTaskCount: table["trainingTasks"]?.integer ?? 0)
    for (split, shift) in shifts.sorted(by: { $0.key < $1.key }) {
      try prefixed("tasks.\(split)") { try shift.validate(for: simulator.interface) }
    }
    if let overlap = simulator.overlap { throw InvalidParameter("tasks", "is wrong: \(overlap)") }
    self.simulator = simulator
    let given = table["name"]?.string ?? ""
    self.name = try Self.checked(name: given.isEmpty ? name : given)
    family = Subject.name
    summary = table["description"]?.string ?? ""
    source = table["source"]?.string ?? ""
    self.horizon = horizon
    episodeCount = table["episodes"]?.integer ?? 1
    trainingTaskCount = table["trainingTasks"]?.integer ?? 0
    self.constants = constants.table
    self.tasks = tasks
    self.presets = presets
  }

  /// The splits that every file has.
  private static let usualSplits: [TaskSplit] = [.train, .test]

  /// The keys that every split may have, whatever its family.
  private static let shiftKeys = ["permutesActions", "switchAfter"]

  /// What a split does to trials beside drawing tasks, and the parameters of its distribution.
  private static func shift(in table: Table) throws -> (TrialShift, parameters: Table) {
    var (given, parameters) = (Table(), Table())
    for (key, value) in table.entries {
      if shiftKeys.contains(key) { given[key] = value } else { parameters[key] = value }
    }
    return (try Settings.read(given, over: TrialShift()).subject, parameters)
  }

  /// Runs are named after environments, so that a name is one part of a path, and can be read.
  private static func checked(name: String) throws -> String {
    guard DurableFile.isName(name) else {
      throw InvalidParameter(
        "name",
        "is \(quoted(name)); a name without / and control characters that begins with no point is needed")
    }
    return name
  }

  /// What is shown to people must not hold what a terminal obeys; ends of lines are allowed.
  private static func checkText(_ key: String, in table: Table) throws {
    guard let text = table[key]?.string, printableLines(text) != text else { return }
    throw InvalidParameter(key, "is \(quoted(text)); a text without control characters is needed")
  }

  /// A split may have any name but one that is most likely `train` or `test` mistyped.
  private static func checkName(of split: TaskSplit) throws {
    let letters = Array(split.name)
    for usual in usualSplits where split != usual && Spelling.distance(letters, Array(usual.name)) == 1 {
      let isNumbered = split.name.hasPrefix(usual.name) && letters.last?.isNumber == true
      guard isNumbered else {
        throw InvalidParameter(
          "tasks.\(split)",
          "is too much like \(usual). Did you mean \"\(usual)\"? A further split may be any other word.")
      }
    }
  }

  /// The tuned hyperparameters for `algorithm`, where there are any.
  package func preset(_ algorithm: String) -> Table { presets[algorithm]?.table ?? Table() }

  /// The table to embed in a run; it leaves out the presets, of which the run has taken what it needs.
  package var table: Table {
    [
      "name": .string(name), "environment": .string(family), "description": .string(summary),
      "source": .string(source), "horizon": .integer(horizon), "episodes": .integer(episodeCount),
      "trainingTasks": .integer(trainingTaskCount), "constants": .table(constants), "tasks": .table(tasks),
    ]
  }

  private static func section(_ key: String, of table: Table) throws -> Table {
    guard let value = table[key], value != .null else { return Table() }
    guard let section = value.table else {
      throw InvalidParameter(key, "is \(value.kind); a table is needed")
    }
    return section
  }

  private static func check(
    _ preset: Value, of algorithm: String, family: String?, catalogue: Catalogue
  ) throws {
    guard let table = preset.table else {
      throw InvalidParameter("presets.\(algorithm)", "is \(preset.kind); a table is needed")
    }
    guard let type = try? catalogue.algorithm(algorithm, family: family) else {
      throw Settings.unknown(algorithm, path: "presets", allowed: catalogue.algorithmNames)
    }
    try prefixed("presets.\(algorithm)") { _ = try Hyperparameters(table, of: type) }
  }
}

/// Runs `body` and puts `prefix` before the key of a parameter that it refuses.
func prefixed<Result>(_ prefix: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as InvalidParameter {
    throw InvalidParameter(joined(prefix, error.key), error.reason)
  }
}
