import Configuration
import Formats
import Learning
import Parallel
import Randomness
import Simulation

/// All that a training depends on: with the same binary, it gives the same bytes.
public struct RunConfiguration {
  /// The name of the algorithm.
  public let algorithm: String
  /// The seed of all random numbers.
  public let seed: Int
  /// How many iterations lie between two checkpoints.
  public let checkpointInterval: Int
  /// How many of the last checkpoints are kept.
  public let checkpointsKept: Int
  /// After how many iterations each the learner is evaluated in held-out tasks; 0 for never.
  public let evaluateEvery: Int
  /// In how many tasks.
  public let evaluateTasks: Int
  /// Where the first parameters are from; nil where they are drawn.
  public let from: StartingPoint?
  /// The hyperparameters of the algorithm.
  public let hyperparameters: Hyperparameters
  /// The hyperparameters that nothing reads here; their values are the defaults.
  public let unusedSettings: [UnusedSetting]
  /// The environment.
  public let environment: EnvironmentDefinition
  /// The same, as `config.toml` holds it.
  public let table: Table
  /// Every key of `table` by its dotted path, with its value and where that comes from.
  public let origins: [(key: String, value: Value, origin: String)]

  /// What the command line may say besides the names of environment and algorithm.
  public struct Choices: Sendable {
    /// `key=value`, in order.
    public var overrides: [String] = []
    /// The seed, in place of the file's or 0.
    public var seed: Int?
    /// The number of updates, in place of the file's.
    public var iterationCount: Int?

    /// Nothing but defaults.
    public init() {}

    /// The settings. Throws where one is given twice, of which one would be lost.
    func distinctOverrides() throws -> [Override] {
      let overrides = try overrides.map { try Override($0) }
      var seen: Set<[String]> = []
      for path in overrides.map(\.plainPath) {
        guard seen.insert(path).inserted else { throw Self.twice(path, "") }
      }
      for (key, value) in [("seed", seed), ("iterations", iterationCount)] where value != nil {
        if seen.contains([key]) { throw Self.twice([key], " as key=value and as --\(key)") }
      }
      return overrides
    }

    private static func twice(_ path: [String], _ ways: String) -> Failure {
      Failure(.usage, "\(path.joined(separator: ".")) is given twice\(ways); once is needed")
    }
  }

  /// The training of `algorithm` in the environment file that `environment` stands for.
  public init(
    environment: String, algorithm: String, choices: Choices, search: EnvironmentSearch, catalogue: Catalogue
  ) throws {
    let path = try search.path(of: environment)
    try self.init(
      Draft(
        algorithm: algorithm, environment: EnvironmentSearch.table(path),
        environmentName: EnvironmentSearch.name(of: path), file: path, prefix: ""),
      choices: choices, catalogue: catalogue)
  }

  /// The training that the file at `path` describes, which is `config.toml` of a run.
  public init(file path: String, choices: Choices = Choices(), catalogue: Catalogue) throws {
    try self.init(TOML.read(path), file: path, choices: choices, catalogue: catalogue)
  }

  /// The training that `document` describes, the text of a `config.toml`; `file` is what messages call it.
  package init(document: String, file: String, catalogue: Catalogue) throws {
    try self.init(
      TOML.parse(document, file: file), file: file, choices: Choices(), catalogue: catalogue)
  }

  package init(_ table: Table, file path: String, choices: Choices, catalogue: Catalogue) throws {
    if table["environment"]?.string != nil && table["hyperparameters"] == nil {
      throw Failure(
        .configuration,
        "\(path) is an environment file: metarl train --env \(path) --algorithm NAME trains in it")
    }
    let merged = try locating(in: path) { try Settings.overlaid(Self.defaults, with: table) }
    for key in ["algorithm", "environment"] where table[key] == nil {
      throw Failure(.configuration, "\(path): \(key) is missing")
    }
    var draft = Draft(
      algorithm: merged["algorithm"]?.string ?? "", environment: merged["environment"]?.table ?? Table(),
      environmentName: EnvironmentSearch.name(of: path), file: path, prefix: "environment")
    draft.hyperparameters = merged["hyperparameters"]?.table ?? Table()
    draft.fileKeys = table.keys
    draft.seed = merged["seed"]?.integer ?? 0
    draft.checkpointInterval = merged["checkpointInterval"]?.integer ?? Draft.usualInterval
    draft.checkpointsKept = merged["checkpointsKept"]?.integer ?? CheckpointStore.usualKeptCount
    draft.evaluateEvery = merged["evaluateEvery"]?.integer ?? 0
    draft.evaluateTasks = merged["evaluateTasks"]?.integer ?? Draft.usualEvaluateTasks
    draft.from = try locating(in: path) { try merged["from"]?.table.map(StartingPoint.init) }
    for key in ["environment", "hyperparameters", "from"] {
      guard let value = merged[key], value != .null else { continue }
      guard value.table != nil else {
        throw Failure(.configuration, "\(path): \(key) is \(value.kind); a table is needed")
      }
    }
    try self.init(draft, choices: choices, catalogue: catalogue)
  }

  private static let defaults: Table = [
    "algorithm": .string(""), "seed": .integer(0), "checkpointInterval": .integer(Draft.usualInterval),
    "checkpointsKept": .integer(CheckpointStore.usualKeptCount), "evaluateEvery": .integer(0),
    "evaluateTasks": .integer(Draft.usualEvaluateTasks), "from": .null, "hyperparameters": .null,
    "environment": .null,
  ]

  private init(_ draft: Draft, choices: Choices, catalogue: Catalogue) throws {
    let learner = try locating(in: draft.prefix.isEmpty ? "command line" : draft.file) {
      try catalogue.algorithm(draft.algorithm, family: draft.environment["environment"]?.string)
    }
    var draft = draft
    let defaults = try Hyperparameters(Table(), of: learner).table
    for override in try choices.distinctOverrides() { try draft.apply(override, hyperparameters: defaults) }
    if let count = choices.iterationCount { draft.overrides["iterations"] = .integer(count) }
    if let seed = choices.seed {
      try draft.apply(Override(["seed"], .integer(seed)), hyperparameters: defaults)
    }

    environment = try EnvironmentDefinition(
      draft.environment, name: draft.environmentName, file: draft.environmentPlace, below: draft.prefix,
      catalogue: catalogue)
    (hyperparameters, unusedSettings) = try draft.hyperparameters(
      of: learner, preset: environment.preset(draft.algorithm), interface: environment.simulator.interface)
    algorithm = draft.algorithm
    seed = draft.seed
    checkpointInterval = draft.checkpointInterval
    checkpointsKept = draft.checkpointsKept
    evaluateEvery = draft.evaluateEvery
    evaluateTasks = draft.evaluateTasks
    from = draft.from
    for (key, value, least) in [
      ("seed", seed, 0), ("checkpointInterval", checkpointInterval, 1),
      ("checkpointsKept", checkpointsKept, 1), ("evaluateEvery", evaluateEvery, 0),
      ("evaluateTasks", evaluateTasks, 1),
    ] where value < least {
      throw Failure(.configuration, "\(key) is \(value); at least \(least) is needed")
    }
    table = Self.table(draft, hyperparameters, environment)
    let preset = environment.preset(algorithm)
    let remarks = Dictionary(
      uniqueKeysWithValues: unusedSettings.map { ("hyperparameters.\($0.key)", $0.remark) })
    origins = table.leaves.map {
      ($0.path, $0.value, remarks[$0.path] ?? draft.origin(of: $0.path, preset: preset))
    }
  }

  private static func table(
    _ draft: Draft, _ hyperparameters: Hyperparameters, _ environment: EnvironmentDefinition
  ) -> Table {
    var table: Table = [
      "algorithm": .string(draft.algorithm), "seed": .integer(draft.seed),
      "checkpointInterval": .integer(draft.checkpointInterval),
      "checkpointsKept": .integer(draft.checkpointsKept), "evaluateEvery": .integer(draft.evaluateEvery),
      "evaluateTasks": .integer(draft.evaluateTasks),
    ]
    if let from = draft.from { table["from"] = .table(from.table) }
    table["hyperparameters"] = .table(hyperparameters.table)
    table["environment"] = .table(environment.table)
    return table
  }

  /// The usual name of a run.
  public var runName: String { "\(environment.name)-\(algorithm)-seed\(seed)" }

  /// The bytes of `config.toml`.
  package var document: String {
    "# Everything that this run depends on. `metarl train --config THIS-FILE` repeats it.\n"
      + TOML.document(table)
  }

  /// A learner before its first update, in `other` if not in the environment of the run.
  ///
  /// Throws where it takes more memory for `use` than this process has; without one it acts in one lane.
  package func learner(
    in other: EnvironmentDefinition? = nil, pool: ThreadPool, use: LearnerUse? = nil
  ) throws -> any MetaLearner {
    let environment = other ?? environment
    let subject = "\(algorithm) in \(environment.name)"
    return try locating(in: subject) {
      let use = use ?? .acting(threadCount: pool.threadCount, batchCount: 1, laneCount: 1)
      try hyperparameters.memory(for: environment.simulator, use: use).check(
        subject, advice: "Fewer trials, tasks, rollouts, episodes or units, or a shorter horizon need less.")
      return try hyperparameters.learner(
        for: environment.simulator, key: key.child("parameters"), pool: pool)
    }
  }

  /// The address of all random numbers of the training.
  package var key: RandomKey {
    let key = RandomKey(seed: UInt64(seed))
    // What goes on from a run of the same seed meets other tasks than that run.
    return from.map { key.child("from").child($0.hash) } ?? key
  }
}

/// A configuration that is being put together.
private struct Draft {
  static let usualInterval = 50
  static let usualEvaluateTasks = 40

  let algorithm: String
  var environment: Table
  let environmentName: String
  let file: String
  /// The key of the environment in the file; empty where the file is an environment file.
  let prefix: String
  var hyperparameters = Table()
  var overrides = Table()
  var seed = 0
  var checkpointInterval = Self.usualInterval
  var checkpointsKept = CheckpointStore.usualKeptCount
  var evaluateEvery = 0
  var evaluateTasks = Self.usualEvaluateTasks
  var from: StartingPoint?
  var changedEnvironment: [String] = []
  /// The keys of a file that is no environment file, and those of the command line, at the top.
  var fileKeys: [String] = []
  var chosenKeys: [String] = []

  init(algorithm: String, environment: Table, environmentName: String, file: String, prefix: String) {
    self.algorithm = algorithm
    self.environment = environment
    self.environmentName = environmentName
    self.file = file
    self.prefix = prefix
  }

  private static let environmentKeys = [
    "description", "source", "horizon", "episodes", "trainingTasks", "constants", "tasks",
  ]

  /// The file, and what the command line changed in it.
  var environmentPlace: String {
    changedEnvironment.isEmpty
      ? file : "\(file) with \(changedEnvironment.joined(separator: ", ")) from the command line"
  }

  /// Puts a value from the command line in its place: a hyperparameter, else a key of the environment.
  mutating func apply(_ override: Override, hyperparameters: Table) throws {
    let (first, rest) = (override.path[0], Array(override.path.dropFirst()))
    if rest.isEmpty, let name = FormerKeys.present(for: first, override.value, defaults: hyperparameters) {
      throw Failure(.configuration, "command line: \(first) is now \(name)")
    }
    chosenKeys.append(first)
    switch first {
    case "seed" where rest.isEmpty: seed = try whole(override)
    case "checkpointInterval" where rest.isEmpty: checkpointInterval = try whole(override)
    case "checkpointsKept" where rest.isEmpty: checkpointsKept = try whole(override)
    case "evaluateEvery" where rest.isEmpty: evaluateEvery = try whole(override)
    case "evaluateTasks" where rest.isEmpty: evaluateTasks = try whole(override)
    case "hyperparameters" where !rest.isEmpty: try overrides.set(rest, to: override.value)
    case "environment" where !rest.isEmpty: try changeEnvironment(rest, to: override.value)
    // A hyperparameter may be called `tasks`; `tasks.train` is then still the environment's.
    case _ where rest.isEmpty ? hyperparameters[first] != nil : hyperparameters[first]?.table != nil:
      try overrides.set(override.path, to: override.value)
    case _ where Self.environmentKeys.contains(first):
      try changeEnvironment(override.path, to: override.value)
    default:
      throw Failure(
        .configuration,
        "command line: "
          + Settings.unknown(
            first, path: "",
            allowed: hyperparameters.leaves.map(\.path) + Self.environmentKeys + [
              "seed", "checkpointInterval", "checkpointsKept", "evaluateEvery", "evaluateTasks",
            ]
          ).description)
    }
  }

  private func whole(_ override: Override) throws -> Int {
    guard let number = override.value.integer else {
      throw Failure(
        .configuration,
        "command line: \(override.path[0]) is \(TOML.inline(override.value)); a whole number is needed")
    }
    return number
  }

  private mutating func changeEnvironment(_ path: [String], to value: Value) throws {
    if path[0] == "tasks", path.count > 1, let splits = environment["tasks"]?.table, splits[path[1]] == nil {
      throw Failure(
        .configuration, "command line: \(Settings.unknown(path[1], path: "tasks", allowed: splits.keys))")
    }
    try environment.set(path, to: value)
    changedEnvironment.append(path.joined(separator: "."))
  }

  /// Defaults, then the preset or the file, then the command line; and which of them nothing reads in a world with
  /// `interface`. Throws where somebody gave one of those a value: on the command line, or in a file that could know.
  func hyperparameters(
    of learner: any MetaLearner.Type, preset: Table, interface: Interface
  ) throws -> (all: Hyperparameters, unused: [UnusedSetting]) {
    let (given, place) =
      prefix.isEmpty
      ? (preset, "presets.\(algorithm)") : (hyperparameters, "hyperparameters")
    let defaults = try Hyperparameters(Table(), of: learner).table
    let merged = try locating(in: file, below: place) { try Hyperparameters.overlaid(defaults, with: given) }
    var complete = try locating(in: "command line") { try Hyperparameters.overlaid(merged, with: overrides) }
    do {
      let unused = try Hyperparameters(complete, of: learner).unused(in: interface)
      // What the command line has made useless in a file is no mistake of the file; nor is what repeats a default, as
      // the file of a run does. A file that is not whole without the command line cannot be judged alone.
      let unusedInFile = (try? Hyperparameters(merged, of: learner).unused(in: interface)) ?? []
      if let setting = unusedInFile.first(where: {
        given.value(at: $0.key) != nil && merged.value(at: $0.key) != defaults.value(at: $0.key)
      }) {
        throw Failure(.configuration, "\(file): \(joined(place, setting.key)) \(setting.refusal.reason)")
      }
      if let setting = unused.first(where: { overrides.value(at: $0.key) != nil }) { throw setting.refusal }
      for setting in unused {
        if let value = defaults.value(at: setting.key) { complete.set(value, at: setting.key) }
      }
      return (try Hyperparameters(complete, of: learner), unused)
    } catch let error as InvalidParameter {
      let key = String(error.key.prefix { $0 != "[" })
      let isOverridden = overrides.value(at: key) != nil || given.value(at: key) == nil
      throw Failure(
        .configuration,
        isOverridden ? "command line: \(error)" : "\(file): \(joined(place, error.key)) \(error.reason)")
    }
  }

  /// Where the value at the dotted `path` of the whole configuration comes from.
  func origin(of path: String, preset: Table) -> String {
    let (first, rest) = Self.split(path)
    switch first {
    case "hyperparameters":
      if Self.has(overrides, rest) { return Self.commandLine }
      if prefix.isEmpty { return Self.has(preset, rest) ? "\(file), presets.\(algorithm)" : Self.default }
      return Self.has(hyperparameters, rest) ? file : Self.default
    case "environment":
      if changedEnvironment.contains(where: { rest == $0 || rest.hasPrefix("\($0).") }) {
        return Self.commandLine
      }
      return rest == "name" || Self.has(environment, rest) ? file : Self.default
    default:
      if chosenKeys.contains(first) || (prefix.isEmpty && first == "algorithm") { return Self.commandLine }
      return fileKeys.contains(first) ? file : Self.default
    }
  }

  private static let (commandLine, `default`) = ("command line", "default")

  private static func split(_ path: String) -> (first: String, rest: String) {
    let first = path.prefix { $0 != "." }
    return (String(first), String(path.dropFirst(first.count + 1)))
  }

  private static func has(_ table: Table, _ path: String) -> Bool {
    let (first, rest) = split(path)
    guard let value = table[first] else { return false }
    return rest.isEmpty || has(value.table ?? Table(), rest)
  }
}
