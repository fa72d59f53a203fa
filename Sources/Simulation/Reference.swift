import Randomness

/// What an agent to compare with stands for, whatever the family; agents without a role are heuristics. It is told by the
/// agent's name.
public enum ReferenceRole: String, Sendable, CaseIterable {
  /// Draws its actions at random: the lower end of every scale.
  case random
  /// The best that does not react to what happens.
  case blind
  /// The best that does not know the task.
  case bayesOptimal
  /// Is told the task, and of every shift.
  case oracle

  /// The role of the agent called `name`; nil for a heuristic.
  public init?(of name: String) { self.init(rawValue: name) }

  /// The name of agents in this role.
  public var name: String { rawValue }
}

/// An agent to compare learners with, given as the behaviour of one lane.
public struct Reference<Subject: EnvironmentTypes>: Sendable {
  /// That of a role, or the name of a heuristic.
  public let name: String
  /// How the agent decides, in one sentence.
  public let summary: String
  /// What it knows in advance of each task. Only an oracle may use the task itself.
  public let makeLane: @Sendable (_ task: Subject.Task) -> any ReferenceLane
  /// Its exact expected return per episode over the tasks it was made for, where there is a way to compute it.
  public let expectedReturns: (@Sendable () -> [Double])?
  /// Whether every evaluation is compared with it where it is needed; others play when they are asked for.
  public let isStandard: Bool
  /// The number that it is tuned by, where it has one.
  public let parameter: ReferenceParameter?
  private let makeTunedLane: (@Sendable (_ task: Subject.Task, _ value: Double) -> any ReferenceLane)?
  /// What it stands for; nil for a heuristic.
  public var role: ReferenceRole? { ReferenceRole(of: name) }

  /// A reference agent.
  public init(
    name: String, summary: String,
    makeLane: @escaping @Sendable (_ task: Subject.Task) -> any ReferenceLane,
    expectedReturns: (@Sendable () -> [Double])? = nil, isStandard: Bool = true
  ) {
    self.name = name
    self.summary = summary
    self.makeLane = makeLane
    self.expectedReturns = expectedReturns
    self.isStandard = isStandard
    parameter = nil
    makeTunedLane = nil
  }

  /// A reference agent that is tuned by `parameter`.
  public init(
    name: String, summary: String, parameter: ReferenceParameter, isStandard: Bool = false,
    makeLane: @escaping @Sendable (_ task: Subject.Task, _ value: Double) -> any ReferenceLane
  ) {
    self.name = name
    self.summary = summary
    self.makeLane = { makeLane($0, parameter.value) }
    expectedReturns = nil
    self.isStandard = isStandard
    self.parameter = parameter
    makeTunedLane = makeLane
  }

  /// The same agent with another value of its parameter; nil where that is not allowed.
  func tuned(to value: Double) -> Reference? {
    guard let makeTunedLane, let parameter, parameter.range.contains(value) else { return nil }
    var tuned = parameter
    tuned.value = value
    return Reference(
      name: name, summary: summary, parameter: tuned, isStandard: isStandard, makeLane: makeTunedLane)
  }
}

/// A number that a reference agent is tuned by.
public struct ReferenceParameter: Sendable {
  /// What it is, in a few words.
  public let meaning: String
  /// Its value, by default the best one known for the trials at hand.
  public internal(set) var value: Double
  /// What is allowed.
  public let range: ClosedRange<Double>

  /// A parameter with its usual value.
  public init(_ meaning: String, _ value: Double, in range: ClosedRange<Double>) {
    self.meaning = meaning
    self.value = value
    self.range = range
  }
}

/// The name of a reference agent as it is asked for: `ucb1`, or `ucb1:0.3` where its parameter is to be 0.3.
public struct ReferenceRequest: Hashable, Sendable {
  /// The name.
  public let name: String
  /// The value of the parameter; nil for the usual one.
  public let value: Double?

  /// What `text` asks for. A colon without a finite number after it is part of the name.
  public init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, let value = Double(parts[1]), value.isFinite {
      (name, self.value) = (String(parts[0]), value)
    } else {
      (name, value) = (text, nil)
    }
  }
}

/// A reference agent in one lane, with what it remembers of one trial.
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
