import Formats

extension RunConfiguration {
  /// The dotted paths of those keys of `table` that change nothing in this configuration, and so do not tell two runs
  /// apart.
  package var unusedKeys: [String] { unusedSettings.map { "hyperparameters.\($0.key)" } }

  /// `table` without the keys that change nothing.
  package var usedTable: Table {
    unusedKeys.reduce(table) { $0.removing($1.split(separator: ".").map(String.init)) }
  }

  /// What must be the same for runs to be of one kind: all but the seed, names, and what changes no number.
  package var settings: Table {
    var settings = usedTable
    for key in ["seed", "checkpointInterval", "checkpointsKept", "evaluateEvery", "evaluateTasks"] {
      settings[key] = nil
    }
    for key in ["name", "description", "source"] { settings = settings.removing(["environment", key]) }
    return settings
  }
}

extension Table {
  /// The same without the entry at a path of keys.
  fileprivate func removing(_ path: [String]) -> Table {
    guard let key = path.first else { return self }
    var table = self
    if path.count == 1 {
      table[key] = nil
    } else if let child = self[key]?.table {
      table[key] = .table(child.removing(Array(path.dropFirst())))
    }
    return table
  }
}

extension Sequence {
  /// The elements in groups of equal keys, in the order in which the keys come first.
  package func grouped<Key: Equatable>(by key: (Element) throws -> Key) rethrows -> [[Element]] {
    var (keys, groups): ([Key], [[Element]]) = ([], [])
    for element in self {
      let key = try key(element)
      if let index = keys.firstIndex(of: key) {
        groups[index].append(element)
      } else {
        keys.append(key)
        groups.append([element])
      }
    }
    return groups
  }
}
