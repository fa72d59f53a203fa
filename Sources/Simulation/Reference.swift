import Randomness

/// An agent to compare learners with, given as the behaviour of one lane.
public struct Reference<Subject: Environment>: Sendable {
  /// The role: `random`, `oracle`, `bayesOptimal`, or the name of a heuristic.
  public let name: String
  /// How the agent decides, in one sentence.
  public let summary: String
  /// What it knows in advance of each task. Only an oracle may use the task itself.
  public let makeLane: @Sendable (_ task: Subject.Task) -> any ReferenceLane
  /// Its exact expected return per episode over the tasks it was made for, where there is a way to compute it.
  public let expectedReturns: (@Sendable () -> [Double])?

  /// A reference agent.
  public init(
    name: String, summary: String,
    makeLane: @escaping @Sendable (_ task: Subject.Task) -> any ReferenceLane,
    expectedReturns: (@Sendable () -> [Double])? = nil
  ) {
    self.name = name
    self.summary = summary
    self.makeLane = makeLane
    self.expectedReturns = expectedReturns
  }
}

/// The memory of a reference agent in one lane, for one trial.
public protocol ReferenceLane {
  /// Learns from the previous transition, unless `moment.progress.isTrialStart`, and writes the next action.
  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream)
}

/// What one lane sees besides its observation.
public struct Moment: Sendable {
  /// The reward of the previous transition; zero at the start of a trial.
  public let previousReward: Float
  /// The action of the previous transition, `[action]`; zeros at the start of a trial.
  public let previousAction: [Float]
  /// Where the lane stands in its trial.
  public let progress: Progress

  /// A moment.
  public init(previousReward: Float, previousAction: [Float], progress: Progress) {
    self.previousReward = previousReward
    self.previousAction = previousAction
    self.progress = progress
  }
}
