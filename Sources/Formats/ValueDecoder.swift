/// Makes a Codable value from a tree. Whole numbers serve where a fraction is expected, never the reverse.
package enum ValueDecoder {
  /// The value of type `type` that `value` describes. Throws `InvalidParameter` with the dotted path of the key.
  package static func decode<Subject: Decodable>(_ type: Subject.Type, from value: Value) throws -> Subject {
    try Branch(value: value, path: "").decode(type)
  }
}

/// A place in the tree.
private struct Branch {
  let value: Value
  let path: String

  func decode<Subject: Decodable>(_ type: Subject.Type) throws -> Subject {
    if let simple = try simple(type) { return simple }
    do {
      return try Subject(from: BranchDecoder(branch: self))
    } catch is DecodingError {
      throw refusal(needing: Self.allowed(type) ?? "\(type)")
    }
  }

  /// The value where `type` is a flag, a text or a number; nil where it is not.
  private func simple<Subject>(_ type: Subject.Type) throws -> Subject? {
    switch type {
    case is Bool.Type:
      guard case .boolean(let flag) = value else { throw refusal(needing: "true or false") }
      return flag as? Subject
    case is String.Type:
      guard let text = value.string else { throw refusal(needing: "a string") }
      return text as? Subject
    case is Double.Type:
      guard let number = value.double, number.isFinite else { throw refusal(needing: "a finite number") }
      return number as? Subject
    case is Float.Type:
      guard let number = value.double, Float(number).isFinite else {
        throw refusal(needing: "a finite number")
      }
      return Float(number) as? Subject
    case let integer as any FixedWidthInteger.Type: return try whole(integer) as? Subject
    default: return nil
    }
  }

  private func whole<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    guard let number = value.integer else { throw refusal(needing: "a whole number") }
    guard let exact = Number(exactly: number) else {
      throw refusal(needing: "a whole number from \(Number.min) to \(Number.max)")
    }
    return exact
  }

  func refusal(needing expectation: String) -> InvalidParameter {
    InvalidParameter(
      path, value == .null ? "is missing; \(expectation) is needed" : "is \(shown); \(expectation) is needed")
  }

  private var shown: String {
    switch value {
    case .array, .table: value.kind
    default: TOML.inline(value)
    }
  }

  /// The values of an enumeration that lists its cases.
  private static func allowed(_ type: any Any.Type) -> String? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    return names(of: type)
  }

  private static func names<Cases: CaseIterable>(of type: Cases.Type) -> String? {
    let names = type.allCases.compactMap { one in
      (one as? any Encodable).flatMap { try? ValueEncoder.value(of: $0) }.map(TOML.inline)
    }
    return names.isEmpty ? nil : "one of " + names.joined(separator: ", ")
  }
}

private struct BranchDecoder: Decoder, SingleValueDecodingContainer {
  let branch: Branch
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let table = branch.value.table else { throw branch.refusal(needing: "a table") }
    return KeyedDecodingContainer(KeyedBranches(table: table, path: branch.path))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = branch.value.array else { throw branch.refusal(needing: "an array") }
    return UnkeyedBranches(elements: elements, path: branch.path)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }
  func decodeNil() -> Bool { branch.value == .null }
  func decode<Subject: Decodable>(_ type: Subject.Type) throws -> Subject { try branch.decode(type) }
}

private struct KeyedBranches<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let table: Table
  let path: String
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { table.keys.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { table[key.stringValue] != nil }
  func decodeNil(forKey key: Key) -> Bool { branch(key.stringValue).value == .null }

  func decode<Subject: Decodable>(_ type: Subject.Type, forKey key: Key) throws -> Subject {
    try branch(key.stringValue).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try BranchDecoder(branch: branch(key.stringValue)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try BranchDecoder(branch: branch(key.stringValue)).unkeyedContainer()
  }

  func superDecoder() -> any Decoder { BranchDecoder(branch: branch("super")) }
  func superDecoder(forKey key: Key) -> any Decoder { BranchDecoder(branch: branch(key.stringValue)) }

  private func branch(_ key: String) -> Branch { Branch(value: table[key] ?? .null, path: joined(path, key)) }
}

private struct UnkeyedBranches: UnkeyedDecodingContainer {
  let elements: [Value]
  let path: String
  var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Subject: Decodable>(_ type: Subject.Type) throws -> Subject { try next().decode(type) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try BranchDecoder(branch: next()).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try BranchDecoder(branch: next()).unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { BranchDecoder(branch: try next()) }

  private mutating func next() throws -> Branch {
    guard !isAtEnd else {
      throw InvalidParameter(path, "has \(elements.count) elements; more are needed")
    }
    defer { currentIndex += 1 }
    return Branch(value: elements[currentIndex], path: "\(path)[\(currentIndex)]")
  }
}
