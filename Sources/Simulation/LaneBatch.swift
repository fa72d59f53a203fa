import Randomness

/// The lanes of one batch: a task, a state and a random stream each, and what their agents see.
public struct LaneBatch<Subject: EnvironmentTypes>: Sendable {
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
  /// The sum of rewards of each episode that is over, `[lane, episode]`.
  public var finishedReturns: [Float]
  /// The sum of rewards of the episode that is going on, `[lane]`: side by side, since every step adds to it.
  @usableFromInline var openReturns: [Float]
  /// Room for the lanes whose episodes a step ends, where `Batched.endsByChance`.
  @usableFromInline var endedLanes: [Int32]
}

extension LaneBatch where Subject: Environment {
  /// The lanes at the start of a trial in `tasks`; lane i draws its physics from below `keys[i]`.
  public init(_ environment: Subject, interface: Interface, tasks: [Subject.Task], keys: [RandomKey]) {
    precondition(tasks.count == keys.count, "\(tasks.count) tasks, \(keys.count) keys")
    self.interface = interface
    self.tasks = tasks
    var streams = keys.map { $0.child("physics").stream() }
    states = tasks.indices.map { environment.initialState(of: tasks[$0], using: &streams[$0]) }
    self.streams = streams
    timeStep = TimeStep(laneCount: tasks.count, interface: interface)
    finishedReturns = Array(repeating: 0, count: tasks.count * interface.episodeCount)
    openReturns = Array(repeating: 0, count: tasks.count)
    endedLanes = Array(repeating: 0, count: Subject.endsByChance ? tasks.count : 0)
    observe(environment)
  }

  /// The sum of rewards of each episode so far, `[lane, episode]`.
  public var returns: [Float] {
    guard !timeStep.isOver else { return finishedReturns }
    var returns = finishedReturns
    for (lane, progress) in timeStep.progress.enumerated() where !progress.isTrialOver {
      returns[lane * interface.episodeCount + Int(progress.episode)] += openReturns[lane]
    }
    return returns
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
    let physics = RandomKey.Purpose("physics")
    for lane in keys.indices {
      streams[lane] = keys[lane].child(physics).stream()
      states[lane] = environment.initialState(of: tasks[lane], using: &streams[lane])
    }
    timeStep.restart()
    for index in finishedReturns.indices { finishedReturns[index] = 0 }
    for lane in openReturns.indices { openReturns[lane] = 0 }
    observe(environment)
  }

  /// Puts `actions` down as the previous ones of every lane whose trial is not over. Mostly that is all of them,
  /// and a copy of the whole costs less than one for each lane.
  @inlinable
  mutating func remember(_ actions: Span<Float>) {
    let (width, progress) = (interface.action.componentCount, timeStep.progress)
    let isWhole = timeStep.activeLaneCount == progress.count
    var previous = timeStep.previousAction.mutableSpan
    precondition(
      actions.count == previous.count && actions.count == progress.count * width,
      "\(actions.count) numbers for \(progress.count) actions of \(width)")
    if isWhole {
      for index in actions.indices { previous[unchecked: index] = actions[unchecked: index] }
      return
    }
    for lane in progress.indices where !progress[lane].isTrialOver {
      for index in lane &* width..<(lane &+ 1) &* width {
        previous[unchecked: index] = actions[unchecked: index]
      }
    }
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
