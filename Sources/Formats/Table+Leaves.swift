extension Table {
  /// The entries of `table` and of the tables in it, by dotted paths.
  package init(flattening table: Table) {
    self.init()
    for (path, value) in table.leaves { self[path] = value }
  }

  /// The keys whose values differ among those of `tables` that have them, in order.
  package static func differences(of tables: [Table]) -> [String] {
    var (keys, known): ([String], Set<String>) = ([], [])
    for key in tables.flatMap(\.keys) where known.insert(key).inserted { keys.append(key) }
    return keys.filter { key in Set(tables.compactMap { $0[key] }).count > 1 }
  }

  /// The entries that are no tables, by dotted paths, in order.
  package var leaves: [(path: String, value: Value)] {
    entries.flatMap { key, value in
      value.table.map { $0.leaves.map { (joined(key, $0.path), $0.value) } } ?? [(key, value)]
    }
  }

  /// The value at a dotted path; nil where there is none.
  package func value(at path: String) -> Value? {
    path.split(separator: ".").reduce(Value.table(self)) { $0?[String($1)] }
  }

  /// Puts `value` at a dotted path; where the path meets a value that is no table, nothing is done.
  package mutating func set(_ value: Value, at path: String) {
    try? set(path.split(separator: ".").map(String.init), to: value)
  }
}
