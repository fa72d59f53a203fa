/// The suggestion for a mistyped name.
public enum Spelling {
  /// " Did you mean …?" with the name of `names` nearest to `name`, or nothing where none is near.
  public static func suggestion(for name: String, among names: [String]) -> String {
    nearest(to: name, among: names).map { " Did you mean \"\($0)\"?" } ?? ""
  }

  /// " Did you mean …?" with the nearest of `names`, at most `count`, where the first of them is near; else they stand
  /// as what comes nearest.
  public static func suggestions(for name: String, among names: [String], count: Int = 3) -> String {
    let typed = Array(name.lowercased())
    let ranked = names.map { (name: $0, distance: separation(typed, Array($0.lowercased()))) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
    guard let nearest = nearest(to: name, among: names) else {
      return ranked.isEmpty ? "" : " The nearest names: \(ranked.joined(separator: ", "))."
    }
    let others = ranked.filter { $0 != nearest }.prefix(count - 1)
    return " Did you mean \"\(nearest)\"?" + (others.isEmpty ? "" : " Or \(others.joined(separator: ", "))?")
  }

  /// The distance of two names, where what one has more than the other counts little: `maze` is near `meta-maze`.
  private static func separation(_ first: [Character], _ second: [Character]) -> Int {
    let excess = abs(first.count - second.count)
    return 4 * (distance(first, second) - excess) + excess
  }

  /// The name of `names` that takes the fewest typing errors to get to from `name`; nil where that is too many.
  public static func nearest(to name: String, among names: [String]) -> String? {
    let typed = Array(name.lowercased())
    let distances = names.map { distance(typed, Array($0.lowercased())) }
    guard let best = distances.indices.min(by: { distances[$0] < distances[$1] }) else { return nil }
    let isPrefix = typed.count >= 3 && names[best].lowercased().hasPrefix(name.lowercased())
    if distances[best] <= max(1, min(typed.count, names[best].count) / 3) || isPrefix { return names[best] }
    return typed.count < 3 ? nil : names.first { $0.lowercased().hasPrefix(name.lowercased()) }
  }

  /// How many insertions, deletions, replacements and swaps of neighbours lead from one name to the other.
  package static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
        var best = min(replacement, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[second.count]
  }
}
