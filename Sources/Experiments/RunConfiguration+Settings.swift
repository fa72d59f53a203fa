import Formats

extension RunConfiguration {
  /// What must be the same for runs to be of one kind: all but the seed, and what changes no number.
  package var settings: Table {
    var table = table
    for key in ["seed", "checkpointInterval", "checkpointsKept"] { table[key] = nil }
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
