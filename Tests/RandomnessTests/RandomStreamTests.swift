import Randomness
import Testing

@Suite struct RandomStreamTests {
  @Test func aCopyRepeatsTheOriginal() {
    for drawnCount in 0..<9 {
      var original = RandomKey(seed: 1).stream()
      for _ in 0..<drawnCount { _ = original.nextBits() }
      var copy = original
      let ofOriginal = (0..<20).map { _ in original.nextBits() }
      let ofCopy = (0..<20).map { _ in copy.nextBits() }
      #expect(ofOriginal == ofCopy)
    }
  }

  @Test func sixtyFourBitsAreTwiceThirtyTwo() {
    var stream = RandomKey(seed: 1).stream()
    var copy = stream
    for _ in 0..<10 {
      let low = UInt64(copy.nextBits())
      let high = UInt64(copy.nextBits())
      #expect(stream.next() == high << 32 | low)
    }
  }

  @Test func noBlockComesTwice() {
    var stream = RandomKey(seed: 1).stream()
    let numbers = (0..<200_000).map { _ in stream.next() }
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func everyBitIsAsOftenZeroAsOne() {
    var stream = RandomKey(seed: 1).stream()
    let count = 100_000
    var ones = Array(repeating: 0, count: 64)
    for _ in 0..<count {
      let bits = stream.next()
      for position in 0..<64 { ones[position] += Int(bits >> UInt64(position) & 1) }
    }
    // The standard deviation is √count / 2; five of them for 64 positions.
    for position in 0..<64 { #expect(abs(Double(ones[position] - count / 2)) < 2.5 * 316.3) }
  }

  /// The correlation of n independent pairs has standard deviation 1 / √n.
  @Test func consecutiveNumbersAreUncorrelated() {
    var stream = RandomKey(seed: 1).stream()
    let numbers = (0..<100_001).map { _ in Double(stream.uniform()) }
    #expect(abs(correlation(Array(numbers.dropLast()), Array(numbers.dropFirst()))) < 4 / 316.2)
  }

  @Test func siblingStreamsAreUncorrelated() {
    let count = 100_000
    for (first, second) in [(0, 1), (1, 2), (0, 256), (-1, 0)] {
      var left = RandomKey(seed: 1).child(first).stream()
      var right = RandomKey(seed: 1).child(second).stream()
      let ofLeft = (0..<count).map { _ in Double(left.uniform()) }
      let ofRight = (0..<count).map { _ in Double(right.uniform()) }
      #expect(abs(correlation(ofLeft, ofRight)) < 4 / 316.2)
    }
  }

  @Test func firstNumbersOfSiblingsAreUniformAndUncorrelated() {
    let firsts = (0..<100_001).map { index in
      var stream = RandomKey(seed: 1).child(index).stream()
      return Double(stream.uniform())
    }
    #expect(abs(correlation(Array(firsts.dropLast()), Array(firsts.dropFirst()))) < 4 / 316.2)
    #expect(scaledDistance(of: firsts) { $0 } < 1.95)
  }

  @Test func streamsOfConsecutiveSeedsAreUncorrelated() {
    let firsts = (0..<100_001).map { seed in
      var stream = RandomKey(seed: UInt64(seed)).stream()
      return Double(stream.uniform())
    }
    #expect(abs(correlation(Array(firsts.dropLast()), Array(firsts.dropFirst()))) < 4 / 316.2)
    #expect(scaledDistance(of: firsts) { $0 } < 1.95)
  }
}
