import Randomness
import Testing

@Suite struct FingerprintTests {
  private func fingerprint(_ text: String) -> UInt64 {
    var fingerprint = Fingerprint()
    for byte in text.utf8 { fingerprint.combine(word: UInt64(byte)) }
    return fingerprint.value
  }

  /// The published values of FNV-1a with 64 bits.
  @Test func bytesHaveTheKnownHashes() {
    #expect(fingerprint("") == 0xCBF2_9CE4_8422_2325)
    #expect(fingerprint("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(fingerprint("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test func aNumberIsItsBytesTheLowestFirst() {
    var (number, bytes) = (Fingerprint(), Fingerprint())
    number.combine(-2)
    bytes.combine(word: 0xFE)
    for _ in 0..<7 { bytes.combine(word: 0xFF) }
    #expect(number.value == bytes.value)
  }
}
