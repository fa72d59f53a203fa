import Scenes
import Simulation

extension KeyDoor {
  /// Key and door may be in any cell.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> KeyDoorBelief? {
    KeyDoorBelief(grid)
  }
}

/// Where key and door may be, apart from each other, and whether the agent has the key, which rewards tell.
///
/// That they are in different cells is known once one of them is; that a split may have a part of the pairs only is
/// nothing that an agent can know.
public struct KeyDoorBelief: TaskBelief {
  /// Rooms with a key and a door.
  public typealias Subject = KeyDoor
  private let grid: Grid
  /// Whether each can be in each cell, row by row, the key first.
  private var isPossible: [Bool]
  private var hasKey = false

  init(_ grid: Grid) {
    self.grid = grid
    isPossible = Array(repeating: true, count: 2 * grid.width * grid.height)
  }

  private var cellCount: Int { isPossible.count / 2 }

  /// One number for each cell and thing, and one for the key.
  public var width: Int { isPossible.count + 1 }

  /// Writes the probability of the key in each cell relative to that of the most probable ones, 1 or 0, the same of the
  /// door, and 1 where the agent has the key.
  public func write(into numbers: inout MutableSpan<Float>) {
    for index in isPossible.indices { numbers[index] = isPossible[index] ? 1 : 0 }
    numbers[isPossible.count] = hasKey ? 1 : 0
  }

  /// Everything is possible.
  public mutating func beginTrial() {
    for index in isPossible.indices { isPossible[index] = true }
    hasKey = false
  }

  /// The key lies where it was.
  public mutating func beginEpisode(in state: KeyDoor.State, observing observation: Span<Float>) {
    hasKey = state.hasKey
  }

  /// Learns from the cell that was reached and whether that was rewarded.
  public mutating func learn(
    from state: KeyDoor.State, taking action: Span<Float>, to next: KeyDoor.State, outcome: Outcome,
    observing observation: Span<Float>
  ) {
    let cell = grid.index(next.cell)
    let (own, other) = state.hasKey ? (cellCount, 0) : (0, cellCount)
    if outcome.reward > 0 {
      for index in own..<own + cellCount { isPossible[index] = index == own + cell }
      isPossible[other + cell] = false
    } else {
      isPossible[own + cell] = false
    }
    hasKey = next.hasKey
  }

  /// Draws where the key, and where the door, may be.
  public func draw(into scene: inout Scene) {
    scene.grid(grid)
    let first = hasKey ? cellCount : 0
    let count = isPossible[first..<first + cellCount].count { $0 }
    let strength = (1 / Float(max(count, 1))).squareRoot()
    scene.heatMap(
      isPossible[first..<first + cellCount].map { $0 ? strength : .nan }, columnCount: grid.width,
      over: scene.bounds)
  }
}
