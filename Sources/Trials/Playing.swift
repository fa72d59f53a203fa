import Simulation

/// A number that is not finite, met while an agent played.
public struct NonFiniteNumber: Error, Hashable, Sendable, CustomStringConvertible {
  /// What it is: `action`, `reward` or `policy`.
  public let quantity: String
  /// The trial, from 0 on, in the order of its tasks.
  public let trial: Int
  /// The episode of the trial, from 0 on; of an agent that adapts between episodes, the number of adaptation steps.
  public let episode: Int
  /// The time step of the episode, from 0 on.
  public let timeStep: Int
  /// Whether the agent adapts between episodes, so that they stand for adaptation steps.
  public let isAfterSteps: Bool

  /// A number that is not finite at a place.
  public init(_ quantity: String, trial: Int, episode: Int, timeStep: Int, isAfterSteps: Bool = false) {
    self.quantity = quantity
    self.trial = trial
    self.episode = episode
    self.timeStep = timeStep
    self.isAfterSteps = isAfterSteps
  }

  fileprivate init(_ quantity: String, lane: Int, _ progress: Progress) {
    self.init(
      quantity, trial: lane, episode: Int(progress.episode), timeStep: Int(progress.timeOfEpisode))
  }

  /// The same in another trial, and where that is said, after `stepCount` adaptation steps.
  public func moved(toTrial trial: Int, afterSteps stepCount: Int? = nil) -> Self {
    Self(
      quantity, trial: trial, episode: stepCount ?? episode, timeStep: timeStep,
      isAfterSteps: isAfterSteps || stepCount != nil)
  }

  /// What and where, counted from 1; adaptation steps are counted from 0, before any.
  public var description: String {
    let place = isAfterSteps ? "adaptation step \(episode)" : "episode \(episode + 1)"
    return "the \(quantity) is not finite in task \(trial + 1), \(place), time step \(timeStep + 1)"
  }
}

extension Lanes {
  /// Lets `agent`, whose trials have begun and whose actions have `componentCount` components, play all trials to their
  /// end. Throws `NonFiniteNumber`, whose trial is the lane, where it decides by or is given a number that is none.
  public func play(_ agent: any Agent, componentCount: Int) throws(NonFiniteNumber) {
    var meter: BeliefMeter?
    try play(agent, componentCount: componentCount, measuring: &meter)
  }

  /// The same, with what `meter` measures.
  func play(
    _ agent: any Agent, componentCount: Int, measuring meter: inout BeliefMeter?
  ) throws(NonFiniteNumber) {
    var actions = Array(repeating: Float(0), count: timeStep.laneCount * componentCount)
    guard agent.isFinite else { throw NonFiniteNumber("policy", lane: 0, timeStep.progress[0]) }
    var check = FiniteCheck(componentCount: componentCount, progress: timeStep.progress, meter: meter)
    try play(agent, actions: &actions, observer: &check)
    meter = check.meter
  }
}

/// Stops trials at the first number that is not finite.
private struct FiniteCheck: TrialObserver {
  let componentCount: Int
  /// Where each lane stood when its agent acted last.
  var progress: [Progress]
  var meter: BeliefMeter?

  mutating func didAct(_ actions: [Float], on timeStep: TimeStep) throws(NonFiniteNumber) {
    if let index = actions.firstIndex(where: { !$0.isFinite }) {
      let lane = index / componentCount
      throw NonFiniteNumber("action", lane: lane, timeStep.progress[lane])
    }
    for lane in progress.indices { progress[lane] = timeStep.progress[lane] }
    meter?.measure(timeStep)
  }

  mutating func didStep(to timeStep: TimeStep) throws(NonFiniteNumber) {
    if let lane = timeStep.previousReward.firstIndex(where: { !$0.isFinite }) {
      throw NonFiniteNumber("reward", lane: lane, progress[lane])
    }
  }
}
