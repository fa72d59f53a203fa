import Randomness

/// What a family is made of: the types that its physics and its capabilities share.
public protocol EnvironmentTypes: Codable, Sendable {
  /// What distinguishes one member of the family from another.
  associatedtype Task: Hashable & Codable & Sendable
  /// A law that tasks are drawn from; `init()` is the published one.
  associatedtype TaskDistribution: TaskDistributionParameters
  /// What changes within an episode.
  associatedtype State: BitwiseCopyable & Sendable
}

/// A family of Markov decision processes: the physics of one lane, as functions of values.
///
/// The stored properties are the constants of the family. What differs between its members is the task, an
/// argument that stays the same for a trial; no function here draws a task but `sampleTask`. Batching, time
/// limits, resets and random streams belong to `Simulation`.
///
/// This is all there is to write. Whatever else a family can do is a capability, each with its defaults in the file of
/// its name: to be described, drawn, edited by hand, compared with reference agents, inferred, counted, and stepped in
/// batches.
///
/// A conforming type documents Observation, Action, Reward, Ends, Task, Source and Differs.
public protocol Environment: Described, Drawable, Editable, Referenced, Inferable, Counted, Batched {
  /// The family's name in environment files, such as `grid-navigation`.
  static var name: String { get }
  /// The published constants.
  init()
  /// Throws `InvalidParameter` for constants that make no sense.
  func validate() throws
  /// Throws `InvalidParameter` for a task distribution that makes no sense with these constants.
  func validate(_ distribution: TaskDistribution) throws

  /// The observations of this family.
  var observation: Space { get }
  /// The actions of this family.
  var action: Space { get }

  /// Every task of `distribution`, where it is uniform over a finite set; otherwise nil.
  func tasks(of distribution: TaskDistribution) -> [Task]?
  /// A task drawn from `distribution`.
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task
  /// The first state of an episode.
  func initialState(of task: Task, using random: inout RandomStream) -> State
  /// One transition: moves `state` and returns what happened. `action` is `[action]`.
  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome
  /// Writes every component of the observation of `state` into `observation`, `[observation]`.
  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>)
}

extension Environment {
  /// The observation of `state`, written over NaN, so that what is not written is seen.
  func observation(of state: State, in task: Task) -> [Float] {
    var observation = Array(repeating: Float.nan, count: observation.componentCount)
    var span = observation.mutableSpan
    observe(state, in: task, into: &span)
    return observation
  }
}

/// The parameters of a task distribution, read from a `[tasks.SPLIT]` table.
public protocol TaskDistributionParameters: Hashable, Codable, Sendable {
  /// The published distribution.
  init()
}

/// What one transition brought.
@frozen
public struct Outcome: Sendable {
  /// The reward of the transition.
  public var reward: Float
  /// Whether the task ended the episode. The time limit is not the environment's business.
  public var isTerminated: Bool

  /// A transition with `reward` that did or did not end the episode.
  @inlinable
  public init(reward: Float, isTerminated: Bool = false) {
    self.reward = reward
    self.isTerminated = isTerminated
  }
}
