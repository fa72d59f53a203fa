import Formats
import Randomness
import Simulation

/// A board of tiles whose colours mean something else in every task, and whose actions do, too: who wants the goals
/// must find out what is what.
///
/// - Observation: the cell and the colours of the tiles around it, row by row from below,
///   `discrete([size, size, 7, …])` with `view²` colours, the last of which is out of the board; where `view` is 0 the
///   colours of all tiles, `discrete([size, size, 6, …])`.
/// - Action: `discrete([4])`: one each for up, right, down and left, but which is which depends on the task.
/// - Reward: 1 for each goal, once in an episode; else 0.
/// - Ends: on a deadly tile, and when the energy is used up, of which every action takes 1. On ice the agent slides
///   on; a transporter takes it to its other end; a tile with energy has `energyBonus` of it, once. What was taken
///   leaves a plain tile. The edges block.
/// - Task: the tiles, the colour of each kind of tile, the meaning of the actions, and the cell where episodes start.
/// - Source: Stadie et al., "The importance of sampling in meta-reinforcement learning", NeurIPS 2018;
///   https://github.com/bstadie/krazyworld, `krazy_gridworld.py`, with its constants and its local view.
/// - Differs: in the published code nothing is ever put in the last row and column, sliding takes energy where the code
///   means it not to, and who bumps into an edge beside a transporter is taken again. Goals are put there by their
///   distance to the start of the board before, with its coordinates exchanged, and the start is drawn after them and
///   may lie on any tile; here the start is plain and all goals are away from it. There are no walls, keys and doors,
///   as in the published code by default. `view` 0 is the published full view, of which the agent's cell is a part
///   there.
public struct KrazyWorld: Environment {
  /// The family's name in environment files.
  public static let name = "krazy-world"

  /// The columns and rows.
  public var size = 10
  /// The columns and rows of what is seen, an odd number; 0 for all.
  public var view = 3
  /// The energy at the start of an episode.
  public var energy = 11
  /// The energy of a tile with energy.
  public var energyBonus = 8

  /// What a tile does.
  @frozen
  public enum Tile: UInt8, Codable, Sendable, CaseIterable {
    /// Nothing.
    case plain
    /// Rewards once.
    case goal
    /// Ends the episode.
    case death
    /// Lets the agent slide on.
    case ice
    /// Gives energy once.
    case energy
    /// Takes the agent elsewhere.
    case transporter
  }

  /// Where the agent is, and what is left.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The agent's cell.
    public var cell: GridCell
    /// The energy.
    public var energy: Int32
    /// Which goals and tiles with energy were taken, a bit for each.
    public var taken: UInt32 = 0

    /// The given cell, with everything still to be taken.
    public init(cell: GridCell, energy: Int32) {
      self.cell = cell
      self.energy = energy
    }
  }

  /// A board.
  public struct Task: Hashable, Codable, Sendable {
    /// The tiles, row by row from below: the kind in the lowest three bits; above it the number of a goal or a tile
    /// with energy among those that can be taken, or of a transporter among `exits`.
    public var tiles: [UInt8]
    /// Where each transporter leads to, as the number of a cell.
    public var exits: [UInt8]
    /// The colour of each kind of tile.
    public var colors: [UInt8]
    /// The direction of each action: 0 up, 1 right, 2 down, 3 left.
    public var directions: [UInt8]
    /// Where episodes start.
    public var start: GridCell

    /// A board of plain tiles.
    init(cellCount: Int) {
      tiles = Array(repeating: 0, count: cellCount)
      (exits, colors, directions) = ([], Array(0..<6), Array(0..<4))
      start = GridCell(x: 0, y: 0)
    }
  }

  /// The law of the boards.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The number of goals.
    public var goalCount = 3
    /// The share of the tiles that are deadly.
    public var deathShare: Float = 0.1
    /// The share of the tiles that are ice.
    public var iceShare: Float = 0.05
    /// The share of the tiles that have energy.
    public var energyShare: Float = 0.05
    /// The number of pairs of transporters.
    public var transporterCount = 1
    /// Goals are farther than this many moves from the start.
    public var goalDistance = 2
    /// Whether every task has colours of its own.
    public var shufflesColors = true
    /// Whether in every task actions have meanings of their own.
    public var shufflesActions = true
    /// The part of all boards that the split has.
    public var share = TaskShare()

    /// The published boards.
    public init() {}
  }

  /// The published world.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("size", size, in: 3...15)
    try require("view", view, in: 0...2 * size - 1)
    guard view == 0 || view % 2 == 1 else {
      throw InvalidParameter("view", "is \(view); 0 or an odd number is needed")
    }
    try require("energy", energy, in: 1...10_000)
    try require("energyBonus", energyBonus, in: 1...10_000)
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("goalCount", distribution.goalCount, in: 1...8)
    try require("transporterCount", distribution.transporterCount, in: 0...16)
    try require("goalDistance", distribution.goalDistance, in: 0...size - 2)
    for (key, share) in [
      ("deathShare", distribution.deathShare), ("iceShare", distribution.iceShare),
      ("energyShare", distribution.energyShare),
    ] {
      try requireProbabilities(key, [share])
    }
    let takenCount = distribution.goalCount + count(of: distribution.energyShare)
    guard takenCount <= Self.takenLimit else {
      throw InvalidParameter(
        "energyShare",
        "makes \(takenCount) tiles with goals or energy; at most \(Self.takenLimit) are allowed")
    }
    let all = takenCount + 2 * distribution.transporterCount
    let special = all + count(of: distribution.deathShare) + count(of: distribution.iceShare)
    guard 2 * special <= size * size else {
      throw InvalidParameter(
        "deathShare", "and the others leave less than half of the \(size * size) tiles plain")
    }
    try distribution.share.validate("share")
    guard distribution.share.to - distribution.share.from >= 0.01 else {
      throw InvalidParameter("share", "is less than a hundredth; boards would be too rare to be found")
    }
  }

  /// The most goals and tiles with energy: the oracle looks at all subsets of them.
  private static let takenLimit = 12

  private func count(of share: Float) -> Int { Int(Float(size * size) * share) }

  /// How many tiles of each kind a board has.
  func tileCounts(of distribution: TaskDistribution) -> [Int] {
    let special = [
      distribution.goalCount, count(of: distribution.deathShare), count(of: distribution.iceShare),
      count(of: distribution.energyShare), 2 * distribution.transporterCount,
    ]
    return [size * size - special.reduce(0, +)] + special
  }

  /// The cell, and colours.
  public var observation: Space {
    let colors =
      view == 0 ? Array(repeating: 6, count: size * size) : Array(repeating: 7, count: view * view)
    return .discrete([size, size] + colors)
  }
  /// All of the board, where it is seen.
  public var observationMap: ObservationMap? {
    view == 0 ? ObservationMap(columns: size, rows: size, kind: .contents) : nil
  }
  /// Four moves.
  public var action: Space { .discrete([4]) }
  /// Numbers: the directions are the task's.
  public var actionNames: [String] { ["a", "b", "c", "d"] }

  /// The tiles around the start are part of the task.
  public var disclosure: String? { "the start and the tiles around it are part of the task, and seen" }

  /// Nil: there are too many boards to list.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A board of the split.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    var task = Task(cellCount: size * size)
    redraw(&task, from: distribution, using: &random)
    return task
  }

  /// A board of the split, in place.
  public func redraw(
    _ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream
  ) {
    repeat {
      drawTiles(&task, from: distribution, using: &random)
    } while !distribution.share.isWhole && !distribution.share.holds(Self.digest(of: task))
    for color in 0..<6 { task.colors[color] = UInt8(color) }
    for action in 0..<4 { task.directions[action] = UInt8(action) }
    if distribution.shufflesColors { random.shuffle(&task.colors) }
    if distribution.shufflesActions { random.shuffle(&task.directions) }
  }

  private func drawTiles(
    _ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream
  ) {
    for index in task.tiles.indices { task.tiles[index] = 0 }
    task.exits.removeAll(keepingCapacity: true)
    task.start = GridCell(x: random.integer(below: size), y: random.integer(below: size))
    for _ in 0..<count(of: distribution.deathShare) { _ = put(.death, 0, on: &task, using: &random) }
    for _ in 0..<count(of: distribution.iceShare) { _ = put(.ice, 0, on: &task, using: &random) }
    var number = distribution.goalCount
    for _ in 0..<count(of: distribution.energyShare) {
      _ = put(.energy, number, on: &task, using: &random)
      number += 1
    }
    for _ in 0..<distribution.transporterCount {
      let (one, other) = (task.exits.count, task.exits.count + 1)
      let entry = put(.transporter, one, on: &task, using: &random)
      let exit = put(.transporter, other, on: &task, using: &random)
      task.exits.append(UInt8(exit))
      task.exits.append(UInt8(entry))
    }
    for goal in 0..<distribution.goalCount {
      _ = put(.goal, goal, on: &task, atLeast: distribution.goalDistance + 1, using: &random)
    }
  }

  /// Puts a tile on a plain one away from the start, and returns the number of its cell.
  private func put(
    _ tile: Tile, _ number: Int, on task: inout Task, atLeast distance: Int = 1,
    using random: inout RandomStream
  ) -> Int {
    // In a corner of the smallest board nothing may be far enough; there it is put anywhere.
    for attempt in 0... {
      let (x, y) = (random.integer(below: size), random.integer(below: size))
      let away = abs(x - Int(task.start.x)) + abs(y - Int(task.start.y))
      guard task.tiles[y * size + x] == 0, away >= (attempt < 10_000 ? distance : 1) else { continue }
      task.tiles[y * size + x] = tile.rawValue | UInt8(number) << 3
      return y * size + x
    }
    return 0
  }

  /// A number that stands for tiles and start.
  private static func digest(of task: Task) -> UInt64 {
    var digest = Fingerprint()
    for byte in task.tiles + [UInt8(task.start.x), UInt8(task.start.y)] { digest.combine(word: UInt64(byte)) }
    return digest.value
  }

  /// The start of the task.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(cell: task.start, energy: Int32(energy))
  }

  /// Moves, slides on over ice, and meets what is there.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    step(&state, toward: Int(task.directions[choice(action[0], below: 4)]), in: task)
  }

  /// A step in a direction, whatever action that is.
  @inline(__always)
  func step(_ state: inout State, toward direction: Int, in task: Task) -> Outcome {
    state.energy -= 1
    var (reward, isDead, isSliding): (Float, Bool, Bool) = (0, false, true)
    while isSliding {
      let next = cell(from: state.cell, toward: direction)
      if next == state.cell { break }
      state.cell = next
      let tile = task.tiles[Int(next.y) * size + Int(next.x)]
      let (kind, number) = (tile & 7, UInt32(tile >> 3))
      isSliding = kind == Tile.ice.rawValue
      if kind == Tile.death.rawValue { isDead = true }
      if kind == Tile.transporter.rawValue {
        let exit = Int(task.exits[Int(number)])
        state.cell = GridCell(x: exit % size, y: exit / size)
      }
      let canBeTaken = kind == Tile.goal.rawValue || kind == Tile.energy.rawValue
      if canBeTaken && state.taken >> number & 1 == 0 {
        state.taken |= 1 << number
        if kind == Tile.goal.rawValue { reward += 1 } else { state.energy += Int32(energyBonus) }
      }
    }
    return Outcome(reward: reward, isTerminated: isDead || state.energy < 1)
  }

  /// The neighbour in a direction, or at an edge the cell itself.
  @inline(__always)
  func cell(from cell: GridCell, toward direction: Int) -> GridCell {
    let x = Int(cell.x) + (direction == 1 ? 1 : 0) - (direction == 3 ? 1 : 0)
    let y = Int(cell.y) + (direction == 0 ? 1 : 0) - (direction == 2 ? 1 : 0)
    return GridCell(x: max(0, min(size - 1, x)), y: max(0, min(size - 1, y)))
  }

  /// The tile as it is now: what was taken is plain.
  @inline(__always)
  func tile(_ index: Int, of task: Task, in state: State) -> UInt8 {
    let tile = task.tiles[index]
    let kind = tile & 7
    let canBeTaken = kind == Tile.goal.rawValue || kind == Tile.energy.rawValue
    return canBeTaken && state.taken >> UInt32(tile >> 3) & 1 == 1 ? 0 : kind
  }

  /// Writes the cell and the colours.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.cell.x)
    observation[1] = Float(state.cell.y)
    guard view > 0 else {
      for index in 0..<size * size {
        observation[2 + index] = Float(task.colors[Int(tile(index, of: task, in: state))])
      }
      return
    }
    let reach = view / 2
    var index = 2
    for y in Int(state.cell.y) - reach...Int(state.cell.y) + reach {
      for x in Int(state.cell.x) - reach...Int(state.cell.x) + reach {
        let isInside = x >= 0 && y >= 0 && x < size && y < size
        observation[index] =
          isInside ? Float(task.colors[Int(tile(y * size + x, of: task, in: state))]) : 6
        index += 1
      }
    }
  }
}
