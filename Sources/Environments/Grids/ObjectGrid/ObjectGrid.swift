import Formats
import Randomness
import Scenes
import Simulation

/// An agent on a grid collects objects of several types, which pay or cost, may end the episode, and may come
/// back.
///
/// - Observation: the agent's cell, row by row from below, and of each object whether it exists:
///   `discrete([size², 2, …])`. With `showsObjects` instead where each object is, 0 for nowhere, else one more than
///   its cell: `discrete([size², size² + 1, …])`.
/// - Action: `discrete([5])`: 0 goes up (+y), 1 down, 2 left, 3 right, 4 stays; walls block.
/// - Reward: that of the object whose cell the move ends on, where it existed before the move; else 0.
/// - Ends: with the object's probability of termination when it is collected; at the task's time limit, where it
///   has one.
/// - Task: side, walls, start, and of each object the cell, the reward and the probabilities of ending the episode
///   and of coming back, each time step, once it is collected. With `showsObjects` cells are drawn anew in every
///   episode and whenever an object comes back, and are no part of the task.
/// - Source: Oh et al., "Discovering reinforcement learning algorithms", NeurIPS 2020, appendix; the constants and
///   the drawn distributions of https://github.com/EmptyJackson/groove, `environments/gridworld`.
/// - Differs: published tabular observations are one-hot over cell × existence of all objects; here the factors
///   are observed one by one, which says the same in fewer numbers. Published observations have the time too.
///   Published planes, one a type, are here one number an object. There, objects that come back anywhere may do
///   so inside walls, because a mask is used as a list of cells; here they cannot. A drawn time limit terminates.
public struct ObjectGrid: Environment {
  /// The family's name in environment files.
  public static let name = "object-grid"

  /// The greatest side of the grid, up to 15.
  public var size = 11
  /// The greatest number of objects, up to 8.
  public var objectCount = 4
  /// Fixed walls, `#`, on a square of `size`; empty for none, or for walls that tasks draw.
  public var map = GridMap()
  /// Whether the agent sees where objects are, which then come back anywhere; else it sees which ones exist, and
  /// they come back where they were.
  public var showsObjects = false

  /// What changes within an episode.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The agent's column.
    public var x: Int32
    /// The agent's row, from below.
    public var y: Int32
    /// The time steps since the start.
    public var time: Int32 = 0
    /// Which objects exist, one bit each.
    public var existing: UInt32
    /// The cell of each object, row by row; it remains while the object does not exist.
    public var places: SIMD8<UInt8>

    /// The start of an episode with all objects at `places`.
    init(_ start: GridCell, objectCount: Int, places: SIMD8<UInt8>) {
      (x, y, self.places) = (start.x, start.y, places)
      existing = (1 << UInt32(objectCount)) - 1
    }
  }

  /// One grid with its objects.
  public struct Task: Hashable, Codable, Sendable {
    /// The side of the grid.
    public var side: Int
    /// Where episodes start.
    public var start: GridCell
    /// The walls of each row from below, bit x for column x.
    public var walls: [UInt16]
    /// The objects.
    public var objects: [Object]
    /// The time step at which an episode ends, or 0 for none.
    public var timeLimit: Int

    /// A grid.
    public init(side: Int, start: GridCell, walls: [UInt16], objects: [Object], timeLimit: Int = 0) {
      (self.side, self.start, self.walls) = (side, start, walls)
      (self.objects, self.timeLimit) = (objects, timeLimit)
    }
  }

  /// One object, with what its type stands for.
  public struct Object: Hashable, Codable, Sendable {
    /// The number of its type.
    public var type: Int
    /// Its cell; (0, 0) where it may be anywhere.
    public var cell: GridCell
    /// The reward of collecting it.
    public var reward: Float
    /// The probability that this ends the episode.
    public var termination: Float
    /// The probability of coming back, at each time step after that of its collection.
    public var respawn: Float

    /// An object.
    public init(type: Int = 0, cell: GridCell, reward: Float, termination: Float = 0, respawn: Float = 0) {
      (self.type, self.cell, self.reward) = (type, cell, reward)
      (self.termination, self.respawn) = (termination, respawn)
    }
  }

  /// The grid of the mode `dense`.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("size", size, in: 2...15)
    try require("objectCount", objectCount, in: 1...8)
    guard map.isEmpty || (map.width == size && map.height == size) else {
      throw InvalidParameter("map", "is \(map.width) by \(map.height); a square of \(size) is needed")
    }
    if !map.isEmpty { try map.validate("map") }
  }

  /// The agent's cell, and whether or where objects are.
  public var observation: Space {
    let one = showsObjects ? size * size + 1 : 2
    return .discrete([size * size] + Array(repeating: one, count: objectCount))
  }
  /// Where objects are, where that is seen.
  public var observationMap: ObservationMap? {
    showsObjects ? ObservationMap(columns: size, rows: size, kind: .places) : nil
  }

  /// Up, down, left, right, stay.
  public var action: Space { .discrete([5]) }
  /// The directions.
  public var actionNames: [String] { ["up", "down", "left", "right", "stay"] }

  /// The start is a part of the task, and seen.
  public var disclosure: String? { "the start and the number of objects are seen, what objects pay is not" }

  /// Nil: tasks are drawn.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// The start, with all objects where they are, or anywhere.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    var state = State(task.start, objectCount: task.objects.count, places: SIMD8(repeating: .max))
    for index in task.objects.indices {
      state.places[index] =
        showsObjects
        ? vacantPlace(in: task, beside: state, using: &random)
        : UInt8(truncatingIfNeeded: place(of: task.objects[index].cell))
    }
    return state
  }

  /// A cell, uniform over those without a wall, the agent or the cell of an object.
  private func vacantPlace(in task: Task, beside state: State, using random: inout RandomStream) -> UInt8 {
    while true {
      let (x, y) = (random.integer(below: task.side), random.integer(below: task.side))
      let place = UInt8(truncatingIfNeeded: y * size + x)
      let isTaken = x == Int(state.x) && y == Int(state.y) || any(state.places .== place)
      if !isTaken && !task.isWall(x: x, y: y) { return place }
    }
  }

  func place(of cell: GridCell) -> Int { Int(cell.y) * size + Int(cell.x) }

  /// Moves, collects what was there, and lets objects come back.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let (x, y) = task.cell(from: (Int(state.x), Int(state.y)), taking: choice(action[0], below: 5))
    (state.x, state.y) = (Int32(x), Int32(y))
    state.time += 1
    var outcome = Outcome(reward: 0, isTerminated: Int(state.time) == task.timeLimit)
    let (before, here) = (state.existing, UInt8(truncatingIfNeeded: y * size + x))
    let objects = task.objects.span
    for index in objects.indices {
      if before >> UInt32(index) & 1 == 1 {
        guard state.places[index] == here else { continue }
        state.existing &= ~(1 << UInt32(index))
        outcome.reward += objects[index].reward
        let chance = objects[index].termination
        if chance > 0 && random.uniform() < chance { outcome.isTerminated = true }
      } else if objects[index].respawn > 0 && random.uniform() < objects[index].respawn {
        state.existing |= 1 << UInt32(index)
        if showsObjects { state.places[index] = vacantPlace(in: task, beside: state, using: &random) }
      }
    }
    return outcome
  }

  /// Writes the agent's cell, and whether or where objects are.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(Int(state.y) * size + Int(state.x))
    for index in 0..<objectCount {
      let exists = state.existing >> UInt32(index) & 1 == 1
      observation[1 + index] = !exists ? 0 : showsObjects ? 1 + Float(state.places[index]) : 1
    }
  }

  /// Draws the grid, its walls, and the objects: what pays as goals, what costs as hazards, larger for more, and
  /// as a ring what does not exist at the moment.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: task.side, rowCount: task.side)
    for y in 0..<task.side {
      for x in 0..<task.side where task.isWall(x: x, y: y) { scene.rectangle(.cell(x: x, y: y), .wall) }
    }
    for (index, object) in task.objects.enumerated() {
      let exists = state.existing >> UInt32(index) & 1 == 1
      if !exists && showsObjects { continue }
      let (y, x) = Int(state.places[index]).quotientAndRemainder(dividingBy: size)
      scene.circle(
        at: .cell(x: x, y: y), radius: 0.2 + 0.24 * min(abs(object.reward), 1),
        object.reward > 0 ? .goal : .hazard, exists ? .tinted : .outlined)
    }
    scene.agent(at: .cell(x: Int(state.x), y: Int(state.y)), radius: 0.2)
  }

  /// Moves the object nearest to the touched cell there, or the start where objects are anywhere; nil in walls.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let side = Float(task.side)
    guard point.x >= 0 && point.y >= 0 && point.x < side && point.y < side else { return nil }
    let cell = GridCell(x: Int(point.x), y: Int(point.y))
    guard !task.isWall(x: Int(cell.x), y: Int(cell.y)) else { return nil }
    var touched = task
    if showsObjects {
      touched.start = cell
      return touched
    }
    func distance(_ object: Object) -> Int32 { abs(object.cell.x - cell.x) + abs(object.cell.y - cell.y) }
    let nearest = task.objects.indices.min { distance(task.objects[$0]) < distance(task.objects[$1]) }
    guard let nearest, cell != task.start else { return nil }
    touched.objects[nearest].cell = cell
    return touched
  }

  /// Every free cell with all objects, where these stay.
  public func landmarks(in task: Task) -> [State] {
    guard !showsObjects else { return [] }
    var random = RandomKey(seed: 0).stream()
    let start = initialState(of: task, using: &random)
    return task.freeCells.map { cell in
      var state = start
      (state.x, state.y) = (cell.x, cell.y)
      return state
    }
  }
}

extension ObjectGrid.Task {
  /// Whether there is a wall in the cell.
  @inline(__always)
  func isWall(x: Int, y: Int) -> Bool { walls[y] >> UInt16(x) & 1 == 1 }

  /// The cell that a move leads to: 0 up, 1 down, 2 left, 3 right, 4 stays; walls block.
  @inline(__always)
  func cell(from cell: (x: Int, y: Int), taking move: Int) -> (x: Int, y: Int) {
    let x = max(0, min(side &- 1, cell.x &+ Int(shift(of: move, in: 0x185))))
    let y = max(0, min(side &- 1, cell.y &+ Int(shift(of: move, in: 0x152))))
    return isWall(x: x, y: y) ? cell : (x, y)
  }

  /// The cells without a wall, row by row from below.
  var freeCells: [GridCell] {
    (0..<side * side).map { GridCell(x: $0 % side, y: $0 / side) }
      .filter { !isWall(x: Int($0.x), y: Int($0.y)) }
  }
}
