import Randomness
import Scenes
import Simulation

/// Find out which of four doors pays; keeps every rule, but for the fault that is planted.
struct Faulty: Environment {
  /// What is wrong.
  enum Fault: String, Codable, Sendable {
    case none, outOfSpace, unwritten, infiniteReward, unseededRandomness, dependentLanes
    case terminatedAtTimeLimit, lateTimeLimit, redrawnTask, strangeStart, oneTask, tasksInNameOnly
    case taskInObservation, distanceInObservation, overlappingDraws, strangerDrawn, worthless, cheater
    case wrongExactReturn, emptyDrawing, drawingOutOfBounds, blindDrawing, restlessDrawing
  }

  struct Task: Hashable, Codable, Sendable { var door: Int }

  struct TaskDistribution: TaskDistributionParameters {
    var first = 0
    var count = 4
    var isFinite = true
  }

  struct State: BitwiseCopyable, Sendable {
    var position: Float
    var time: Int32 = 0
  }

  static let name = "faulty"
  var fault = Fault.none

  init() {}
  init(_ fault: Fault) { self.fault = fault }

  func validate() throws {}
  func validate(_ distribution: TaskDistribution) throws {}

  var observation: Space { .box(lower: [-2, -50], upper: [2, 50]) }
  var action: Space { .discrete([4]) }

  func tasks(of distribution: TaskDistribution) -> [Task]? {
    guard distribution.isFinite && fault != .overlappingDraws else { return nil }
    return (distribution.first..<distribution.first + distribution.count).map { Task(door: $0) }
  }

  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    switch fault {
    case .oneTask: Task(door: distribution.first)
    case .overlappingDraws: Task(door: random.integer(below: 8))
    case .strangerDrawn: Task(door: distribution.first + random.integer(below: distribution.count + 1))
    default: Task(door: distribution.first + random.integer(below: distribution.count))
    }
  }

  func initialState(of task: Task, using random: inout RandomStream) -> State {
    if fault == .unseededRandomness { return State(position: Float.random(in: -1..<1)) }
    return State(position: random.uniform(from: -1, to: 1))
  }

  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.time += 1
    let door = fault == .tasksInNameOnly ? 0 : task.door % 4
    let isRight = fault != .worthless && Int(action[0]) == door
    if fault == .infiniteReward && state.time == 3 { return Outcome(reward: .infinity) }
    return Outcome(reward: isRight ? 1 : 0, isTerminated: fault == .lateTimeLimit ? false : state.time == 9)
  }

  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = fault == .outOfSpace && state.time == 2 ? 3 : state.position
    if fault == .unwritten && state.time == 2 { return }
    observation[1] =
      switch fault {
      case .taskInObservation: Float(task.door)
      case .distanceInObservation: abs(state.position - Float(task.door))
      default: Float(state.time)
      }
  }

  func draw(_ state: State, in task: Task, into scene: inout Scene) {
    if fault == .emptyDrawing { return }
    let door = fault == .blindDrawing ? 0 : task.door
    scene.bounds = Scene.Rectangle(reach: fault == .drawingOutOfBounds ? 0.001 : 20)
    scene.circle(at: Scene.Point(x: Float(door), y: 0), radius: 1, .goal)
    let place =
      fault == .restlessDrawing ? Float.random(in: -1..<1) : fault == .blindDrawing ? 0 : state.position
    scene.agent(at: Scene.Point(x: place, y: 0), radius: 0.1)
  }

  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Faulty>] {
    let length = Double(min(horizon, 9))
    let error = fault == .wrongExactReturn ? 0.5 : 0
    let isCheating = fault == .cheater
    var references: [Reference<Faulty>] = [
      Reference(
        name: "random", summary: "Guesses.", makeLane: { _ in Opener(door: nil) },
        expectedReturns: { Array(repeating: length / 4 + error, count: episodeCount) }),
      Reference(
        name: "oracle", summary: "Knows.",
        makeLane: { Opener(door: $0.door % 4, isLate: isCheating) }),
    ]
    if isCheating {
      references.append(
        Reference(name: "cheater", summary: "Knows too.", makeLane: { Opener(door: $0.door % 4) }))
    }
    return references
  }

  /// The library's loop in a few words, with the faults that only a loop can have.
  func stepLanes(_ lanes: inout LaneBatch<Faulty>, taking actions: Span<Float>) {
    for lane in lanes.tasks.indices where !lanes.timeStep.progress[lane].isTrialOver {
      step(&lanes, lane: lane, taking: actions.extracting(lane..<lane + 1))
    }
  }

  private func step(_ lanes: inout LaneBatch<Faulty>, lane: Int, taking action: Span<Float>) {
    let outcome = step(
      &lanes.states[lane], taking: action, in: lanes.tasks[lane], using: &lanes.streams[lane])
    let isBiased = fault == .dependentLanes && lane > 0
    lanes.timeStep.previousReward[lane] = outcome.reward + (isBiased ? lanes.states[lane - 1].position : 0)
    lanes.timeStep.previousAction[lane] = action[0]
    var progress = lanes.timeStep.progress[lane]
    lanes.finishedReturns[lane * lanes.interface.episodeCount + Int(progress.episode)] += outcome.reward
    progress.timeOfEpisode += 1
    let horizon = lanes.interface.horizon + (fault == .lateTimeLimit ? 1 : 0)
    progress.previousEnding =
      outcome.isTerminated ? .terminated : Int(progress.timeOfEpisode) >= horizon ? .truncated : .none
    if progress.previousEnding != .none { begin(&lanes, lane: lane, progress: &progress) }
    lanes.timeStep.progress[lane] = progress
    let seen = self.seen(
      lanes.states[lane], in: lanes.tasks[lane], before: lanes.timeStep.observation[2 * lane + 1])
    lanes.timeStep.observation[2 * lane] = seen[0]
    lanes.timeStep.observation[2 * lane + 1] = seen[1]
  }

  private func begin(_ lanes: inout LaneBatch<Faulty>, lane: Int, progress: inout Progress) {
    if fault == .terminatedAtTimeLimit { progress.previousEnding = .terminated }
    progress.timeOfEpisode = 0
    progress.episode += 1
    progress.isTrialOver = Int(progress.episode) == lanes.interface.episodeCount
    if progress.isTrialOver {
      lanes.timeStep.activeLaneCount -= 1
      return
    }
    if fault == .redrawnTask { lanes.tasks[lane].door = (lanes.tasks[lane].door + 1) % 4 }
    lanes.states[lane] = initialState(of: lanes.tasks[lane], using: &lanes.streams[lane])
    if fault == .strangeStart { lanes.states[lane].position = 0.5 }
  }

  private func seen(_ state: State, in task: Task, before: Float) -> [Float] {
    var observation: [Float] = [0, before]
    var span = observation.mutableSpan
    observe(state, in: task, into: &span)
    return observation
  }
}

/// Opens one door, or any; one that is late begins with the wrong one.
private struct Opener: ReferenceLane {
  let door: Int?
  var isLate = false

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let wrong = isLate && moment.progress.isEpisodeStart ? 1 : 0
    action[0] = Float(door.map { ($0 + wrong) % 4 } ?? random.integer(below: 4))
  }
}
