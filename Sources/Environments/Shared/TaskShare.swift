import Formats
import Randomness

/// The part of a finite set of tasks that a split has: the set is shuffled by `seed`, and the split has what lies
/// between two shares of it. Splits with the same seed and shares that do not overlap have no task in common.
public struct TaskShare: Hashable, Codable, Sendable {
  /// The seed of the shuffle, the same for all splits of a file.
  public var seed = 0
  /// Where the part begins, as a share of the set.
  public var from: Float = 0
  /// Where the part ends, as a share of the set.
  public var to: Float = 1

  /// The whole set.
  public init() {}

  /// The members of `all` that the part has, in shuffled order; `all` itself where the part is the whole.
  func members<Member>(of all: [Member]) -> [Member] {
    guard !isWhole else { return all }
    var random = RandomKey(seed: UInt64(bitPattern: Int64(seed))).child("share").stream()
    let order = random.permutation(of: all.count)
    return (bound(from, of: all.count)..<bound(to, of: all.count)).map { all[order[$0]] }
  }

  /// Whether the part has a member of a set that is too large to list: that is decided by its bits.
  func holds(_ bits: UInt64...) -> Bool {
    guard !isWhole else { return true }
    let share = RandomKey(seed: UInt64(bitPattern: Int64(seed))).child("share")
    var random = bits.reduce(share) { $0.child(Int(truncatingIfNeeded: $1)) }.stream()
    let place = random.uniform()
    return place >= from && place < to
  }

  var isWhole: Bool { from == 0 && to == 1 }

  func validate(_ key: String) throws {
    try requireProbabilities("\(key).from", [from])
    try require("\(key).to", to, above: from)
    try requireProbabilities("\(key).to", [to])
  }

  private func bound(_ share: Float, of count: Int) -> Int { Int((share * Float(count)).rounded()) }
}
