/// An agent that lets others look inside, for the sake of pictures. Looking changes nothing.
public protocol TransparentAgent: Agent {
  /// What lane `lane` remembers of its trial, `[unit]`; empty where it keeps nothing from step to step.
  func memory(ofLane lane: Int) -> [Float]
  /// What the policy said when lane `lane` acted last.
  func lastChoice(ofLane lane: Int) -> ActionChoice
  /// What the policy would say now if lane `lane` observed each of `observations`, `[probe][observation]`,
  /// and all else were as it is.
  func choices(observing observations: [[Float]], in timeStep: TimeStep, lane: Int) -> [ActionChoice]
}

extension TransparentAgent {
  /// Itself.
  public var transparent: (any TransparentAgent)? { self }
}

/// What a policy says before an action is drawn.
public struct ActionChoice: Hashable, Sendable {
  /// The most probable action, `[action]`.
  public let mode: [Float]
  /// The probability of each value of each discrete component, one component after another; empty where
  /// actions are real numbers.
  public let probabilities: [Float]

  /// A choice.
  public init(mode: [Float], probabilities: [Float]) {
    self.mode = mode
    self.probabilities = probabilities
  }
}
