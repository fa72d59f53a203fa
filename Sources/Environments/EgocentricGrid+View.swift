import Simulation

extension EgocentricGrid {
  /// Writes the tiles before the agent and the direction.
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
    let tiles = task.layout.tiles.span
    let (ahead, aside) = (
      EgocentricLayout.offset(of: Int(state.direction)),
      EgocentricLayout.offset(of: Int(state.direction) &+ 1)
    )
    let (here, half) = (Int(state.place), size / 2)
    // Whatever the direction, the view lies within this distance, and the margin makes room for it.
    let reach = (size &- 1) &* EgocentricLayout.stride &+ size
    precondition(
      here >= reach && here < tiles.count - reach && view.count == size * size + 1,
      "a view of \(size) at place \(here) of \(tiles.count)")
    var opaque: UInt64 = 0
    for row in 0..<size {
      var place = here &+ (size &- 1 &- row) &* ahead &- half &* aside
      for column in 0..<size {
        let tile = tiles[unchecked: place]
        let cell = row &* size &+ column
        view[unchecked: cell] = Float(tile & ~EgocentricTile.opaque)
        opaque |= UInt64(tile >> 7) << UInt64(cell)
        place &+= aside
      }
    }
    let own = (size &- 1) &* size &+ half
    for index in 0..<Int(state.thingCount) {
      guard let cell = Self.cell(of: Int(state.places[index]), seenFrom: state, size: size) else { continue }
      let tile = state.tiles[index]
      view[unchecked: cell] = Float(tile & ~EgocentricTile.opaque)
      opaque |= UInt64(tile >> 7) << UInt64(cell)
    }
    view[unchecked: own] = Float(
      state.carried == 0 ? EgocentricTile.floor : state.tiles[Int(state.carried) &- 1])
    view[unchecked: size &* size] = Float(state.direction)
    guard !seesThroughWalls else { return }
    var hidden = ~Self.visibleCells(opaque: opaque, size: size) & (1 << UInt64(size &* size) &- 1)
    while hidden != 0 {
      view[unchecked: hidden.trailingZeroBitCount] = 0
      hidden &= hidden &- 1
    }
  }

  /// The number in the view of the cell at `place`; nil where it is nowhere or out of the view.
  @inline(__always)
  private static func cell(of place: Int, seenFrom state: State, size: Int) -> Int? {
    let (mask, shift) = (EgocentricLayout.stride &- 1, 5)
    let (here, direction) = (Int(state.place), Int(state.direction))
    let (right, up) = ((place & mask) &- (here & mask), (place >> shift) &- (here >> shift))
    let forward = direction & 1 == 0 ? right : 0 &- up
    let sideways = direction & 1 == 0 ? 0 &- up : 0 &- right
    let sign = direction & 2 == 0 ? 1 : -1
    let row = size &- 1 &- forward &* sign
    let column = size / 2 &+ sideways &* sign
    let isSeen = place != 0 && row >= 0 && row < size && column >= 0 && column < size
    return isSeen ? row &* size &+ column : nil
  }

  /// The cells that the agent sees, one bit each, from those that nothing is seen behind. Light goes from its own
  /// cell along the row through what is not opaque, to the next cell on both sides, and from every such cell to the
  /// three next ones in the row before it.
  ///
  /// Source: MiniGrid, `Grid.process_vis`, a whole row at a time.
  @inline(__always)
  package static func visibleCells(opaque: UInt64, size: Int) -> UInt64 {
    let full = (1 as UInt64) << UInt64(size) &- 1
    var visible: UInt64 = 0
    var row = (1 as UInt64) << UInt64(size / 2)
    for step in 0..<size {
      let shift = UInt64((size &- 1 &- step) &* size)
      let clear = ~(opaque >> shift) & full
      var lit = row & clear
      var way = clear
      lit |= way & lit << 1
      way &= way << 1
      lit |= way & lit << 2
      way &= way << 2
      lit |= way & lit << 4
      row |= lit | lit << 1
      way = clear
      lit |= way & lit >> 1
      way &= way >> 1
      lit |= way & lit >> 2
      way &= way >> 2
      lit |= way & lit >> 4
      row = (row | lit >> 1 | lit) & full
      visible |= row << shift
      let bright = row & clear
      row = (bright | bright << 1 | bright >> 1) & full
    }
    return visible
  }
}
