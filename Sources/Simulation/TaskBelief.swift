import Scenes

/// An environment family in which the Bayesian belief about the task can be computed exactly.
public protocol Inferable: EnvironmentTypes {
  /// The exact belief about a task.
  associatedtype Belief: TaskBelief<Self> = NoBelief<Self>
  /// The prior belief about a task in `setting`, if the belief can be computed exactly; nil by default. Shifts of trials are
  /// not part of the belief: it is computed as if there were none.
  func belief(in setting: ReferenceSetting<TaskDistribution>) -> Belief?
  /// The observations whose rewards the numbers of a belief are about, one for each number: the number is in proportion to
  /// the probability that reaching it is rewarded by more than 0. Empty, the default, where they are about something else.
  var rewardedObservations: [[Float]] { get }
}

extension Inferable {
  /// Nil: it is not computed.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> Belief? { nil }
  /// None.
  public var rewardedObservations: [[Float]] { [] }
}

/// The exact belief about a task: what follows from everything that has happened in a trial so far.
///
/// In trials with a shift, something can happen that was impossible under the belief. The program must go on then; the belief
/// may begin anew.
public protocol TaskBelief<Subject>: Sendable {
  /// The family that the task is from.
  associatedtype Subject: EnvironmentTypes

  /// How many numbers describe it completely, the same in all splits of an environment; 0, the default, where it can only be
  /// drawn.
  var width: Int { get }
  /// Writes these numbers, `[width]`, none much larger than 1. Nothing by default.
  func write(into numbers: inout MutableSpan<Float>)

  /// Goes back to the prior at the beginning of a trial, without allocating.
  mutating func beginTrial()
  /// An episode begins in `state`, where `observation` is seen, `[observation]`. Nothing by default.
  mutating func beginEpisode(in state: Subject.State, observing observation: Span<Float>)
  /// Learns from one transition, the last of an episode included, and from the `observation` that it reached.
  mutating func learn(
    from state: Subject.State, taking action: Span<Float>, to next: Subject.State, outcome: Outcome,
    observing observation: Span<Float>)

  /// Draws how probable the tasks are, over the same bounds as the environment where that makes sense.
  func draw(into scene: inout Scene)
  /// Draws what an agent believes in the same way: a distribution over what the numbers of the belief are about. Nothing by
  /// default.
  func draw(_ distribution: [Float], into scene: inout Scene)
}

extension TaskBelief {
  /// None: it is only drawn.
  public var width: Int { 0 }
  /// Nothing.
  public func write(into numbers: inout MutableSpan<Float>) {}
  /// Nothing.
  public func draw(_ distribution: [Float], into scene: inout Scene) {}
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
