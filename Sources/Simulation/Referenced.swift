import Randomness

/// An environment family that has reference agents, which learners are compared with.
public protocol Referenced: EnvironmentTypes {
  /// The reference agents, such as `random`, `oracle` and `bayesOptimal`, for tasks drawn from `distribution`, which is the
  /// prior of agents that plan. By default there is only one that acts at random.
  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>]
  /// The reference agents of a split. By default they are those for its task distribution, without `bayesOptimal` where the
  /// split shifts trials.
  func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>]
}

extension Environment {
  /// The agent that acts at random.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] { [.random(of: self)] }
}

extension Referenced {
  /// The agents made for the distribution. Who plans for trials without a shift is not optimal in trials that have one.
  public func references(in setting: ReferenceSetting<TaskDistribution>) -> [Reference<Self>] {
    references(
      for: setting.distribution, horizon: setting.horizon, episodeCount: setting.episodeCount
    ).filter { setting.shift.isNone || $0.role != .bayesOptimal }
  }
}

extension Reference where Subject: Environment {
  /// The agent that draws every action uniformly from the actions of the family.
  public static func random(
    of environment: Subject, expectedReturns: (@Sendable () -> [Double])? = nil
  ) -> Reference {
    let action = environment.action
    return Reference(
      name: ReferenceRole.random.name, summary: "Draws every action uniformly.",
      makeLane: { _ in RandomLane(action: action) }, expectedReturns: expectedReturns)
  }
}

/// Draws every component of the action uniformly.
private struct RandomLane: ReferenceLane {
  let action: Space

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    self.action.draw(into: &action, using: &random)
  }
}
