import Scenes

/// A family in which what there is to know of a task can be computed exactly.
public protocol Inferable: EnvironmentTypes {
  /// What is known of a task of `distribution` before anything has happened, where the knowledge can be
  /// computed exactly; nil by default.
  func belief(over distribution: TaskDistribution) -> (any TaskBelief<Self>)?
}

extension Inferable {
  /// Nil: it is not computed.
  public func belief(over distribution: TaskDistribution) -> (any TaskBelief<Self>)? { nil }
}

/// What is known of a task to whoever draws every conclusion from what has happened in a trial so far.
public protocol TaskBelief<Subject>: Sendable {
  /// The family that the task is from.
  associatedtype Subject: EnvironmentTypes

  /// Learns from one transition.
  mutating func update(
    from state: Subject.State, taking action: [Float], to next: Subject.State, outcome: Outcome)
  /// Draws how probable the tasks are, over the same bounds as the environment where that makes sense.
  func draw(into scene: inout Scene)
}
