import Learning
import Randomness
import Testing

@Suite struct TrialReplayTests {
  /// Trials of one time step that brought `returns`, numbered from 3 on.
  private func replay(_ returns: [Float]) -> TrialReplay {
    let replay = TrialReplay(stepCount: 1, inputWidth: 2, choiceCount: 1, capacity: 9, batchCount: 1)
    let numbers = 3..<3 + returns.count
    replay.ring.restore(numbers)
    // Length, sum of the rewards, two inputs, a choice and a reward.
    replay.ring.fill(numbers, returns.flatMap { [1, $0, 0, 1, 0, $0] })
    replay.weigh()
    return replay
  }

  private func counts(_ replay: TrialReplay, _ share: Double) -> [Double] {
    var random = RandomKey(seed: 4).stream()
    var counts = Array(repeating: 0.0, count: replay.ring.count)
    for _ in 0..<20_000 { counts[replay.draw(prioritizedFraction: share, using: &random) - 3] += 1 }
    return counts.map { $0 / 20_000 }
  }

  /// Four standard errors of a frequency in 20,000 draws are at most 0.015.
  @Test(
    arguments: [
      ([-2, 0, 4, -2], 1.0, [0, 0.25, 0.75, 0]), ([-2, 0, 4, -2], 0.5, [0.125, 0.25, 0.5, 0.125]),
      ([-2, 0, 4, -2], 0, [0.25, 0.25, 0.25, 0.25]), ([7, 7], 1, [0.5, 0.5]), ([7], 1, [1]),
    ] as [([Float], Double, [Double])])
  func drawsMoreOfWhatBroughtMore(returns: [Float], share: Double, expected: [Double]) {
    let found = counts(replay(returns), share)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 0.015 }, "\(found)")
  }

  @Test func lengthsAreThoseOfTheRecords() { #expect(replay([5, 1]).length(of: 4) == 1) }
}
