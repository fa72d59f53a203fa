import Randomness
import Simulation

extension KeyDoor {
  /// The agents where actions are what they are.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    references(in: ReferenceSetting(distribution, horizon: horizon, episodeCount: episodeCount))
  }

  /// `random`, `oracle`; `sweep`, a heuristic that searches, and where actions have changed places finds out what each
  /// does; `blind`, which searches anew in every episode. None of them knows which pairs a split has.
  public func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>] {
    let isPermuted = setting.shift.permutesActions
    return [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows key and door and goes there by shortest paths.",
        makeLane: { KeyDoorLane(environment: self, task: $0) }),
      Reference(
        name: "sweep",
        summary: isPermuted
          ? "Finds out what actions do, and goes to the nearest cell where the key may be, then the door."
          : "Goes to the nearest cell where the key may be, then the door, and remembers both.",
        makeLane: { _ in KeyDoorLane(environment: self, task: nil, areActionsPermuted: isPermuted) }),
      isPermuted
        ? .persistent(of: self)
        : Reference(
          name: "blind",
          summary: "A fixed plan: goes to the nearest cell that it has not been to in the episode.",
          makeLane: { _ in TouringLane(grid: grid) }),
    ]
  }
}

/// Goes to the nearest cell where what it needs may be, until it knows.
private struct KeyDoorLane: ReferenceLane {
  let grid: Grid
  /// Where the key may be, and the door.
  private var keys: [GridCell]
  private var doors: [GridCell]
  private var hasKey = false
  /// Where the agent was before its previous move.
  private var cell = GridCell(x: 0, y: 0)
  /// What is known of the actions where they have changed places.
  private var meanings: ActionMeanings?

  init(environment: KeyDoor, task: KeyDoor.Task?, areActionsPermuted: Bool = false) {
    grid = environment.grid
    keys = task.map { [$0.key] } ?? grid.freeCells
    doors = task.map { [$0.door] } ?? grid.freeCells
    meanings = areActionsPermuted ? ActionMeanings(count: 5) : nil
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = grid.cell(at: Int(observation[0]))
    if !moment.progress.isTrialStart { learn(moment, seeing: seen) }
    if moment.progress.isEpisodeStart { hasKey = false }
    cell = seen
    let target = Self.nearest(hasKey ? doors : keys, to: cell)
    let move = target.map { Self.move(from: cell, to: $0) } ?? 0
    action[0] = Float(meanings?.action(for: move) ?? move)
  }

  /// Within an episode the agent sees where it arrived; after its end it knows what its action could do.
  private mutating func learn(_ moment: Moment, seeing seen: GridCell) {
    let (taken, isRewarded) = (Int(moment.previousAction[0]), moment.previousReward > 0)
    var places = Set([seen])
    if moment.progress.isEpisodeStart {
      let moves = meanings?.meanings(of: taken) ?? [taken]
      places = Set(moves.map { grid.cell(from: cell, taking: $0) })
    } else {
      let (grid, cell) = (grid, cell)
      meanings?.learn(taken) { grid.cell(from: cell, taking: $0) == seen ? 1 : 0 }
    }
    if isRewarded {
      if hasKey { doors = doors.filter(places.contains) } else { keys = keys.filter(places.contains) }
      if !hasKey && keys.count == 1 { doors.removeAll { $0 == keys[0] } }
      hasKey = true
    } else if places.count == 1, let arrived = places.first {
      if hasKey { doors.removeAll { $0 == arrived } } else { keys.removeAll { $0 == arrived } }
    }
    // What is nowhere is there where another task has begun.
    if keys.isEmpty { keys = grid.freeCells }
    if doors.isEmpty { doors = grid.freeCells }
  }

  static func nearest(_ cells: [GridCell], to cell: GridCell) -> GridCell? {
    func distance(_ other: GridCell) -> Int32 { abs(other.x - cell.x) + abs(other.y - cell.y) }
    return cells.min { distance($0) < distance($1) }
  }

  static func move(from cell: GridCell, to goal: GridCell) -> Int {
    if cell.x != goal.x { return cell.x < goal.x ? 2 : 4 }
    if cell.y != goal.y { return cell.y < goal.y ? 1 : 3 }
    return 0
  }
}

/// Goes to the nearest cell where it has not been, in every episode anew.
private struct TouringLane: ReferenceLane {
  let grid: Grid
  private var remaining: [GridCell] = []

  init(grid: Grid) { self.grid = grid }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if moment.progress.isEpisodeStart { remaining = grid.freeCells }
    let cell = grid.cell(at: Int(observation[0]))
    remaining.removeAll { $0 == cell }
    action[0] = Float(
      KeyDoorLane.nearest(remaining, to: cell).map { KeyDoorLane.move(from: cell, to: $0) } ?? 0)
  }
}
