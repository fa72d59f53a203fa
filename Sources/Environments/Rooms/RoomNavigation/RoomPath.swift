/// The best way through the rooms that a beam search finds for who does not look at rewards.
///
/// Paths are judged by what they have brought on average over the tasks, and what the oracle would add to that from
/// where they stand, which no path exceeds.
final class RoomPath: Sendable {
  /// The moves of an episode, `[time step]`.
  let moves: [Int]
  /// The mean return over the tasks.
  let expectedReturn: Double

  /// The longest episodes that are searched.
  static let lengthLimit = 500
  private static let beamWidth = 400

  private struct Key: Hashable, Sendable {
    let environment: RoomNavigation
    let tasks: [RoomNavigation.Task]
    let horizon: Int
  }

  private static let all = Memo<Key, RoomPath>()

  static func shared(
    _ environment: RoomNavigation, _ tasks: [RoomNavigation.Task], _ horizon: Int
  ) -> RoomPath {
    all.value(at: Key(environment: environment, tasks: tasks, horizon: horizon)) {
      RoomPath(environment, tasks, horizon)
    }
  }

  /// Where a path stands: the cell, and the stage in each task.
  private struct Place: Hashable {
    let cell: Int
    let stages: [UInt8]
  }

  private struct Path {
    let place: Place
    /// The sum over tasks of what it has brought, and a bound of all it can bring.
    let total: Double
    let bound: Double
    let moves: [Int]
  }

  private init(_ environment: RoomNavigation, _ tasks: [RoomNavigation.Task], _ horizon: Int) {
    let courses = tasks.map { Course(environment, task: $0, horizon: horizon) }
    let start = courses[0].index(of: environment.start)
    var beam = [
      Path(
        place: Place(cell: start, stages: Array(repeating: 0, count: tasks.count)), total: 0, bound: 0,
        moves: [])
    ]
    for time in 0..<horizon {
      var best: [Place: Int] = [:]
      var next: [Path] = []
      for path in beam {
        for move in [2, 4, 1, 3, 0] {
          let longer = Self.extended(path, by: move, courses, remaining: horizon - time - 1)
          if let index = best[longer.place] {
            if next[index].total < longer.total { next[index] = longer }
          } else {
            best[longer.place] = next.count
            next.append(longer)
          }
        }
      }
      let order = next.indices.sorted { (next[$1].bound, $0) < (next[$0].bound, $1) }
      beam = order.prefix(Self.beamWidth).map { next[$0] }
    }
    moves = beam[0].moves
    expectedReturn = beam[0].total / Double(tasks.count)
  }

  private static func extended(
    _ path: Path, by move: Int, _ courses: [Course], remaining: Int
  ) -> Path {
    let cell = courses[0].neighbour(of: path.place.cell, taking: move)
    var (stages, total, rest) = (path.place.stages, path.total, 0.0)
    for (index, course) in courses.enumerated() {
      let arrival = course.arrival(in: cell, stage: Int(stages[index]))
      stages[index] = UInt8(arrival.stage)
      total += arrival.reward
      rest += course.value(in: cell, stage: arrival.stage, remaining: remaining)
    }
    return Path(
      place: Place(cell: cell, stages: stages), total: total, bound: total + rest, moves: path.moves + [move])
  }

  /// One task, solved for who knows it.
  private struct Course {
    private let cells: [GridCell]
    private let indices: [GridCell: Int]
    /// `[cell, move]`
    private let neighbours: [Int]
    /// What arriving brings, `[stage, cell]`.
    private let arrivals: [(reward: Double, stage: Int)]
    /// `[time steps left][stage, cell]`
    private var values: [[Double]]

    init(_ environment: RoomNavigation, task: RoomNavigation.Task, horizon: Int) {
      let cells = environment.grid.freeCells
      var indices: [GridCell: Int] = [:]
      for (index, cell) in cells.enumerated() { indices[cell] = index }
      let neighbours = cells.flatMap { cell in
        (0..<5).map { indices[environment.cell(from: cell, taking: $0)] ?? 0 }
      }
      let arrivals = (0..<3).flatMap { stage in
        cells.map { cell in
          var state = RoomNavigation.State(cell: cell)
          state.stage = Int32(stage)
          let reward = environment.reward(of: &state, taking: 0, in: task)
          return (reward: Double(reward), stage: Int(state.stage))
        }
      }
      (self.cells, self.indices, self.neighbours, self.arrivals) = (cells, indices, neighbours, arrivals)
      values = [Array(repeating: 0, count: arrivals.count)]
      for remaining in 0..<horizon {
        let later = values[remaining]
        let worths = arrivals.indices.map {
          arrivals[$0].reward + later[arrivals[$0].stage * cells.count + $0 % cells.count]
        }
        values.append(
          arrivals.indices.map { place in
            let (cell, base) = (place % cells.count, place - place % cells.count)
            return (0..<5).reduce(-Double.infinity) { max($0, worths[base + neighbours[5 * cell + $1]]) }
          })
      }
    }

    func index(of cell: GridCell) -> Int { indices[cell] ?? 0 }
    func neighbour(of cell: Int, taking move: Int) -> Int { neighbours[5 * cell + move] }
    func arrival(in cell: Int, stage: Int) -> (reward: Double, stage: Int) {
      arrivals[stage * cells.count + cell]
    }
    func value(in cell: Int, stage: Int, remaining: Int) -> Double {
      values[remaining][stage * cells.count + cell]
    }
  }
}
