/// Shortest ways on the cells of an object grid, numbered as they are observed.
struct ObjectRoutes {
  let size: Int
  /// Whether a cell may be entered, as far as is known.
  var isOpen: [Bool]
  /// The cell that each move leads to, `[cell, move]`; −1 beyond the sides.
  private let neighbours: [Int]
  private var queue: [Int]

  /// How far it is where there is no way.
  static let nowhere = Int.max / 2

  init(size: Int, isOpen: (Int, Int) -> Bool) {
    self.size = size
    self.isOpen = (0..<size * size).map { isOpen($0 % size, $0 / size) }
    neighbours = (0..<size * size).flatMap { cell in
      let (y, x) = cell.quotientAndRemainder(dividingBy: size)
      return [
        y + 1 < size ? cell + size : -1, y > 0 ? cell - size : -1, x > 0 ? cell - 1 : -1,
        x + 1 < size ? cell + 1 : -1,
      ]
    }
    queue = Array(repeating: 0, count: size * size)
  }

  /// The cell that a move leads to, walls left aside; nil beyond the sides.
  func neighbour(of cell: Int, taking move: Int) -> Int? {
    guard move < 4, neighbours[cell * 4 + move] >= 0 else { return nil }
    return neighbours[cell * 4 + move]
  }

  /// Writes the number of moves from `start` to each cell, which is the same the other way round; who is in a wall or
  /// in a cell to be avoided may leave it, but nobody goes through one.
  mutating func measure(from start: Int, avoiding isAvoided: [Bool], into distances: inout [Int]) {
    for cell in distances.indices { distances[cell] = Self.nowhere }
    distances[start] = 0
    queue[0] = start
    var (head, tail) = (0, 1)
    while head < tail {
      let cell = queue[head]
      head += 1
      for move in 0..<4 {
        let next = neighbours[cell * 4 + move]
        guard next >= 0, distances[next] == Self.nowhere else { continue }
        distances[next] = distances[cell] + 1
        guard isOpen[next], !isAvoided[next] else { continue }
        queue[tail] = next
        tail += 1
      }
    }
  }

  /// The move from `cell` that comes nearest to where `distances` are measured from; 4, which stays, at the end.
  func move(from cell: Int, along distances: [Int], avoiding isAvoided: [Bool]) -> Int {
    var best = (distance: distances[cell], move: 4)
    for move in 0..<4 {
      let next = neighbours[cell * 4 + move]
      guard next >= 0, distances[next] < best.distance else { continue }
      guard distances[next] == 0 || isOpen[next] && !isAvoided[next] else { continue }
      best = (distances[next], move)
    }
    return best.move
  }
}
