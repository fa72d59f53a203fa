import Metarl

/// A line of cells, one of which hides a treasure. Only by walking there does one learn which.
///
/// - Observation: the cell, `discrete([length])`.
/// - Action: `discrete([2])`: 0 goes left, 1 right; the ends of the line block.
/// - Reward: 1 for a step that ends on the treasure, else 0.
/// - Ends: by the time limit.
/// - Task: where the treasure is; anywhere but in the middle, where episodes begin.
///
/// The physics of one lane is all there is to write: batches of lanes, time limits, resets and random streams are the
/// library's. The names of actions, the drawing and the agents to compare with could be left out, too.
struct TreasureLine: Environment {
  static let name = "treasure-line"

  /// The number of cells, odd.
  var length = 9

  struct Task: Hashable, Codable, Sendable { var treasure: Int }
  struct TaskDistribution: TaskDistributionParameters {}
  struct State: BitwiseCopyable, Sendable { var cell: Int32 }

  func validate() throws {
    guard length >= 3, length % 2 == 1 else {
      throw InvalidParameter("length", "is \(length); an odd number of at least 3 is needed")
    }
  }
  func validate(_ distribution: TaskDistribution) throws {}

  var observation: Space { .discrete([length]) }
  var action: Space { .discrete([2]) }
  var actionNames: [String] { ["left", "right"] }
  private var start: Int { length / 2 }

  func tasks(of distribution: TaskDistribution) -> [Task]? {
    (0..<length).filter { $0 != start }.map { Task(treasure: $0) }
  }

  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let place = random.integer(below: length - 1)
    return Task(treasure: place < start ? place : place + 1)
  }

  func initialState(of task: Task, using random: inout RandomStream) -> State { State(cell: Int32(start)) }

  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.cell = min(max(state.cell + (action[0] == 1 ? 1 : -1), 0), Int32(length - 1))
    return Outcome(reward: Int(state.cell) == task.treasure ? 1 : 0)
  }

  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.cell)
  }

  func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.cells(columnCount: length, rowCount: 1)
    scene.rectangle(.cell(x: task.treasure, y: 0), .goal, .tinted)
    scene.agent(at: .cell(x: Int(state.cell), y: 0), radius: 0.26)
  }

  /// Whoever knows the task is the upper limit, random moves the lower one; `evaluate` prints both beside every agent.
  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    [
      Reference(name: "random", summary: "Moves at random.", makeLane: { _ in Walker(treasure: nil) }),
      Reference(
        name: "oracle", summary: "Knows where the treasure is.", makeLane: { Walker(treasure: $0.treasure) }),
    ]
  }
}

/// Walks to the treasure and then to and fro beside it, or at random where it knows of none.
private struct Walker: ReferenceLane {
  let treasure: Int?

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    guard let treasure else { return action[0] = Float(random.integer(below: 2)) }
    let cell = Int(observation[0])
    // At an end of the line, walking on means staying.
    let goesRight = cell == treasure ? treasure > 0 : cell < treasure
    action[0] = goesRight ? 1 : 0
  }
}
