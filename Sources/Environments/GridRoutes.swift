import Randomness
import Simulation

/// The ways to a set of goals on a grid, computed once for all lanes and threads.
final class GridRoutes: Sendable {
  let grid: Grid
  /// The number of moves to each goal from every cell.
  private let distances: [GridCell: [Int?]]

  /// The most cells times goals that are worth a table.
  static let sizeLimit = 4_000_000

  private init(grid: Grid, goals: [GridCell]) {
    self.grid = grid
    var distances: [GridCell: [Int?]] = [:]
    for goal in goals { distances[goal] = grid.distances(to: goal) }
    self.distances = distances
  }

  private struct Key: Hashable, Sendable {
    let grid: Grid
    let goals: [GridCell]
  }

  private static let all = Memo<Key, GridRoutes>()

  static func shared(grid: Grid, goals: [GridCell]) -> GridRoutes {
    all.value(at: Key(grid: grid, goals: goals)) { GridRoutes(grid: grid, goals: goals) }
  }

  static func isFeasible(grid: Grid, goalCount: Int) -> Bool {
    grid.width * grid.height * goalCount <= sizeLimit
  }

  /// The number of moves from `cell` to `goal`, one of those it was made for; nil where there is no way.
  func distance(from cell: GridCell, to goal: GridCell) -> Int? { distances[goal]?[grid.index(cell)] }

  /// The first move of a shortest way from `cell` to `goal`; 0 in the goal itself.
  func move(from cell: GridCell, to goal: GridCell) -> Int {
    distances[goal].map { grid.move(from: cell, along: $0) } ?? 0
  }

  /// The first move of a shortest way from `cell` to `goal`, uniform over those; 0 in the goal itself.
  func move(from cell: GridCell, to goal: GridCell, using random: inout RandomStream) -> Int {
    guard let distances = distances[goal], let here = distances[grid.index(cell)] else { return 0 }
    let nearer = (1...4).filter { distances[grid.index(grid.cell(from: cell, taking: $0))] == here - 1 }
    return nearer.isEmpty ? 0 : nearer[random.integer(below: nearer.count)]
  }
}
