/// A number that differs where what it is made from does, but for bad luck, and is the same in every process: FNV-1a, 64
/// bits.
public struct Fingerprint: Sendable {
  /// The number.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The fingerprint of nothing.
  public init() {}

  /// One round: of a byte, as it is defined, or of a whole word at once.
  public mutating func combine(word: UInt64) { value = (value ^ word) &* 0x100_0000_01B3 }

  /// Eight rounds, of the bytes of `number`.
  public mutating func combine(_ number: Int) {
    let bits = UInt64(bitPattern: Int64(number))
    for shift in stride(from: UInt64(0), to: 64, by: 8) { combine(word: bits >> shift & 0xFF) }
  }
}
