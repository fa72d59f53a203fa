import Formats

/// Strict reading of tables: every key must be one of the defaults', with a value of the same kind.
package enum Settings {
  /// A value of type `type` whose properties are those of `defaults` but for what `table` says, and the
  /// table that would be written for it. Throws `InvalidParameter` with a dotted path.
  package static func read<Subject: Codable>(
    _ table: Table, over defaults: Subject, allowingToo others: [String] = []
  ) throws -> (subject: Subject, table: Table) {
    let merged = try overlaid(ValueEncoder.table(of: defaults), with: table, allowingToo: others)
    let subject = try ValueDecoder.decode(Subject.self, from: .table(merged))
    return (subject, try ValueEncoder.table(of: subject))
  }

  /// `defaults` with the entries of `overlay` in place of its own.
  ///
  /// `others` are keys that the refusal of an unknown one names as well: they are read elsewhere.
  package static func overlaid(
    _ defaults: Table, with overlay: Table, allowingToo others: [String] = []
  ) throws -> Table {
    let elsewhere = defaults.leaves.map(\.path).filter { $0.contains(".") }
    return try overlaid(defaults, with: overlay, path: "", allowingToo: others, elsewhere: elsewhere)
  }

  private static func overlaid(
    _ defaults: Table, with overlay: Table, path: String, allowingToo others: [String], elsewhere: [String]
  ) throws -> Table {
    var result = defaults
    for (key, value) in overlay.entries {
      let place = joined(path, key)
      guard let usual = defaults[key] else {
        throw unknown(key, path: path, allowed: defaults.keys + others, elsewhere: elsewhere)
      }
      if case .table(let inner) = usual, case .table(let overlay) = value {
        result[key] = .table(
          try overlaid(inner, with: overlay, path: place, allowingToo: [], elsewhere: elsewhere))
      } else {
        result[key] = try converted(value, like: usual, path: place)
      }
    }
    return result
  }

  /// The refusal of a key that is not among those allowed. `elsewhere` are dotted paths that it may be meant for.
  package static func unknown(
    _ key: String, path: String, allowed: [String], elsewhere: [String] = []
  ) -> InvalidParameter {
    let list = allowed.isEmpty ? "No key is allowed here." : "Allowed: \(allowed.joined(separator: ", "))."
    return InvalidParameter(
      joined(path, key),
      "is not a known key.\(Synonyms.suggestion(for: key, among: allowed, elsewhere: elsewhere)) \(list)")
  }

  private static func converted(_ value: Value, like usual: Value, path: String) throws -> Value {
    switch (usual, value) {
    case (.number, .integer(let number)): return .number(Double(number))
    case (.null, _), (.boolean, .boolean), (.integer, .integer), (.number, .number), (.string, .string),
      (.array, .array):
      return value
    default:
      let found = value.table == nil && value.array == nil ? TOML.inline(value) : value.kind
      throw InvalidParameter(path, "is \(found); \(usual.kind) is needed")
    }
  }
}
