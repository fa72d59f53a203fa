/// What an agent has seen of a building: every tile as it is now, and as it is when an episode starts. The agent
/// starts in the middle; places are numbered as in an `EgocentricLayout`, with longer rows.
struct EgocentricMap {
  // Nothing that is seen is farther from the start than 23 cells.
  static let stride = 48
  static let origin = stride / 2 * stride + stride / 2

  let viewSize: Int
  let seesThroughWalls: Bool
  /// The tiles by place; 0 is unknown.
  private(set) var tiles = Array(repeating: UInt8(0), count: stride * stride)
  private var firstTiles = Array(repeating: UInt8(0), count: stride * stride)
  /// The places of things at an episode's start, in the order in which they were seen.
  private(set) var thingPlaces: [Int] = []
  /// Where the agent is.
  private(set) var place = origin
  /// The direction that the agent looks in.
  private(set) var direction = 0
  /// The tile of what is carried; 0 for nothing.
  private(set) var carried: UInt8 = 0
  /// The place of a goal that was seen.
  private(set) var goal: Int?

  init(viewSize: Int, seesThroughWalls: Bool) {
    (self.viewSize, self.seesThroughWalls) = (viewSize, seesThroughWalls)
  }

  /// How far the next place in `direction` is.
  static func offset(of direction: Int) -> Int {
    let step = direction & 1 == 0 ? 1 : -stride
    return direction & 2 == 0 ? step : -step
  }

  /// The tile at a place; a wall beyond the map.
  func tile(at place: Int) -> UInt8 { tiles.indices.contains(place) ? tiles[place] : Self.wall }

  /// The tile at a place when an episode starts.
  func firstTile(at place: Int) -> UInt8 {
    firstTiles.indices.contains(place) ? firstTiles[place] : Self.wall
  }

  /// How far a place is from the start.
  static func distance(to place: Int) -> (right: Int, up: Int) {
    (place % stride - origin % stride, place / stride - origin / stride)
  }

  /// The agent is at the start again, and everything where it was.
  mutating func beginEpisode() { (tiles, place, carried) = (firstTiles, Self.origin, 0) }

  /// The agent took `action`, what it sees then not yet considered.
  mutating func take(_ action: Int) {
    let ahead = place + Self.offset(of: direction)
    if action == 2 && Self.isOpen(tile(at: ahead)) { place = ahead }
  }

  /// Takes in what the agent sees; returns whether that was new.
  mutating func see(_ observation: Span<Float>) -> Bool {
    direction = Int(observation[viewSize * viewSize])
    var isNew = false
    for index in 0..<viewSize * viewSize where index != ownCell {
      let seen = place(ofViewCell: index, from: place, direction)
      isNew = note(UInt8(observation[index]), at: seen) || isNew
    }
    let own = UInt8(observation[ownCell])
    carried = own == Self.floor ? 0 : own
    if tile(at: place) == 0 { isNew = note(Self.floor, at: place) || isNew }
    return isNew
  }

  private mutating func note(_ tile: UInt8, at place: Int) -> Bool {
    guard tile != 0, tiles.indices.contains(place), tiles[place] != tile else { return false }
    tiles[place] = tile
    if firstTiles[place] == 0 {
      firstTiles[place] = tile
      if Self.isThing(tile) { thingPlaces.append(place) }
      if tile == EgocentricTile.goal { goal = place }
    }
    return true
  }

  /// Whether an episode that starts with `observation` can be one in the building of this map.
  func agrees(with observation: Span<Float>) -> Bool {
    let direction = Int(observation[viewSize * viewSize])
    return (0..<viewSize * viewSize).allSatisfy { index in
      let known = firstTile(at: place(ofViewCell: index, from: Self.origin, direction))
      return known == 0 || observation[index] == 0 || Float(known) == observation[index]
    }
  }

  /// Whether an agent there would see an unknown place beside one that it can stand in.
  func isWorthLooking(from place: Int, _ direction: Int) -> Bool {
    var (opaque, unknown) = (0 as UInt64, 0 as UInt64)
    for index in 0..<viewSize * viewSize {
      let seen = self.place(ofViewCell: index, from: place, direction)
      let tile = tile(at: seen)
      if tile == 0 && isBesideFloor(seen) { unknown |= 1 << UInt64(index) }
      // What is behind an unknown place may not be seen.
      if tile == 0 || Self.isOpaque(tile) { opaque |= 1 << UInt64(index) }
    }
    if unknown == 0 || seesThroughWalls { return unknown != 0 }
    opaque &= ~(1 << UInt64(ownCell))
    return EgocentricGrid.visibleCells(opaque: opaque, size: viewSize) & unknown != 0
  }

  private func isBesideFloor(_ place: Int) -> Bool {
    (0..<4).contains { direction in
      let tile = tile(at: place + Self.offset(of: direction))
      return tile != 0 && tile != Self.wall && tile != EgocentricTile.lava
    }
  }

  /// The number of the agent's own cell in its view, which shows what it carries.
  private var ownCell: Int { viewSize * viewSize - viewSize / 2 - 1 }

  private func place(ofViewCell index: Int, from place: Int, _ direction: Int) -> Int {
    let (row, column) = (index / viewSize, index % viewSize)
    return place + (viewSize - 1 - row) * Self.offset(of: direction)
      + (column - viewSize / 2) * Self.offset(of: direction + 1 & 3)
  }

  static let floor = EgocentricTile.floor
  static let wall = EgocentricTile.wall & ~EgocentricTile.opaque

  static func isThing(_ tile: UInt8) -> Bool { tile > EgocentricTile.lava }
  static func kind(of tile: UInt8) -> EgocentricGrid.Kind? { EgocentricTile.kind(of: tile)?.kind }
  static func canBeCarried(_ tile: UInt8) -> Bool { EgocentricTile.canBeCarried(tile) }
  /// Whether one can walk there.
  static func isOpen(_ tile: UInt8) -> Bool {
    tile == floor || tile == EgocentricTile.goal || tile == EgocentricTile.lava || kind(of: tile) == .openDoor
  }
  private static func isOpaque(_ tile: UInt8) -> Bool {
    let kind = kind(of: tile)
    return tile == wall || kind == .closedDoor || kind == .lockedDoor
  }
  /// Whether `key` opens a locked door of the tile `door`.
  static func opens(_ key: UInt8, _ door: UInt8) -> Bool {
    guard let key = EgocentricTile.kind(of: key), let door = EgocentricTile.kind(of: door) else {
      return false
    }
    return key.kind == .key && door.kind == .lockedDoor && key.colour == door.colour
  }
}

extension EgocentricMap {
  /// The building as far as it is known, unknown places taken for walls, and the state that it is in; nil where it is
  /// larger than buildings are. The thing at `wanted` is to be fetched, or the goal to be gone to.
  func task(fetching wanted: Int?) -> (task: EgocentricGrid.Task, state: EgocentricGrid.State)? {
    let known = tiles.indices.filter { tiles[$0] != 0 && tiles[$0] != Self.wall }
    let (columns, rows) = (known.map { $0 % Self.stride }, known.map { $0 / Self.stride })
    guard let left = columns.min(), let right = columns.max(), let bottom = rows.min(), let top = rows.max(),
      max(right - left, top - bottom) + 3 <= EgocentricLayout.limit
    else { return nil }
    var layout = EgocentricLayout(width: right - left + 3, height: top - bottom + 3)
    func cell(_ place: Int) -> GridCell {
      GridCell(x: place % Self.stride - left + 1, y: place / Self.stride - bottom + 1)
    }
    for y in 1..<layout.height - 1 {
      for x in 1..<layout.width - 1 {
        let tile = tiles[(y + bottom - 1) * Self.stride + x + left - 1]
        let isWall = tile == 0 || tile == Self.wall
        layout[x, y] = isWall ? EgocentricTile.wall : Self.isThing(tile) ? Self.floor : tile
      }
    }
    var places = known.filter { Self.isThing(tiles[$0]) }
    var things = places.compactMap { thing(tiles[$0], in: cell($0)) }
    if let held = thing(carried, in: EgocentricLayout.cell(at: 0)) {
      (things, places) = (things + [held], places + [0])
    }
    guard things.count <= 8 else { return nil }
    var mission = EgocentricGrid.Mission(kind: .go, cell: cell(goal ?? place))
    if let wanted {
      mission = EgocentricGrid.Mission(kind: .fetch, thing: places.firstIndex(of: wanted) ?? 0)
    }
    let task = EgocentricGrid.Task(
      layout: layout, start: cell(place), direction: direction, things: things, mission: mission)
    var state = EgocentricGrid.State(startOf: task)
    if carried != 0 { state.carried = UInt8(things.count) }
    return (task, state)
  }

  private func thing(_ tile: UInt8, in cell: GridCell) -> EgocentricGrid.Thing? {
    EgocentricTile.kind(of: tile).map { EgocentricGrid.Thing(kind: $0.kind, colour: $0.colour, cell: cell) }
  }
}
