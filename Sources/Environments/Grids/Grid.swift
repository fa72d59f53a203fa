import Formats
import Scenes

/// A cell of a grid.
@frozen
public struct GridCell: Hashable, Codable, Sendable, BitwiseCopyable {
  /// The column, from the left.
  public var x: Int32
  /// The row, from below.
  public var y: Int32

  /// The cell in column `x` and row `y`.
  @inlinable
  public init(x: Int, y: Int) {
    self.x = Int32(x)
    self.y = Int32(y)
  }

  /// All bits where `other` is the same cell, else none: two comparisons make branches, which random moves mislead.
  @inline(__always)
  func sameness(with other: GridCell) -> UInt32 {
    let difference = (x ^ other.x) | (y ^ other.y)
    return UInt32(bitPattern: (~difference & (difference &- 1)) &>> 31)
  }

  /// Goes one cell in an open grid, or stays at its edge: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left.
  @inline(__always)
  mutating func go(_ move: Int, width: Int, height: Int) {
    let (right, top) = (Int32(truncatingIfNeeded: width) &- 1, Int32(truncatingIfNeeded: height) &- 1)
    x = stepped(x, by: shift(of: move, in: 0x65), last: right)
    y = stepped(y, by: shift(of: move, in: 0x119), last: top)
  }

  /// The cell that [x, y] stands for, or nil where there are not two numbers, or one is beyond every grid.
  init?(_ numbers: [Int]) {
    guard numbers.count == 2, numbers.allSatisfy({ Int32(exactly: $0) != nil }) else { return nil }
    self.init(x: numbers[0], y: numbers[1])
  }
}

/// A grid drawn in letters, row by row from the top: `#` is a wall, `S` a free cell where episodes start, and
/// every other letter a free cell that task distributions may name.
public struct GridMap: Hashable, Codable, Sendable {
  /// The rows, from the top.
  public let rows: [String]
  /// The columns of the longest row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The cell of the S.
  let startCell: GridCell?
  /// The letters, `[y, x]` from below; short rows end in walls.
  let letters: [UInt8]

  static let wall = UInt8(ascii: "#")
  static let start = UInt8(ascii: "S")

  /// The map with the given rows; no map where there are none.
  public init(_ rows: [String] = []) {
    self.rows = rows
    height = rows.count
    width = rows.map(\.utf8.count).max() ?? 0
    letters = rows.reversed().flatMap { [width] row in
      Array(row.utf8) + Array(repeating: Self.wall, count: width - row.utf8.count)
    }
    startCell = letters.firstIndex(of: Self.start).map { [width] in GridCell(x: $0 % width, y: $0 / width) }
  }

  /// The map that an array of rows describes.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([String].self))
  }

  /// An array of rows.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rows)
  }

  /// Whether there is no map.
  public var isEmpty: Bool { height == 0 }

  /// Whether the cell is a wall.
  @inline(__always)
  func isWall(x: Int, y: Int) -> Bool { letters[y * width + x] == Self.wall }

  /// The cells that carry one of the bytes of `marks`, row by row from below.
  func cells(marked marks: String) -> [GridCell] {
    let wanted = Set(marks.utf8)
    return letters.indices.filter { wanted.contains(letters[$0]) }
      .map { GridCell(x: $0 % width, y: $0 / width) }
  }

  /// Throws `InvalidParameter` for rows of different lengths, unknown letters, or a grid without a free cell.
  func validate(_ key: String) throws {
    try require(key, width, in: 1...1024)
    try require(key, height, in: 1...1024)
    for (index, row) in rows.enumerated() {
      guard row.utf8.count == width else {
        throw InvalidParameter(
          "\(key)[\(index)]", "has \(row.utf8.count) letters; \(width) are needed, as in the longest row")
      }
      for letter in row where !(letter.isASCII && (letter.isLetter || letter == "#" || letter == ".")) {
        throw InvalidParameter(
          "\(key)[\(index)]", "holds \"\(letter)\"; # for walls, S for the start, . and letters are allowed")
      }
    }
    guard letters.contains(where: { $0 != Self.wall }) else {
      throw InvalidParameter(key, "is all walls; a free cell is needed")
    }
    guard letters.count(where: { $0 == Self.start }) <= 1 else {
      throw InvalidParameter(key, "has more than one S; episodes start in one cell")
    }
  }
}

/// The cells that can be walked between, and how far apart they are.
struct Grid: Hashable, Sendable {
  let width: Int
  let height: Int
  /// Walls and letters; empty where every cell is free.
  let map: GridMap

  func isFree(_ cell: GridCell) -> Bool {
    (0..<width).contains(Int(cell.x)) && (0..<height).contains(Int(cell.y))
      && (map.isEmpty || !map.isWall(x: Int(cell.x), y: Int(cell.y)))
  }

  func index(_ cell: GridCell) -> Int { Int(cell.y) * width + Int(cell.x) }

  func cell(at index: Int) -> GridCell { GridCell(x: index % width, y: index / width) }

  /// All free cells, row by row from below.
  var freeCells: [GridCell] { (0..<width * height).map(cell).filter(isFree) }

  /// The cell that `move` leads to: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left; walls block.
  @inline(__always)
  func cell(from cell: GridCell, taking move: Int) -> GridCell {
    let x = Int(cell.x) + (move == 2 ? 1 : 0) - (move == 4 ? 1 : 0)
    let y = Int(cell.y) + (move == 1 ? 1 : 0) - (move == 3 ? 1 : 0)
    guard map.isEmpty else {
      let isOpen = x >= 0 && x < width && y >= 0 && y < height && !map.isWall(x: x, y: y)
      return isOpen ? GridCell(x: x, y: y) : cell
    }
    return GridCell(x: max(0, min(width - 1, x)), y: max(0, min(height - 1, y)))
  }

  /// The number of moves from every cell to `goal`, `[y, x]`; nil from where it cannot be reached.
  func distances(to goal: GridCell) -> [Int?] {
    var distances = [Int?](repeating: nil, count: width * height)
    guard isFree(goal) else { return distances }
    distances[index(goal)] = 0
    var frontier = [goal]
    var distance = 0
    while !frontier.isEmpty {
      distance += 1
      var next: [GridCell] = []
      for cell in frontier {
        for move in 1...4 {
          let neighbour = self.cell(from: cell, taking: move)
          guard distances[index(neighbour)] == nil else { continue }
          distances[index(neighbour)] = distance
          next.append(neighbour)
        }
      }
      frontier = next
    }
    return distances
  }

  /// The first of right, left, up and down that comes nearer to where `distances` lead; 0 where none does.
  func move(from cell: GridCell, along distances: [Int?]) -> Int {
    guard let here = distances[index(cell)] else { return 0 }
    return [2, 4, 1, 3].first { distances[index(self.cell(from: cell, taking: $0))] == here - 1 } ?? 0
  }
}

extension Scene {
  /// Draws the cells of `grid`, its walls, and sets `bounds` to it.
  mutating func grid(_ grid: Grid) {
    cells(columnCount: grid.width, rowCount: grid.height)
    guard !grid.map.isEmpty else { return }
    for y in 0..<grid.height {
      for x in 0..<grid.width where grid.map.isWall(x: x, y: y) { rectangle(.cell(x: x, y: y), .wall) }
    }
  }
}
