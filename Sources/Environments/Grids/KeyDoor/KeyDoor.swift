import Formats
import Randomness
import Scenes
import Simulation

/// An agent in a dark room looks for a key, and with it for a door; it sees neither.
///
/// - Observation: the number of the cell, row by row from below, `discrete([width · height])`; with `showsKey`
///   followed by whether the agent has the key, `discrete([width · height, 2])`.
/// - Action: `discrete([5])`: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left; walls block.
/// - Reward: 1 where a move first ends on the key, and 1 where with the key it ends on the door; else 0.
/// - Ends: on the door with the key. Episodes start in a cell drawn uniformly, and as published have 50 steps.
///   With `keepsStart` all episodes of a task start in the same cell.
/// - Task: the cells of key and door, which differ, and with `keepsStart` the cell where its episodes start.
/// - Source: Laskin et al., "In-context reinforcement learning with algorithm distillation", ICLR 2023, Dark
///   Key-to-Door; https://github.com/corl-team/ad-eps. With `showsKey`: RoomKeyDoor of
///   https://github.com/UT-Austin-RPL/amago, `envs/builtin/toy_gym.py`.
/// - Differs: one published version draws two pairs where it needs two cells, and cannot be solved. In RoomKeyDoor key
///   and door may be in the same cell.
public struct KeyDoor: Environment {
  /// The family's name in environment files.
  public static let name = "key-door"

  /// The number of columns.
  public var width = 9
  /// The number of rows.
  public var height = 9
  /// Whether the agent sees if it has the key.
  public var showsKey = false
  /// Whether all episodes of a task start in the same cell, as in RoomKeyDoor.
  public var keepsStart = false

  /// Where the agent is, and whether it has the key.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The agent's cell.
    public var cell: GridCell
    /// Whether the key was found.
    public var hasKey = false

    /// The given cell, without the key.
    public init(cell: GridCell) { self.cell = cell }
  }

  /// Where key and door are.
  public struct Task: Hashable, Codable, Sendable {
    /// The key's cell.
    public var key: GridCell
    /// The door's cell.
    public var door: GridCell
    /// The cell where every episode starts; nil where it is drawn for each.
    public var start: GridCell?

    /// The task of finding `key`, then `door`.
    public init(key: GridCell, door: GridCell, start: GridCell? = nil) {
      (self.key, self.door, self.start) = (key, door, start)
    }
  }

  /// Key and door are uniform over a part of all pairs of different cells.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The part of the pairs that the split has.
    public var share = TaskShare()

    /// All pairs.
    public init() {}
  }

  /// The published room.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("width", width, in: 1...64)
    try require("height", height, in: 1...64)
    guard width * height > 1 else {
      throw InvalidParameter("width", "is 1, and height too; key and door need two cells")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try distribution.share.validate("share")
    guard distribution.share.isWhole || width * height <= Self.pairedCellLimit else {
      throw InvalidParameter(
        "share", "is a part; of a grid with more than \(Self.pairedCellLimit) cells there is none")
    }
    guard distribution.share.isWhole || !distribution.share.members(of: pairs).isEmpty else {
      throw InvalidParameter("share", "holds no pair of cells; at least one is needed")
    }
  }

  /// The most cells of which all pairs are listed.
  private static let pairedCellLimit = 100

  /// The cell, and whether there is a key.
  public var observation: Space { .discrete(showsKey ? [width * height, 2] : [width * height]) }
  /// Stay, up, right, down, left.
  public var action: Space { .discrete([5]) }
  /// The directions.
  public var actionNames: [String] { ["stay", "up", "right", "down", "left"] }

  /// The start, where a task has one.
  public var disclosure: String? {
    keepsStart ? "the start, which is part of the task and tells nothing of the rest" : nil
  }

  /// Every pair of the split; nil for grids of more than 100 cells, and where each pair comes with any start.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    guard width * height <= Self.pairedCellLimit && !keepsStart else { return nil }
    return distribution.share.members(of: pairs).map(task)
  }

  /// A pair uniform over those of the split.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    var task = samplePair(from: distribution, using: &random)
    if keepsStart { task.start = cell(using: &random) }
    return task
  }

  private func samplePair(
    from distribution: TaskDistribution, using random: inout RandomStream
  ) -> Task {
    let pairCount = width * height * (width * height - 1)
    guard !distribution.share.isWhole else { return task(ofPair: random.integer(below: pairCount)) }
    let members = distribution.share.members(of: pairs)
    return task(ofPair: members[random.integer(below: members.count)])
  }

  private func cell(using random: inout RandomStream) -> GridCell {
    GridCell(x: random.integer(below: width), y: random.integer(below: height))
  }

  private var pairs: [Int] { Array(0..<width * height * (width * height - 1)) }

  private func task(ofPair pair: Int) -> Task {
    let (key, other) = pair.quotientAndRemainder(dividingBy: width * height - 1)
    return Task(key: grid.cell(at: key), door: grid.cell(at: other < key ? other : other + 1))
  }

  var grid: Grid { Grid(width: width, height: height, map: GridMap()) }

  /// The start, or a cell drawn uniformly, without the key.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(cell: task.start ?? cell(using: &random))
  }

  /// Moves, and takes the key or opens the door.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.cell.go(choice(action[0], below: 5), width: width, height: height)
    let isThere = state.cell.sameness(with: state.hasKey ? task.door : task.key)
    let isOpen = state.hasKey && isThere != 0
    state.hasKey = state.hasKey || isThere != 0
    return Outcome(reward: select(isThere, 1, 0), isTerminated: isOpen)
  }

  /// Writes the number of the cell, and if it is shown whether there is a key.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(Int(state.cell.y) * width + Int(state.cell.x))
    if showsKey { observation[1] = state.hasKey ? 1 : 0 }
  }

  /// Draws the room, the key until it is found, the door and the agent.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: width, rowCount: height)
    scene.rectangle(.cell(x: Int(task.door.x), y: Int(task.door.y)), .goal, .tinted)
    if !state.hasKey {
      scene.circle(at: .cell(x: Int(task.key.x), y: Int(task.key.y)), radius: 0.18, .object, .tinted)
    }
    scene.agent(at: .cell(x: Int(state.cell.x), y: Int(state.cell.y)), radius: 0.26)
  }

  /// Moves the door to the touched cell, unless the key is there.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    guard point.x >= 0 && point.y >= 0 && point.x < Float(width) && point.y < Float(height) else {
      return nil
    }
    let cell = GridCell(x: Int(point.x), y: Int(point.y))
    return cell == task.key ? nil : Task(key: task.key, door: cell, start: task.start)
  }
}
