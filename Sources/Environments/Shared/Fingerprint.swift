import Formats
import Randomness

/// A hash of the whole numbers that make up a task, the same in every process: FNV-1a, 64 bits.
struct Fingerprint {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ number: Int) {
    let bits = UInt64(bitPattern: Int64(number))
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      value = (value ^ (bits >> shift & 0xFF)) &* 0x100_0000_01B3
    }
  }
}

/// Drawn tasks in parts: every task belongs to one place between 0 and 1, which its hash and the seed decide, and a
/// split has the tasks whose places lie in its part. Whatever is drawn, parts that do not overlap share no task.
extension TaskShare {
  /// Whether the part has the task with this fingerprint.
  func has(_ fingerprint: Fingerprint) -> Bool {
    let key = RandomKey(seed: UInt64(bitPattern: Int64(seed))).child("reserved")
    var random = key.child(Int(truncatingIfNeeded: fingerprint.value)).stream()
    let place = random.uniform()
    return place >= from && place < to
  }

  /// Throws `InvalidParameter` where none of `count` drawn tasks is in the part.
  func validate(
    _ key: String, holdsOneOf count: Int, _ draw: (inout RandomStream) -> Fingerprint
  ) throws {
    guard !isWhole else { return }
    var random = RandomKey(seed: UInt64(bitPattern: Int64(seed))).child("probe").stream()
    for _ in 0..<count where has(draw(&random)) { return }
    throw InvalidParameter(key, "holds none of \(count) tasks that were drawn; at least one is needed")
  }
}
