import Randomness

/// An environment with its splits and its trials, in which agents learn and play. The types of the environment are erased,
/// once per batch of lanes and never per lane.
///
/// Everything else about an environment is a capability with a protocol of its own; a `SimulatedEnvironment` has all of them.
public protocol Simulator: Sendable {
  /// What agents must know to act: the spaces of observations and actions, and the length of a trial.
  var interface: Interface { get }
  /// The task distributions, `train` and `test` among them.
  var splits: [TaskSplit] { get }
  /// The shift of `split`: what it changes in trials besides the distribution of tasks.
  func shift(of split: TaskSplit) -> TrialShift

  /// How many numbers describe the exact belief about a task; 0 where it cannot be computed.
  var beliefWidth: Int { get }
  /// The observations whose rewards these numbers are about, one for each; empty where they are about something else.
  var rewardedObservations: [[Float]] { get }

  /// The same environment with another number of episodes per trial.
  func with(episodeCount: Int) -> Self
  /// The same environment as it is after `episodeCount` episodes of a trial.
  func after(episodeCount: Int) -> Self

  /// `count` tasks of `split`, drawn below `key`. A finite set gives all of its members in order, as often as `count`
  /// has room for them, and then members drawn without replacement. Nil stands for every member of a finite set once, or
  /// for 1,000 draws.
  func tasks(of split: TaskSplit, count: Int?, key: RandomKey) -> TaskSet
  /// As many lanes as there are keys, at the start of a trial in `tasks`.
  func beginTrial(in tasks: LaneTasks, keys: [RandomKey]) -> any Lanes
}

/// The tasks that the lanes of a batch are in.
public enum LaneTasks: Sendable {
  /// Lane i is in a task drawn from a split below `keys[i].child("task")`.
  case drawn(from: TaskSplit)
  /// Lane i is in the task at number i of `at` of a set, until it is put into another one.
  case members(of: TaskSet, at: [Int], turning: TaskTurn? = nil)
}

/// Other tasks that lanes are put into without being told, in what is no trial then.
public struct TaskTurn: Sendable {
  /// The index of the other task in the same set, `[lane]`.
  public let indices: [Int]
  /// The episode in which it begins, at least 1.
  public let episode: Int

  /// Lane i comes into the task at `indices[i]` when it comes to `episode`.
  public init(into indices: [Int], atEpisode episode: Int) {
    precondition(episode >= 1, "the task of episode \(episode) is the first one")
    (self.indices, self.episode) = (indices, episode)
  }
}

extension Simulator {
  /// Lanes at the start of a trial in newly drawn tasks of `split`.
  public func beginTrial(drawingFrom split: TaskSplit, keys: [RandomKey]) -> any Lanes {
    beginTrial(in: .drawn(from: split), keys: keys)
  }

  /// Lanes at the start of a trial, one in each of `tasks`.
  public func beginTrial(in tasks: TaskSet, keys: [RandomKey]) -> any Lanes {
    beginTrial(in: .members(of: tasks, at: Array(0..<tasks.count)), keys: keys)
  }

  /// Lanes at the start of a trial: lane i in the task at `indices[i]` of `tasks`.
  public func beginTrial(in tasks: TaskSet, at indices: [Int], keys: [RandomKey]) -> any Lanes {
    beginTrial(in: .members(of: tasks, at: indices), keys: keys)
  }
}
