import Formats
import Randomness

/// The part of all tasks that a split has. Splits with the same seed and shares that do not overlap have no task in
/// common.
///
/// A finite set is shuffled by `seed`, and the split has what lies between two shares of it. Where tasks are too many to
/// list, each has a place between 0 and 1, drawn by `seed` for what makes it up, and the split has those whose places
/// lie there.
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
    var random = key.child("share").stream()
    let order = random.permutation(of: all.count)
    return (bound(from, of: all.count)..<bound(to, of: all.count)).map { all[order[$0]] }
  }

  /// Whether the part has the task that these bits make up.
  func holds(_ bits: UInt64...) -> Bool {
    isWhole || hasPlace(drawnAt: bits.reduce(key.child("share")) { $0.child(Int(truncatingIfNeeded: $1)) })
  }

  /// Whether the part has the task with this fingerprint.
  func holds(_ fingerprint: Fingerprint) -> Bool {
    isWhole || hasPlace(drawnAt: key.child("reserved").child(Int(truncatingIfNeeded: fingerprint.value)))
  }

  private var key: RandomKey { RandomKey(seed: UInt64(bitPattern: Int64(seed))) }

  private func hasPlace(drawnAt key: RandomKey) -> Bool {
    var random = key.stream()
    let place = random.uniform()
    return place >= from && place < to
  }

  var isWhole: Bool { from == 0 && to == 1 }

  func validate(_ key: String) throws {
    try requireProbabilities("\(key).from", [from])
    try require("\(key).to", to, above: from)
    try requireProbabilities("\(key).to", [to])
  }

  /// Throws `InvalidParameter` where none of `count` drawn tasks is in the part.
  func validate(
    _ name: String, holdsOneOf count: Int, _ draw: (inout RandomStream) -> Fingerprint
  ) throws {
    guard !isWhole else { return }
    var random = key.child("probe").stream()
    for _ in 0..<count where holds(draw(&random)) { return }
    throw InvalidParameter(name, "holds none of \(count) tasks that were drawn; at least one is needed")
  }

  private func bound(_ share: Float, of count: Int) -> Int { Int((share * Float(count)).rounded()) }
}
