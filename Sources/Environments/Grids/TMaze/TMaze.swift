import Formats
import Randomness
import Scenes
import Simulation

/// A corridor that ends in a junction: a cue seen long before tells whether to turn up or down there.
///
/// - Observation: `discrete([3, 2, 2])`: where the agent is, 0 at the beginning of the corridor, 1 in it, 2 at its
///   end; 1 if the cue says up; 1 if the cue is seen, which is so at the beginning of the corridor. Where it is not
///   seen the second number is 0. The corridor looks the same all along.
/// - Action: `discrete([4])`: 0 goes right, 1 up, 2 left, 3 down; walls block.
/// - Reward: `goalReward` for turning the right way at the junction; `stepReward` for every other step, and `strayReward`
///   with it where the step does not go right. Without that nothing tells agents to go, and a corridor much longer than
///   10 cells is never walked by chance.
/// - Ends: with the turn. The time limit is the file's.
/// - Task: which way is right. It stays for the trial; as published, a trial is one episode.
/// - Source: Ni et al., "When do transformers shine in RL? Decoupling memory from credit assignment", NeurIPS 2023;
///   https://github.com/UT-Austin-RPL/amago, `envs/builtin/tmaze.py`. In the passive maze the cue is where the
///   agent starts; in the active one it starts one cell to the right of it.
/// - Differs: as published, the first step of the active maze may go back at no cost.
public struct TMaze: Environment {
  /// The family's name in environment files.
  public static let name = "t-maze"

  /// The cells of the corridor, from the cue to the junction.
  public var corridorLength = 10
  /// Whether the agent starts one cell away from the cue, and has to go there to see it.
  public var isActive = false
  /// The reward of the right turn.
  public var goalReward: Float = 1
  /// The reward of every other step.
  public var stepReward: Float = 0
  /// What is added to it for a step that does not go right; not above 0.
  public var strayReward: Float = 0

  /// Where the agent is.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The cell along the corridor; the junction is `corridorLength`.
    public var position: Int32
    /// 1 above the junction, −1 below it, else 0.
    public var turn: Int32 = 0

    /// The given cell of the corridor.
    public init(position: Int32) { self.position = position }
  }

  /// Which way is right.
  public struct Task: Hashable, Codable, Sendable {
    /// Whether up is right at the junction.
    public var isUp: Bool

    /// The task in which up, or down, is right.
    public init(isUp: Bool) { self.isUp = isUp }
  }

  /// Both ways are equally likely.
  public struct TaskDistribution: TaskDistributionParameters {
    /// Both tasks.
    public init() {}
  }

  /// A passive maze with a corridor of 10 cells.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("corridorLength", corridorLength, in: 1...100_000)
    try PointBounds.requireReward("stepReward", stepReward)
    guard (-PointBounds.reward...0).contains(strayReward) else {
      throw InvalidParameter(
        "strayReward", "is \(strayReward); a number from -\(PointBounds.reward) to 0 is needed")
    }
    try require("goalReward", goalReward, above: max(stepReward, 0))
    try PointBounds.requireReward("goalReward", goalReward)
  }

  /// There is nothing to set.
  public func validate(_ distribution: TaskDistribution) throws {}

  /// The kind of cell, the cue, and whether it is seen.
  public var observation: Space { .discrete([3, 2, 2]) }
  /// Right, up, left, down.
  public var action: Space { .discrete([4]) }
  /// The directions.
  public var actionNames: [String] { ["right", "up", "left", "down"] }

  /// In the passive maze the cue is the first thing seen.
  public var disclosure: String? { isActive ? nil : "the cue of a passive T-maze is seen at the start" }

  /// Both tasks.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { [true, false].map(Task.init) }

  /// Both tasks are possible until the cue is seen or a way was tried.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> TaskCandidates<Self>? {
    TaskCandidates(self, among: [.init(isUp: true), .init(isUp: false)], in: setting)
  }

  /// One of both tasks.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(isUp: random.integer(below: 2) == 0)
  }

  /// The cue's cell, or the next one.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(position: isActive ? 1 : 0)
  }

  /// Moves along the corridor, or turns at its end.
  @inline(__always)
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let move = choice(action[0], below: 4)
    let end = Int32(truncatingIfNeeded: corridorLength)
    // One question: of two, the one about the move might come first, and random moves mislead it.
    if (state.position ^ end) | (~Int32(truncatingIfNeeded: move) & 1) == 0 {
      state.turn = move == 1 ? 1 : -1
      return Outcome(
        reward: (move == 1) == task.isUp ? goalReward : stepReward + strayReward, isTerminated: true)
    }
    state.position = max(0, min(end, state.position &+ shift(of: move, in: 0x46)))
    return Outcome(reward: stepReward + pick(move == 0, 0, strayReward))
  }

  /// Writes the kind of cell and what the cue says, where it is seen.
  @inline(__always)
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    let (isSeen, isEnd) = (state.position == 0, Int(state.position) == corridorLength)
    observation[0] = SIMD4(1, 0, 2, 0)[(isSeen ? 1 : 0) &+ (isEnd ? 2 : 0)]
    observation[1] = pick(isSeen && task.isUp, 1, 0)
    observation[2] = pick(isSeen, 1, 0)
  }

  /// Draws the corridor, the cue, both turns and the agent.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let length = Float(corridorLength)
    scene.bounds = Scene.Rectangle(x: 0, y: 0, width: length + 1, height: 3)
    scene.rectangle(scene.bounds, .wall)
    scene.rectangle(Scene.Rectangle(x: 0, y: 1, width: length + 1, height: 1), .ground)
    scene.rectangle(Scene.Rectangle(x: length, y: 0, width: 1, height: 3), .ground)
    scene.rectangle(.cell(x: corridorLength, y: task.isUp ? 2 : 0), .goal, .tinted)
    scene.rectangle(.cell(x: corridorLength, y: task.isUp ? 0 : 2), .hazard, .tinted)
    scene.text(task.isUp ? "↑" : "↓", at: .cell(x: 0, y: 1), height: 0.5)
    scene.agent(at: .cell(x: Int(state.position), y: 1 + Int(state.turn)), radius: 0.26)
  }
}
