import Randomness

/// The lanes of one batch: a task, a state and a random stream each, and what their agents see.
///
/// The default of `Environment.stepLanes` is inlined where an environment conforms, so that its physics is
/// compiled into the loop over lanes; everything else reaches it through one call per batch.
public struct LaneBatch<Subject: Environment>: Sendable {
  /// What the agents know of the world.
  public let interface: Interface
  /// The task of each lane, fixed for the trial.
  public var tasks: [Subject.Task]
  /// The state of each lane.
  public var states: [Subject.State]
  /// The randomness of each lane's physics.
  public var streams: [RandomStream]
  /// What the agents see.
  public var timeStep: TimeStep
  /// The sum of rewards of each episode so far, `[lane, episode]`.
  public var returns: [Float]

  /// The lanes at the start of a trial in `tasks`; lane i draws its physics from below `keys[i]`.
  public init(_ environment: Subject, interface: Interface, tasks: [Subject.Task], keys: [RandomKey]) {
    precondition(tasks.count == keys.count, "\(tasks.count) tasks, \(keys.count) keys")
    self.interface = interface
    self.tasks = tasks
    var streams = keys.map { $0.child("physics").stream() }
    states = tasks.indices.map { environment.initialState(of: tasks[$0], using: &streams[$0]) }
    self.streams = streams
    timeStep = TimeStep(laneCount: tasks.count, interface: interface)
    returns = Array(repeating: 0, count: tasks.count * interface.episodeCount)
    observe(environment)
  }

  /// Puts every lane at the start of a trial: in the task that `redraw` puts in the place of its last one for
  /// the lane's task key, or without task keys in the task it has.
  mutating func restart(
    _ environment: Subject, keys: [RandomKey], taskKeys: [RandomKey]?,
    redraw: (inout Subject.Task, RandomKey) -> Void
  ) {
    precondition(tasks.count == keys.count, "\(tasks.count) lanes, \(keys.count) keys")
    if let taskKeys {
      precondition(tasks.count == taskKeys.count, "\(tasks.count) lanes, \(taskKeys.count) task keys")
      for lane in taskKeys.indices { redraw(&tasks[lane], taskKeys[lane]) }
    }
    for lane in keys.indices {
      streams[lane] = keys[lane].child("physics").stream()
      states[lane] = environment.initialState(of: tasks[lane], using: &streams[lane])
    }
    timeStep.restart()
    for index in returns.indices { returns[index] = 0 }
    observe(environment)
  }

  /// Puts a lane at the start of an episode in another task.
  mutating func replaceTask(ofLane lane: Int, by task: Subject.Task, in environment: Subject) {
    tasks[lane] = task
    states[lane] = environment.initialState(of: task, using: &streams[lane])
    observe(environment, lanes: lane..<lane + 1)
  }

  private mutating func observe(_ environment: Subject) { observe(environment, lanes: tasks.indices) }

  private mutating func observe(_ environment: Subject, lanes: Range<Int>) {
    let width = interface.observation.componentCount
    let (tasks, states) = (tasks, states)
    var observation = timeStep.observation.mutableSpan
    for lane in lanes {
      var mine = observation._mutatingExtracting(lane * width..<(lane + 1) * width)
      environment.observe(states[lane], in: tasks[lane], into: &mine)
    }
  }
}

extension Environment {
  /// None.
  public var actionNames: [String] { [] }

  /// First observations show nothing of the task.
  public var disclosure: String? { nil }

  /// Draws a new task and lets the old one go.
  public func redraw(
    _ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream
  ) {
    task = sampleTask(from: distribution, using: &random)
  }

  /// Steps every lane whose trial is not over: physics, time limit, and where an episode ended, the first
  /// state of the next one in the same task. `actions` is `[lane, action]`.
  @inlinable
  public func stepLanes(_ lanes: inout LaneBatch<Self>, taking actions: Span<Float>) {
    let finishedCount = stepLanes(
      interface: lanes.interface, actions: actions, tasks: lanes.tasks, states: &lanes.states,
      streams: &lanes.streams, returns: &lanes.returns, observation: &lanes.timeStep.observation,
      previousAction: &lanes.timeStep.previousAction, previousReward: &lanes.timeStep.previousReward,
      progress: &lanes.timeStep.progress)
    lanes.timeStep.activeLaneCount -= finishedCount
  }

  /// The loop over lanes; returns how many trials it brought to an end. The arrays come one by one because
  /// spans of them must not overlap. Their lengths are checked once, so that indices made of the lane alone
  /// need no check; what an environment does with its own spans is checked always.
  @inlinable
  func stepLanes(
    interface: Interface, actions: Span<Float>, tasks: [Task], states: inout [State],
    streams: inout [RandomStream], returns: inout [Float], observation: inout [Float],
    previousAction: inout [Float], previousReward: inout [Float], progress: inout [Progress]
  ) -> Int {
    let (episodeCount, horizon) = (interface.episodeCount, Int32(interface.horizon))
    let actionWidth = interface.action.componentCount
    let observationWidth = interface.observation.componentCount
    precondition(
      actions.count == tasks.count * actionWidth, "\(actions.count) numbers for \(tasks.count) actions")
    let laneCount = tasks.count
    precondition(
      states.count == laneCount && streams.count == laneCount && progress.count == laneCount
        && previousReward.count == laneCount && previousAction.count == laneCount * actionWidth
        && observation.count == laneCount * observationWidth && returns.count == laneCount * episodeCount,
      "a batch of \(laneCount) tasks has arrays of other lengths")
    let tasks = tasks.span
    var states = states.mutableSpan
    var streams = streams.mutableSpan
    var returns = returns.mutableSpan
    var observation = observation.mutableSpan
    var previousAction = previousAction.mutableSpan
    var previousReward = previousReward.mutableSpan
    var progress = progress.mutableSpan
    var finishedCount = 0

    for lane in 0..<laneCount where !progress[unchecked: lane].isTrialOver {
      let firstAction = lane &* actionWidth
      let action = actions.extracting(unchecked: firstAction..<firstAction &+ actionWidth)
      let outcome = step(
        &states[unchecked: lane], taking: action, in: tasks[unchecked: lane], using: &streams[unchecked: lane]
      )
      for component in 0..<actionWidth {
        previousAction[unchecked: firstAction &+ component] = action[unchecked: component]
      }
      previousReward[unchecked: lane] = outcome.reward
      var mine = progress[unchecked: lane]
      returns[lane &* episodeCount &+ Int(mine.episode)] += outcome.reward
      mine.timeOfEpisode &+= 1
      mine.previousEnding =
        outcome.isTerminated ? .terminated : mine.timeOfEpisode == horizon ? .truncated : .none
      if mine.previousEnding != .none {
        mine.timeOfEpisode = 0
        mine.episode &+= 1
        mine.isTrialOver = mine.episode == episodeCount
        finishedCount &+= mine.isTrialOver ? 1 : 0
        if !mine.isTrialOver {
          states[unchecked: lane] = initialState(of: tasks[unchecked: lane], using: &streams[unchecked: lane])
        }
      }
      progress[unchecked: lane] = mine
      let firstObservation = lane &* observationWidth
      var seen = observation._mutatingExtracting(
        unchecked: firstObservation..<firstObservation &+ observationWidth)
      observe(states[unchecked: lane], in: tasks[unchecked: lane], into: &seen)
    }
    return finishedCount
  }
}
