import Randomness

/// The rules of conformance, applied to one environment: what `metarl check` and the tests of the catalogue run.
///
/// Whatever is random is drawn below `key`, so that a broken rule is found again by its seed.
struct Examination<Subject: Environment> {
  let simulator: EnvironmentSimulator<Subject>
  let key: RandomKey

  var environment: Subject { simulator.environment }
  var interface: Interface { simulator.interface }

  /// About how many time steps one rule looks at in one split.
  static var stepBudget: Int { 100_000 }

  func verdict(on rule: ConformanceRule) -> Verdict {
    switch rule {
    case .observationsAreInTheirSpace: walk(remark: "observations", violation: Self.violationOfSpace)
    case .rewardsAreFinite: walk(remark: "rewards", violation: Self.violationOfRewards)
    case .episodesEndOnce: walk(remark: "transitions", violation: Self.violationOfEndings)
    case .resetsKeepTheTask: walk(remark: "transitions", violation: Self.violationOfResets)
    case .seedsDecide: verdictOnSeeds
    case .lanesAreIndependent: verdictOnLanes
    case .tasksDiffer: verdictOnTasks
    case .firstObservationsHideTheTask: verdictOnFirstObservations
    case .splitsAreDisjoint: verdictOnSplits
    case .oracleBeatsRandom: verdictOnOracle
    case .nobodyBeatsTheOracle: verdictOnOtherAgents
    case .exactReturnsHold: verdictOnExactReturns
    case .drawingsShowTheState: verdictOnDrawings
    case .fileRoundTrips: .notApplicable("there is no file")
    }
  }

  /// The number of trials that take about the budget, within `range`.
  func laneCount(in range: ClosedRange<Int>) -> Int {
    min(max(Self.stepBudget / interface.trialLength, range.lowerBound), range.upperBound)
  }

  /// Tasks of `split`, each drawn below its own address.
  func tasks(of split: TaskSplit, count: Int) -> [Subject.Task] {
    (0..<count).map {
      simulator.drawTask(from: split, key: key.child("tasks").child($0))
    }
  }

  func keys(_ count: Int) -> [RandomKey] { (0..<count).map { key.child("lanes").child($0) } }
}

extension EnvironmentSimulator {
  /// Whether the environment keeps `rule`, looked at below `key`.
  public func verdict(on rule: ConformanceRule, key: RandomKey) -> Verdict {
    Examination(simulator: self, key: key).verdict(on: rule)
  }
}

/// One time step of a batch, before and after.
struct Transition<Subject: Environment> {
  let environment: Subject
  /// The batch before the step, its observations replaced by NaN.
  let before: LaneBatch<Subject>
  /// `[lane, action]`
  let actions: [Float]
  let after: LaneBatch<Subject>

  /// What the physics makes of the lane's state and action, in a copy.
  func expected(_ lane: Int) -> (outcome: Outcome, stream: RandomStream) {
    let width = before.interface.action.componentCount
    var (state, stream) = (before.states[lane], before.streams[lane])
    let outcome = environment.step(
      &state, taking: actions.span.extracting(lane * width..<(lane + 1) * width), in: before.tasks[lane],
      using: &stream)
    return (outcome, stream)
  }

  func observation(_ lane: Int) -> ArraySlice<Float> {
    let width = after.interface.observation.componentCount
    return after.timeStep.observation[lane * width..<(lane + 1) * width]
  }

  /// Where the lane stood, in words.
  func place(_ lane: Int) -> String {
    let progress = before.timeStep.progress[lane]
    return "lane \(lane), episode \(progress.episode), time step \(progress.timeOfEpisode)"
  }
}

extension Examination {
  /// Takes random actions in every split until all trials are over; `violation` says what is wrong with one
  /// lane of a transition.
  func walk(remark: String, violation: (Transition<Subject>, Int) -> String?) -> Verdict {
    var count = 0
    for split in simulator.splits {
      let laneCount = laneCount(in: 2...64)
      var batch = LaneBatch(
        environment, interface: interface, tasks: tasks(of: split, count: laneCount), keys: keys(laneCount))
      if let wrong = violationOfFirstObservations(batch) { return .broken("split \(split): \(wrong)") }
      var streams = keys(laneCount).map { $0.child("agent").stream() }
      for _ in 0..<interface.trialLength where !batch.timeStep.isOver {
        let transition = transition(&batch, streams: &streams)
        for lane in 0..<laneCount where !transition.before.timeStep.progress[lane].isTrialOver {
          count += 1
          if let wrong = violation(transition, lane) {
            return .broken("split \(split), \(transition.place(lane)): \(wrong)")
          }
        }
      }
      if !batch.timeStep.isOver {
        return .broken("split \(split): trials go on after \(interface.trialLength) time steps")
      }
    }
    return .kept("\(count) \(remark)")
  }

  func transition(
    _ batch: inout LaneBatch<Subject>, streams: inout [RandomStream]
  ) -> Transition<Subject> {
    for index in batch.timeStep.observation.indices { batch.timeStep.observation[index] = .nan }
    let before = batch
    let width = interface.action.componentCount
    var actions = Array(repeating: Float(0), count: streams.count * width)
    var chosen = actions.mutableSpan
    for lane in streams.indices {
      var mine = chosen._mutatingExtracting(lane * width..<(lane + 1) * width)
      environment.action.draw(into: &mine, using: &streams[lane])
    }
    environment.stepLanes(&batch, taking: actions.span)
    return Transition(environment: environment, before: before, actions: actions, after: batch)
  }

  private func violationOfFirstObservations(_ batch: LaneBatch<Subject>) -> String? {
    for lane in batch.tasks.indices {
      let seen = environment.observation(of: batch.states[lane], in: batch.tasks[lane])
      if !environment.observation.contains(seen) { return "the first observation is \(seen)" }
    }
    return nil
  }

  static func violationOfSpace(_ transition: Transition<Subject>, lane: Int) -> String? {
    let seen = transition.observation(lane)
    if let index = seen.firstIndex(where: \.isNaN) {
      return "component \(index - seen.startIndex) of the observation is not written"
    }
    return transition.environment.observation.contains(seen) ? nil : "the observation is \(Array(seen))"
  }

  static func violationOfRewards(_ transition: Transition<Subject>, lane: Int) -> String? {
    let reward = transition.after.timeStep.previousReward[lane]
    return reward.isFinite ? nil : "the reward is \(reward)"
  }

  static func violationOfEndings(_ transition: Transition<Subject>, lane: Int) -> String? {
    let (before, after) = (
      transition.before.timeStep.progress[lane], transition.after.timeStep.progress[lane]
    )
    let isLast = Int(before.timeOfEpisode) + 1 == transition.before.interface.horizon
    let expected =
      transition.expected(lane).outcome.isTerminated ? Ending.terminated : isLast ? .truncated : .none
    guard after.previousEnding == expected else {
      return "the ending is \(after.previousEnding); \(expected) was expected"
    }
    let time = expected == .none ? before.timeOfEpisode + 1 : 0
    let episode = expected == .none ? before.episode : before.episode + 1
    guard after.timeOfEpisode == time && after.episode == episode else {
      return "then comes time step \(after.timeOfEpisode) of episode \(after.episode)"
    }
    let isOver = Int(after.episode) == transition.before.interface.episodeCount
    return after.isTrialOver == isOver ? nil : "the trial is \(after.isTrialOver ? "" : "not ")over"
  }

  static func violationOfResets(_ transition: Transition<Subject>, lane: Int) -> String? {
    guard transition.after.tasks[lane] == transition.before.tasks[lane] else { return "the task changes" }
    let progress = transition.after.timeStep.progress[lane]
    guard progress.previousEnding != .none && !progress.isTrialOver else { return nil }
    let task = transition.before.tasks[lane]
    var stream = transition.expected(lane).stream
    let first = transition.environment.initialState(of: task, using: &stream)
    let expected = transition.environment.observation(of: first, in: task)
    return transition.observation(lane).elementsEqual(expected)
      ? nil : "the next episode does not begin in an initial state of the task"
  }
}

extension Examination {
  var verdictOnSeeds: Verdict {
    for split in simulator.splits {
      let lanes = Array(0..<8)
      let first = trace(split, lanes: lanes, key: key.child("trace"))
      if first != trace(split, lanes: lanes, key: key.child("trace")) {
        return .broken("split \(split): two simulations with the same seed differ")
      }
      if first == trace(split, lanes: lanes, key: key.child("other trace")) {
        if let silence = silence(of: split) { return .notApplicable(silence) }
        return .broken("split \(split): simulations with different seeds are the same")
      }
    }
    return .kept("8 trials of each split, three times")
  }

  var verdictOnLanes: Verdict {
    for split in simulator.splits {
      let together = trace(split, lanes: Array(0..<5), key: key.child("trace"))
      for lane in 0..<5 where trace(split, lanes: [lane], key: key.child("trace")) != [together[lane]] {
        return .broken("split \(split): trial \(lane) alone differs from the same trial beside others")
      }
    }
    return .kept("5 trials of each split, together and alone")
  }

  /// Why what happens in a split says nothing: one reward and one observation is all that random actions bring.
  func silence(of split: TaskSplit) -> String? {
    let seen = trace(split, lanes: Array(0..<64), key: key.child("silence"))
    let width = interface.observation.componentCount + 1
    let numbers = Array(seen.joined())
    guard numbers.count > width else { return nil }
    let isSilent = numbers.indices.allSatisfy { numbers[$0] == numbers[$0 % width] }
    return isSilent ? "split \(split): all of \(numbers.count / width) time steps bring the same" : nil
  }

  /// The bits of all that lanes see under random actions, `[lane][number]`; trial i draws below `key.child(i)`.
  private func trace(_ split: TaskSplit, lanes indices: [Int], key: RandomKey) -> [[UInt32]] {
    let keys = indices.map { key.child($0) }
    var batch = LaneBatch(
      environment, interface: interface,
      tasks: keys.map { simulator.drawTask(from: split, key: $0) }, keys: keys)
    var streams = keys.map { $0.child("agent").stream() }
    var trace = keys.map { _ in [UInt32]() }
    for _ in 0..<min(interface.trialLength, Self.stepBudget / 8) {
      let progress = batch.timeStep.progress
      let seen = transition(&batch, streams: &streams)
      for lane in keys.indices where !progress[lane].isTrialOver {
        trace[lane] += seen.observation(lane).map(\.bitPattern)
        trace[lane].append(seen.after.timeStep.previousReward[lane].bitPattern)
      }
    }
    return trace
  }
}
