import Randomness
import Synchronization

/// The shortest ways on a grid: by columns and rows where it is open, among walls by tables that are made when they are
/// needed, once for all lanes and threads.
final class GridRoutes: Sendable {
  let grid: Grid
  /// The number of moves to a goal from every cell, −1 where there is no way.
  private let tables = Mutex<[GridCell: [Int32]]>([:])

  /// The bytes of tables that are kept.
  private static let memoryLimit = 256 << 20

  private init(grid: Grid) { self.grid = grid }

  private static let all = Memo<Grid, GridRoutes>()

  static func shared(_ grid: Grid) -> GridRoutes { all.value(at: grid) { GridRoutes(grid: grid) } }

  private func table(to goal: GridCell) -> [Int32] {
    tables.withLock { tables in
      if let table = tables[goal] { return table }
      if tables.count * grid.width * grid.height * 4 > Self.memoryLimit { tables = [:] }
      let table = grid.distances(to: goal).map { Int32($0 ?? -1) }
      tables[goal] = table
      return table
    }
  }

  /// The number of moves from `cell` to `goal`; nil where there is no way.
  func distance(from cell: GridCell, to goal: GridCell) -> Int? {
    guard !grid.map.isEmpty else { return Int(abs(cell.x - goal.x) + abs(cell.y - goal.y)) }
    let distance = table(to: goal)[grid.index(cell)]
    return distance < 0 ? nil : Int(distance)
  }

  /// The moves that come nearer to `goal`, of right, left, up and down in this order; none in the goal itself.
  private func nearerMoves(from cell: GridCell, to goal: GridCell) -> [Int] {
    guard !grid.map.isEmpty else {
      return (cell.x < goal.x ? [2] : cell.x > goal.x ? [4] : [])
        + (cell.y < goal.y ? [1] : cell.y > goal.y ? [3] : [])
    }
    let table = table(to: goal)
    let here = table[grid.index(cell)]
    return here <= 0
      ? [] : [2, 4, 1, 3].filter { table[grid.index(grid.cell(from: cell, taking: $0))] == here - 1 }
  }

  /// The first move of a shortest way from `cell` to `goal`; 0 in the goal itself.
  func move(from cell: GridCell, to goal: GridCell) -> Int { nearerMoves(from: cell, to: goal).first ?? 0 }

  /// The first move of a shortest way from `cell` to `goal`, uniform over those; 0 in the goal itself.
  func move(from cell: GridCell, to goal: GridCell, using random: inout RandomStream) -> Int {
    let nearer = nearerMoves(from: cell, to: goal).sorted()
    return nearer.isEmpty ? 0 : nearer[random.integer(below: nearer.count)]
  }
}
