import Simulation

/// An observed grid as seen from the agent: what it is to be two cells to the right of something is learnt once, not anew
/// for every cell where the agent may be.
///
/// Source: what convolutions do for images; Küttler et al., "The NetHack learning environment", NeurIPS 2020, give their
/// agents a view that is cropped around them.
struct CroppedMap: Sendable {
  private let map: ObservationMap
  /// How far away cells are read, in columns and in rows.
  private let (columnReach, rowReach): (Int, Int)
  /// How many components tell the agent's cell, and how many values each of the others has.
  private let (agentCount, valueCount): (Int, Int)
  /// How many features each component has of its own; the contents of all cells share those of the first one.
  let featureCounts: [Int]

  /// What is seen of the map up to `radius` cells away, in observations whose components have `counts` values.
  init(_ map: ObservationMap, radius: Int, counts: [Int]) {
    self.map = map
    (columnReach, rowReach) = (min(radius, map.columns - 1), min(radius, map.rows - 1))
    agentCount = map.kind == .places ? 1 : 2
    valueCount = counts.count > agentCount ? counts[agentCount] : 0
    precondition(
      counts.dropFirst(agentCount).allSatisfy { [valueCount] in $0 == valueCount }
        && counts.prefix(agentCount).reduce(1, *) == map.columns * map.rows
        && (map.kind == .places || counts.count == agentCount + map.columns * map.rows),
      "an observation of \(counts) is no map of \(map.columns) by \(map.rows) \(map.kind.rawValue)")
    let offsetCount = (2 * columnReach + 1) * (2 * rowReach + 1)
    let (agentCount, valueCount) = (agentCount, valueCount)
    featureCounts = counts.indices.map { component in
      if component < agentCount { return counts[component] }
      switch map.kind {
      case .places: return 1 + offsetCount
      case .contents: return component == agentCount ? offsetCount * valueCount : 0
      }
    }
  }

  /// The number of each component's first feature, if the first of all is number 0.
  var firstFeatures: [Int] {
    var (next, firsts) = (0, [Int]())
    for count in featureCounts {
      // What has no features of its own has those of the one before.
      firsts.append(count == 0 ? firsts[firsts.count - 1] : next)
      next += count
    }
    return firsts
  }

  /// Which of its features `component` has in the observation that begins at `start` of `observations`; nil for the
  /// content of a cell that is too far away. A thing that is too far away is nowhere.
  func feature(_ component: Int, _ observations: Span<Float>, from start: Int) -> Int? {
    let value = Int(observations[start + component])
    if component < agentCount { return value }
    switch map.kind {
    case .places:
      if value == 0 { return 0 }
      return offset(ofCell: value - 1, fromCell: Int(observations[start])).map { 1 + $0 } ?? 0
    case .contents:
      let agent = Int(observations[start + 1]) * map.columns + Int(observations[start])
      return offset(ofCell: component - agentCount, fromCell: agent).map { $0 * valueCount + value }
    }
  }

  /// The number of the place of `cell` as seen from `agent`; nil where that is too far away.
  private func offset(ofCell cell: Int, fromCell agent: Int) -> Int? {
    let x = cell % map.columns - agent % map.columns
    let y = cell / map.columns - agent / map.columns
    guard abs(x) <= columnReach && abs(y) <= rowReach else { return nil }
    return (y + rowReach) * (2 * columnReach + 1) + x + columnReach
  }
}
