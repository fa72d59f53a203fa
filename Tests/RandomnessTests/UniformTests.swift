import Randomness
import Testing

@Suite struct UniformTests {
  @Test(arguments: 0..<9) func manyAtOnceAreThoseThatComeOneByOne(drawnCount: Int) {
    for count in 0..<40 {
      var stream = RandomKey(seed: 1).stream()
      for _ in 0..<drawnCount { _ = stream.nextBits() }
      var copy = stream
      let oneByOne = (0..<count).map { _ in stream.uniform() }
      var atOnce = Array(repeating: Float.nan, count: count)
      var numbers = atOnce.mutableSpan
      copy.uniform(into: &numbers)
      #expect(atOnce == oneByOne)
      #expect(copy.next() == stream.next())
    }
  }

  @Test func uniformNumbersAreUniform() {
    var stream = RandomKey(seed: 3).stream()
    let numbers = (0..<100_000).map { _ in Double(stream.uniform()) }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(scaledDistance(of: numbers) { $0 } < 1.95)
    let (mean, variance) = moments(numbers)
    // Standard errors: √(1/12 / n) = 0.0009 and √(1/180 / n) = 0.00024.
    #expect(abs(mean - 0.5) < 0.0037)
    #expect(abs(variance - 1.0 / 12) < 0.001)
  }

  @Test func uniformNumbersStayWithinTheirBounds() {
    var stream = RandomKey(seed: 3).stream()
    let numbers = (0..<10_000).map { _ in Double(stream.uniform(from: -3, to: 5)) }
    #expect(scaledDistance(of: numbers) { ($0 + 3) / 8 } < 1.95)
    #expect(stream.uniform(from: 2, to: 2) == 2)
  }

  @Test(arguments: [1, 2, 3, 5, 7, 10, 100, 1000])
  func integersBelowASmallCountAreUniform(_ count: Int) {
    var stream = RandomKey(seed: 4).stream()
    var counts = Array(repeating: 0, count: count)
    for _ in 0..<100_000 { counts[stream.integer(below: count)] += 1 }
    if count > 1 { #expect(abs(chiSquareExcess(of: counts, weights: counts.map { _ in 1 })) < 4) }
  }

  /// Multiplication without rejection would give some numbers twice the probability of others: below
  /// 3 · 2³⁰, every third number. Over 2³² − 1 and 2³¹ + 1 rejection is rare and near one half.
  @Test(arguments: [3 << 30, 1 << 31, (1 << 31) + 1, (1 << 32) - 1])
  func integersBelowAnAwkwardCountAreUnbiased(_ count: Int) {
    var stream = RandomKey(seed: 5).stream()
    let numbers = (0..<100_000).map { _ in stream.integer(below: count) }
    #expect(numbers.allSatisfy { 0..<count ~= $0 })
    #expect(scaledDistance(of: numbers.map(Double.init)) { $0 / Double(count) } < 1.95)
    let residues = numbers.reduce(into: [0, 0, 0]) { $0[$1 % 3] += 1 }
    #expect(abs(chiSquareExcess(of: residues, weights: [1, 1, 1])) < 4)
  }
}
