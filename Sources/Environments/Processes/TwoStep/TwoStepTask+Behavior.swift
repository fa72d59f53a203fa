import Simulation

extension TwoStepTask {
  /// How often the choice of the round before is made again, by whether it was rewarded and whether it led the common
  /// or the rare way.
  ///
  /// Who repeats what was rewarded stays after every reward. Who plans with a model stays after a reward that came
  /// the common way, and after none that came the rare way: what was found there is more easily had by the other
  /// choice.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<TwoStepTask>)? { StayTally() }
}

/// Counts rounds in which the last choice was made again.
private struct StayTally: BehaviorTally {
  typealias Subject = TwoStepTask

  private static let names = [
    "stays after reward, common way", "stays after reward, rare way", "stays after none, common way",
    "stays after none, rare way",
  ]

  private var counts = [0, 0, 0, 0]
  private var totals = [0, 0, 0, 0]
  /// The choice before this one, whether it led the common way, and what came of it.
  private var last: (choice: Float, isCommon: Bool, isRewarded: Bool)?
  private var choice: Float = 0
  private var isCommon = false

  var shares: [BehaviorShare] {
    Self.names.indices.map { BehaviorShare(name: Self.names[$0], count: counts[$0], total: totals[$0]) }
  }

  mutating func count(
    _ state: TwoStepTask.State, taking action: [Float], to next: TwoStepTask.State, reward: Float,
    isEpisodeStart: Bool
  ) {
    guard state.place == 0 else {
      last = (choice, isCommon, reward > 0)
      return
    }
    if isEpisodeStart { last = nil }
    (choice, isCommon) = (action[0], (action[0] == 0) == (next.place == 1))
    guard let last else { return }
    let kind = (last.isRewarded ? 0 : 2) + (last.isCommon ? 0 : 1)
    totals[kind] += 1
    counts[kind] += last.choice == choice ? 1 : 0
  }
}
