/// An environment family that counts behaviours of agents which the returns alone do not show.
public protocol Counted: EnvironmentTypes {
  /// A counter of what an agent does in `task`, such as win–stay; nil by default.
  func behaviorTally(in task: Task) -> (any BehaviorTally<Self>)?
}

extension Counted {
  /// Nil: nothing is counted.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<Self>)? { nil }
}

/// How often an agent did something, of the times that it could have: what returns alone do not tell.
public struct BehaviorShare: Hashable, Sendable {
  /// What, in a few words, such as "stays after a reward".
  public let name: String
  /// How often.
  public let count: Int
  /// Of how many times.
  public let total: Int

  /// `count` of `total` times.
  public init(name: String, count: Int, total: Int) {
    self.name = name
    self.count = count
    self.total = total
  }

  /// The share; nil where the occasion never came.
  public var share: Double? { total > 0 ? Double(count) / Double(total) : nil }

  /// The shares of all lanes together, each of which has the same names in the same order.
  public static func sum(_ lanes: [[BehaviorShare]]) -> [BehaviorShare] {
    guard let first = lanes.first else { return [] }
    return first.indices.map { index in
      BehaviorShare(
        name: first[index].name, count: lanes.reduce(0) { $0 + $1[index].count },
        total: lanes.reduce(0) { $0 + $1[index].total })
    }
  }
}

/// Counts what an agent does in one lane.
public protocol BehaviorTally<Subject>: Sendable {
  /// The family that is played.
  associatedtype Subject: EnvironmentTypes

  /// Counts one transition; at the end of an episode `next` is the first state of the next one.
  mutating func count(
    _ state: Subject.State, taking action: [Float], to next: Subject.State, reward: Float,
    isEpisodeStart: Bool)
  /// What was counted.
  var shares: [BehaviorShare] { get }
}
