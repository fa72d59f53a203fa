import Formats
import Learning
import Testing

@Suite struct RecordRingTests {
  /// Records of two numbers, n and −n for the one numbered n.
  private func ring(_ count: Int, capacity: Int = 5, batchCount: Int = 3) -> RecordRing {
    let ring = RecordRing(width: 2, capacity: capacity, batchCount: batchCount)
    append(count, to: ring)
    return ring
  }

  private func append(_ count: Int, to ring: RecordRing) {
    for _ in 0..<count {
      let number = Float(ring.numbers.upperBound)
      ring.append { record in (record[0], record[1]) = (number, -number) }
    }
  }

  private func expected(_ numbers: Range<Int>) -> [Float] { numbers.flatMap { [Float($0), -Float($0)] } }

  @Test(arguments: [(0, 0..<0), (3, 0..<3), (5, 0..<5), (6, 1..<6), (20, 15..<20)])
  func forgetsTheOldest(count: Int, kept: Range<Int>) {
    let ring = ring(count)
    #expect(ring.numbers == kept && ring.count == kept.count)
    #expect(ring.values(of: kept) == expected(kept))
    for number in kept {
      ring.withRecord(number) { #expect($0[0] == Float(number) && $0[1] == -Float(number)) }
    }
  }

  @Test func theRecordsOfAStateOutliveOneMoreUpdate() throws {
    let ring = ring(17)
    let before = ring.state
    append(3, to: ring)
    #expect(ring.numbers == 15..<20 && ring.values(of: 12..<17) == expected(12..<17))
    ring.restore(try ring.numbers(in: before))
    #expect(ring.numbers == 12..<17 && ring.state == before)
    append(3, to: ring)
    #expect(ring.values(of: 15..<20) == expected(15..<20))
  }

  @Test func whatIsFilledIsWhatItWas() throws {
    let (first, second) = (ring(13), ring(0))
    second.restore(try second.numbers(in: first.state))
    #expect(second.values(of: second.numbers) == Array(repeating: 0, count: 10))
    for part in RecordRing.parts(of: first.numbers, width: 1 << 21) {
      second.fill(part, first.values(of: part))
    }
    #expect(second.values(of: second.numbers) == expected(8..<13))
    append(2, to: second)
    #expect(second.values(of: second.numbers) == expected(10..<15))
  }

  @Test(arguments: [
    (0..<0, 1, []), (3..<5, 1 << 22, [3..<4, 4..<5]), (3..<8, 1 << 21, [3..<5, 5..<7, 7..<8]),
  ])
  func partsAreSmall(numbers: Range<Int>, width: Int, parts: [Range<Int>]) {
    #expect(RecordRing.parts(of: numbers, width: width) == parts)
  }

  @Test(arguments: [[], [("records.first", 2)], [("records.end", 2)]])
  func refusesStatesThatLackNumbers(counts: [(String, Int)]) {
    let state = LearnerState(counts: counts.map { NamedCount(name: $0.0, value: $0.1) })
    #expect(throws: InvalidParameter.self) { try ring(2).numbers(in: state) }
  }

  @Test(arguments: [(2, 1), (0, 6), (-1, 2)]) func refusesNumbersThatCannotBe(first: Int, end: Int) {
    let state = LearnerState(counts: [
      NamedCount(name: "records.first", value: first), NamedCount(name: "records.end", value: end),
    ])
    #expect(throws: InvalidParameter.self) { try ring(2).numbers(in: state) }
  }
}
