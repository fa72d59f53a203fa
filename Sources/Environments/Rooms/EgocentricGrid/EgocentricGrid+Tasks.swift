import Formats
import Randomness
import Simulation

extension EgocentricGrid {
  /// What layouts and missions are drawn from.
  public enum Building: String, Codable, Sendable, CaseIterable {
    /// A room with a goal somewhere.
    case empty
    /// Four rooms with a gap in each wall between them, a goal somewhere.
    case fourRooms
    /// Two rooms, a locked door between them, the key in the first, the goal in the corner of the second.
    case doorKey
    /// A corridor with rooms on both sides; behind a locked door is a ball to fetch, the key is across.
    case keyCorridor
    /// A hall with six rooms; the goal is in a locked one, the key in another.
    case lockedRoom
    /// A room with an object, a corridor, and at its end two ends: go to the one with the same object.
    case memory
    /// Walls with gaps on the way to the goal.
    case crossing
    /// Lava with gaps on the way to the goal.
    case lavaCrossing
    /// A room with objects, one of which is wanted.
    case fetch
    /// A room with four doors, one of which is wanted. Its sides are drawn from 5 to `size`.
    case doors
  }

  /// Layouts and missions of one kind of building.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The kind of building.
    public var building = Building.doorKey
    /// Kinds that tasks are drawn from as often as from `building`, in those of the sides that they can have. What a hard
    /// building asks for all at once is learnt a piece at a time in easier ones.
    public var otherBuildings: [Building] = []
    /// The side of the building, outer walls included; of `keyCorridor` that of a room.
    public var size = 8
    /// The least side, from which on all sides up to `size` that the building can have are equally likely; 0 for `size`
    /// alone. Where a goal is rarely found by chance, smaller buildings are where finding it is learnt.
    public var leastSize = 0
    /// How many objects `fetch`, crossings `crossing` and rows of rooms `keyCorridor` has.
    public var count = 3
    /// The part of all tasks that the split has, by the hash of a task.
    public var share = TaskShare()

    /// Behind a locked door.
    public init() {}
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    for building in distribution.buildings { try validate(distribution, building) }
    try distribution.share.validate("share")
    try distribution.share.validate("share", holdsOneOf: 1000) { random in
      newTask(from: distribution, using: &random).fingerprint
    }
  }

  private func validate(_ distribution: TaskDistribution, _ building: Building) throws {
    let (size, least, sizes) = (distribution.size, distribution.leastSize, building.sizes)
    if distribution.otherBuildings.isEmpty {
      try require("size", size, in: sizes)
      if least != 0 { try require("leastSize", least, in: sizes.lowerBound...size) }
      for (key, size) in [("size", size), ("leastSize", least)] {
        guard building.sizeStep == 1 || size == 0 || size % 2 == 1 else {
          throw InvalidParameter(key, "is \(size); \(building) needs an odd one")
        }
      }
    } else if distribution.sides(of: building).isEmpty {
      let all = least == 0 ? "\(size)" : "from \(least) to \(size)"
      throw InvalidParameter(
        "size", "is \(all); \(building) needs \(sizes.lowerBound) to \(sizes.upperBound)")
    }
    switch building {
    case .fetch: try require("count", distribution.count, in: 1...min(8, 2 * colourCount))
    case .keyCorridor: try require("count", distribution.count, in: 1...3)
    case .crossing, .lavaCrossing: try require("count", distribution.count, in: 1...distribution.size - 3)
    case .lockedRoom: try requireColours(6, for: building)
    case .doors: try requireColours(4, for: building)
    case .empty, .fourRooms, .doorKey, .memory: break
    }
  }

  private func requireColours(_ count: Int, for building: Building) throws {
    guard colourCount >= count else {
      throw InvalidParameter(
        "building", "is \"\(building)\"; it needs \(count) colours, and colourCount is \(colourCount)")
    }
  }

  /// A task that the split has.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    while true {
      let task = newTask(from: distribution, using: &random)
      if distribution.share.isWhole || distribution.share.holds(task.fingerprint) { return task }
    }
  }

  private func newTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let buildings = distribution.buildings
    let building = buildings.count == 1 ? buildings[0] : buildings[random.integer(below: buildings.count)]
    let sides = distribution.sides(of: building)
    let size = sides.count == 1 ? sides[0] : sides[random.integer(below: sides.count)]
    var architect = EgocentricArchitect(
      building: building, size: size, count: distribution.count, colourCount: colourCount)
    return architect.task(using: &random)
  }
}

extension EgocentricGrid.TaskDistribution {
  /// The kinds of buildings.
  var buildings: [EgocentricGrid.Building] { [building] + otherBuildings }

  /// The sides that a building may have, the least first.
  fileprivate func sides(of building: EgocentricGrid.Building) -> [Int] {
    let least = max(leastSize == 0 ? size : leastSize, building.sizes.lowerBound)
    let start = least + (building.sizeStep == 1 || least % 2 == 1 ? 0 : 1)
    return Array(stride(from: start, through: min(size, building.sizes.upperBound), by: building.sizeStep))
  }
}

extension EgocentricGrid.Building {
  /// How far a side is from the next one that such a building can have.
  fileprivate var sizeStep: Int {
    switch self {
    case .memory, .crossing, .lavaCrossing: 2
    case .empty, .fourRooms, .doorKey, .keyCorridor, .lockedRoom, .fetch, .doors: 1
    }
  }

  /// The sides that such a building can have.
  fileprivate var sizes: ClosedRange<Int> {
    switch self {
    case .empty, .doorKey, .fetch, .doors: 5...EgocentricLayout.limit
    case .fourRooms: 7...EgocentricLayout.limit
    case .keyCorridor: 3...7
    case .lockedRoom: 13...EgocentricLayout.limit
    case .memory: 7...EgocentricLayout.limit - 1
    case .crossing, .lavaCrossing: 5...EgocentricLayout.limit - 1
    }
  }
}

extension EgocentricGrid.Task {
  /// What tells a task from others.
  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    for number in [layout.width, layout.height, direction, mission.thing, mission.isStrict ? 1 : 0] {
      fingerprint.combine(number)
    }
    for y in 0..<layout.height {
      for x in 0..<layout.width { fingerprint.combine(Int(layout[x, y])) }
    }
    for cell in [start, mission.cell, mission.trap] { fingerprint.combine(EgocentricLayout.place(of: cell)) }
    fingerprint.combine(EgocentricGrid.Mission.Kind.allCases.firstIndex(of: mission.kind) ?? 0)
    for thing in things {
      fingerprint.combine(Int(thing.tile))
      fingerprint.combine(EgocentricLayout.place(of: thing.cell))
    }
    return fingerprint
  }
}
