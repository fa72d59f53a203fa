/// A message of protocol buffers that is being written, field by field.
///
/// Source: https://protobuf.dev/programming-guides/encoding
package struct ProtocolMessage {
  /// The message.
  package private(set) var bytes: [UInt8] = []

  /// A message without fields.
  package init() {}

  private enum Wire: UInt64 { case variable = 0, fixed64 = 1, length = 2, fixed32 = 5 }

  package mutating func append(_ value: Int, field: UInt64) {
    begin(field, .variable)
    appendVariable(UInt64(bitPattern: Int64(value)))
  }

  package mutating func append(_ value: Bool, field: UInt64) { append(value ? 1 : 0, field: field) }

  package mutating func append(_ value: Double, field: UInt64) {
    begin(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  package mutating func append(_ value: Float, field: UInt64) {
    begin(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  package mutating func append(_ value: String, field: UInt64) { append(Array(value.utf8), field: field) }

  package mutating func append(_ value: [UInt8], field: UInt64) {
    begin(field, .length)
    appendVariable(UInt64(value.count))
    bytes += value
  }

  /// Appends the message that `write` fills.
  package mutating func append(field: UInt64, _ write: (inout ProtocolMessage) -> Void) {
    var message = ProtocolMessage()
    write(&message)
    append(message.bytes, field: field)
  }

  private mutating func begin(_ field: UInt64, _ wire: Wire) { appendVariable(field << 3 | wire.rawValue) }

  private mutating func appendVariable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The cyclic redundancy check of Castagnoli, reflected.
///
/// Source: RFC 3720, appendix B.4.
package enum Checksum {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0x82F6_3B78) }
  }

  package static func castagnoli(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}
