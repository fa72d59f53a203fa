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
    /// A room with four doors, one of which is wanted.
    case doors
  }

  /// Layouts and missions of one kind of building.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The kind of building.
    public var building = Building.doorKey
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
    try require("size", distribution.size, in: distribution.building.sizes)
    if distribution.leastSize != 0 {
      try require(
        "leastSize", distribution.leastSize, in: distribution.building.sizes.lowerBound...distribution.size)
    }
    for (key, size) in [("size", distribution.size), ("leastSize", distribution.leastSize)] {
      guard distribution.building.sizeStep == 1 || size == 0 || size % 2 == 1 else {
        throw InvalidParameter(key, "is \(size); \(distribution.building) needs an odd one")
      }
    }
    switch distribution.building {
    case .fetch: try require("count", distribution.count, in: 1...min(8, 2 * colourCount))
    case .keyCorridor: try require("count", distribution.count, in: 1...3)
    case .crossing, .lavaCrossing: try require("count", distribution.count, in: 1...distribution.size - 3)
    case .lockedRoom: try requireColours(6, for: distribution)
    case .doors: try requireColours(4, for: distribution)
    case .empty, .fourRooms, .doorKey, .memory: break
    }
    try distribution.share.validate("share")
    try distribution.share.validate("share", holdsOneOf: 1000) { random in
      newTask(from: distribution, using: &random).fingerprint
    }
  }

  private func requireColours(_ count: Int, for distribution: TaskDistribution) throws {
    guard colourCount >= count else {
      throw InvalidParameter(
        "building",
        "is \"\(distribution.building)\"; it needs \(count) colours, and colourCount is \(colourCount)")
    }
  }

  /// A task that the split has.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    while true {
      let task = newTask(from: distribution, using: &random)
      if distribution.share.isWhole || distribution.share.has(task.fingerprint) { return task }
    }
  }

  private func newTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let (least, step) = (distribution.leastSize, distribution.building.sizeStep)
    let size =
      least == 0
      ? distribution.size : least + step * random.integer(below: (distribution.size - least) / step + 1)
    var architect = EgocentricArchitect(
      building: distribution.building, size: size, count: distribution.count, colourCount: colourCount)
    return architect.task(using: &random)
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
