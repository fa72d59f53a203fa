/// The address of a stream of random numbers: a seed and a path of names and indices below it.
///
/// Numbers are found by address, never by the order of calls, so a result does not depend on the number
/// of threads or on what else was drawn: `key.child("task").child(3).stream()` is the same stream always.
/// An address is 128 bits wide; two different paths lead to the same address with probability 2⁻¹²⁸.
public struct RandomKey: Hashable, Codable, Sendable {
  @usableFromInline var low: UInt64
  @usableFromInline var high: UInt64

  /// The root address of a seed.
  public init(seed: UInt64) {
    self.init(low: seed, high: 0, purpose: 0, Domain.seed)
  }

  /// The address of element `index` below this one.
  public func child(_ index: Int) -> RandomKey {
    RandomKey(low: low, high: high, purpose: UInt64(bitPattern: Int64(index)), Domain.index)
  }

  /// The address of the purpose `name` below this one.
  public func child(_ name: String) -> RandomKey { child(Purpose(name)) }

  /// The address of `purpose` below this one.
  public func child(_ purpose: Purpose) -> RandomKey {
    RandomKey(low: low, high: high, purpose: purpose.hash, Domain.name)
  }

  /// The name of what random numbers are for, made ready once for many addresses.
  public struct Purpose: Sendable {
    let hash: UInt64

    /// The purpose with this name.
    public init(_ name: String) {
      var fingerprint = Fingerprint()
      for byte in name.utf8 { fingerprint.combine(word: UInt64(byte)) }
      hash = fingerprint.value
    }
  }

  /// The stream of random numbers at this address.
  public func stream() -> RandomStream { RandomStream(at: self) }

  /// Derivation and generation run Philox under keys that differ by these constants, so that no stream
  /// repeats the numbers its key was made from.
  private enum Domain {
    static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let index: UInt64 = 0xD1B5_4A32_D192_ED03
    static let name: UInt64 = 0x8CB9_2BA7_2F3D_8DD7
  }

  private init(low: UInt64, high: UInt64, purpose: UInt64, _ domain: UInt64) {
    let counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: purpose), UInt32(truncatingIfNeeded: purpose >> 32),
      UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32))
    let block = Philox.block(counter: counter, key: low ^ domain)
    self.low = UInt64(block[0]) | UInt64(block[1]) << 32
    self.high = UInt64(block[2]) | UInt64(block[3]) << 32
  }
}
