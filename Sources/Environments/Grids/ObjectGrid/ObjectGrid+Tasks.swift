import Formats
import Foundation
import Randomness
import Simulation

extension ObjectGrid {
  /// A law of grids. What has a lower and an upper bound is drawn between them: rewards uniformly, the others
  /// uniformly in the logarithm, each type for itself.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The least side of the grid; the side is uniform up to `greatestSide`.
    public var leastSide = 11
    /// The greatest side of the grid.
    public var greatestSide = 11
    /// How many cells are drawn as walls in a square of `greatestSide`, of which smaller grids have a part.
    public var wallCount = 0
    /// The type of each object.
    public var types = [0, 0, 1, 2]
    /// The least number of objects, the first of `types`; the number is uniform up to `types.count`. 0 for all.
    public var leastObjectCount = 0
    /// The least reward of each type.
    public var leastReward: [Float] = [1, -1, -1]
    /// The greatest reward of each type.
    public var greatestReward: [Float] = [1, -1, -1]
    /// The least probability of each type to end the episode.
    public var leastTermination: [Float] = [0, 0.5, 0]
    /// The greatest probability of each type to end the episode.
    public var greatestTermination: [Float] = [0, 0.5, 0]
    /// The least probability of each type to come back.
    public var leastRespawn: [Float] = [0.05, 0.1, 0.5]
    /// The greatest probability of each type to come back.
    public var greatestRespawn: [Float] = [0.05, 0.1, 0.5]
    /// The least time limit of a task; 0 for no limit but the horizon.
    public var leastTimeLimit = 0
    /// The greatest time limit of a task.
    public var greatestTimeLimit = 0
    /// The part of all tasks that the split has, by the hash of a task.
    public var share = TaskShare()

    /// The mode `dense`.
    public init() {}
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try validateCounts(distribution)
    let typeCount = distribution.leastReward.count
    let arrays: [(String, [Float])] = [
      ("leastReward", distribution.leastReward), ("greatestReward", distribution.greatestReward),
      ("leastTermination", distribution.leastTermination),
      ("greatestTermination", distribution.greatestTermination),
      ("leastRespawn", distribution.leastRespawn), ("greatestRespawn", distribution.greatestRespawn),
    ]
    for (key, values) in arrays {
      guard values.count == typeCount, typeCount > 0 else {
        throw InvalidParameter(
          key, "has \(values.count) numbers; one for each type is needed, as many as in leastReward")
      }
      if key.hasSuffix("Reward") {
        for value in values { try require(key, isFinite: value) }
      } else {
        try requireProbabilities(key, values)
      }
    }
    for (index, (least, greatest)) in zip(arrays, arrays.dropFirst()).enumerated() where index % 2 == 0 {
      for (low, high) in zip(least.1, greatest.1) {
        guard high >= low else {
          throw InvalidParameter(greatest.0, "holds \(high); at least \(low), as in \(least.0), is needed")
        }
        guard low > 0 || high == low || least.0 == "leastReward" else {
          throw InvalidParameter(least.0, "holds \(low); what is drawn from its logarithm is above 0")
        }
      }
    }
    for type in distribution.types where !(0..<typeCount).contains(type) {
      throw InvalidParameter("types", "holds \(type); numbers from 0 to \(typeCount - 1) are needed")
    }
    try distribution.share.validate("share")
    try distribution.share.validate("share", holdsOneOf: 1000) { random in
      fingerprint(of: newTask(from: distribution, using: &random))
    }
  }

  private func validateCounts(_ distribution: TaskDistribution) throws {
    try require("greatestSide", distribution.greatestSide, in: 2...size)
    try require("leastSide", distribution.leastSide, in: 2...distribution.greatestSide)
    if !map.isEmpty && distribution.leastSide < size {
      throw InvalidParameter("leastSide", "is \(distribution.leastSide); with a map it is \(size)")
    }
    try require("types", distribution.types.count, in: 1...objectCount)
    try require("leastObjectCount", distribution.leastObjectCount, in: 0...distribution.types.count)
    // Objects that come back need a cell besides the agent's and those of all objects.
    let side = distribution.leastSide
    let free = map.isEmpty ? side * side : map.letters.count { $0 != GridMap.wall }
    guard free >= 2 + 2 * distribution.types.count else {
      throw InvalidParameter(
        "leastSide", "is \(side); there is no room for \(distribution.types.count) objects")
    }
    let half = distribution.greatestSide * distribution.greatestSide / 2
    try require("wallCount", distribution.wallCount, in: 0...(map.isEmpty ? half : 0))
    try require("leastTimeLimit", distribution.leastTimeLimit, in: 0...1_000_000)
    try require(
      "greatestTimeLimit", distribution.greatestTimeLimit, in: distribution.leastTimeLimit...1_000_000)
    guard distribution.leastTimeLimit > 0 || distribution.greatestTimeLimit == 0 else {
      throw InvalidParameter("leastTimeLimit", "is 0; at least 1 is needed below a greatest time limit")
    }
  }

  /// A grid that the split has.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    while true {
      let task = newTask(from: distribution, using: &random)
      if distribution.share.isWhole || distribution.share.holds(fingerprint(of: task)) { return task }
    }
  }

  /// What tells a task from others. Probabilities and rewards count to six digits, so that no rounding of the
  /// machine moves a task from one split to another.
  private func fingerprint(of task: Task) -> Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.combine(task.side)
    fingerprint.combine(place(of: task.start))
    fingerprint.combine(task.timeLimit)
    for row in task.walls { fingerprint.combine(Int(row)) }
    for object in task.objects {
      fingerprint.combine(object.type)
      fingerprint.combine(place(of: object.cell))
      for value in [object.reward, object.termination, object.respawn] {
        fingerprint.combine(Int((value * 1e6).rounded()))
      }
    }
    return fingerprint
  }

  private func newTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let side =
      distribution.leastSide
      + random.integer(below: distribution.greatestSide - distribution.leastSide + 1)
    var task = Task(
      side: side, start: GridCell(x: 0, y: 0), walls: walls(distribution, side: side, using: &random),
      objects: objects(distribution, using: &random),
      timeLimit: Self.timeLimit(distribution, using: &random))
    var taken: [GridCell] = []
    for index in 0...(showsObjects ? 0 : task.objects.count) {
      let cell = freeCell(of: task, besides: taken, using: &random)
      taken.append(cell)
      if index == 0 { task.start = cell } else { task.objects[index - 1].cell = cell }
    }
    return task
  }

  private func freeCell(
    of task: Task, besides taken: [GridCell], using random: inout RandomStream
  ) -> GridCell {
    while true {
      let cell = GridCell(x: random.integer(below: task.side), y: random.integer(below: task.side))
      if !task.isWall(x: Int(cell.x), y: Int(cell.y)) && !taken.contains(cell) { return cell }
    }
  }

  /// The walls of the map, or different cells drawn as walls, some of them beyond the sides of a small grid; drawn
  /// again where they leave no room.
  private func walls(
    _ distribution: TaskDistribution, side: Int, using random: inout RandomStream
  ) -> [UInt16] {
    guard map.isEmpty else {
      return (0..<side).map { y in
        (0..<side).reduce(0) { map.isWall(x: $1, y: y) ? $0 | 1 << UInt16($1) : $0 }
      }
    }
    while true {
      let rows = drawnWalls(distribution, side: side, using: &random)
      let wallCount = rows.reduce(0) { $0 + $1.nonzeroBitCount }
      if side * side - wallCount >= 2 + distribution.types.count { return rows }
    }
  }

  private func drawnWalls(
    _ distribution: TaskDistribution, side: Int, using random: inout RandomStream
  ) -> [UInt16] {
    var rows = Array(repeating: UInt16(0), count: side)
    var drawn: Set<Int> = []
    while drawn.count < distribution.wallCount {
      let cell = random.integer(below: distribution.greatestSide * distribution.greatestSide)
      guard drawn.insert(cell).inserted else { continue }
      let (y, x) = cell.quotientAndRemainder(dividingBy: distribution.greatestSide)
      if x < side && y < side { rows[y] |= 1 << UInt16(x) }
    }
    return rows
  }

  private func objects(_ distribution: TaskDistribution, using random: inout RandomStream) -> [Object] {
    let kinds = distribution.leastReward.indices.map { type in
      Object(
        type: type, cell: GridCell(x: 0, y: 0),
        reward: random.uniform(
          from: distribution.leastReward[type], to: distribution.greatestReward[type]),
        termination: Self.logUniform(
          distribution.leastTermination[type], distribution.greatestTermination[type], using: &random),
        respawn: Self.logUniform(
          distribution.leastRespawn[type], distribution.greatestRespawn[type], using: &random))
    }
    let most = distribution.types.count
    let least = distribution.leastObjectCount == 0 ? most : distribution.leastObjectCount
    let count = least + random.integer(below: most - least + 1)
    return distribution.types.prefix(count).map { kinds[$0] }
  }

  private static func timeLimit(
    _ distribution: TaskDistribution, using random: inout RandomStream
  ) -> Int {
    guard distribution.greatestTimeLimit > 0 else { return 0 }
    let limit = logUniform(
      Float(distribution.leastTimeLimit), Float(distribution.greatestTimeLimit), using: &random)
    return Int(limit.rounded())
  }

  private static func logUniform(
    _ lower: Float, _ upper: Float, using random: inout RandomStream
  ) -> Float {
    guard lower < upper else { return lower }
    return min(upper, lower * expf(random.uniform() * logf(upper / lower)))
  }
}
