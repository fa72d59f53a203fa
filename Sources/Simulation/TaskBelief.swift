import Scenes

/// A family in which what there is to know of a task can be computed exactly.
public protocol Inferable: EnvironmentTypes {
  /// What is known of a task to whoever draws every conclusion.
  associatedtype Belief: TaskBelief<Self> = NoBelief<Self>
  /// What is known of a task in `setting` before anything has happened, where the knowledge can be computed exactly; nil
  /// by default. Trials that have a shift are thought to have none.
  func belief(in setting: ReferenceSetting<TaskDistribution>) -> Belief?
}

extension Inferable {
  /// Nil: it is not computed.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> Belief? { nil }
}

/// What is known of a task to whoever draws every conclusion from what has happened in a trial so far.
///
/// What happens against all expectation, as it can in trials with a shift, must not stop it: it may begin anew then.
public protocol TaskBelief<Subject>: Sendable {
  /// The family that the task is from.
  associatedtype Subject: EnvironmentTypes

  /// How many numbers say all of it, the same in all splits of an environment; 0, the default, where it is only drawn.
  var width: Int { get }
  /// Writes these numbers, `[width]`, none much larger than 1. Nothing by default.
  func write(into numbers: inout MutableSpan<Float>)

  /// A trial begins: all that was learnt is forgotten, without allocating.
  mutating func beginTrial()
  /// An episode begins in `state`, where `observation` is seen, `[observation]`. Nothing by default.
  mutating func beginEpisode(in state: Subject.State, observing observation: Span<Float>)
  /// Learns from one transition, the last of an episode included, and from the `observation` that it reached.
  mutating func learn(
    from state: Subject.State, taking action: Span<Float>, to next: Subject.State, outcome: Outcome,
    observing observation: Span<Float>)

  /// Draws how probable the tasks are, over the same bounds as the environment where that makes sense.
  func draw(into scene: inout Scene)
}

extension TaskBelief {
  /// None: it is only drawn.
  public var width: Int { 0 }
  /// Nothing.
  public func write(into numbers: inout MutableSpan<Float>) {}
  /// Nothing.
  public mutating func beginEpisode(in state: Subject.State, observing observation: Span<Float>) {}
}

/// The belief of a family in which none is computed.
public enum NoBelief<Subject: EnvironmentTypes>: TaskBelief {
  /// There is none.
  public mutating func beginTrial() {}
  /// There is none.
  public mutating func learn(
    from state: Subject.State, taking action: Span<Float>, to next: Subject.State, outcome: Outcome,
    observing observation: Span<Float>
  ) {}
  /// There is none.
  public func draw(into scene: inout Scene) {}
}
