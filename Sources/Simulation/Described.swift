/// A family that says more of itself than its physics does; all of it has defaults.
public protocol Described: EnvironmentTypes {
  /// The names of discrete actions, such as `up`, by which people find them; none by default.
  var actionNames: [String] { get }
  /// How observations show a grid whole; nil, the default, where they do not.
  var observationMap: ObservationMap? { get }
  /// What of the task the first observation of an episode is meant to show, in one sentence; nil, the default,
  /// where it shows nothing.
  var disclosure: String? { get }
  /// What a split of a file is where it says nothing; by default the published distribution, whatever the constants.
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
