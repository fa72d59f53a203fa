/// Turns a Codable value into a tree that knows whole numbers from numbers with a fraction, with the keys in
/// the order of the properties. The tree of a default instance says which keys a file may have.
package enum ValueEncoder {
  /// The tree of `subject`.
  package static func value(of subject: some Encodable) throws -> Value {
    let slot = Slot()
    try slot.encode(subject, path: [])
    return slot.value
  }

  /// The tree of `subject`, which has keys.
  package static func table(of subject: some Encodable) throws -> Table {
    guard let table = try value(of: subject).table else {
      throw Failure(.internalError, "\(type(of: subject)) is not encoded as a table")
    }
    return table
  }
}

/// A place in the tree while it grows.
private final class Slot {
  enum Content {
    case single(Value)
    case array([Slot])
    case table([(key: String, slot: Slot)])
  }
  var content = Content.table([])

  var value: Value {
    switch content {
    case .single(let value): return value
    case .array(let slots): return .array(slots.map(\.value))
    case .table(let entries):
      var table = Table()
      for entry in entries { table[entry.key] = entry.slot.value }
      return .table(table)
    }
  }

  func encode<Subject: Encodable>(_ subject: Subject, path: [any CodingKey]) throws {
    switch subject {
    case let flag as Bool: content = .single(.boolean(flag))
    case let text as String: content = .single(.string(text))
    case let number as Double: content = .single(.number(number))
    case let number as Float: content = .single(.number(Self.shortest(number)))
    case let number as any BinaryInteger:
      guard let number = Int(exactly: number) else {
        throw EncodingError.invalidValue(
          subject, .init(codingPath: path, debugDescription: "\(subject) has more than 64 bits"))
      }
      content = .single(.integer(number))
    default: try subject.encode(to: SlotEncoder(slot: self, codingPath: path))
    }
  }

  func child(_ key: String) -> Slot {
    let slot = Slot()
    guard case .table(var entries) = content else { return slot }
    // Given up for a moment, or each of many entries would be copied for the next.
    content = .single(.null)
    entries.append((key, slot))
    content = .table(entries)
    return slot
  }

  func appendedChild() -> Slot {
    let slot = Slot()
    guard case .array(var slots) = content else { return slot }
    content = .single(.null)
    slots.append(slot)
    content = .array(slots)
    return slot
  }

  /// The Double with the fewest digits that is still this Float, so that 0.1 is written as 0.1.
  private static func shortest(_ number: Float) -> Double {
    guard let short = Double(number.description), Float(short) == number else { return Double(number) }
    return short
  }
}

private struct SlotEncoder: Encoder, SingleValueEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.content = .table([])
    return KeyedEncodingContainer(KeyedSlots(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.content = .array([])
    return UnkeyedSlots(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
  func encodeNil() { slot.content = .single(.null) }
  func encode<Subject: Encodable>(_ value: Subject) throws { try slot.encode(value, path: codingPath) }
}

private struct KeyedSlots<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: Slot
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { slot.child(key.stringValue).content = .single(.null) }

  func encode<Subject: Encodable>(_ value: Subject, forKey key: Key) throws {
    try slot.child(key.stringValue).encode(value, path: codingPath + [key])
  }

  // A property without a value is written as null, so that its key is known. The standard library has a
  // default for each of these types, which a generic function alone would not replace.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOrNull(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOrNull(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOrNull(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOrNull(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOrNull(value, key) }
  func encodeIfPresent<Subject: Encodable>(_ value: Subject?, forKey key: Key) throws {
    try encodeOrNull(value, key)
  }

  private func encodeOrNull<Subject: Encodable>(_ value: Subject?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key.stringValue, key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key.stringValue, key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder("super", nil) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key.stringValue, key) }

  private func encoder(_ name: String, _ key: Key?) -> SlotEncoder {
    SlotEncoder(slot: slot.child(name), codingPath: codingPath + (key.map { [$0] } ?? []))
  }
}

private struct UnkeyedSlots: UnkeyedEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]

  var count: Int { if case .array(let slots) = slot.content { slots.count } else { 0 } }

  func encodeNil() { slot.appendedChild().content = .single(.null) }

  func encode<Subject: Encodable>(_ value: Subject) throws {
    try slot.appendedChild().encode(value, path: codingPath)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    superEncoder().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }
  func superEncoder() -> any Encoder { SlotEncoder(slot: slot.appendedChild(), codingPath: codingPath) }
}
