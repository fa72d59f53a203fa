import Formats
import Randomness
import Simulation

/// An agent walks through rooms of which it sees the part before it, to fulfil a mission that nobody tells it.
///
/// - Observation: the `viewSize`² cells before the agent, from the farthest row to its own and in each from left to
///   right, and the direction it looks in, `discrete([tiles, …, 4])`. A tile is 0 what cannot be seen, 1 floor,
///   2 wall, 3 goal, 4 lava, or 5 + 6 · colour + 0 open door, 1 closed door, 2 locked door, 3 key, 4 ball, 5 box. The
///   agent's own cell shows what it carries. Directions are 0 right, 1 down, 2 left, 3 up.
/// - Action: `discrete([7])`: 0 turns left, 1 turns right, 2 goes forward, 3 picks up, 4 drops, 5 toggles, 6 says
///   that it is done, which means something only where a door is to be visited.
/// - Reward: 1 − 0.9 · t / `rewardSpan`, at least 0.1, where the mission is fulfilled in time step t, else 0.
/// - Ends: where the mission is fulfilled, or failed for good: in lava, at the wrong one of two ends, by picking up
///   what was not wanted; where a door is to be visited, by saying `done` elsewhere or toggling anything.
/// - Task: layout, start, objects, doors and mission, all the same in every episode of a trial.
/// - Source: https://github.com/Farama-Foundation/Minigrid, version 3.2.0, `minigrid/minigrid_env.py` and
///   `minigrid/envs`, with its view and its occlusion; Chevalier-Boisvert et al., "Minigrid & Miniworld", NeurIPS 2023.
/// - Differs: there every reset draws a new layout, and the mission is told. There a cell is three numbers and boxes
///   open; here it is one number and boxes are only carried. In `empty` the goal is anywhere, there at the corner
///   across from the start, which would be a single task. The door and key of `doorKey` have any of `colourCount`
///   colours, there yellow. In `keyCorridor` every room has a door to the corridor, there some have one to the next
///   room instead. The objects of `fetch` differ in kind or colour, there two can be alike.
public struct EgocentricGrid: Environment, Hashable {
  /// The family's name in environment files.
  public static let name = "egocentric-grid"

  /// The side of the square of cells that the agent sees: 3, 5 or 7.
  public var viewSize = 7
  /// Whether the agent sees through walls and closed doors.
  public var seesThroughWalls = false
  /// How many colours there are, up to 6.
  public var colourCount = 6
  /// In how many steps the reward falls from 1 to 0.1.
  public var rewardSpan = 640

  /// What changes within an episode. Places are numbers of cells in the padded layout.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// Where each thing is; 0 for nowhere, as while it is carried.
    var places = SIMD8<UInt16>()
    /// The tile of each thing.
    var tiles = SIMD8<UInt8>()
    /// The agent's place.
    var place: UInt16
    /// The direction that the agent looks in.
    var direction: UInt8
    /// One more than the number of the thing that is carried; 0 for none.
    var carried: UInt8 = 0
    /// How many things there are.
    var thingCount: UInt8 = 0
    /// The time steps since the start.
    var time: Int32 = 0
  }

  /// One building with a mission in it.
  public struct Task: Hashable, Codable, Sendable {
    /// Walls, floor, goals and lava.
    public var layout: EgocentricLayout
    /// The cell where episodes start.
    public var start: GridCell
    /// The direction that the agent looks in at first.
    public var direction: Int
    /// Doors and what can be carried, at most 8.
    public var things: [Thing]
    /// What is to be done.
    public var mission: Mission
  }

  /// A door, or something to carry.
  public struct Thing: Hashable, Codable, Sendable {
    /// What it is.
    public var kind: Kind
    /// Its colour.
    public var colour: Int
    /// Where it is at first.
    public var cell: GridCell

    var tile: UInt8 { EgocentricTile.tile(kind, colour: colour) }
  }

  /// The kinds of things, in the order of their tiles.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A door: open, closed, or locked until a key of its colour opens it.
    case openDoor, closedDoor, lockedDoor
    /// Things to carry.
    case key, ball, box
  }

  /// What is to be done.
  public struct Mission: Hashable, Codable, Sendable {
    /// The manners of missions.
    public enum Kind: String, Codable, Sendable, CaseIterable {
      /// Go to a goal.
      case go
      /// Pick up a thing.
      case fetch
      /// Stand beside a door and say that it is done.
      case visit
      /// Go to one of two cells that look like any other, where nothing can be picked up on the way.
      case choose
    }
    /// What is to be done.
    public var kind: Kind
    /// The cell to go to.
    public var cell = GridCell(x: 0, y: 0)
    /// A cell that must not be entered, or (0, 0).
    public var trap = GridCell(x: 0, y: 0)
    /// The thing to fetch or to visit.
    public var thing = 0
    /// Whether to fetch anything else fails for good.
    public var isStrict = false
  }

  /// MiniGrid's view.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    guard [3, 5, 7].contains(viewSize) else {
      throw InvalidParameter("viewSize", "is \(viewSize); 3, 5 or 7 is needed")
    }
    try require("colourCount", colourCount, in: 1...6)
    try require("rewardSpan", rewardSpan, in: 1...1_000_000)
  }

  /// The tiles of the view, and the direction.
  public var observation: Space {
    .discrete(Array(repeating: 5 + 6 * colourCount, count: viewSize * viewSize) + [4])
  }
  /// Turn left or right, go forward, pick up, drop, toggle, say that it is done.
  public var action: Space { .discrete([7]) }
  /// The actions; the arrow keys turn and walk.
  public var actionNames: [String] { ["left", "right", "up", "pick up", "drop", "toggle", "done"] }

  /// A part of the layout is seen at the start.
  public var disclosure: String? { "the first view shows what is before the agent" }

  /// Nil: layouts are drawn.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// The start; everything is where it was.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(startOf: task)
  }

  /// Turns, walks, picks up, drops, toggles or ends.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    switch advance(&state, taking: choice(action[0], below: 7), in: task) {
    case .goesOn: return Outcome(reward: 0)
    case .fails: return Outcome(reward: 0, isTerminated: true)
    case .succeeds:
      let time = min(Int(state.time), rewardSpan)
      return Outcome(reward: 1 - 0.9 * Float(time) / Float(rewardSpan), isTerminated: true)
    }
  }

  /// What a step makes of the mission.
  enum Effect { case goesOn, fails, succeeds }

  @inline(__always)
  func advance(_ state: inout State, taking action: Int, in task: Task) -> Effect {
    state.time &+= 1
    if action < 2 {
      state.direction = (state.direction &+ (action == 0 ? 3 : 1)) & 3
      return .goesOn
    }
    if action == 6 { return task.mission.verdict(onEndingIn: state) }
    let ahead = Int(state.place) &+ EgocentricLayout.offset(of: Int(state.direction))
    let thing = state.thing(at: ahead)
    if action == 2 { return walk(&state, to: ahead, past: thing, in: task) }
    // Without the task, which would have to be kept alive for the call.
    return handle(
      &state, at: ahead, thing, on: task.layout.tile(at: ahead), taking: action, for: task.mission)
  }

  @inline(__always)
  private func walk(_ state: inout State, to ahead: Int, past thing: Int?, in task: Task) -> Effect {
    if let thing, !EgocentricTile.isOpenDoor(state.tiles[thing]) { return .goesOn }
    let tile = task.layout.tile(at: ahead)
    if tile == EgocentricTile.wall { return .goesOn }
    state.place = UInt16(truncatingIfNeeded: ahead)
    if tile == EgocentricTile.lava { return .fails }
    guard task.mission.kind == .go || task.mission.kind == .choose else { return .goesOn }
    if ahead == EgocentricLayout.place(of: task.mission.cell) { return .succeeds }
    return ahead == EgocentricLayout.place(of: task.mission.trap) ? .fails : .goesOn
  }

  @inline(never)
  private func handle(
    _ state: inout State, at ahead: Int, _ thing: Int?, on tile: UInt8, taking action: Int,
    for mission: Mission
  ) -> Effect {
    if action == 5 && mission.kind == .visit { return .fails }
    guard let thing else {
      if action == 4 && state.carried > 0 && tile == EgocentricTile.floor {
        state.places[Int(state.carried) - 1] = UInt16(truncatingIfNeeded: ahead)
        state.carried = 0
      }
      return .goesOn
    }
    let held = state.tiles[thing]
    if action == 3 && state.carried == 0 && EgocentricTile.canBeCarried(held) && mission.kind != .choose {
      state.carried = UInt8(truncatingIfNeeded: thing + 1)
      state.places[thing] = 0
      return mission.verdict(onFetching: thing)
    }
    if action == 5, let toggled = toggled(held, carrying: state) { state.tiles[thing] = toggled }
    return .goesOn
  }

  /// What a door becomes when it is toggled; nil for what does not change.
  private func toggled(_ tile: UInt8, carrying state: State) -> UInt8? {
    guard let (kind, colour) = EgocentricTile.kind(of: tile) else { return nil }
    switch kind {
    case .openDoor: return EgocentricTile.tile(.closedDoor, colour: colour)
    case .closedDoor: return EgocentricTile.tile(.openDoor, colour: colour)
    case .lockedDoor:
      let hasKey =
        state.carried > 0
        && state.tiles[Int(state.carried) - 1] == EgocentricTile.tile(.key, colour: colour)
      return hasKey ? EgocentricTile.tile(.openDoor, colour: colour) : nil
    case .key, .ball, .box: return nil
    }
  }
}

extension EgocentricGrid.Mission {
  /// What comes of fetching a thing.
  fileprivate func verdict(onFetching thing: Int) -> EgocentricGrid.Effect {
    guard kind == .fetch else { return .goesOn }
    return thing == self.thing ? .succeeds : isStrict ? .fails : .goesOn
  }

  /// What comes of saying that it is done.
  @inline(__always)
  fileprivate func verdict(onEndingIn state: EgocentricGrid.State) -> EgocentricGrid.Effect {
    guard kind == .visit else { return .goesOn }
    let distance = abs(Int(state.places[thing]) &- Int(state.place))
    return distance == 1 || distance == EgocentricLayout.stride ? .succeeds : .fails
  }
}

extension EgocentricGrid.State {
  /// The start of an episode in `task`.
  init(startOf task: EgocentricGrid.Task) {
    place = UInt16(EgocentricLayout.place(of: task.start))
    direction = UInt8(task.direction)
    thingCount = UInt8(task.things.count)
    for (index, thing) in task.things.enumerated() {
      places[index] = UInt16(EgocentricLayout.place(of: thing.cell))
      tiles[index] = thing.tile
    }
  }

  /// The thing at `place`, if there is one.
  @inline(__always)
  func thing(at place: Int) -> Int? {
    for index in 0..<Int(thingCount) where Int(places[index]) == place { return index }
    return nil
  }
}

/// What a cell holds, as the observations number it; `opaque` is added where nothing is seen behind it.
enum EgocentricTile {
  static let opaque: UInt8 = 0x80
  static let floor: UInt8 = 1
  static let wall: UInt8 = 2 | opaque
  static let goal: UInt8 = 3
  static let lava: UInt8 = 4

  /// The two bits that stand for a tile of the building.
  static func code(of tile: UInt8) -> UInt64 { UInt64(tile & ~opaque) - 1 }

  /// The tile that the lowest two bits of `code` stand for.
  @inline(__always)
  static func tile(ofCode code: UInt64) -> UInt8 {
    let tile = UInt8(truncatingIfNeeded: code & 3) &+ 1
    return tile == wall & ~opaque ? wall : tile
  }

  static func tile(_ kind: EgocentricGrid.Kind, colour: Int) -> UInt8 {
    let number = UInt8(5 + 6 * colour + (EgocentricGrid.Kind.allCases.firstIndex(of: kind) ?? 0))
    return kind == .closedDoor || kind == .lockedDoor ? number | opaque : number
  }

  /// The kind and colour of a thing's tile.
  static func kind(of tile: UInt8) -> (kind: EgocentricGrid.Kind, colour: Int)? {
    let number = Int(tile & ~opaque) - 5
    guard number >= 0 else { return nil }
    return (EgocentricGrid.Kind.allCases[number % 6], number / 6)
  }

  @inline(__always)
  static func isOpenDoor(_ tile: UInt8) -> Bool { tile & opaque == 0 && (tile &- 5) % 6 == 0 }

  static func canBeCarried(_ tile: UInt8) -> Bool { tile & opaque == 0 && tile >= 5 && (tile - 5) % 6 >= 3 }
}
