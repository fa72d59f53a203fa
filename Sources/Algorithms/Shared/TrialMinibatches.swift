import Randomness
import Trials

/// The trials of an update, parted into minibatches anew in every pass over them.
struct TrialMinibatches {
  /// How many there are.
  let count: Int
  private var order: [Int]

  /// `count` minibatches of `trialCount` trials, a multiple of it.
  init(of trialCount: Int, count: Int) {
    precondition(trialCount % count == 0, "\(trialCount) trials in \(count) minibatches")
    self.count = count
    order = Array(0..<trialCount)
  }

  /// How many trials each has.
  var size: Int { order.count / count }

  /// Begins an update, whose order depends on none before.
  mutating func begin() {
    for index in order.indices { order[index] = index }
  }

  /// Shuffles the trials for the next pass.
  mutating func shuffle(_ key: RandomKey) {
    var random = key.stream()
    random.shuffle(&order)
  }

  /// The numbers of the trials in minibatch `index`.
  subscript(index: Int) -> ArraySlice<Int> { order[index * size..<(index + 1) * size] }
}

/// Trials that were played in rollouts of as many lanes each, numbered one rollout after another.
extension [Rollout] {
  /// The rollout and the lane of trial `number`.
  func trial(_ number: Int) -> (rollout: Rollout, lane: Int) {
    let laneCount = self[0].laneCount
    return (self[number / laneCount], number % laneCount)
  }

  /// The time steps of the trials `numbers` together.
  func timeStepCount(of numbers: some Sequence<Int>) -> Int {
    numbers.reduce(0) { sum, number in
      let (rollout, lane) = trial(number)
      return sum + rollout.lengths[lane]
    }
  }
}
