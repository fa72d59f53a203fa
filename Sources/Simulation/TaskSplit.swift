/// A law to draw tasks from, by the name that environment files and the command line give it.
public struct TaskSplit: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name, such as `train`.
  public let name: String

  /// The split called `name`.
  public init(_ name: String) { self.name = name }

  /// What learners are trained on.
  public static var train: Self { Self("train") }
  /// What they are tested on, unless something else is asked for.
  public static var test: Self { Self("test") }

  /// The name.
  public var description: String { name }

  /// Splits are in the order of their names.
  public static func < (one: Self, other: Self) -> Bool { one.name < other.name }
}
