import Randomness

/// An environment family that can step many lanes together.
///
/// The default of `stepLanes` is inlined where an environment conforms, so that its physics is compiled into the loop
/// over lanes; everything else reaches it through one call per batch.
public protocol Batched: EnvironmentTypes {
  /// Whether episodes often end at random, as in a walk among holes, which a processor's branch prediction cannot foresee;
  /// false by default. Such an environment is faster when all lanes are stepped first and episodes are ended afterwards.
  static var endsByChance: Bool { get }
  /// Steps every lane of a batch; the default calls `step` and `observe` lane by lane.
  func stepLanes(_ lanes: inout LaneBatch<Self>, taking actions: Span<Float>)
  /// Replaces `task` by one drawn from `distribution`, the same that `sampleTask` draws. A task that owns arrays can reuse
  /// their memory here. The default calls `sampleTask`.
  func redraw(_ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream)
}

extension Batched {
  /// False.
  public static var endsByChance: Bool { false }
}

extension Environment {
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
