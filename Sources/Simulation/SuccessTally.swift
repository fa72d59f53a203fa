/// Counts the episodes in which an agent did what it is there for, and the time steps that this took it.
public struct SuccessTally<Subject: EnvironmentTypes>: BehaviorTally {
  /// How the shares are called: of all episodes, of the first and the last of a trial, and the mean number of steps.
  public static var names: [String] {
    ["episodes solved", "first episode solved", "last episode solved", "mean steps where solved"]
  }

  private let isSuccess: @Sendable (_ state: Subject.State, _ reward: Float) -> Bool
  private var stepCount = 0
  /// The steps to the first success of each episode so far; 0 where there was none.
  private var stepsToSuccess: [Int] = []

  /// A tally of transitions from a state with a reward that `isSuccess` knows.
  public init(isSuccess: @escaping @Sendable (_ state: Subject.State, _ reward: Float) -> Bool) {
    self.isSuccess = isSuccess
  }

  /// What was counted, under `names`; the last is the sum of steps over the number of episodes solved.
  public var shares: [BehaviorShare] {
    let solved = stepsToSuccess.filter { $0 > 0 }
    let (first, last) = (stepsToSuccess.first ?? 0, stepsToSuccess.last ?? 0)
    let hasEpisode = stepsToSuccess.isEmpty ? 0 : 1
    let counts = [
      (solved.count, stepsToSuccess.count), (first > 0 ? 1 : 0, hasEpisode), (last > 0 ? 1 : 0, hasEpisode),
      (solved.reduce(0, +), solved.count),
    ]
    return zip(Self.names, counts).map { BehaviorShare(name: $0, count: $1.0, total: $1.1) }
  }

  /// Learns of one transition.
  public mutating func count(
    _ state: Subject.State, taking action: [Float], to next: Subject.State, reward: Float,
    isEpisodeStart: Bool
  ) {
    if isEpisodeStart {
      stepsToSuccess.append(0)
      stepCount = 0
    }
    stepCount += 1
    let episode = stepsToSuccess.count - 1
    if episode >= 0, stepsToSuccess[episode] == 0, isSuccess(state, reward) {
      stepsToSuccess[episode] = stepCount
    }
  }
}
