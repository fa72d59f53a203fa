import Randomness
import Scenes

/// A family of Markov decision processes: the physics of one lane, as functions of values.
///
/// The stored properties are the constants of the family. What differs between its members is the task, an
/// argument that stays the same for a trial; no function here draws a task but `sampleTask`. Batching, time
/// limits, resets and random streams belong to `Simulation`.
///
/// A conforming type documents Observation, Action, Reward, Ends, Task, Source and Differs.
public protocol Environment: Codable, Sendable {
  /// What distinguishes one member of the family from another.
  associatedtype Task: Hashable & Codable & Sendable
  /// A law that tasks are drawn from; `init()` is the published one.
  associatedtype TaskDistribution: TaskDistributionParameters
  /// What changes within an episode.
  associatedtype State: BitwiseCopyable & Sendable

  /// The family's name in environment files, such as `grid-navigation`.
  static var name: String { get }

  /// The published constants.
  init()

  /// Throws `InvalidParameter` for constants that make no sense.
  func validate() throws
  /// Throws `InvalidParameter` for a task distribution that makes no sense with these constants.
  func validate(_ distribution: TaskDistribution) throws

  /// What a split of a file is where it says nothing; by default the published distribution, whatever the constants.
  var usualDistribution: TaskDistribution { get }

  /// The observations of this family.
  var observation: Space { get }
  /// The actions of this family.
  var action: Space { get }

  /// How observations show a grid whole; nil, the default, where they do not.
  var observationMap: ObservationMap? { get }

  /// The names of discrete actions, such as `up`, by which people find them; none by default.
  var actionNames: [String] { get }

  /// What of the task the first observation of an episode is meant to show, in one sentence; nil, the default,
  /// where it shows nothing.
  var disclosure: String? { get }

  /// Every task of `distribution`, where it is uniform over a finite set; otherwise nil.
  func tasks(of distribution: TaskDistribution) -> [Task]?
  /// A task drawn from `distribution`.
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task
  /// Replaces `task` by one drawn from `distribution`: the same that `sampleTask` draws, but where a task
  /// owns arrays, in their memory. The default calls `sampleTask`.
  func redraw(_ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream)
  /// The first state of an episode.
  func initialState(of task: Task, using random: inout RandomStream) -> State
  /// One transition: moves `state` and returns what happened. `action` is `[action]`.
  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome
  /// Writes every component of the observation of `state` into `observation`, `[observation]`.
  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>)
  /// Draws `state` and what distinguishes `task` into an empty scene, and sets its bounds.
  func draw(_ state: State, in task: Task, into scene: inout Scene)
  /// What distinguishes the task, in words for people, such as `go to the green square`; empty, the default, where
  /// its parameters say it as well.
  func words(for task: Task) -> String
  /// What becomes of `task` when someone touches its drawing at `point`, such as moving the goal there; nil
  /// where that means nothing, which is the default.
  func task(_ task: Task, touchedAt point: Scene.Point) -> Task?
  /// What someone can change of tasks of `distribution` by hand, such as the strength of a wind; none by default.
  func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>]
  /// The states whose actions are worth drawing all over the scene, such as the cells of a grid; none by
  /// default. Their scenes have positions.
  func landmarks(in task: Task) -> [State]
  /// What is known of a task of `distribution` before anything has happened, where the knowledge can be
  /// computed exactly; nil by default.
  func belief(over distribution: TaskDistribution) -> (any TaskBelief<Self>)?

  /// A counter of what an agent does in `task`, such as win–stay, if that tells more than its returns; nil by default.
  func behaviorTally(in task: Task) -> (any BehaviorTally<Self>)?

  /// The agents to compare with, such as `random`, `oracle` and `bayesOptimal`, on tasks drawn from
  /// `distribution`, which is the prior of those that plan.
  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>]
  /// The same for all that is known of a split; the default are those for its distribution, without `bayesOptimal`
  /// where it shifts trials.
  func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>]

  /// Whether episodes often end where no processor foresees it, such as a walk at random among holes; false by
  /// default. The lanes of such an environment are stepped first, and their episodes ended then.
  static var endsByChance: Bool { get }
  /// Steps every lane of a batch; the default calls `step` and `observe` lane by lane.
  func stepLanes(_ lanes: inout LaneBatch<Self>, taking actions: Span<Float>)
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
