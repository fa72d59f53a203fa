import Simulation

/// Which observations each lane has had in its trial, so that a learner can reward the first of each.
///
/// Observations are told apart by a hash of 63 bits, in a table of every lane that never gets more than half full, so that
/// looking one up takes a few steps and nothing is allocated. Two observations of a trial have the same hash, and the later
/// one passes for known, with a probability below 10⁻¹² in trials of a thousand steps.
public struct SeenObservations: Sendable {
  /// The hashes that were met, `[lane, slot]`; 0 for none.
  private var hashes: [UInt64]
  private let slotCount: Int

  /// Nothing met, in `laneCount` lanes of at most `trialLength` time steps.
  init(laneCount: Int, trialLength: Int) {
    var slots = 4
    while slots < 2 * (trialLength + 1) { slots *= 2 }
    slotCount = slots
    hashes = Array(repeating: 0, count: laneCount * slotCount)
  }

  /// Forgets what was met, and meets what the lanes see at the start of a trial.
  mutating func restart(_ step: TimeStep) {
    for index in hashes.indices { hashes[index] = 0 }
    for lane in 0..<step.laneCount { _ = meet(step, lane) }
  }

  /// Whether what a lane sees is new to it, which it is no longer.
  mutating func meet(_ step: TimeStep, _ lane: Int) -> Bool {
    let width = step.observation.count / step.laneCount
    let hash = Self.hash(step.observation.span.extracting(lane * width..<(lane + 1) * width))
    let first = lane * slotCount
    var slot = Int(truncatingIfNeeded: hash >> 32) & (slotCount - 1)
    while hashes[first + slot] != 0 {
      if hashes[first + slot] == hash { return false }
      slot = (slot + 1) & (slotCount - 1)
    }
    hashes[first + slot] = hash
    return true
  }

  /// A hash of some numbers, never 0: each is mixed in as in SplitMix64.
  private static func hash(_ numbers: Span<Float>) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in numbers.indices {
      hash = (hash ^ UInt64(numbers[index].bitPattern)) &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 29
    }
    hash &*= 0x94D0_49BB_1331_11EB
    return (hash ^ hash >> 32) | 1
  }
}
