/// An environment family that describes itself in words; every requirement has a default.
public protocol Described: EnvironmentTypes {
  /// The names of discrete actions, such as `up`, for people; none by default.
  var actionNames: [String] { get }
  /// Where observations contain the whole grid, how they do; nil, the default, where they do not.
  var observationMap: ObservationMap? { get }
  /// What the first observation of an episode is meant to reveal of the task, in one sentence; nil, the default, where it
  /// reveals nothing.
  var disclosure: String? { get }
  /// The task distribution of a split that a file leaves empty; by default the published one, whatever the constants.
  var usualDistribution: TaskDistribution { get }
  /// What distinguishes the task, in words for people, such as `go to the green square`; empty, the default, where
  /// its parameters say it as well.
  func words(for task: Task) -> String
}

extension Described {
  /// None.
  public var actionNames: [String] { [] }

  /// Nil.
  public var observationMap: ObservationMap? { nil }

  /// First observations show nothing of the task.
  public var disclosure: String? { nil }

  /// The published distribution.
  public var usualDistribution: TaskDistribution { TaskDistribution() }

  /// Nothing: its parameters say it as well.
  public func words(for task: Task) -> String { "" }
}
