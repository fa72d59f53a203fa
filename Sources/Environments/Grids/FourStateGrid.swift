import Randomness
import Scenes
import Simulation

/// One of the four neighbours of a cell is the goal, the others are holes: the smallest test of adaptation, a
/// bandit with four arms in the guise of a grid.
///
/// - Observation: the cell of a 3 × 3 grid, row by row from the top, `discrete([9])`; the start is the centre, 4.
/// - Action: `discrete([4])`: 0 goes left, 1 down, 2 right, 3 up.
/// - Reward: 1 where the move ends on the goal, else 0.
/// - Ends: with the first move, on the goal or in a hole. As published, the time limit is 10 steps.
/// - Task: which move leads to the goal.
/// - Source: https://github.com/cbfinn/maml_rl, `rllab/envs/grid_world_env_rand.py` with
///   `maml_examples/maml_trpo_4state.py`.
/// - Differs: nothing known.
public struct FourStateGrid: Environment {
  /// The family's name in environment files.
  public static let name = "four-state-grid"

  /// Where the agent is.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The cell, 0 to 8.
    public var cell: Int32

    /// The given cell.
    public init(cell: Int32) { self.cell = cell }
  }

  /// Where the goal is.
  public struct Task: Hashable, Codable, Sendable {
    /// The move that leads to it.
    public var move: Int

    /// The task of finding out that `move` leads to the goal.
    public init(move: Int) { self.move = move }
  }

  /// The goal is uniform over the four neighbours.
  public struct TaskDistribution: TaskDistributionParameters {
    /// All four.
    public init() {}
  }

  /// The published grid.
  public init() {}

  /// There is nothing to set.
  public func validate() throws {}
  /// There is nothing to set.
  public func validate(_ distribution: TaskDistribution) throws {}

  /// The cell.
  public var observation: Space { .discrete([9]) }
  /// The move.
  public var action: Space { .discrete([4]) }
  /// The directions.
  public var actionNames: [String] { ["left", "down", "right", "up"] }

  /// The four tasks.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { (0..<4).map { Task(move: $0) } }

  /// All goals are possible that were not tried.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> TaskCandidates<Self>? {
    TaskCandidates(self, among: (0..<4).map { Task(move: $0) }, in: setting)
  }

  /// One of the four tasks.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(move: random.integer(below: 4))
  }

  /// The centre.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State(cell: 4) }

  /// Moves onto the goal or into a hole.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let move = choice(action[0], below: 4)
    state.cell = Int32(Self.cell(afterMove: move))
    return Outcome(reward: pick(move == task.move, 1, 0), isTerminated: true)
  }

  /// Writes the cell.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.cell)
  }

  /// Draws the start, the goal, the holes and the agent, one unit a cell.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: 3, rowCount: 3)
    for move in 0..<4 {
      let (x, y) = Self.column(andRowOf: Self.cell(afterMove: move))
      scene.rectangle(.cell(x: x, y: y), move == task.move ? .goal : .hazard, .tinted)
      scene.actionPlaces.append(.cell(x: x, y: y))
    }
    let (x, y) = Self.column(andRowOf: Int(state.cell))
    scene.agent(at: .cell(x: x, y: y), radius: 0.26)
  }

  /// Puts the goal in the touched neighbour of the start.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    (0..<4).first { move in
      let (x, y) = Self.column(andRowOf: Self.cell(afterMove: move))
      return point.x >= Float(x) && point.x < Float(x + 1) && point.y >= Float(y) && point.y < Float(y + 1)
    }.map(Task.init)
  }

  /// The cell that `move` leads to from the centre.
  @inline(__always)
  private static func cell(afterMove move: Int) -> Int {
    // Left, down, right, up.
    move == 0 ? 3 : move == 1 ? 7 : move == 2 ? 5 : 1
  }

  /// The column from the left and the row from below of `cell`.
  private static func column(andRowOf cell: Int) -> (x: Int, y: Int) { (cell % 3, 2 - cell / 3) }

  /// `random`, `oracle` and `bayesOptimal`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    [
      .random(of: self, expectedReturns: { Array(repeating: 0.25, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows the goal.", makeLane: { KnowingLane(move: $0.move) },
        expectedReturns: { Array(repeating: 1, count: episodeCount) }),
      Reference(
        name: "bayesOptimal", summary: "Tries one move after the other, then stays with the one that paid.",
        makeLane: { _ in TryingLane() },
        expectedReturns: { (0..<episodeCount).map { min(Double($0 + 1) / 4, 1) } }),
    ]
  }
}

private struct KnowingLane: ReferenceLane {
  let move: Int

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = Float(move)
  }
}

private struct TryingLane: ReferenceLane {
  private var move = 0

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    // With three moves known to be wrong the fourth is right.
    if !moment.progress.isTrialStart && moment.previousReward == 0 { move = min(move + 1, 3) }
    action[0] = Float(move)
  }
}
