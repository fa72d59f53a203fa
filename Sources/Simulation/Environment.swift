import Randomness

/// The types that the physics and the capabilities of an environment family share.
public protocol EnvironmentTypes: Codable, Sendable {
  /// The parameters in which the members of the family differ.
  associatedtype Task: Hashable & Codable & Sendable
  /// A law that tasks are drawn from; `init()` is the published one.
  associatedtype TaskDistribution: TaskDistributionParameters
  /// What changes within an episode.
  associatedtype State: BitwiseCopyable & Sendable
}

/// A family of Markov decision processes: the physics of one lane, as functions of values.
///
/// The stored properties are the constants of the family. The members differ in the task, an argument that stays the same for
/// a trial. Only `sampleTask` draws tasks. Batching, time limits, resets and random streams are the work of `Simulator`.
///
/// The author of a family must write only what this protocol requires. Everything else is a capability with defaults, in a
/// file of its own: to be described in words, drawn, edited by hand, compared with reference agents, inferred, counted, and
/// stepped in batches.
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

  /// All tasks of `distribution` if it is uniform over a finite set; otherwise nil.
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

/// The result of one transition.
@frozen
public struct Outcome: Sendable {
  /// The reward of the transition.
  public var reward: Float
  /// Whether the task ended the episode. The time limit is not part of the environment.
  public var isTerminated: Bool

  /// A transition with `reward` that did or did not end the episode.
  @inlinable
  public init(reward: Float, isTerminated: Bool = false) {
    self.reward = reward
    self.isTerminated = isTerminated
  }
}
