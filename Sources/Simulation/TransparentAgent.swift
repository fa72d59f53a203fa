/// An agent whose memory and policy can be shown in pictures. Reading them changes nothing.
public protocol TransparentAgent: Agent {
  /// The memory of lane `lane`, `[unit]`; empty where the agent keeps nothing from step to step.
  func memory(ofLane lane: Int) -> [Float]
  /// The policy's output when lane `lane` acted last.
  func lastChoice(ofLane lane: Int) -> ActionChoice
  /// The policy's output if lane `lane` observed each of `observations`, `[probe][observation]`, now, while everything else
  /// stayed the same.
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
