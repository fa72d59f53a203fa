import Formats
import Randomness
import Scenes
import Simulation

/// A frozen lake with holes that nobody sees, and a few attempts to find a way across it.
///
/// - Observation: the cell, `discrete([size, size])`; with `noise`, now and then one beside it.
/// - Action: `discrete([5])`: 0 stays, 1 goes right (+x), 2 left, 3 up (+y), 4 down; the shores block. In some tasks 1
///   and 3 have changed places.
/// - Reward: 1 where a move ends on the goal, in the upper right corner; `fallReward` where it ends in a hole; else 0.
/// - Ends: on the goal, and in a hole unless `recovers`, which puts the agent back. Attempts start in the lower left
///   corner; as published there are 10 of size² steps, in the hard mode of 2 · size².
/// - Task: the holes, and whether the two actions have changed places. Cells that the agent leaves may become holes
///   until the end of the attempt.
/// - Source: https://github.com/UT-Austin-RPL/amago, `envs/builtin/toy_gym.py`, MetaFrozenLake; Grigsby et al.,
///   "AMAGO: scalable in-context reinforcement learning for adaptive agents", ICLR 2024. Maps as in Gymnasium's
///   FrozenLake: every cell is frozen with `frozenProbability`, drawn again until the goal can be reached.
/// - Differs: as published, a slip of the pen makes cells become holes where the agent stays, too. The number of the
///   attempt is not observed; agents know where attempts begin.
public struct FrozenLake: Environment, Hashable {
  /// The family's name in environment files.
  public static let name = "frozen-lake"

  /// Holes end most attempts of an agent that knows nothing.
  public static var endsByChance: Bool { true }

  /// The columns and rows.
  public var size = 5
  /// The probability that an action does nothing.
  public var slip: Float = 0
  /// The probability that both coordinates are seen moved by −1, 0 or 1 each.
  public var noise: Float = 0
  /// The probability that a cell becomes a hole when it is left.
  public var crackProbability: Float = 0
  /// Whether the agent is put back from a hole, and the attempt goes on.
  public var recovers = false
  /// The reward of a move that ends in a hole.
  public var fallReward: Float = 0

  /// Where the agent is, and what has happened to the ice.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The agent's cell.
    public var cell: GridCell
    /// The cell that is seen.
    public var seen: GridCell
    /// The holes of this attempt, a bit for each cell.
    public var cracks: UInt64 = 0

    /// The given cell, seen as it is.
    public init(cell: GridCell) {
      self.cell = cell
      seen = cell
    }
  }

  /// A lake.
  public struct Task: Hashable, Codable, Sendable {
    /// The holes; the cell in column x and row y is bit 8 · y + x.
    public var holes: UInt64
    /// The columns and rows of the lake, which lies in the lower left of the grid.
    public var side: Int
    /// Whether going right and going up have changed places.
    public var isSwapped: Bool

    /// A lake of `side` by `side` cells with the given holes.
    public init(holes: UInt64, side: Int, isSwapped: Bool = false) {
      self.holes = holes
      self.side = side
      self.isSwapped = isSwapped
    }
  }

  /// Lakes whose goal can be reached.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The probability that a cell is frozen, before lakes that cannot be crossed are left out.
    public var frozenProbability: Float = 0.8
    /// The probability that two actions have changed places.
    public var swapProbability: Float = 0
    /// The columns and rows of the lake; 0 for the whole grid.
    public var side = 0
    /// The part of all lakes that the split has, by their holes.
    public var share = TaskShare()

    /// The published lakes.
    public init() {}
  }

  /// The published lake, in its easy mode.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("size", size, in: 2...8)
    try requireProbabilities("slip", [slip])
    try requireProbabilities("noise", [noise])
    try requireProbabilities("crackProbability", [crackProbability])
    guard slip < 1 else { throw InvalidParameter("slip", "is 1; nobody would ever move") }
    guard slip == 0 || noise == 0 else {
      throw InvalidParameter("noise", "is \(noise) beside a slip of \(slip); one of them must be 0")
    }
    try require("fallReward", isFinite: fallReward)
    guard fallReward <= 0 else {
      throw InvalidParameter("fallReward", "is \(fallReward); at most 0 is needed")
    }
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    // With fewer frozen cells lakes that can be crossed are too rare to be found by drawing.
    guard distribution.frozenProbability >= 0.5 && distribution.frozenProbability < 1 else {
      throw InvalidParameter(
        "frozenProbability", "is \(distribution.frozenProbability); at least 0.5 and less than 1 is needed")
    }
    try requireProbabilities("swapProbability", [distribution.swapProbability])
    guard distribution.side == 0 || (2...size).contains(distribution.side) else {
      throw InvalidParameter("side", "is \(distribution.side); 0 or a number from 2 to \(size) is needed")
    }
    try distribution.share.validate("share")
    guard distribution.share.to - distribution.share.from >= 0.01 else {
      throw InvalidParameter("share", "is less than a hundredth; lakes would be too rare to be found")
    }
  }

  /// The column and the row.
  public var observation: Space { .discrete([size, size]) }
  /// Stay, right, left, up, down.
  public var action: Space { .discrete([5]) }
  /// The directions.
  public var actionNames: [String] { ["stay", "right", "left", "up", "down"] }

  /// Nil: there are too many lakes to list.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A lake that can be crossed and belongs to the split.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let side = distribution.side == 0 ? size : distribution.side
    var numbers = InlineArray<64, Float>(repeating: 0)
    while true {
      var all = numbers.mutableSpan
      var ofCells = all._mutatingExtracting(first: side * side)
      random.uniform(into: &ofCells)
      var holes: UInt64 = 0
      for y in 0..<side {
        for x in 0..<side where numbers[y * side + x] >= distribution.frozenProbability {
          holes |= Self.bit(x: x, y: y)
        }
      }
      holes &= ~(Self.bit(x: 0, y: 0) | Self.bit(x: side - 1, y: side - 1))
      guard Self.canBeCrossed(holes, side: side), distribution.share.holds(holes) else { continue }
      let isSwapped = distribution.swapProbability > 0 && random.uniform() < distribution.swapProbability
      return Task(holes: holes, side: side, isSwapped: isSwapped)
    }
  }

  @inline(__always)
  static func bit(x: Int, y: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: 8 &* y &+ x) }

  @inline(__always)
  static func bit(_ cell: GridCell) -> UInt64 { bit(x: Int(cell.x), y: Int(cell.y)) }

  /// Whether the goal can be reached: the cells that can, grown by all neighbours at once until nothing is new.
  static func canBeCrossed(_ holes: UInt64, side: Int) -> Bool {
    let columns: UInt64 = 0x0101_0101_0101_0101
    let row = UInt64(1) << UInt64(side) - 1
    var free: UInt64 = 0
    for y in 0..<side { free |= row << UInt64(8 * y) }
    free &= ~holes
    var reached = bit(x: 0, y: 0)
    while true {
      let right = (reached << 1) & ~columns
      let left = (reached >> 1) & ~(columns << 7)
      let grown = (reached | right | left | reached << 8 | reached >> 8) & free
      guard grown != reached else { return reached & bit(x: side - 1, y: side - 1) != 0 }
      reached = grown
    }
  }

  /// The lower left corner.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    var state = State(cell: GridCell(x: 0, y: 0))
    look(&state, using: &random)
    return state
  }

  /// Moves, and falls or arrives.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let move = choice(action[0], below: 5)
    // The published easy mode has a path of its own, without the code that draws random numbers and without branches.
    guard slip + noise + crackProbability == 0 && !recovers else {
      return stepInHardMode(&state, taking: move, in: task, using: &random)
    }
    let next = cell(from: state.cell, taking: move, in: task)
    (state.cell, state.seen) = (next, next)
    let (isHole, isGoal) = kind(of: next, holes: task.holes, side: task.side)
    return Outcome(reward: reward(isHole: isHole, isGoal: isGoal), isTerminated: isHole | isGoal != 0)
  }

  @inline(never)
  private func stepInHardMode(
    _ state: inout State, taking action: Int, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let move = slip > 0 && random.uniform() < slip ? 0 : action
    let next = cell(from: state.cell, taking: move, in: task)
    if crackProbability > 0 && next != state.cell && random.uniform() < crackProbability {
      state.cracks |= Self.bit(state.cell)
    }
    let holes = task.holes | state.cracks
    let (isHole, isGoal) = kind(of: next, holes: holes, side: task.side)
    if isHole == 0 || !recovers { state.cell = next }
    look(&state, using: &random)
    return Outcome(
      reward: reward(isHole: isHole, isGoal: isGoal), isTerminated: isGoal | (recovers ? 0 : isHole) != 0)
  }

  /// The reward of a move that ends in a hole, on the goal, or on neither: without a branch.
  @inline(__always)
  private func reward(isHole: Int32, isGoal: Int32) -> Float { fallReward * Float(isHole) + Float(isGoal) }

  /// 1 where `cell` is one of `holes`, else 0, and the same of the goal.
  @inline(__always)
  private func kind(of cell: GridCell, holes: UInt64, side: Int) -> (isHole: Int32, isGoal: Int32) {
    let place = 8 &* cell.y &+ cell.x
    let isGoal = place == 9 &* Int32(truncatingIfNeeded: side &- 1)
    return (Int32(truncatingIfNeeded: holes &>> UInt64(truncatingIfNeeded: place)) & 1, isGoal ? 1 : 0)
  }

  /// The cell that an action leads to, holes or not.
  @inline(__always)
  func cell(from cell: GridCell, taking action: Int, in task: Task) -> GridCell {
    // Of the odd actions, 1 and 3, each is the other with its second bit changed.
    let move = action ^ ((action & (task.isSwapped ? 1 : 0)) &<< 1)
    let last = Int32(truncatingIfNeeded: task.side &- 1)
    var next = cell
    next.x = stepped(cell.x, by: shift(of: move, in: 0x149), last: last)
    next.y = stepped(cell.y, by: shift(of: move, in: 0x95), last: last)
    return next
  }

  @inline(__always)
  private func look(_ state: inout State, using random: inout RandomStream) {
    state.seen = state.cell
    if noise > 0 { blur(&state, using: &random) }
  }

  @inline(never)
  private func blur(_ state: inout State, using random: inout RandomStream) {
    guard random.uniform() < noise else { return }
    let x = Int(state.cell.x) + random.integer(below: 3) - 1
    let y = Int(state.cell.y) + random.integer(below: 3) - 1
    state.seen = GridCell(x: max(0, min(size - 1, x)), y: max(0, min(size - 1, y)))
  }

  /// Writes the cell that is seen.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.seen.x)
    observation[1] = Float(state.seen.y)
  }

  /// Draws the lake, its holes, the goal and the agent.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: size, rowCount: size)
    for y in 0..<size {
      for x in 0..<size {
        if x >= task.side || y >= task.side {
          scene.rectangle(.cell(x: x, y: y), .wall)
        } else if Self.bit(x: x, y: y) & (task.holes | state.cracks) != 0 {
          scene.circle(at: .cell(x: x, y: y), radius: 0.42, .hazard, .tinted)
        }
      }
    }
    scene.rectangle(.cell(x: task.side - 1, y: task.side - 1), .goal, .tinted)
    if task.isSwapped { scene.text("1↔3", at: .cell(x: 0, y: 0), height: 0.3) }
    scene.agent(at: .cell(x: Int(state.cell.x), y: Int(state.cell.y)), radius: 0.26)
  }

  /// Makes or closes a hole in the touched cell, if the goal can still be reached.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? {
    let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
    let isCorner = (x, y) == (0, 0) || (x, y) == (task.side - 1, task.side - 1)
    guard (0..<task.side).contains(x) && (0..<task.side).contains(y) && !isCorner else { return nil }
    var touched = task
    touched.holes ^= Self.bit(x: x, y: y)
    return Self.canBeCrossed(touched.holes, side: task.side) ? touched : nil
  }

  /// Every cell that is no hole.
  public func landmarks(in task: Task) -> [State] {
    (0..<task.side * task.side).map { GridCell(x: $0 % task.side, y: $0 / task.side) }
      .filter { Self.bit($0) & task.holes == 0 }.map { State(cell: $0) }
  }
}
