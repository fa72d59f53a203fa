extension EgocentricGrid {
  /// Writes the tiles before the agent and the direction.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    // The usual sizes as constants, so that their loops are unrolled.
    switch viewSize {
    case 7: observe(state, in: task, size: 7, into: &observation)
    case 5: observe(state, in: task, size: 5, into: &observation)
    default: observe(state, in: task, size: 3, into: &observation)
    }
  }

  @inline(__always)
  private func observe(_ state: State, in task: Task, size: Int, into view: inout MutableSpan<Float>) {
    precondition(view.count == size &* size &+ 1, "\(view.count) numbers for a view of \(size)")
    var rows = ViewRows(
      of: task.layout, from: Int(state.place), direction: Int(state.direction), size: size)
    for index in 0..<Int(state.thingCount) {
      if let (row, column) = Self.cell(of: Int(state.places[index]), seenFrom: state, size: size) {
        rows.put(state.tiles[index], row: row, column: column)
      }
    }
    if seesThroughWalls { rows.show(size) } else { rows.showWhatIsLit(size) }
    rows.put(
      state.carried == 0 ? EgocentricTile.floor : state.tiles[Int(state.carried) &- 1], row: size &- 1,
      column: size / 2)
    rows.write(size, to: &view)
    view[unchecked: size &* size] = Float(state.direction)
  }

  /// Row and column in the view of the cell at `place`; nil where it is nowhere or out of the view.
  @inline(__always)
  private static func cell(of place: Int, seenFrom state: State, size: Int) -> (row: Int, column: Int)? {
    let (mask, shift) = (EgocentricLayout.stride &- 1, 5)
    let (here, direction) = (Int(state.place), Int(state.direction))
    let (right, up) = ((place & mask) &- (here & mask), (place >> shift) &- (here >> shift))
    let forward = direction & 1 == 0 ? right : 0 &- up
    let sideways = direction & 1 == 0 ? 0 &- up : 0 &- right
    let sign = direction & 2 == 0 ? 1 : -1
    let row = size &- 1 &- forward &* sign
    let column = size / 2 &+ sideways &* sign
    let isSeen = place != 0 && row >= 0 && row < size && column >= 0 && column < size
    return isSeen ? (row, column) : nil
  }

  /// The cells that the agent sees, one bit each, from those that nothing is seen behind.
  package static func visibleCells(opaque: UInt64, size: Int) -> UInt64 {
    let full = (1 as UInt64) << UInt64(size) &- 1
    var (visible, light) = (0 as UInt64, ViewLight(size: size))
    for row in (0..<size).reversed() {
      let shift = UInt64(row &* size)
      visible |= light.enter(clear: ~(opaque >> shift) & full) << shift
    }
    return visible
  }
}

/// The rows of a view, the farthest first; a row is up to seven bytes, of which the lowest is its leftmost cell.
private struct ViewRows {
  private var rows = InlineArray<7, UInt64>(repeating: 0)

  private static let lowestBits: UInt64 = 0x0101_0101_0101_0101
  private static let lowBits: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
  private static let highestBits: UInt64 = 0x8080_8080_8080_8080

  /// What is before an agent at `place`. Rows of the view are rows of the layout where the agent looks up or down,
  /// else columns, and run backwards where it looks down or to the right.
  @inline(__always)
  init(of layout: borrowing EgocentricLayout, from place: Int, direction: Int, size: Int) {
    let (x, y) = (place & (EgocentricLayout.stride &- 1), place / EgocentricLayout.stride)
    let isUpright = direction & 1 == 1
    let (along, across) = isUpright ? (y, x) : (x, y)
    let step = (direction &+ 1) & 2 == 0 ? 1 : -1
    let nearest = isUpright ? along : layout.firstColumn &+ along
    let shift = UInt64(2 &* (across &- size / 2))
    let lines = layout.lines.span
    for distance in 0..<size {
      let cells = Self.bytes(ofPairs: lines[nearest &+ distance &* step] &>> shift, count: size)
      let ordered = direction < 2 ? cells.byteSwapped >> UInt64(64 &- 8 &* size) : cells
      let walls = ordered & ~(ordered >> 1) & Self.lowestBits
      rows[unchecked: size &- 1 &- distance] = (ordered &+ Self.lowestBits) | (walls << 7)
    }
  }

  /// A byte for each of the lowest pairs of bits.
  @inline(__always)
  private static func bytes(ofPairs pairs: UInt64, count: Int) -> UInt64 {
    var bytes = pairs & ((1 as UInt64) << UInt64(2 &* count) &- 1)
    bytes = (bytes | bytes << 24) & 0x0000_00ff_0000_00ff
    bytes = (bytes | bytes << 12) & 0x000f_000f_000f_000f
    return (bytes | bytes << 6) & 0x0303_0303_0303_0303
  }

  /// Puts a tile into a cell.
  @inline(__always)
  mutating func put(_ tile: UInt8, row: Int, column: Int) {
    let shift = UInt64(8 &* column)
    rows[unchecked: row] = rows[unchecked: row] & ~(0xff &<< shift) | UInt64(tile) &<< shift
  }

  /// Leaves all cells to be seen.
  @inline(__always)
  mutating func show(_ size: Int) {
    for row in 0..<size { rows[unchecked: row] &= Self.lowBits }
  }

  /// Hides the cells that no light falls on.
  @inline(__always)
  mutating func showWhatIsLit(_ size: Int) {
    let full = (1 as UInt64) << UInt64(size) &- 1
    var light = ViewLight(size: size)
    for row in (0..<size).reversed() {
      let cells = rows[unchecked: row]
      // The highest bit of every byte, one beside the other.
      let opaque = (((cells >> 7) & Self.lowestBits) &* 0x0102_0408_1020_4080) >> 56
      let lit = light.enter(clear: ~opaque & full)
      // And back: a byte for every bit.
      let chosen = (lit &* Self.lowestBits) & 0x8040_2010_0804_0201
      let bytes = (chosen &+ Self.lowBits) & Self.highestBits
      rows[unchecked: row] = cells & (bytes &- bytes >> 7)
    }
  }

  /// Writes the rows as numbers.
  @inline(__always)
  func write(_ size: Int, to view: inout MutableSpan<Float>) {
    for row in 0..<size {
      let bytes = unsafeBitCast(rows[unchecked: row], to: SIMD8<UInt8>.self)
      let first = row &* size
      if first &+ 8 <= size &* size &+ 1 {
        // What is written beyond the row is written over by the next.
        let numbers = SIMD8<Float>(SIMD8<UInt32>(truncatingIfNeeded: bytes))
        var memory = view.mutableBytes
        memory.storeBytes(of: numbers, toByteOffset: 4 &* first, as: SIMD8<Float>.self)
      } else {
        for column in 0..<size { view[unchecked: first &+ column] = Float(bytes[column]) }
      }
    }
  }
}

/// Light that goes from the agent's own cell along the row through what is not opaque, to the next cell on both
/// sides, and from every such cell to the three next ones in the row before it.
///
/// Source: MiniGrid, `Grid.process_vis`, a whole row at a time.
private struct ViewLight {
  private let full: UInt64
  private var row: UInt64

  /// Light in the agent's cell, in the middle of the nearest row.
  @inline(__always)
  init(size: Int) {
    full = (1 as UInt64) << UInt64(size) &- 1
    row = (1 as UInt64) << UInt64(size / 2)
  }

  /// The cells of the next row that are lit, one bit each, where nothing is opaque in the cells of `clear`.
  @inline(__always)
  mutating func enter(clear: UInt64) -> UInt64 {
    let runs = UInt64(Self.litRuns.span[unchecked: Int(clear << 7 | row & clear)])
    let spread = (runs | runs << 1 | runs >> 1) & full
    defer { row = spread }
    return row | spread
  }

  /// The cells of those runs of clear cells in which a cell is lit, `[clear, lit]`, one bit each.
  private static let litRuns: [UInt8] = (0..<1 << 14).map { index in
    let clear = UInt8(index >> 7)
    var lit = UInt8(index & 0x7f) & clear
    for _ in 0..<6 { lit |= (lit << 1 | lit >> 1) & clear }
    return lit
  }
}
