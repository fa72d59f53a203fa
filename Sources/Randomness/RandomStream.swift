/// The random numbers at one address, in order.
///
/// A value: a copy repeats the numbers of the original.
@frozen
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let key: UInt64
  @usableFromInline let high: UInt64
  @usableFromInline var blockIndex: UInt64 = 0
  @usableFromInline var buffer = SIMD4<UInt32>()
  @usableFromInline var used = 4

  init(at address: RandomKey) {
    key = address.low
    high = address.high
  }

  /// The next 32 random bits.
  @inlinable
  public mutating func nextBits() -> UInt32 {
    if used == 4 { refill() }
    defer { used += 1 }
    return buffer[used]
  }

  /// The next 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let low = nextBits()
    return UInt64(low) | UInt64(nextBits()) << 32
  }

  @usableFromInline
  mutating func refill() {
    let counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: blockIndex), UInt32(truncatingIfNeeded: blockIndex >> 32),
      UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32))
    buffer = Philox.block(counter: counter, key: key)
    blockIndex += 1
    used = 0
  }
}
