import Formats
import Randomness
import Scenes
import Simulation

/// An agent on a grid looks for a goal that it cannot see and that stays where it is for the whole trial.
///
/// - Observation: the cell, `discrete([columns, rows])`, or its number row by row, `discrete([columns · rows])`.
/// - Action: `discrete([5])`: 0 stays, 1 goes up (+y), 2 right (+x), 3 down, 4 left; walls block. Without
///   `canStay`, `discrete([4])`: 0 goes up, 1 right, 2 down, 3 left.
/// - Reward: `goalReward` where the move ends on the goal, `stepReward` elsewhere.
/// - Ends: on the goal if `endsAtGoal`, else never. GridNavi has episodes of 15 steps and trials of 4 episodes.
/// - Task: the goal's cell.
/// - Source: Zintgraf et al., "VariBAD: a very good method for Bayes-adaptive deep RL via meta-learning",
///   ICLR 2020, GridNavi; https://github.com/lmzintgraf/varibad, `environments/navigation/gridworld.py`. Dark Room:
///   Laskin et al., "In-context reinforcement learning with algorithm distillation", ICLR 2023. Four Rooms:
///   https://github.com/RobertTLange/gymnax, `environments/misc/rooms.py`.
/// - Differs: the published belief of GridNavi puts half its mass on a random wrong cell once the goal is found;
///   `Belief` puts all of it on the goal. Four Rooms as published shows the goal, which is hidden here.
public struct GridNavigation: Environment {
  /// The family's name in environment files.
  public static let name = "grid-navigation"

  /// How a cell is observed.
  public enum Sight: String, Codable, Sendable, CaseIterable {
    /// As (x, y).
    case position
    /// As one number, row by row from below.
    case index
  }

  /// The number of columns, where there is no map.
  public var width = 5
  /// The number of rows, where there is no map.
  public var height = 5
  /// The grid drawn in letters, row by row from the top; empty for a grid without walls.
  public var map = GridMap()
  /// The cell [x, y] where episodes start, or none for a free cell drawn for each; the S of a map comes first.
  public var start = [0, 0]
  /// The reward of a move that ends on the goal.
  public var goalReward: Float = 1
  /// The reward of every other move.
  public var stepReward: Float = -0.1
  /// Whether an episode ends on the goal.
  public var endsAtGoal = false
  /// Whether there is an action that stays.
  public var canStay = true
  /// The probability that a uniformly drawn action is taken instead of the chosen one.
  public var slip: Float = 0
  /// How the cell is observed.
  public var sight = Sight.position

  /// A cell of the grid.
  public typealias Cell = GridCell

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
    /// The letters of the map that mark where a goal may be; matters only where `goals` is empty.
    public var marks = ""
    /// The cells no goal is in, as [x, y]; matters only where `goals` and `marks` are empty. By default those at the
    /// published start, where episodes start there on an open grid, and elsewhere none.
    public var excluded = [[0, 0], [0, 1], [1, 1], [1, 0]]
    /// The part of these goals that the split has.
    public var share = TaskShare()

    /// All cells but the four at the start.
    public init() {}
  }

  /// The published grid.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("width", width, in: 1...1024)
    try require("height", height, in: 1...1024)
    if !map.isEmpty { try map.validate("map") }
    try require("goalReward", isFinite: goalReward)
    try require("stepReward", isFinite: stepReward)
    guard goalReward > stepReward else {
      throw InvalidParameter("goalReward", "is \(goalReward); more than stepReward, \(stepReward), is needed")
    }
    try requireProbabilities("slip", [slip])
    guard map.startCell != nil || start.isEmpty || Cell(start).map(grid.isFree) == true else {
      throw InvalidParameter("start", "is \(start); a free cell [x, y] of \(sizeInWords) is needed")
    }
  }

  /// All cells but the four at the published start; all cells where episodes start elsewhere, or where those four are
  /// not there or are all there is.
  public var usualDistribution: TaskDistribution {
    var distribution = TaskDistribution()
    let isAsPublished =
      map.isEmpty && start == Self().start && min(width, height) >= 2 && max(width, height) > 2
    if !isAsPublished { distribution.excluded = [] }
    return distribution
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    for (key, cells) in [("goals", distribution.goals), ("excluded", distribution.excluded)] {
      for cell in cells {
        guard let cell = Cell(cell), isInside(cell) else {
          throw InvalidParameter(key, "holds \(cell); cells [x, y] of \(sizeInWords) are needed")
        }
      }
      guard Set(cells).count == cells.count else { throw InvalidParameter(key, "holds a cell twice") }
    }
    try distribution.share.validate("share")
    try validateGoals(distribution)
  }

  private func validateGoals(_ distribution: TaskDistribution) throws {
    let key = !distribution.goals.isEmpty ? "goals" : !distribution.marks.isEmpty ? "marks" : "excluded"
    let goals = goals(of: distribution)
    guard !goals.isEmpty else {
      throw InvalidParameter(key, "leaves no cell for a goal; it must be somewhere")
    }
    if let goal = goals.first(where: { !grid.isFree($0) }) {
      throw InvalidParameter(key, "puts a goal into the wall at [\(goal.x), \(goal.y)]")
    }
    guard let fixedStart else { return try validateWays(to: goals, key) }
    let reachable = grid.distances(to: fixedStart)
    for goal in goals where reachable[grid.index(goal)] == nil {
      throw InvalidParameter(
        key, "puts a goal at [\(goal.x), \(goal.y)], which cannot be reached from the start")
    }
  }

  /// Throws unless every goal can be reached from every free cell, in all of which episodes may start.
  private func validateWays(to goals: [Cell], _ key: String) throws {
    let distances = grid.distances(to: goals[0])
    if let goal = goals.first(where: { distances[grid.index($0)] == nil }) {
      throw InvalidParameter(
        key,
        "puts goals at [\(goals[0].x), \(goals[0].y)] and [\(goal.x), \(goal.y)], between which there is no "
          + "way, and episodes start in any free cell")
    }
    guard let cell = grid.freeCells.first(where: { distances[grid.index($0)] == nil }) else { return }
    throw InvalidParameter(
      key,
      "puts a goal at [\(goals[0].x), \(goals[0].y)], which cannot be reached from [\(cell.x), \(cell.y)], "
        + "where episodes may start")
  }

  private var sizeInWords: String { "a \(grid.width) by \(grid.height) grid" }

  private func isInside(_ cell: Cell) -> Bool {
    (0..<grid.width).contains(Int(cell.x)) && (0..<grid.height).contains(Int(cell.y))
  }

  /// The cells and walls.
  var grid: Grid {
    map.isEmpty
      ? Grid(width: width, height: height, map: map) : Grid(width: map.width, height: map.height, map: map)
  }

  /// The cell where every episode starts, if it is always the same.
  var fixedStart: Cell? { map.startCell ?? Cell(start) }

  /// The cell, (x, y) or its number.
  public var observation: Space {
    let grid = grid
    return .discrete(sight == .position ? [grid.width, grid.height] : [grid.width * grid.height])
  }

  /// Stay, up, right, down, left, or all but the first.
  public var action: Space { .discrete([canStay ? 5 : 4]) }

  /// The directions.
  public var actionNames: [String] { (canStay ? ["stay"] : []) + ["up", "right", "down", "left"] }

  /// One task for each cell that may hold the goal.
  public func tasks(of distribution: TaskDistribution) -> [Task]? {
    goals(of: distribution).map(Task.init)
  }

  /// The cells that a goal of `distribution` may be in.
  func goals(of distribution: TaskDistribution) -> [Cell] {
    if !distribution.goals.isEmpty {
      return distribution.share.members(of: distribution.goals.compactMap { Cell($0) })
    }
    if !distribution.marks.isEmpty {
      return distribution.share.members(of: map.cells(marked: distribution.marks))
    }
    let (grid, excluded) = (grid, Set(distribution.excluded.compactMap { Cell($0) }))
    let cells = (0..<grid.width).flatMap { x in (0..<grid.height).map { Cell(x: x, y: $0) } }
    let reachable = map.isEmpty ? nil : fixedStart.map { grid.distances(to: $0) }
    let free = cells.filter { grid.isFree($0) && !excluded.contains($0) }
    return distribution.share.members(
      of: free.filter { cell in reachable.map { $0[grid.index(cell)] != nil } ?? true })
  }

  /// A goal uniform over the cells that may hold it.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    if !distribution.goals.isEmpty && distribution.share.isWhole {
      let goal = distribution.goals[random.integer(below: distribution.goals.count)]
      return Task(goal: Cell(x: goal[0], y: goal[1]))
    }
    guard map.isEmpty && distribution.goals.isEmpty && distribution.share.isWhole else {
      let goals = goals(of: distribution)
      return Task(goal: goals[random.integer(below: goals.count)])
    }
    // Rejection, because a list of the cells that are left would be allocated for every task.
    while true {
      let (x, y) = (random.integer(below: width), random.integer(below: height))
      if !distribution.excluded.contains(where: { $0[0] == x && $0[1] == y }) {
        return Task(goal: Cell(x: x, y: y))
      }
    }
  }

  /// The start, or a free cell drawn uniformly.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    if map.isEmpty && !start.isEmpty { return Cell(x: start[0], y: start[1]) }
    if let fixedStart { return fixedStart }
    let grid = grid
    while true {
      let cell = Cell(x: random.integer(below: grid.width), y: random.integer(below: grid.height))
      if grid.isFree(cell) { return cell }
    }
  }

  /// Moves one cell unless a wall blocks.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    // Open grids whose moves are certain are by far the most frequent, and have a way of their own.
    guard map.height == 0 && slip == 0 && canStay else {
      return stepAmongWalls(&state, taking: action, in: task, using: &random)
    }
    state.go(choice(action[0], below: 5), width: width, height: height)
    return outcome(of: state, in: task)
  }

  @inline(__always)
  private func outcome(of state: State, in task: Task) -> Outcome {
    let isGoal = state.sameness(with: task.goal)
    return Outcome(reward: select(isGoal, goalReward, stepReward), isTerminated: endsAtGoal && isGoal != 0)
  }

  @inline(never)
  private func stepAmongWalls(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    var move = choice(action[0], below: canStay ? 5 : 4) + (canStay ? 0 : 1)
    if slip > 0 && random.uniform() < slip { move = randomMove(using: &random) }
    state = cell(from: state, taking: move)
    return outcome(of: state, in: task)
  }

  /// The cell that a move leads to, 0 for staying, whatever the actions are.
  @inline(__always)
  func cell(from cell: Cell, taking move: Int) -> Cell {
    guard map.isEmpty else { return grid.cell(from: cell, taking: move) }
    let x = Int(cell.x) + (move == 2 ? 1 : 0) - (move == 4 ? 1 : 0)
    let y = Int(cell.y) + (move == 1 ? 1 : 0) - (move == 3 ? 1 : 0)
    return Cell(x: max(0, min(width - 1, x)), y: max(0, min(height - 1, y)))
  }

  private func randomMove(using random: inout RandomStream) -> Int {
    canStay ? random.integer(below: 5) : 1 + random.integer(below: 4)
  }

  /// Writes (x, y), or the number of the cell.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    if sight == .index {
      observation[0] = Float(Int(state.y) * (map.isEmpty ? width : map.width) + Int(state.x))
      return
    }
    observation[0] = Float(state.x)
    observation[1] = Float(state.y)
  }

  /// Draws the cells, the goal and the agent, one unit a cell.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.grid(grid)
    scene.rectangle(.cell(x: Int(task.goal.x), y: Int(task.goal.y)), .goal, .tinted)
    scene.agent(at: .cell(x: Int(state.x), y: Int(state.y)), radius: 0.26)
  }

  /// Moves the goal to the touched cell, unless that is a wall.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    guard point.x >= 0 && point.y >= 0 && point.x < Float(grid.width) && point.y < Float(grid.height) else {
      return nil
    }
    let cell = Cell(x: Int(point.x), y: Int(point.y))
    return grid.isFree(cell) ? Task(goal: cell) : nil
  }

  /// Every free cell.
  public func landmarks(in task: Task) -> [State] { grid.freeCells }
}
