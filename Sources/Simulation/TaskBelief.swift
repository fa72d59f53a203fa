import Scenes

/// What is known of a task to whoever draws every conclusion from what has happened in a trial so far.
public protocol TaskBelief<Subject>: Sendable {
  /// The family that the task is from.
  associatedtype Subject: Environment

  /// Learns from one transition.
  mutating func update(
    from state: Subject.State, taking action: [Float], to next: Subject.State, outcome: Outcome)
  /// Draws how probable the tasks are, over the same bounds as the environment where that makes sense.
  func draw(into scene: inout Scene)
}
