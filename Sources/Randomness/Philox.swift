/// The counter-based generator Philox4x32-10: ten rounds turn a 128-bit counter and a 64-bit key into
/// 128 random bits, with no state in between.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum Philox {
  /// The 128 random bits of `counter` under `key`.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
    // Both products of a round at once: words 0 and 2, which are multiplied, in one vector, words 1 and 3 in another.
    let word = SIMD2<UInt64>(repeating: 0xFFFF_FFFF)
    var even = SIMD2(UInt64(counter[0]), UInt64(counter[2]))
    var odd = SIMD2(UInt64(counter[1]), UInt64(counter[3]))
    var keys = SIMD2(key & 0xFFFF_FFFF, key >> 32)
    for _ in 0..<10 {
      let product = (even & word) &* SIMD2(0xD251_1F53, 0xCD9E_8D57)
      let crossed = SIMD2(product[1], product[0])
      even = (crossed &>> 32) ^ odd ^ keys
      odd = crossed & word
      keys = (keys &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)) & word
    }
    return SIMD4(
      UInt32(truncatingIfNeeded: even[0]), UInt32(truncatingIfNeeded: odd[0]),
      UInt32(truncatingIfNeeded: even[1]), UInt32(truncatingIfNeeded: odd[1]))
  }
}
