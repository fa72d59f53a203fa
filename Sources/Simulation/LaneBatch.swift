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
  /// The sum of rewards of each episode that is over, `[lane, episode]`.
  public var finishedReturns: [Float]
  /// The sum of rewards of the episode that is going on, `[lane]`: side by side, since every step adds to it.
  @usableFromInline var openReturns: [Float]
  /// Room for the lanes whose episodes a step ends, where `Environment.endsByChance`.
  @usableFromInline var endedLanes: [Int32]

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

extension Environment {
  /// The published distribution.
  public var usualDistribution: TaskDistribution { TaskDistribution() }

  /// Nil.
  public var observationMap: ObservationMap? { nil }

  /// None.
  public var actionNames: [String] { [] }

  /// First observations show nothing of the task.
  public var disclosure: String? { nil }

  /// False.
  public static var endsByChance: Bool { false }

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
    lanes.remember(actions)
    let finishedCount = stepLanes(
      interface: lanes.interface, actions: actions, tasks: lanes.tasks, states: &lanes.states,
      streams: &lanes.streams, finishedReturns: &lanes.finishedReturns, openReturns: &lanes.openReturns,
      endedLanes: &lanes.endedLanes, observation: &lanes.timeStep.observation,
      endObservation: &lanes.timeStep.endObservation,
      previousReward: &lanes.timeStep.previousReward, progress: &lanes.timeStep.progress)
    lanes.timeStep.activeLaneCount -= finishedCount
  }

  /// The loop over lanes; returns how many trials it brought to an end. The arrays come one by one because
  /// spans of them must not overlap. Their lengths are checked once, so that indices made of the lane alone
  /// need no check; what an environment does with its own spans is checked always.
  @inlinable
  func stepLanes(
    interface: Interface, actions: Span<Float>, tasks: [Task], states: inout [State],
    streams: inout [RandomStream], finishedReturns: inout [Float], openReturns: inout [Float],
    endedLanes: inout [Int32], observation: inout [Float], endObservation: inout [Float],
    previousReward: inout [Float], progress: inout [Progress]
  ) -> Int {
    let (episodeCount, horizon) = (interface.episodeCount, Int32(interface.horizon))
    let actionWidth = interface.action.componentCount
    let observationWidth = interface.observation.componentCount
    precondition(
      actions.count == tasks.count * actionWidth, "\(actions.count) numbers for \(tasks.count) actions")
    let laneCount = tasks.count
    precondition(
      states.count == laneCount && streams.count == laneCount && progress.count == laneCount
        && previousReward.count == laneCount && observation.count == laneCount * observationWidth
        && openReturns.count == laneCount && finishedReturns.count == laneCount * episodeCount
        && endedLanes.count == (Self.endsByChance ? laneCount : 0)
        && (endObservation.isEmpty || endObservation.count == observation.count),
      "a batch of \(laneCount) tasks has arrays of other lengths")
    let tasks = tasks.span
    var states = states.mutableSpan
    var streams = streams.mutableSpan
    var finishedReturns = finishedReturns.mutableSpan
    var openReturns = openReturns.mutableSpan
    var endedLanes = endedLanes.mutableSpan
    var observation = observation.mutableSpan
    var endObservation = endObservation.mutableSpan
    let keepsEnds = !endObservation.isEmpty
    var previousReward = previousReward.mutableSpan
    var progress = progress.mutableSpan
    var (finishedCount, endedCount) = (0, 0)

    // Tasks are read where they are: one that holds arrays, put into a constant for the whole of the loop's body, would
    // be retained and released for every step.
    for lane in 0..<laneCount where !progress[unchecked: lane].isTrialOver {
      let action = actions.extracting(unchecked: Self.part(lane, width: actionWidth))
      let outcome = step(
        &states[unchecked: lane], taking: action, in: tasks[unchecked: lane],
        using: &streams[unchecked: lane])
      previousReward[unchecked: lane] = outcome.reward
      openReturns[unchecked: lane] += outcome.reward
      let time = progress[unchecked: lane].timeOfEpisode &+ 1
      if !Self.endsByChance && (outcome.isTerminated || time == horizon) {
        let episode = Int(progress[unchecked: lane].episode)
        finishedReturns[lane &* episodeCount &+ episode] = openReturns[unchecked: lane]
        openReturns[unchecked: lane] = 0
        if keepsEnds {
          var end = endObservation._mutatingExtracting(Self.part(lane, width: observationWidth))
          observe(states[unchecked: lane], in: tasks[unchecked: lane], into: &end)
        }
        let isOver = progress[unchecked: lane].endEpisode(
          outcome.isTerminated ? .terminated : .truncated, of: episodeCount)
        finishedCount &+= isOver ? 1 : 0
        if !isOver {
          states[unchecked: lane] = initialState(of: tasks[unchecked: lane], using: &streams[unchecked: lane])
        }
      } else {
        progress[unchecked: lane].timeOfEpisode = time
        progress[unchecked: lane].previousEnding = .none
      }
      if Self.endsByChance {
        // Every lane is put down, and the next one in its place unless its episode ended: nothing to guess.
        let isTerminated: Int32 = outcome.isTerminated ? 1 : 0
        endedLanes[unchecked: endedCount] = Int32(truncatingIfNeeded: lane &<< 1) | isTerminated
        endedCount &+= Int(isTerminated | (time == horizon ? 1 : 0))
      }
      var seen = observation._mutatingExtracting(unchecked: Self.part(lane, width: observationWidth))
      observe(states[unchecked: lane], in: tasks[unchecked: lane], into: &seen)
    }

    for place in 0..<endedCount {
      let lane = Int(endedLanes[unchecked: place] &>> 1)
      let episode = Int(progress[unchecked: lane].episode)
      finishedReturns[lane &* episodeCount &+ episode] = openReturns[unchecked: lane]
      openReturns[unchecked: lane] = 0
      if keepsEnds {
        var end = endObservation._mutatingExtracting(Self.part(lane, width: observationWidth))
        observe(states[unchecked: lane], in: tasks[unchecked: lane], into: &end)
      }
      let isOver = progress[unchecked: lane].endEpisode(
        endedLanes[unchecked: place] & 1 == 1 ? .terminated : .truncated, of: episodeCount)
      finishedCount &+= isOver ? 1 : 0
      if isOver { continue }
      states[unchecked: lane] = initialState(of: tasks[unchecked: lane], using: &streams[unchecked: lane])
      var seen = observation._mutatingExtracting(unchecked: Self.part(lane, width: observationWidth))
      observe(states[unchecked: lane], in: tasks[unchecked: lane], into: &seen)
    }
    return finishedCount
  }

  /// The numbers of one lane among those of all.
  @inlinable @inline(__always)
  static func part(_ lane: Int, width: Int) -> Range<Int> {
    Range(uncheckedBounds: (lane &* width, (lane &+ 1) &* width))
  }
}
