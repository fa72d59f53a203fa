import Scenes
import Simulation

extension FrozenLake {
  /// Holes are where they were found, and nowhere on the way; nil where chance plays a part in the physics, or where
  /// the agent is put back from holes.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> LakeBelief? {
    guard slip + noise + crackProbability == 0, !recovers else { return nil }
    return LakeBelief(self, setting.distribution)
  }
}

/// How probable a hole is in each cell, and how probable it is that two actions have changed places.
///
/// Cells are taken for independent: that the lake can be crossed, which says a little about cells that nobody has seen, is
/// left out.
public struct LakeBelief: TaskBelief {
  /// Frozen lakes.
  public typealias Subject = FrozenLake
  private let lake: FrozenLake
  private let distribution: FrozenLake.TaskDistribution
  /// Of each cell, row by row.
  private var holes: [Float]
  private var swap: Float = 0

  init(_ lake: FrozenLake, _ distribution: FrozenLake.TaskDistribution) {
    (self.lake, self.distribution) = (lake, distribution)
    holes = Array(repeating: 0, count: lake.size * lake.size)
    beginTrial()
  }

  /// One number for each cell, and one for the actions.
  public var width: Int { holes.count + 1 }

  /// Writes the probabilities.
  public func write(into numbers: inout MutableSpan<Float>) {
    for index in holes.indices { numbers[index] = holes[index] }
    numbers[holes.count] = swap
  }

  /// Nothing is known but start and goal.
  public mutating func beginTrial() {
    for index in holes.indices { holes[index] = 1 - distribution.frozenProbability }
    holes[0] = 0
    holes[(side - 1) * (lake.size + 1)] = 0
    swap = distribution.swapProbability
  }

  /// Learns from the cell that was reached, and how it was.
  public mutating func learn(
    from state: FrozenLake.State, taking action: Span<Float>, to next: FrozenLake.State, outcome: Outcome,
    observing observation: Span<Float>
  ) {
    let isHole = outcome.isTerminated && outcome.reward <= 0
    holes[Int(next.cell.y) * lake.size + Int(next.cell.x)] = isHole ? 1 : 0
    let straight = cell(from: state.cell, taking: action, isSwapped: false)
    let swapped = cell(from: state.cell, taking: action, isSwapped: true)
    if straight != swapped { swap = next.cell == swapped ? 1 : 0 }
  }

  private func cell(from cell: GridCell, taking action: Span<Float>, isSwapped: Bool) -> GridCell {
    lake.cell(
      from: cell, taking: Int(action[0]), in: FrozenLake.Task(holes: 0, side: side, isSwapped: isSwapped))
  }

  private var side: Int { distribution.side == 0 ? lake.size : distribution.side }

  /// Draws the probability of a hole in each cell.
  public func draw(into scene: inout Scene) {
    scene.cells(columnCount: lake.size, rowCount: lake.size)
    scene.heatMap(holes, columnCount: lake.size, over: scene.bounds)
  }
}
