import Randomness
import Simulation

/// An agent on a grid looks for a goal that it cannot see and that stays where it is for the whole trial.
///
/// - Observation: the cell, `discrete([width, height])`.
/// - Action: `discrete([5])`: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left; walls block.
/// - Reward: `goalReward` where the move ends on the goal, `stepReward` elsewhere.
/// - Ends: never; reaching the goal ends nothing. As published, an episode has 15 steps and a trial 4 episodes.
/// - Task: the goal's cell.
/// - Source: Zintgraf et al., "VariBAD: a very good method for Bayes-adaptive deep RL via meta-learning",
///   ICLR 2020, GridNavi; https://github.com/lmzintgraf/varibad, `environments/navigation/gridworld.py`.
/// - Differs: the published belief puts half its mass on a random wrong cell once the goal is found;
///   `Belief` puts all of it on the goal.
public struct GridNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "grid-navigation"

  /// The number of columns.
  public var width = 5
  /// The number of rows.
  public var height = 5
  /// The reward of a move that ends on the goal.
  public var goalReward: Float = 1
  /// The reward of every other move.
  public var stepReward: Float = -0.1

  /// A cell of the grid; every episode starts in (0, 0).
  @frozen
  public struct Cell: Hashable, Codable, Sendable, BitwiseCopyable {
    /// The column, from the left.
    public var x: Int32
    /// The row, from below.
    public var y: Int32

    /// The cell in column `x` and row `y`.
    @inlinable
    public init(x: Int, y: Int) {
      self.x = Int32(x)
      self.y = Int32(y)
    }
  }

  /// Where the agent is.
  public typealias State = Cell

  /// Where the goal is.
  public struct Task: Hashable, Codable, Sendable {
    /// The goal's cell.
    public var goal: Cell

    /// The task of finding `goal`.
    public init(goal: Cell) { self.goal = goal }
  }

  /// The goal is uniform over a finite set of cells.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The cells a goal may be in, as [x, y]; where this is empty, all cells that are not excluded.
    public var goals: [[Int]] = []
    /// The cells no goal is in, as [x, y]; matters only where `goals` is empty.
    public var excluded = [[0, 0], [0, 1], [1, 1], [1, 0]]

    /// All cells but the four at the start.
    public init() {}
  }

  /// The published grid.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("width", width, in: 1...1024)
    try require("height", height, in: 1...1024)
    try require("goalReward", isFinite: goalReward)
    try require("stepReward", isFinite: stepReward)
    guard goalReward > stepReward else {
      throw InvalidParameter("goalReward", "is \(goalReward); more than stepReward, \(stepReward), is needed")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    for (key, cells) in [("goals", distribution.goals), ("excluded", distribution.excluded)] {
      for cell in cells {
        guard cell.count == 2, (0..<width).contains(cell[0]), (0..<height).contains(cell[1]) else {
          throw InvalidParameter(
            key, "holds \(cell); cells [x, y] of a \(width) by \(height) grid are needed")
        }
      }
      guard Set(cells).count == cells.count else { throw InvalidParameter(key, "holds a cell twice") }
    }
    guard !goals(of: distribution).isEmpty else {
      throw InvalidParameter("excluded", "holds every cell; a goal must be somewhere")
    }
  }

  /// The cell, (x, y).
  public var observation: Space { .discrete([width, height]) }
  /// Stay, up, right, down, left.
  public var action: Space { .discrete([5]) }

  /// One task for each cell that may hold the goal.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    goals(of: distribution).map(Task.init)
  }

  /// The cells that a goal of `distribution` may be in.
  func goals(of distribution: TaskDistribution) -> [Cell] {
    if !distribution.goals.isEmpty { return distribution.goals.map { Cell(x: $0[0], y: $0[1]) } }
    let cells = (0..<width).flatMap { x in (0..<height).map { y in [x, y] } }
    return cells.filter { !distribution.excluded.contains($0) }.map { Cell(x: $0[0], y: $0[1]) }
  }

  /// A goal uniform over the cells that may hold it.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    if !distribution.goals.isEmpty {
      let goal = distribution.goals[random.integer(below: distribution.goals.count)]
      return Task(goal: Cell(x: goal[0], y: goal[1]))
    }
    // Rejection, because a list of the cells that are left would be allocated for every task.
    while true {
      let (x, y) = (random.integer(below: width), random.integer(below: height))
      if !distribution.excluded.contains(where: { $0[0] == x && $0[1] == y }) {
        return Task(goal: Cell(x: x, y: y))
      }
    }
  }

  /// The cell (0, 0).
  public func initialState(of task: Task, using random: inout RandomStream) -> State { Cell(x: 0, y: 0) }

  /// Moves one cell unless a wall blocks.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state = cell(from: state, taking: choice(action[0], below: 5))
    return Outcome(reward: state == task.goal ? goalReward : stepReward)
  }

  /// Writes (x, y).
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.x)
    observation[1] = Float(state.y)
  }

  /// Draws the cells, the goal and the agent, one unit a cell.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: width, rowCount: height)
    scene.rectangle(.cell(x: Int(task.goal.x), y: Int(task.goal.y)), .goal, .tinted)
    scene.agent(at: .cell(x: Int(state.x), y: Int(state.y)), radius: 0.26)
  }

  /// Moves the goal to the touched cell.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    guard point.x >= 0 && point.x < Float(width) && point.y >= 0 && point.y < Float(height) else {
      return nil
    }
    return Task(goal: Cell(x: Int(point.x), y: Int(point.y)))
  }

  /// Every cell.
  public func landmarks(in task: Task) -> [State] {
    (0..<height).flatMap { y in (0..<width).map { x in Cell(x: x, y: y) } }
  }

  /// The cell that action `move` leads to from `cell`.
  @inline(__always)
  func cell(from cell: Cell, taking move: Int) -> Cell {
    let x = Int(cell.x) + (move == 2 ? 1 : 0) - (move == 4 ? 1 : 0)
    let y = Int(cell.y) + (move == 1 ? 1 : 0) - (move == 3 ? 1 : 0)
    return Cell(x: max(0, min(width - 1, x)), y: max(0, min(height - 1, y)))
  }
}
