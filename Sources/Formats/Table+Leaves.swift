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
}
