/// A simulator that has reference agents, which learners are compared with.
public protocol ReferenceSource: Sendable {
  /// The reference agents of every split. Splits that shift trials do not count here, unless all splits do.
  var references: [ReferenceInformation] { get }
  /// The reference agents of `split`.
  func references(of split: TaskSplit) -> [ReferenceInformation]
  /// The reference agent `name` for `lanes`, which are lanes of this simulator at the start of a trial.
  func referenceAgent(_ name: String, for lanes: any Lanes) -> any Agent
  /// The exact expected return per episode of the reference agent `name` in `split`, where it is known.
  func expectedReturns(of name: String, split: TaskSplit) -> [Double]?
}

extension ReferenceSource {
  /// The names of the agents that evaluations in `split` are compared with.
  public func standardReferences(of split: TaskSplit) -> [String] {
    references(of: split).filter(\.isStandard).map(\.name)
  }
}

/// The name and nature of a reference agent.
public struct ReferenceInformation: Sendable {
  /// That of a role, or the name of a heuristic.
  public let name: String
  /// What it stands for; nil for a heuristic.
  public var role: ReferenceRole? { ReferenceRole(of: name) }
  /// How the agent decides, in one sentence.
  public let summary: String
  /// Whether every evaluation is compared with it where it is needed.
  public let isStandard: Bool
  /// The number that it is tuned by, where it has one.
  public let parameter: ReferenceParameter?
}
