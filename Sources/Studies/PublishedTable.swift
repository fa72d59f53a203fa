import Configuration
import Formats
import Foundation
import Simulation

/// A published table as a file in `envs/tables` tells it: what to train, what to measure, and what was published.
public struct PublishedTable: Sendable {
  /// The name of the file.
  public let name: String
  /// What it is, in one sentence.
  public let title: String
  /// The publication.
  public let source: String
  /// What one must know to read it.
  public let notes: [String]
  /// What is trained, by name.
  let trainings: [Training]
  /// What is measured of what was trained.
  let cells: [Cell]
  /// The agents that need no training.
  let agents: [AgentGroup]

  /// How much is done.
  public enum Budget: String, CaseIterable, Sendable {
    /// Enough to see that everything runs.
    case smoke
    /// What a computer of two cores does in up to three hours.
    case laptop
    /// More seeds and tasks.
    case full
  }

  /// A training with a number of seeds.
  struct Training: Sendable {
    /// Names its directory.
    var name: String
    var environment: String
    var algorithm: String
    /// What differs from the preset, as `key=value`.
    var settings: [String]
    /// What differs besides in the budget `smoke`.
    var smoke: [String]
    /// The seeds of the budgets `laptop` and `full`.
    var seedCount: Int
    var fullSeedCount: Int
  }

  /// One number of the table.
  struct Cell: Sendable {
    var name: String
    var training: String
    /// Where the number stands in the document of an evaluation, such as `episodes[1].mean`.
    var measure: String
    /// The number is `offset` + `factor` × what is measured.
    var offset: Double
    var factor: Double
    var split: TaskSplit
    var episodeCount: Int?
    /// How many tasks the budgets `laptop` and `full` play.
    var taskCount: Int
    var published: Double?
    /// The best that is possible or known.
    var exact: Double?
    /// From where on it is reproduced, and from where on better.
    var reproduced: Double?
    var better: Double?
    var isLowerBetter: Bool
    /// How many seeds must reach it; nil where the mean over the seeds must.
    var seedCount: Int?
  }

  /// Agents that need no training in one environment.
  struct AgentGroup: Sendable {
    var environment: String
    var offset: Double
    var factor: Double
    var taskCount: Int
    /// The standard error of the published numbers.
    var standardError: Double?
    /// The agents with what was published and what was computed independently.
    var rows: [(agent: String, published: Double?, computed: Double?)]
  }

  /// The tables that there are, by name.
  public static func files(_ search: EnvironmentSearch) -> [(name: String, path: String)] {
    EnvironmentSearch(directories: search.directories.map { "\($0)/tables" }).files
  }

  /// The table called `name`.
  public init(_ name: String, search: EnvironmentSearch) throws {
    let files = Self.files(search)
    guard let file = files.first(where: { $0.name == name }) else {
      let names = files.map(\.name)
      throw Failure(
        .configuration,
        "table \(quoted(name)) is not known.\(Spelling.suggestion(for: name, among: names)) "
          + "Known: \(names.joined(separator: ", ")).")
    }
    self = try locating(in: file.path) { try Self(TOML.read(file.path), name: name) }
  }

  /// The table that `document` tells.
  init(_ document: Table, name: String) throws {
    let reader = try TableReader(
      document, allowed: ["title", "source", "notes", "trainings", "cells", "agents"])
    self.name = name
    title = try reader.text("title")
    source = try reader.text("source")
    notes = try reader.texts("notes")
    trainings = try reader.tables("trainings").map(Training.init)
    cells = try reader.tables("cells").map(Cell.init)
    agents = try reader.tables("agents").map(AgentGroup.init)
    for cell in cells where !trainings.contains(where: { $0.name == cell.training }) {
      throw InvalidParameter(
        "cells", "has \(quoted(cell.name)) of the unknown training \(quoted(cell.training))")
    }
  }
}

extension PublishedTable.Training {
  fileprivate init(_ reader: TableReader) throws {
    try reader.allow(["environment", "algorithm", "settings", "smoke", "seeds", "fullSeeds", "name"])
    environment = try reader.text("environment")
    algorithm = try reader.text("algorithm")
    name = try reader.text("name", or: "\(environment)-\(algorithm)")
    settings = try reader.texts("settings")
    smoke = try reader.texts("smoke")
    seedCount = try reader.count("seeds") ?? 1
    fullSeedCount = try reader.count("fullSeeds") ?? max(3, seedCount)
  }
}

extension PublishedTable.Cell {
  fileprivate init(_ reader: TableReader) throws {
    try reader.allow([
      "name", "training", "measure", "offset", "factor", "split", "episodes", "tasks", "published", "exact",
      "reproduced", "better", "lowerIsBetter", "seeds",
    ])
    name = try reader.text("name")
    training = try reader.text("training")
    measure = try reader.text("measure", or: "total.mean")
    offset = try reader.number("offset") ?? 0
    factor = try reader.number("factor") ?? 1
    split = TaskSplit(try reader.text("split", or: TaskSplit.test.name))
    episodeCount = try reader.count("episodes")
    taskCount = try reader.count("tasks") ?? 1000
    published = try reader.number("published")
    exact = try reader.number("exact")
    reproduced = try reader.number("reproduced")
    better = try reader.number("better")
    isLowerBetter = try reader.flag("lowerIsBetter")
    seedCount = try reader.count("seeds")
  }
}

extension PublishedTable.AgentGroup {
  fileprivate init(_ reader: TableReader) throws {
    try reader.allow([
      "environment", "offset", "factor", "tasks", "standardError", "agents", "published", "computed",
    ])
    environment = try reader.text("environment")
    offset = try reader.number("offset") ?? 0
    factor = try reader.number("factor") ?? 1
    taskCount = try reader.count("tasks") ?? 1000
    standardError = try reader.number("standardError")
    let published = try reader.numbers("published")
    let computed = try reader.numbers("computed")
    rows = try reader.texts("agents").map { ($0, published[$0], computed[$0]) }
  }
}

/// Reads the entries of a table by their kinds.
private struct TableReader {
  private let table: Table
  private let path: String

  init(_ table: Table, path: String = "", allowed: [String]) throws {
    self.table = table
    self.path = path
    try allow(allowed)
  }

  private init(_ table: Table, path: String) {
    self.table = table
    self.path = path
  }

  func allow(_ keys: [String]) throws {
    for key in table.keys where !keys.contains(key) {
      throw Settings.unknown(key, path: path, allowed: keys)
    }
  }

  func text(_ key: String, or usual: String? = nil) throws -> String {
    guard let value = table[key] ?? usual.map(Value.string) else {
      throw InvalidParameter(joined(path, key), "is missing")
    }
    guard let text = value.string else { throw refusal(key, value, "a string") }
    return text
  }

  func texts(_ key: String) throws -> [String] {
    try (table[key]?.array ?? []).map { value in
      guard let text = value.string else { throw refusal(key, value, "an array of strings") }
      return text
    }
  }

  func number(_ key: String) throws -> Double? {
    try table[key].map { value in
      guard let number = value.double else { throw refusal(key, value, "a number") }
      return number
    }
  }

  func count(_ key: String) throws -> Int? {
    try table[key].map { value in
      guard let count = value.integer, count >= 1 else {
        throw refusal(key, value, "a whole number of at least 1")
      }
      return count
    }
  }

  func flag(_ key: String) throws -> Bool {
    guard let value = table[key] else { return false }
    guard case .boolean(let flag) = value else { throw refusal(key, value, "true or false") }
    return flag
  }

  func numbers(_ key: String) throws -> [String: Double] {
    guard let value = table[key] else { return [:] }
    guard let entries = value.table?.entries else { throw refusal(key, value, "a table of numbers") }
    return try Dictionary(
      uniqueKeysWithValues: entries.map { name, value in
        guard let number = value.double else { throw refusal("\(key).\(name)", value, "a number") }
        return (name, number)
      })
  }

  func tables(_ key: String) throws -> [TableReader] {
    try (table[key]?.array ?? []).enumerated().map { index, value in
      guard let table = value.table else { throw refusal(key, value, "an array of tables") }
      return TableReader(table, path: joined(path, "\(key)[\(index)]"))
    }
  }

  private func refusal(_ key: String, _ value: Value, _ expectation: String) -> InvalidParameter {
    InvalidParameter(joined(path, key), "is \(value.kind); \(expectation) is needed")
  }
}
