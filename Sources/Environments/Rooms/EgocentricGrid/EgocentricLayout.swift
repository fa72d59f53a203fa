/// Walls, floor, goals and lava of a building, with a margin of walls around it so wide that no view ends beyond.
///
/// Files and JSON have it as rows of letters from the top: `#` wall, `.` floor, `G` goal, `L` lava.
public struct EgocentricLayout: Hashable, Codable, Sendable {
  /// The number of columns, outer walls included.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The cells of every row, the lowest row first, and then those of every column, margins included: whatever the
  /// direction, what lies side by side in a view lies side by side here. A cell takes two bits, the leftmost or
  /// lowest one the lowest, so that what a view reads fits into a line or two of the cache.
  private(set) var lines: [UInt64]

  /// How many cells of wall there are on each side.
  static let margin = 6
  /// The places from one row to the next, as many as there are cells in a line.
  static let stride = 32
  /// The greatest width and height.
  static let limit = stride - 2 * margin

  /// A building of floor within outer walls.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    let walls = EgocentricTile.code(of: EgocentricTile.wall) * 0x5555_5555_5555_5555
    lines = Array(repeating: walls, count: height + width + 4 * Self.margin)
    for y in 1..<height - 1 {
      for x in 1..<width - 1 { self[x, y] = EgocentricTile.floor }
    }
  }

  /// The tile in a cell.
  subscript(x: Int, y: Int) -> UInt8 {
    get { tile(at: Self.place(of: GridCell(x: x, y: y))) }
    set {
      setTile(newValue, line: y + Self.margin, cell: x + Self.margin)
      setTile(newValue, line: firstColumn + x + Self.margin, cell: y + Self.margin)
    }
  }

  private mutating func setTile(_ tile: UInt8, line: Int, cell: Int) {
    let shift = UInt64(2 * cell)
    lines[line] = lines[line] & ~(3 << shift) | EgocentricTile.code(of: tile) << shift
  }

  /// The tile at a place.
  @inline(__always)
  func tile(at place: Int) -> UInt8 {
    EgocentricTile.tile(ofCode: lines[place / Self.stride] &>> UInt64(2 &* (place & (Self.stride &- 1))))
  }

  /// Where the columns begin in `lines`.
  @inline(__always)
  var firstColumn: Int { height &+ 2 &* Self.margin }

  /// The number of a cell's place.
  @inline(__always)
  static func place(of cell: GridCell) -> Int {
    (Int(cell.y) &+ margin) &* stride &+ Int(cell.x) &+ margin
  }

  /// The cell at a place.
  static func cell(at place: Int) -> GridCell {
    GridCell(x: place % stride - margin, y: place / stride - margin)
  }

  /// How far the next place in `direction` is: 0 right, 1 down, 2 left, 3 up.
  @inline(__always)
  static func offset(of direction: Int) -> Int {
    let step = direction & 1 == 0 ? 1 : -stride
    return direction & 2 == 0 ? step : -step
  }

  private static let letters: [(Character, UInt8)] = [
    ("#", EgocentricTile.wall), (".", EgocentricTile.floor), ("G", EgocentricTile.goal),
    ("L", EgocentricTile.lava),
  ]

  /// The layout that rows of letters describe.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let rows = try container.decode([String].self)
    let width = rows.first?.count ?? 0
    let size = 3...Self.limit
    guard size.contains(rows.count), size.contains(width), rows.allSatisfy({ $0.count == width }) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a layout has equal rows and sides from 3 to \(Self.limit)")
    }
    self.init(width: width, height: rows.count)
    for (row, text) in rows.enumerated() {
      for (x, letter) in text.enumerated() {
        guard let tile = Self.letters.first(where: { $0.0 == letter })?.1 else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(letter) is no tile")
        }
        self[x, rows.count - 1 - row] = tile
      }
    }
  }

  /// Rows of letters, from the top.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      (0..<height).reversed().map { y in
        String((0..<width).map { x in Self.letters.first { $0.1 == self[x, y] }?.0 ?? "#" })
      })
  }
}

extension EgocentricGrid.Task {
  /// What is in every cell at first, as observations number it, `[height, width]` from the lowest row.
  package var tiles: [UInt8] {
    var tiles = (0..<layout.height).flatMap { y in
      (0..<layout.width).map { x in layout[x, y] & ~EgocentricTile.opaque }
    }
    for thing in things {
      tiles[Int(thing.cell.y) * layout.width + Int(thing.cell.x)] = thing.tile & ~EgocentricTile.opaque
    }
    return tiles
  }
}
