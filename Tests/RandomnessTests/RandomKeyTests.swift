import Foundation
import Randomness
import Testing

@Suite struct RandomKeyTests {
  let root = RandomKey(seed: 1)

  /// The first `count` numbers of 64 bits at `key`.
  private func numbers(_ key: RandomKey, _ count: Int = 4) -> [UInt64] {
    var stream = key.stream()
    return (0..<count).map { _ in stream.next() }
  }

  @Test func theSamePathLeadsToTheSameStream() {
    let other = RandomKey(seed: 1)
    #expect(root.child("task").child(3) == other.child("task").child(3))
    #expect(numbers(root.child("task").child(3)) == numbers(other.child("task").child(3)))
  }

  @Test func aStreamDependsOnNothingThatWasDrawnBefore() {
    let expected = numbers(root.child(3))
    let key = root
    _ = numbers(key)
    _ = numbers(key.child(5))
    _ = numbers(key.child("task"))
    #expect(numbers(key.child(3)) == expected)
  }

  @Test func differentPathsLeadToDifferentStreams() {
    let paths = [
      root, RandomKey(seed: 0), RandomKey(seed: 2), root.child(0), root.child(1), root.child(-1),
      root.child(.max), root.child(.min), root.child(1 << 32), root.child("0"), root.child("1"),
      root.child(""), root.child("a"), root.child("b"), root.child("ab"), root.child("ba"),
      root.child("a").child("b"), root.child("b").child("a"), root.child(0).child(1),
      root.child(1).child(0), root.child(0).child(0), root.child("a").child(0), root.child(0).child("a"),
    ]
    #expect(Set(paths).count == paths.count)
    #expect(Set(paths.flatMap { numbers($0) }).count == 4 * paths.count)
  }

  /// Two of 400,000 independent numbers of 64 bits are equal with probability 4 · 10⁻⁹, so equal ones
  /// would mean streams that coincide or overlap.
  @Test func manyStreamsNeitherCoincideNorOverlap() {
    var seen: Set<UInt64> = []
    for parent in [root, root.child("task"), RandomKey(seed: 2), root.child(7)] {
      for index in 0..<12_500 { seen.formUnion(numbers(parent.child(index), 8)) }
    }
    #expect(seen.count == 400_000)
  }

  @Test func aParentsStreamIsNotAmongItsChildrenOrTheirStreams() {
    let ofParent = Set(numbers(root, 10_000))
    let ofChildren = (0..<10_000).flatMap { numbers(root.child($0), 2) }
    #expect(ofParent.isDisjoint(with: ofChildren))
  }

  @Test func aKeySurvivesAFile() throws {
    let key = root.child("task").child(3)
    let file = try JSONEncoder().encode(key)
    #expect(try JSONDecoder().decode(RandomKey.self, from: file) == key)
  }

  /// Golden numbers, computed by a second implementation: a change of these makes every recorded result unrepeatable.
  @Test func addressesStayWhatTheyWere() {
    #expect(numbers(RandomKey(seed: 0), 2) == [0x3334_59FA_A34C_DD5F, 0xD95E_7D19_9502_CC2C])
    let key = RandomKey(seed: 1).child("task").child(3)
    #expect(numbers(key, 2) == [0x1ABB_5A2A_D865_3581, 0x5D56_EACF_0587_CA24])
  }
}
