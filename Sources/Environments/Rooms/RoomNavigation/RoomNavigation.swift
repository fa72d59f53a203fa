import Formats
import Randomness
import Scenes
import Simulation

/// Three rooms in a row with three goals that count in their order: each tells where the next one may be.
///
/// Rooms have 3 × 3 cells; corridors, one cell wide, join their middle rows.
///
/// - Observation: the cell, `discrete([9 + 2 · corridorLength, 3])`, from the left and from below.
/// - Action: `discrete([5])`: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left; walls block.
/// - Reward: `firstReward` where a move ends on the first goal; `secondReward` on the second, once the first was
///   reached in the episode; `thirdReward` on the third, once the second was; every time again, and else
///   `stepReward`.
/// - Ends: never; as published, an episode has 50 steps and is a trial. It starts in the middle.
/// - Task: the first goal is in a corner of the middle room, the second in a corner of the room on that side, the
///   third in another corner of the middle room.
/// - Source: Zintgraf et al., "Exploration in approximate hyper-state space for meta reinforcement learning",
///   ICML 2021; https://github.com/lmzintgraf/hyperx, `environments/navigation/rooms.py`.
/// - Differs: the published agent sees coordinates around the middle as numbers, here they are discrete.
public struct RoomNavigation: Environment, Hashable {
  /// The family's name in environment files.
  public static let name = "room-navigation"

  /// The cells of each corridor.
  public var corridorLength = 3
  /// The reward of a move that ends on the first goal.
  public var firstReward: Float = 1
  /// The reward of a move that ends on the second goal, once the first was reached.
  public var secondReward: Float = 10
  /// The reward of a move that ends on the third goal, once the second was reached.
  public var thirdReward: Float = 100
  /// The reward of every other move.
  public var stepReward: Float = -0.1

  /// A corner of a room.
  public enum Corner: String, Codable, Sendable, CaseIterable {
    /// At the left, below.
    case lowerLeft
    /// At the right, below.
    case lowerRight
    /// At the left, above.
    case upperLeft
    /// At the right, above.
    case upperRight

    /// Whether it is at the left.
    @inline(__always)
    public var isLeft: Bool { self == .lowerLeft || self == .upperLeft }
    /// Whether it is below.
    @inline(__always)
    public var isLower: Bool { self == .lowerLeft || self == .lowerRight }
  }

  /// Where the agent is, and what it has reached.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The agent's cell.
    public var cell: GridCell
    /// How many goals count already: 0 until the first was reached, 2 once the second was.
    public var stage: Int32 = 0

    /// The given cell, before any goal.
    public init(cell: GridCell) { self.cell = cell }
  }

  /// Where the goals are.
  public struct Task: Hashable, Codable, Sendable {
    /// The corner of the middle room with the first goal; the second is in the room at its side.
    public var first: Corner
    /// The corner of that room with the second goal.
    public var second: Corner
    /// The corner of the middle room with the third goal; not that of the first.
    public var third: Corner

    /// Goals in the given corners.
    public init(first: Corner, second: Corner, third: Corner) {
      self.first = first
      self.second = second
      self.third = third
    }
  }

  /// Every task with the first and the second goal in the given corners is equally likely.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The corners of the middle room that the first goal may be in.
    public var first = Corner.allCases
    /// The corners of a side room that the second goal may be in.
    public var second = Corner.allCases

    /// All corners.
    public init() {}
  }

  /// The published rooms.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("corridorLength", corridorLength, in: 1...100)
    try PointBounds.requireReward("stepReward", stepReward)
    for (key, reward) in [
      ("firstReward", firstReward), ("secondReward", secondReward), ("thirdReward", thirdReward),
    ] {
      try require(key, reward, above: stepReward)
      try PointBounds.requireReward(key, reward)
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    for (key, corners) in [("first", distribution.first), ("second", distribution.second)] {
      guard !corners.isEmpty else {
        throw InvalidParameter(key, "is empty; the goal must be in a corner")
      }
      guard Set(corners).count == corners.count else { throw InvalidParameter(key, "holds a corner twice") }
    }
  }

  /// The column and the row.
  public var observation: Space { .discrete([width, 3]) }
  /// Stay, up, right, down, left.
  public var action: Space { .discrete([5]) }
  /// The directions.
  public var actionNames: [String] { ["stay", "up", "right", "down", "left"] }

  @inline(__always)
  var width: Int { 9 + 2 * corridorLength }
  /// The left column of the middle room.
  @inline(__always)
  var middle: Int { 3 + corridorLength }
  /// The left column of the right room.
  @inline(__always)
  var right: Int { 6 + 2 * corridorLength }
  /// Where episodes start.
  @inline(__always)
  var start: GridCell { GridCell(x: middle + 1, y: 1) }

  /// The rooms and corridors as a grid.
  var grid: Grid {
    let corridor = String(repeating: "#", count: corridorLength)
    let row = "..." + corridor + "..." + corridor + "..."
    let map = GridMap([row, String(repeating: ".", count: width), row])
    return Grid(width: width, height: 3, map: map)
  }

  /// The cell of a corner of the room whose left column is `x`.
  @inline(__always)
  func cell(of corner: Corner, ofRoomAt x: Int) -> GridCell {
    GridCell(x: x + (corner.isLeft ? 0 : 2), y: corner.isLower ? 0 : 2)
  }

  /// The cells of the three goals.
  @inline(__always)
  func goals(of task: Task) -> (GridCell, GridCell, GridCell) {
    (
      cell(of: task.first, ofRoomAt: middle),
      cell(of: task.second, ofRoomAt: task.first.isLeft ? 0 : right),
      cell(of: task.third, ofRoomAt: middle)
    )
  }

  /// Every combination of corners.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    distribution.first.flatMap { first in
      distribution.second.flatMap { second in
        Corner.allCases.filter { $0 != first }.map { Task(first: first, second: second, third: $0) }
      }
    }
  }

  /// A combination of corners.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let first = distribution.first[random.integer(below: distribution.first.count)]
    let second = distribution.second[random.integer(below: distribution.second.count)]
    var third = Corner.allCases[random.integer(below: 3)]
    if third == first { third = .upperRight }
    return Task(first: first, second: second, third: third)
  }

  /// The middle.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State(cell: start) }

  /// Moves one cell unless a wall blocks.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.cell = cell(from: state.cell, taking: choice(action[0], below: 5))
    let goals = goals(of: task)
    if state.cell == goals.0 {
      state.stage = max(state.stage, 1)
      return Outcome(reward: firstReward)
    }
    if state.stage > 0 && state.cell == goals.1 {
      state.stage = 2
      return Outcome(reward: secondReward)
    }
    return Outcome(reward: state.stage == 2 && state.cell == goals.2 ? thirdReward : stepReward)
  }

  /// The cell that a move leads to, 0 for staying.
  @inline(__always)
  func cell(from cell: GridCell, taking move: Int) -> GridCell {
    let x = Int(cell.x) + (move == 2 ? 1 : 0) - (move == 4 ? 1 : 0)
    let y = Int(cell.y) + (move == 1 ? 1 : 0) - (move == 3 ? 1 : 0)
    let isInside = x >= 0 && x < width && y >= 0 && y < 3
    let isCorridor = (x >= 3 && x < middle) || (x >= middle + 3 && x < right)
    return isInside && (y == 1 || !isCorridor) ? GridCell(x: x, y: y) : cell
  }

  /// Writes the column and the row.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.cell.x)
    observation[1] = Float(state.cell.y)
  }

  /// Draws the rooms, the goals with their numbers, and the agent; goals that do not count yet are faint.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.grid(grid)
    let goals = goals(of: task)
    for (index, goal) in [goals.0, goals.1, goals.2].enumerated() {
      let counts = index <= Int(state.stage)
      scene.rectangle(.cell(x: Int(goal.x), y: Int(goal.y)), counts ? .goal : .object, .tinted)
      scene.text("\(index + 1)", at: .cell(x: Int(goal.x), y: Int(goal.y)), height: 0.4)
    }
    scene.agent(at: .cell(x: Int(state.cell.x), y: Int(state.cell.y)), radius: 0.26)
  }

  /// Moves the third goal to the touched corner of the middle room, or the second to that of its room.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    var touched = task
    let cell = GridCell(x: Int(point.x.rounded(.down)), y: Int(point.y.rounded(.down)))
    for corner in Corner.allCases {
      if cell == self.cell(of: corner, ofRoomAt: middle) && corner != task.first { touched.third = corner }
      if cell == self.cell(of: corner, ofRoomAt: task.first.isLeft ? 0 : right) { touched.second = corner }
    }
    return touched == task ? nil : touched
  }

  /// Every cell, before any goal.
  public func landmarks(in task: Task) -> [State] { grid.freeCells.map { State(cell: $0) } }
}
