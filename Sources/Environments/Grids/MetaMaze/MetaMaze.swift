import Formats
import Randomness
import Scenes
import Simulation

/// A maze of pillars in which an agent that sees only the walls around it looks for a goal, again and again.
///
/// Every second cell of every second row is a pillar. On the goal the agent is moved to another cell and the episode
/// goes on, so that who remembers where the goal is can come back for more, if it finds out where it is itself.
///
/// - Observation: whether each cell of the square around the agent is a wall, row by row from below,
///   `discrete([2, …])`, `sight²` numbers.
/// - Action: `discrete([4])`: 0 goes up (+y), 1 right (+x), 2 down, 3 left; walls block.
/// - Reward: `goalReward` where a move ends on the goal; `wallReward` where a wall blocks it; else 0.
/// - Ends: never; as published, an episode has 200 steps and is a trial. It starts in the middle; from the goal the
///   agent is moved to an open cell drawn uniformly.
/// - Task: the goal, one of the open cells.
/// - Source: https://github.com/RobertTLange/gymnax, `environments/misc/meta_maze.py`, after Miconi et al.,
///   "Backpropamine: training self-modifying neural networks with differentiable neuromodulated plasticity", ICLR 2019.
/// - Differs: the published episode ends where the agent happens to be moved onto the goal, because it looks for the
///   goal after it moved the agent. The previous action, the reward and the time are no observations here: agents
///   have them anyway, but for the time.
public struct MetaMaze: Environment, Hashable {
  /// The family's name in environment files.
  public static let name = "meta-maze"

  /// The columns and rows, an odd number.
  public var size = 9
  /// The columns and rows of what is seen, an odd number.
  public var sight = 3
  /// The reward of a move that ends on the goal.
  public var goalReward: Float = 10
  /// The reward of a move that a wall blocks.
  public var wallReward: Float = 0

  /// Where the agent is.
  public typealias State = GridCell

  /// Where the goal is.
  public struct Task: Hashable, Codable, Sendable {
    /// The goal's cell.
    public var goal: GridCell

    /// The task of finding `goal`.
    public init(goal: GridCell) { self.goal = goal }
  }

  /// The goal is uniform over a part of the open cells.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The part of the open cells that the split has.
    public var share = TaskShare()

    /// All open cells.
    public init() {}
  }

  /// The published maze.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("size", size, in: 3...15)
    try require("sight", sight, in: 3...size)
    for (key, value) in [("size", size), ("sight", sight)] where value % 2 == 0 {
      throw InvalidParameter(key, "is \(value); an odd number is needed")
    }
    try require("wallReward", isFinite: wallReward)
    try require("goalReward", goalReward, above: abs(wallReward))
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try distribution.share.validate("share")
    guard !distribution.share.members(of: openCells).isEmpty else {
      throw InvalidParameter("share", "holds no cell; at least one is needed")
    }
  }

  /// Walls and open cells.
  public var observation: Space { .discrete(Array(repeating: 2, count: sight * sight)) }
  /// Up, right, down, left.
  public var action: Space { .discrete([4]) }
  /// The directions.
  public var actionNames: [String] { ["up", "right", "down", "left"] }

  @inline(__always)
  func isOpen(x: Int, y: Int) -> Bool {
    x >= 0 && y >= 0 && x < size && y < size && (x & y & 1) == 0
  }

  /// The open cells, row by row from below.
  var openCells: [GridCell] {
    (0..<size * size).filter { isOpen(x: $0 % size, y: $0 / size) }
      .map { GridCell(x: $0 % size, y: $0 / size) }
  }

  /// Where episodes start.
  var start: GridCell { GridCell(x: (size / 2) & ~1, y: size / 2) }

  /// One task for each open cell of the split.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    distribution.share.members(of: openCells).map(Task.init)
  }

  /// A goal uniform over the open cells of the split.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    guard !distribution.share.isWhole else { return Task(goal: openCell(using: &random)) }
    let cells = distribution.share.members(of: openCells)
    return Task(goal: cells[random.integer(below: cells.count)])
  }

  @inline(__always)
  private func openCell(using random: inout RandomStream) -> GridCell {
    while true {
      let (x, y) = (random.integer(below: size), random.integer(below: size))
      if (x & y & 1) == 0 { return GridCell(x: x, y: y) }
    }
  }

  /// The middle.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { start }

  /// Moves, and from the goal to an open cell.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let next = cell(from: state, taking: choice(action[0], below: 4))
    let isBlocked = next == state
    state = next
    // Looked at before the agent is moved, so that being moved onto the goal is nothing.
    guard state == task.goal else { return Outcome(reward: isBlocked ? wallReward : 0) }
    state = openCell(using: &random)
    return Outcome(reward: goalReward + (isBlocked ? wallReward : 0))
  }

  /// The cell that a move leads to.
  @inline(__always)
  func cell(from cell: GridCell, taking move: Int) -> GridCell {
    let x = Int(cell.x) + (move == 1 ? 1 : 0) - (move == 3 ? 1 : 0)
    let y = Int(cell.y) + (move == 0 ? 1 : 0) - (move == 2 ? 1 : 0)
    return isOpen(x: x, y: y) ? GridCell(x: x, y: y) : cell
  }

  /// Writes which of the cells around are walls.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    let reach = sight / 2
    var index = 0
    for y in Int(state.y) - reach...Int(state.y) + reach {
      for x in Int(state.x) - reach...Int(state.x) + reach {
        observation[index] = isOpen(x: x, y: y) ? 0 : 1
        index += 1
      }
    }
  }

  /// Draws the maze, the goal, the agent and what it sees.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: size, rowCount: size)
    for y in 0..<size {
      for x in 0..<size where !isOpen(x: x, y: y) { scene.rectangle(.cell(x: x, y: y), .wall) }
    }
    scene.rectangle(.cell(x: Int(task.goal.x), y: Int(task.goal.y)), .goal, .tinted)
    let place = Scene.Point.cell(x: Int(state.x), y: Int(state.y))
    scene.rectangle(Scene.Rectangle(around: place, reach: Float(sight) / 2), .note, .outlined)
    scene.agent(at: place, radius: 0.26)
    // From the goal it is taken anywhere.
    scene.stride = 1
  }

  /// Moves the goal to the touched cell, unless that is a wall.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
    return isOpen(x: x, y: y) ? Task(goal: GridCell(x: x, y: y)) : nil
  }

  /// Every open cell.
  public func landmarks(in task: Task) -> [State] { openCells }
}
