/// Searches for a path through the cells where a goal may be, over all the episodes that are spent looking: extends some
/// hundreds of paths at once by every move, and keeps those that promise most.
struct GridBeam {
  /// The goals that were visited, a bit for each.
  typealias Bits = SIMD8<UInt64>

  private struct Place: Hashable {
    let cell: Int32
    let visited: Bits
  }

  private struct Path {
    let place: Place
    let parent: Int32
    let gained: Double
    let promise: Double
  }

  private let grid: Grid
  private let start: GridCell
  private let worth: GoalWorth
  private let horizon: Int
  private let moves: [Int]
  /// How many paths are kept.
  private let width: Int
  /// The number of the goal in each cell, −1 where there is none.
  private var goalOfCell: [Int32]
  /// The number of moves to each goal from each cell, `[goal][cell]`.
  private let distances: [[Int32]]
  private var layers: [[Path]] = []

  /// Goals looked at in all, about a second's worth.
  private static let workLimit = 180_000_000
  private static let widthLimit = 9000
  /// The part of what might still be gained that a path promises: hardly any path gains all of it.
  private static let shareOfHope = 0.8
  /// With fewer paths a search is not worth its name.
  private static let leastWidth = 10

  /// How many paths can be kept; nil where that is too few to search.
  static func width(goalCount: Int, cellCount: Int, stepCount: Int) -> Int? {
    guard goalCount <= Bits.scalarCount * 64, cellCount <= 4096, stepCount <= 4096 else { return nil }
    let width = min(workLimit / (5 * stepCount * (goalCount + 16)), widthLimit)
    return width < leastWidth ? nil : width
  }

  init(_ worth: GoalWorth, _ grid: Grid, goals: [GridCell], start: GridCell, canStay: Bool, width: Int) {
    (self.worth, self.grid, self.start, self.width) = (worth, grid, start, width)
    horizon = worth.horizon
    moves = canStay ? [2, 1, 4, 3, 0] : [2, 1, 4, 3]
    goalOfCell = Array(repeating: -1, count: grid.width * grid.height)
    for (number, goal) in goals.enumerated() { goalOfCell[grid.index(goal)] = Int32(number) }
    distances = goals.map { goal in grid.distances(to: goal).map { Int32($0 ?? 1 << 20) } }
  }

  /// The cells after each move of the best path found, `[episode, time step]`.
  mutating func search() -> [[GridCell]] {
    layers = [
      [
        Path(
          place: Place(cell: Int32(grid.index(start)), visited: Bits()), parent: -1, gained: 0, promise: 0)
      ]
    ]
    for step in 0..<horizon * worth.episodeCount {
      let next = extended(layers[step], at: step)
      layers.append(next)
      // Nobody promises more than who has been everywhere.
      if Self.count(next[0].place.visited) == distances.count { break }
    }
    return tour()
  }

  private static func count(_ bits: Bits) -> Int { bits.indices.reduce(0) { $0 + bits[$1].nonzeroBitCount } }

  private func extended(_ paths: [Path], at step: Int) -> [Path] {
    let (episode, time) = step.quotientAndRemainder(dividingBy: horizon)
    var next: [Path] = []
    var numbers: [Place: Int] = [:]
    for (parent, path) in paths.enumerated() {
      let from = time == 0 ? start : grid.cell(at: Int(path.place.cell))
      for move in moves {
        let cell = Int32(grid.index(grid.cell(from: from, taking: move)))
        let (visited, gain) = arrival(in: cell, after: path.place.visited, time: time + 1, episode: episode)
        let place = Place(cell: cell, visited: visited)
        let gained = path.gained + gain
        let number = numbers[place]
        if let number, next[number].gained >= gained { continue }
        let hope = hope(from: Int(cell), visited, time: time + 1, episode: episode)
        let promise = gained + Self.shareOfHope * hope
        let path = Path(place: place, parent: Int32(parent), gained: gained, promise: promise)
        if let number {
          next[number] = path
        } else {
          numbers[place] = next.count
          next.append(path)
        }
      }
    }
    // Of equal promises the first, so that the outcome does not depend on the sorting.
    let order = next.indices.sorted { (next[$1].promise, $0) < (next[$0].promise, $1) }
    return order.prefix(width).map { next[$0] }
  }

  private func arrival(
    in cell: Int32, after visited: Bits, time: Int, episode: Int
  ) -> (visited: Bits, gain: Double) {
    let goal = Int(goalOfCell[Int(cell)])
    guard goal >= 0, visited[goal / 64] >> UInt64(goal % 64) & 1 == 0 else { return (visited, 0) }
    var visited = visited
    visited[goal / 64] |= 1 << UInt64(goal % 64)
    return (visited, worth.ofArrival(in: goal, at: time, episode: episode))
  }

  /// About what is still to be gained: in this episode the i-th nearest goal at its distance, or i moves from now; in
  /// later ones one goal with every move but the first.
  private func hope(from cell: Int, _ visited: Bits, time: Int, episode: Int) -> Double {
    let left = horizon - time
    var counts = Array(repeating: 0, count: left + 1)
    var (unvisited, sum) = (0, 0.0)
    for goal in distances.indices where visited[goal / 64] >> UInt64(goal % 64) & 1 == 0 {
      let distance = Int(distances[goal][cell])
      if distance <= left { counts[distance] += 1 }
      sum += worth.later[goal]
      unvisited += 1
    }
    guard unvisited > 0 else { return 0 }
    let later = sum / Double(unvisited)
    var (hope, earliest) = (0.0, 0)
    for distance in counts.indices {
      for _ in 0..<counts[distance] where max(earliest + 1, distance) <= left {
        earliest = max(earliest + 1, distance)
        hope += worth.usual(at: time + earliest) + Double(worth.episodeCount - 1 - episode) * later
        unvisited -= 1
      }
    }
    for episode in stride(from: episode + 1, to: worth.episodeCount, by: 1) where unvisited > 0 {
      for time in stride(from: 2, through: min(horizon, unvisited + 1), by: 1) {
        hope += worth.usual(at: time) + Double(worth.episodeCount - 1 - episode) * later
        unvisited -= 1
      }
    }
    return hope
  }

  private func tour() -> [[GridCell]] {
    let last = layers[layers.count - 1]
    var number = last.indices.reduce(0) { last[$1].gained > last[$0].gained ? $1 : $0 }
    var cells: [GridCell] = []
    for layer in layers.dropFirst().reversed() {
      cells.append(grid.cell(at: Int(layer[number].place.cell)))
      number = Int(layer[number].parent)
    }
    cells.reverse()
    // Whoever has been everywhere stays, or bumps about.
    while cells.count % horizon != 0 {
      cells.append(grid.cell(from: cells[cells.count - 1], taking: moves[moves.count - 1]))
    }
    return stride(from: 0, to: cells.count, by: horizon).map { Array(cells[$0..<$0 + horizon]) }
  }
}
