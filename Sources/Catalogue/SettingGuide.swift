import Configuration
import Environments
import Formats
import Learning
import Simulation

/// What the keys of configurations mean: those of runs, of environment files and of algorithms.
public struct SettingGuide {
  /// A key with its meaning, and who has it so.
  struct Entry {
    /// What kind of key it is, such as `hyperparameter`.
    let kind: String
    /// The algorithms or families that have it so; empty where all have.
    var owners: [String]
    /// What it means.
    let documentation: SettingDocumentation
    /// Its default in each owner, or the one that there is; null where it has none.
    var defaults: [Value]

    var key: String { documentation.key }
  }

  private let entries: [Entry]

  /// The keys of `catalogue`; of hyperparameters those of `algorithm` alone, where one is given.
  public init(_ catalogue: Catalogue, algorithm: String? = nil) throws {
    let algorithms =
      try algorithm.map {
        catalogue.implementations(ofAlgorithm: try catalogue.algorithm($0).information.name)
      }
      ?? catalogue.algorithms
    var entries = Self.common
    for type in algorithms {
      for entry in try Self.entries(of: type) { Self.add(entry, to: &entries) }
    }
    for type in algorithm == nil ? catalogue.environments : [] {
      for entry in try Self.entries(of: type) { Self.add(entry, to: &entries) }
    }
    self.entries = entries
  }

  /// The keys that `key=value` takes by themselves, each once.
  public var keys: [String] {
    entries.filter { !Self.tables.contains($0.kind) }.map(\.key)
      .reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
  }

  /// The key that `name` stands for here or elsewhere; nil where none is known by it.
  public func key(knownAs name: String) -> String? { Synonyms.key(knownAs: name, among: keys) }

  /// What there is to say about `key`, which may be a dotted path; about all keys where it is nil.
  private func entries(explaining key: String?) throws -> [Entry] {
    guard let key else { return entries }
    let last = Synonyms.lastPart(key)
    for isMeant in [{ $0 == key }, { Synonyms.lastPart($0) == last }] as [(String) -> Bool] {
      let found = entries.filter { isMeant($0.key) }
      guard found.isEmpty else { return found }
    }
    throw Failure(
      .configuration,
      "\(quoted(key)) is not a known key.\(Synonyms.suggestion(for: last, among: keys + entries.map(\.key))) "
        + "metarl config explain lists all keys.")
  }

  /// The same as one document.
  public func document(explaining key: String? = nil) throws -> Value {
    .array(
      try entries(explaining: key).map { entry in
        .table([
          "key": .string(entry.key), "kind": .string(entry.kind),
          "owners": .array(entry.owners.map(Value.string)), "meaning": .string(entry.documentation.meaning),
          "range": .string(entry.documentation.range.description),
          "unit": entry.documentation.unit.map(Value.string) ?? .null,
          "defaults": .array(entry.defaults), "readBy": .string(entry.documentation.reader),
        ])
      })
  }

  /// The same as text: all about one key, or a line about each.
  public func text(explaining key: String? = nil) throws -> String {
    let entries = try entries(explaining: key)
    guard key == nil else { return entries.map(\.text).joined(separator: "\n") }
    let rows = entries.map { entry in
      [entry.key, entry.owners.joined(separator: " "), entry.documentation.firstSentence]
    }
    return aligned([["key", "of", "meaning"]] + rows, isNumeric: false)
      .joined(separator: "\n") + "\n"
  }

  private static func entries<Learner: MetaLearner>(of type: Learner.Type) throws -> [Entry] {
    let defaults = try ValueEncoder.table(of: Learner.Configuration())
    let name = type.information.name
    let owner = type.problemKind == .reinforcement ? name : "\(name) (\(type.problemKind))"
    return Learner.Configuration.documentation.map { documentation in
      Entry(
        kind: "hyperparameter", owners: [owner], documentation: documentation,
        defaults: [defaults.value(at: documentation.key) ?? .null])
    }
  }

  /// The tables of an environment file whose keys depend on the family.
  private static let tables = ["[constants]", "[tasks.SPLIT]"]

  private static func entries<Family: Environment>(of type: Family.Type) throws -> [Entry] {
    let defaults = [
      try ValueEncoder.table(of: Family()), try ValueEncoder.table(of: Family.TaskDistribution()),
    ]
    return SettingText.all.filter { $0.family == Family.name }.map { text in
      let table = text.isOfTasks ? 1 : 0
      let value = defaults[table][text.key] ?? .null
      return Entry(
        kind: tables[table], owners: [Family.name],
        documentation: SettingDocumentation(
          text.key, text.meaning, .text(value.kind), readBy: "environments of the family"),
        defaults: [value])
    }
  }

  private static func add(_ entry: Entry, to entries: inout [Entry]) {
    let index = entries.firstIndex { $0.documentation == entry.documentation && $0.kind == entry.kind }
    if let index {
      entries[index].owners += entry.owners
      entries[index].defaults += entry.defaults
    } else {
      entries.append(entry)
    }
  }
}

extension SettingGuide.Entry {
  /// All that there is to say, a line each.
  var text: String {
    var lines = [key, "  \(documentation.meaning)", "  range    \(documentation.range.description)"]
    if let unit = documentation.unit { lines.append("  unit     \(unit)") }
    lines.append("  default  \(defaultText)")
    lines.append("  read by  \(documentation.reader)")
    lines.append("  key of   \(owners.isEmpty ? kind : "\(kind) of \(owners.joined(separator: ", "))")")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The default of most, and those of the others with their names.
  private var defaultText: String {
    guard let usual = defaults.first else { return "none" }
    let others = zip(owners, defaults).filter { $0.1 != usual }
    return ([Self.text(usual)] + others.map { "\(Self.text($0.1)) in \($0.0)" }).joined(separator: ", ")
  }

  private static func text(_ value: Value) -> String { value == .null ? "none" : TOML.inline(value) }
}

extension SettingDocumentation {
  /// The meaning up to its first full stop.
  var firstSentence: String {
    guard let end = meaning.firstRange(of: ". ") else { return meaning }
    return String(meaning[..<end.upperBound].dropLast())
  }
}
