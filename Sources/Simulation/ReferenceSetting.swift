/// What reference agents are made for: tasks, what else training has shown, and trials.
public struct ReferenceSetting<Distribution: TaskDistributionParameters>: Sendable {
  /// What the tasks are drawn from.
  public var distribution: Distribution
  /// What the tasks of training are drawn from. Who must find out about a task knows that it is one of these or one
  /// of `distribution`, and not that it is one that training held out.
  public var training: Distribution
  /// What is done to trials beside drawing their tasks.
  public var shift = TrialShift()
  /// The most time steps of an episode.
  public var horizon: Int
  /// The episodes of a trial.
  public var episodeCount: Int

  /// Trials of `episodeCount` episodes in tasks that are those of training, too.
  public init(_ distribution: Distribution, horizon: Int, episodeCount: Int) {
    (self.distribution, training) = (distribution, distribution)
    (self.horizon, self.episodeCount) = (horizon, episodeCount)
  }

  /// What a learner can know of tasks that are members of finite sets, `members` of each distribution: those of
  /// training, and those that these tasks are drawn from.
  public func prior<Member: Hashable>(_ members: (Distribution) -> [Member]) -> [Member] {
    let own = members(distribution)
    guard training != distribution else { return own }
    let known = members(training)
    let seen = Set(known)
    // Where both are the same set in another order, the order is that of the tasks.
    return seen == Set(own) ? own : known + own.filter { !seen.contains($0) }
  }
}
