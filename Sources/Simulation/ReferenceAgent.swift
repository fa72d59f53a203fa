import Randomness

/// A reference played in every lane of a batch.
final class ReferenceAgent<Subject: Environment>: Agent {
  private let reference: Reference<Subject>
  private let lanes: EnvironmentLanes<Subject>
  private let interface: Interface
  /// The oracle knows all of the task: what actions stand for, and when another task takes its place, with which it
  /// begins anew.
  private let isOracle: Bool
  private var memories: [any ReferenceLane] = []
  private var streams: [RandomStream] = []

  init(_ reference: Reference<Subject>, for lanes: EnvironmentLanes<Subject>) {
    self.reference = reference
    self.lanes = lanes
    isOracle = reference.role == .oracle
    interface = lanes.batch.interface
  }

  func beginTrial(keys: [RandomKey]) {
    memories = lanes.batch.tasks.map(reference.makeLane)
    streams = keys.map { $0.child("agent").stream() }
  }

  func takeMemory(of other: ReferenceAgent) { memories = other.memories }

  func act(on timeStep: TimeStep, into actions: inout [Float]) {
    let (observationWidth, actionWidth) = (
      interface.observation.componentCount, interface.action.componentCount
    )
    precondition(
      memories.count == timeStep.laneCount, "\(memories.count) trials begun in \(timeStep.laneCount) lanes")
    let observation = timeStep.observation.span
    var chosen = actions.mutableSpan
    for lane in memories.indices where !timeStep.progress[lane].isTrialOver {
      var action = chosen._mutatingExtracting(lane * actionWidth..<(lane + 1) * actionWidth)
      let seen = observation.extracting(lane * observationWidth..<(lane + 1) * observationWidth)
      let moment = moment(of: lane, timeStep)
      memories[lane].act(on: moment, observing: seen, into: &action, using: &streams[lane])
      if isOracle, let shifts = lanes.shifts { action[0] = shifts.chosen(for: action[0], lane: lane) }
    }
  }

  private func moment(of lane: Int, _ timeStep: TimeStep) -> Moment {
    let width = interface.action.componentCount
    var (progress, reward) = (timeStep.progress[lane], timeStep.previousReward[lane])
    var action = Array(timeStep.previousAction[lane * width..<(lane + 1) * width])
    guard isOracle, let shifts = lanes.shifts else {
      return Moment(previousReward: reward, previousAction: action, progress: progress)
    }
    if shifts.isSwitch(progress) {
      memories[lane] = reference.makeLane(lanes.batch.tasks[lane])
      (reward, action) = (0, Array(repeating: 0, count: width))
      progress.previousEnding = .none
    } else if !progress.isTrialStart {
      action = shifts.physical(action, lane: lane)
    }
    let switchEpisode = Int32(shifts.shift.switchAfter)
    if switchEpisode > 0 && progress.episode >= switchEpisode { progress.episode -= switchEpisode }
    return Moment(previousReward: reward, previousAction: action, progress: progress)
  }
}

extension EnvironmentSimulator {
  /// The agents to compare with that exist in every split, but for those splits that shift trials where others do not.
  public var references: [ReferenceInformation] {
    let plain = splits.filter { shift(of: $0).isNone }
    let known = (plain.isEmpty ? splits : plain).map { information(in: setting($0)) }
    let names = known.map { Set($0.map(\.name)) }
    return (known.first ?? []).filter { candidate in names.allSatisfy { $0.contains(candidate.name) } }
  }

  /// The agents to compare with in `split`.
  public func references(of split: TaskSplit) -> [ReferenceInformation] {
    let common = Set(references.map(\.name))
    return information(in: setting(split)).filter { !shift(of: split).isNone || common.contains($0.name) }
  }

  private func information(in setting: ReferenceSetting<Subject.TaskDistribution>) -> [ReferenceInformation] {
    environment.references(in: setting).map {
      ReferenceInformation(
        name: $0.name, summary: $0.summary, isStandard: $0.isStandard, parameter: $0.parameter)
    }
  }

  /// The reference agent `name` for lanes of this simulator; `name:value` sets its parameter. Where lanes shift trials
  /// and nobody of that name knows how to deal with it, it is the one that knows of no shift.
  public func referenceAgent(_ name: String, for lanes: any Lanes) -> any Agent {
    guard let lanes = lanes as? EnvironmentLanes<Subject>,
      let reference = reference(name, in: setting(lanes.split))
        ?? reference(name, in: setting(lanes.split, isShifted: false))
    else {
      preconditionFailure("no reference \(name) of \(Subject.name) for \(lanes)")
    }
    return ReferenceAgent(reference, for: lanes)
  }

  /// The exact expected return per episode of the reference agent `name`, where it is known. Agents that do not know
  /// the task know of no shift, either: what they get then was not foreseen.
  public func expectedReturns(of name: String, split: TaskSplit) -> [Double]? {
    // What is expected over a distribution is not what is expected over some of its tasks.
    guard taskSets[split] == nil,
      shift(of: split).isNone || [.random, .oracle].contains(ReferenceRole(of: name))
    else { return nil }
    return reference(name, in: setting(split))?.expectedReturns?()
  }

  func setting(
    _ split: TaskSplit, isShifted: Bool = true
  ) -> ReferenceSetting<Subject.TaskDistribution> {
    var setting = ReferenceSetting(
      distribution(split), horizon: interface.horizon, episodeCount: interface.episodeCount)
    if let training = distributions[.train] { setting.training = training }
    if isShifted { setting.shift = shift(of: split) }
    return setting
  }

  private func reference(
    _ name: String, in setting: ReferenceSetting<Subject.TaskDistribution>
  ) -> Reference<Subject>? {
    let request = ReferenceRequest(name)
    let reference = environment.references(in: setting).first { $0.name == request.name }
    return request.value.map { value in reference.flatMap { $0.tuned(to: value) } } ?? reference
  }
}
