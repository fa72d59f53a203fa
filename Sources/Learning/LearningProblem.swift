import Simulation

/// The kind of data that a learner learns from, made from an environment with its splits and its trials.
public protocol LearningProblem: Sendable {
  /// The kind of problem, by which an algorithm is found for an environment.
  static var kind: ProblemKind { get }
  /// The problem that `simulator` poses. Throws `InvalidParameter` where it poses none of this kind.
  init(_ simulator: any Simulator) throws
}

/// Lanes of trials: what happens depends on what an agent does, and rewards say how good that was.
public struct ReinforcementProblem: LearningProblem {
  /// Reinforcement.
  public static let kind = ProblemKind.reinforcement
  /// Where trials are played.
  public let simulator: any Simulator

  /// Every environment can be acted in, so that nothing is refused.
  public init(_ simulator: any Simulator) { self.simulator = simulator }
}
