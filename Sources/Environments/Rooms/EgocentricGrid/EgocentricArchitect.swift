import Randomness

/// Draws buildings and missions, as MiniGrid's environments of the same names do. Rows count from the lowest, there
/// from the highest.
struct EgocentricArchitect {
  typealias Thing = EgocentricGrid.Thing
  typealias Mission = EgocentricGrid.Mission

  let building: EgocentricGrid.Building
  let size: Int
  let count: Int
  let colourCount: Int
  private var layout = EgocentricLayout(width: 3, height: 3)
  private var things: [Thing] = []
  private var start = GridCell(x: 1, y: 1)
  private var direction = 0

  init(building: EgocentricGrid.Building, size: Int, count: Int, colourCount: Int) {
    (self.building, self.size, self.count, self.colourCount) = (building, size, count, colourCount)
  }

  /// A building with a mission.
  mutating func task(using random: inout RandomStream) -> EgocentricGrid.Task {
    layout = EgocentricLayout(width: size, height: size)
    (things, direction) = ([], 0)
    start = GridCell(x: 1, y: size - 2)
    let mission = mission(using: &random)
    return EgocentricGrid.Task(
      layout: layout, start: start, direction: direction, things: things, mission: mission)
  }

  private mutating func mission(using random: inout RandomStream) -> Mission {
    switch building {
    case .empty: return goal(at: freeCell(using: &random))
    case .fourRooms: return fourRooms(using: &random)
    case .doorKey: return doorKey(using: &random)
    case .keyCorridor: return keyCorridor(using: &random)
    case .lockedRoom: return lockedRoom(using: &random)
    case .memory: return memory(using: &random)
    case .crossing: return crossing(EgocentricTile.wall, using: &random)
    case .lavaCrossing: return crossing(EgocentricTile.lava, using: &random)
    case .fetch: return fetch(using: &random)
    case .doors: return doors(using: &random)
    }
  }

  private mutating func goal(at cell: GridCell) -> Mission {
    layout[Int(cell.x), Int(cell.y)] = EgocentricTile.goal
    return Mission(kind: .go, cell: cell)
  }

  private mutating func fourRooms(using random: inout RandomStream) -> Mission {
    let half = size / 2
    for position in 1..<size - 1 {
      layout[half, position] = EgocentricTile.wall
      layout[position, half] = EgocentricTile.wall
    }
    for sides in [1..<half, half + 1..<size - 1] {
      layout[half, sides.lowerBound + random.integer(below: sides.count)] = EgocentricTile.floor
      layout[sides.lowerBound + random.integer(below: sides.count), half] = EgocentricTile.floor
    }
    placeAgent(1..<size - 1, 1..<size - 1, using: &random)
    return goal(at: freeCell(using: &random))
  }

  private mutating func doorKey(using random: inout RandomStream) -> Mission {
    let wall = 2 + random.integer(below: size - 4)
    for y in 1..<size - 1 { layout[wall, y] = EgocentricTile.wall }
    placeAgent(1..<wall, 1..<size - 1, using: &random)
    let colour = random.integer(below: colourCount)
    // In any row but the lowest, which is the goal's.
    addDoor(.lockedDoor, colour: colour, x: wall, y: 2 + random.integer(below: size - 3))
    things.append(
      Thing(kind: .key, colour: colour, cell: freeCell(1..<wall, 1..<size - 1, using: &random)))
    return goal(at: GridCell(x: size - 2, y: 1))
  }

  /// Three columns of rooms with walls between; those of the middle column are one corridor.
  private mutating func keyCorridor(using random: inout RandomStream) -> Mission {
    let pitch = size - 1
    layout = EgocentricLayout(width: 3 * pitch + 1, height: count * pitch + 1)
    func inside(_ room: Int) -> Range<Int> { room * pitch + 1..<(room + 1) * pitch }
    for y in 1..<layout.height - 1 {
      for x in [pitch, 2 * pitch] { layout[x, y] = EgocentricTile.wall }
    }
    for row in 1..<max(count, 1) {
      for column in [0, 2] {
        for x in inside(column) { layout[x, row * pitch] = EgocentricTile.wall }
      }
    }
    let (locked, other) = (random.integer(below: count), random.integer(below: count))
    let colour = random.integer(below: colourCount)
    for row in 0..<count {
      for (column, x) in [(0, pitch), (2, 2 * pitch)] {
        let y = inside(row).lowerBound + random.integer(below: pitch - 1)
        let isLocked = column == 2 && row == locked
        addDoor(
          isLocked ? .lockedDoor : .closedDoor,
          colour: isLocked ? colour : random.integer(below: colourCount), x: x, y: y)
      }
    }
    // In the middle room of the corridor, whose ends are open, and not with the face to the locked door.
    let middle = (count - 1 - count / 2) * pitch
    repeat {
      placeAgent(inside(1), middle..<middle + size, using: &random)
    } while isLockedDoorAhead
    things.append(Thing(kind: .key, colour: colour, cell: freeCell(inside(0), inside(other), using: &random)))
    things.append(
      Thing(
        kind: .ball, colour: random.integer(below: colourCount),
        cell: freeCell(inside(2), inside(locked), using: &random)))
    return Mission(kind: .fetch, thing: things.count - 1)
  }

  private mutating func lockedRoom(using random: inout RandomStream) -> Mission {
    let (left, right, third) = (size / 2 - 2, size / 2 + 2, size / 3)
    for y in 1..<size - 1 {
      for x in [left, right] { layout[x, y] = EgocentricTile.wall }
    }
    for row in 1...2 {
      for x in Array(1..<left) + Array(right + 1..<size - 1) { layout[x, row * third] = EgocentricTile.wall }
    }
    placeAgent(left + 1..<right, 1..<size - 1, using: &random)
    let colours = random.permutation(of: 6)
    let locked = random.integer(below: 6)
    let other = (locked + 1 + random.integer(below: 5)) % 6
    func columns(_ room: Int) -> Range<Int> { room % 2 == 0 ? 1..<left : right + 1..<size - 1 }
    func rows(_ room: Int) -> Range<Int> {
      let row = room / 2
      return row * third + 1..<(row == 2 ? size - 1 : (row + 1) * third)
    }
    for room in 0..<6 {
      addDoor(
        room == locked ? .lockedDoor : .closedDoor, colour: colours[room], x: room % 2 == 0 ? left : right,
        y: room / 2 * third + third / 2)
    }
    things.append(
      Thing(
        kind: .key, colour: colours[locked], cell: freeCell(columns(other), rows(other), using: &random)))
    return goal(at: freeCell(columns(locked), rows(locked), using: &random))
  }

  private mutating func memory(using random: inout RandomStream) -> Mission {
    let (middle, end) = (size / 2, size - 3)
    for x in 1..<5 {
      for y in [middle - 2, middle + 2] where y > 0 && y < size - 1 { layout[x, y] = EgocentricTile.wall }
    }
    for x in 4..<max(end, 5) {
      for y in [middle - 1, middle + 1] { layout[x, y] = EgocentricTile.wall }
    }
    for y in 1..<size - 1 where y != middle { layout[end, y] = EgocentricTile.wall }
    start = GridCell(x: 1 + random.integer(below: end), y: middle)
    let isKey = random.integer(below: 2) == 0
    let isUp = random.integer(below: 2) == 0
    func thing(_ isKey: Bool, x: Int, y: Int) -> Thing {
      Thing(kind: isKey ? .key : .ball, colour: 0, cell: GridCell(x: x, y: y))
    }
    things = [
      thing(isKey, x: 1, y: middle + 1), thing(isKey == isUp, x: end + 1, y: middle + 2),
      thing(isKey != isUp, x: end + 1, y: middle - 2),
    ]
    let ends = [middle + 1, middle - 1].map { GridCell(x: end + 1, y: $0) }
    return Mission(kind: .choose, cell: ends[isUp ? 0 : 1], trap: ends[isUp ? 1 : 0])
  }

  /// Rivers through the whole room, in each a gap on one way from the upper left to the lower right corner.
  private mutating func crossing(_ tile: UInt8, using random: inout RandomStream) -> Mission {
    let places = Array(stride(from: 2, to: size - 2, by: 2))
    let all = places.map { (isVertical: true, place: $0) } + places.map { (isVertical: false, place: $0) }
    let rivers = random.permutation(of: all.count).prefix(count).map { all[$0] }
    let vertical = rivers.filter(\.isVertical).map(\.place).sorted()
    let horizontal = rivers.filter { !$0.isVertical }.map(\.place).sorted()
    for position in 1..<size - 1 {
      for x in vertical { layout[x, position] = tile }
      for y in horizontal { layout[position, size - 1 - y] = tile }
    }
    let crossings = vertical.map { _ in true } + horizontal.map { _ in false }
    let (columns, rows) = ([0] + vertical + [size - 1], [0] + horizontal + [size - 1])
    var (column, row) = (0, 0)
    for index in random.permutation(of: crossings.count) {
      func between(_ limits: [Int], _ room: Int) -> Int {
        limits[room] + 1 + random.integer(below: limits[room + 1] - limits[room] - 1)
      }
      if crossings[index] {
        layout[columns[column + 1], size - 1 - between(rows, row)] = EgocentricTile.floor
        column += 1
      } else {
        layout[between(columns, column), size - 1 - rows[row + 1]] = EgocentricTile.floor
        row += 1
      }
    }
    return goal(at: GridCell(x: size - 2, y: 1))
  }

  private mutating func fetch(using random: inout RandomStream) -> Mission {
    placeAgent(1..<size - 1, 1..<size - 1, using: &random)
    for number in random.permutation(of: 2 * colourCount).prefix(count) {
      things.append(
        Thing(kind: number % 2 == 0 ? .key : .ball, colour: number / 2, cell: freeCell(using: &random)))
    }
    return Mission(kind: .fetch, thing: random.integer(below: things.count), isStrict: true)
  }

  /// A room in the upper left corner, with a door in each wall that is not beside a corner.
  private mutating func doors(using random: inout RandomStream) -> Mission {
    let (width, height) = (5 + random.integer(below: size - 4), 5 + random.integer(below: size - 4))
    let bottom = size - height
    for y in 0..<size {
      for x in 0..<size {
        let isWall = y >= bottom && x < width && (x == 0 || y == bottom || x == width - 1 || y == size - 1)
        layout[x, y] = isWall ? EgocentricTile.wall : EgocentricTile.floor
      }
    }
    let colours = random.permutation(of: colourCount)
    for side in 0..<4 {
      let isUpright = side < 2
      let along = 2 + random.integer(below: (isUpright ? height : width) - 4)
      addDoor(
        .closedDoor, colour: colours[side], x: isUpright ? side * (width - 1) : along,
        y: bottom + (isUpright ? along : (side - 2) * (height - 1)))
    }
    placeAgent(1..<width - 1, bottom + 1..<size - 1, using: &random)
    return Mission(kind: .visit, thing: random.integer(below: 4))
  }

  private mutating func addDoor(_ kind: EgocentricGrid.Kind, colour: Int, x: Int, y: Int) {
    layout[x, y] = EgocentricTile.floor
    things.append(Thing(kind: kind, colour: colour, cell: GridCell(x: x, y: y)))
  }

  private mutating func placeAgent(
    _ columns: Range<Int>, _ rows: Range<Int>, using random: inout RandomStream
  ) {
    start = freeCell(columns, rows, using: &random, besideStart: false)
    direction = random.integer(below: 4)
  }

  private var isLockedDoorAhead: Bool {
    let ahead = EgocentricLayout.place(of: start) + EgocentricLayout.offset(of: direction)
    return things.contains { $0.kind == .lockedDoor && EgocentricLayout.place(of: $0.cell) == ahead }
  }

  private func freeCell(using random: inout RandomStream) -> GridCell {
    freeCell(1..<layout.width - 1, 1..<layout.height - 1, using: &random)
  }

  /// A cell of floor where nothing is.
  private func freeCell(
    _ columns: Range<Int>, _ rows: Range<Int>, using random: inout RandomStream, besideStart: Bool = true
  ) -> GridCell {
    while true {
      let cell = GridCell(
        x: columns.lowerBound + random.integer(below: columns.count),
        y: rows.lowerBound + random.integer(below: rows.count))
      let isFree =
        layout[Int(cell.x), Int(cell.y)] == EgocentricTile.floor && !things.contains { $0.cell == cell }
      if isFree && (!besideStart || cell != start) { return cell }
    }
  }
}
