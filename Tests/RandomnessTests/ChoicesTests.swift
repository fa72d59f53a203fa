import Randomness
import Testing

@Suite struct ChoicesTests {
  private func counts(_ weights: [Float], draws: Int = 100_000) -> [Int] {
    var stream = RandomKey(seed: 6).stream()
    return (0..<draws).reduce(into: Array(repeating: 0, count: weights.count)) { counts, _ in
      counts[stream.categorical(weights.span)] += 1
    }
  }

  @Test(arguments: [
    [1, 1], [0.1, 0.2, 0.3, 0.4], [5, 1, 20, 3, 3, 1], [1e-20, 3e-20], [2e37, 1e37, 1e37],
  ])
  func categoricalDrawsFollowTheirWeights(_ weights: [Float]) {
    #expect(abs(chiSquareExcess(of: counts(weights), weights: weights.map(Double.init))) < 4)
  }

  @Test func anIndexOfWeightZeroIsNeverDrawn() {
    let counts = counts([0, 1, 0, 0, 2, 1e-30, 0])
    #expect(counts[0] == 0 && counts[2] == 0 && counts[3] == 0 && counts[6] == 0)
    #expect(counts[1] + counts[4] == 100_000)
    #expect(self.counts([0, 0, 0.5]) == [0, 0, 100_000])
    #expect(self.counts([1]) == [100_000])
  }

  @Test func aDrawTakesThirtyTwoBitsWhateverTheWeights() {
    var (stream, copy) = (RandomKey(seed: 6).stream(), RandomKey(seed: 6).stream())
    let weights: [Float] = [1, 2, 3]
    for _ in 0..<5 { _ = (stream.categorical(weights.span), copy.nextBits()) }
    #expect(stream.next() == copy.next())
  }

  @Test func permutationsAreUniform() {
    var stream = RandomKey(seed: 7).stream()
    var counts = Array(repeating: 0, count: 256)
    for _ in 0..<48_000 {
      let order = stream.permutation(of: 4)
      counts[order.reduce(0) { 4 * $0 + $1 }] += 1
    }
    let seen = counts.filter { $0 > 0 }
    #expect(seen.count == 24)
    #expect(abs(chiSquareExcess(of: seen, weights: seen.map { _ in 1 })) < 4)
  }

  @Test(arguments: [0, 1, 2, 1000]) func aPermutationHasEveryNumberOnce(_ count: Int) {
    var stream = RandomKey(seed: 7).stream()
    #expect(stream.permutation(of: count).sorted() == Array(0..<count))
  }

  @Test func shufflingKeepsTheValuesAndRepeatsAtTheSameAddress() {
    var (first, second) = ([9, 9, 4, 1, 7, 3], [9, 9, 4, 1, 7, 3])
    var (stream, copy) = (RandomKey(seed: 8).stream(), RandomKey(seed: 8).stream())
    stream.shuffle(&first)
    copy.shuffle(&second)
    #expect(first == second)
    #expect(first.sorted() == [1, 3, 4, 7, 9, 9])
  }
}
