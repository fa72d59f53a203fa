/// An agent that says what it believes of the task. Asking it changes nothing.
public protocol InferringAgent: Agent {
  /// For every observation, numbered as `Space.number` says, how probable it was, when lane `lane` acted last, that reaching it
  /// is rewarded by more than 0.
  func rewardProbabilities(ofLane lane: Int) -> [Float]
}

/// Brings what an agent says of rewards, and an exact belief about them, into one form: distributions over what was possible at
/// first.
public struct RewardBeliefs: Sendable {
  /// The number of the observation that each number of an exact belief is about.
  private let places: [Int]
  /// Whether each was possible at first.
  private let isPossible: [Bool]

  /// Beliefs about the rewards of `observations`, elements of `space`, where `prior` is the exact belief before anything has
  /// happened, one number for each.
  public init(_ observations: [[Float]], in space: Space, prior: some Sequence<Float>) {
    places = observations.map { space.number(of: $0.span) }
    isPossible = prior.map { $0 > 0 }
    precondition(
      places.count == isPossible.count, "\(places.count) observations, \(isPossible.count) numbers")
  }

  /// What an agent says, `[observation]`, as a distribution.
  public func distribution(saying probabilities: [Float]) -> [Float] {
    normalized(places.indices.lazy.map { probabilities[places[$0]] })
  }

  /// An exact belief as a distribution.
  public func distribution(of belief: some Collection<Float>) -> [Float] { normalized(belief) }

  private func normalized(_ numbers: some Collection<Float>) -> [Float] {
    let numbers = zip(numbers, isPossible).map { $1 ? $0 : 0 }
    let sum = numbers.reduce(0, +)
    return sum > 0 ? numbers.map { $0 / sum } : numbers
  }
}
