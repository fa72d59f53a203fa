/// What a TOML or JSON document is made of.
public enum Value: Hashable, Sendable {
  /// Nothing; TOML has no word for it and leaves the key out.
  case null
  /// True or false.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number that may have a fraction.
  case number(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([Value])
  /// Values by key.
  case table(Table)

  /// What kind of value this is, in words.
  package var kind: String {
    switch self {
    case .null: "nothing"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .table: "a table"
    }
  }

  /// The text of a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of an integer.
  public var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  /// The elements of an array.
  public var array: [Value]? { if case .array(let elements) = self { elements } else { nil } }
  /// The entries of a table.
  public var table: Table? { if case .table(let table) = self { table } else { nil } }
  /// The number of an integer or a number.
  public var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  /// The value at `key` of a table.
  public subscript(key: String) -> Value? { table?[key] }
  /// The element at `index` of an array.
  public subscript(index: Int) -> Value? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }
}

/// Values by key, in the order they came in.
public struct Table: Hashable, Sendable {
  /// The keys in order.
  public private(set) var keys: [String] = []
  private var values: [String: Value] = [:]

  /// An empty table.
  public init() {}

  /// The value at `key`; nil removes it or says that there is none.
  public subscript(key: String) -> Value? {
    get { values[key] }
    set {
      if newValue == nil { keys.removeAll { $0 == key } } else if values[key] == nil { keys.append(key) }
      values[key] = newValue
    }
  }

  /// Keys and values in order.
  public var entries: [(key: String, value: Value)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }

  /// Puts `value` at a path of keys and makes the tables that are missing on the way. Throws at a key that
  /// is no table.
  package mutating func set(_ path: [String], to value: Value, from depth: Int = 0) throws {
    let key = path[depth]
    guard depth + 1 < path.count else {
      self[key] = value
      return
    }
    var child = Table()
    if let existing = self[key] {
      guard let table = existing.table else {
        throw Failure(
          .configuration, "\(path[...depth].joined(separator: ".")) is \(existing.kind), not a table")
      }
      child = table
    }
    try child.set(path, to: value, from: depth + 1)
    self[key] = .table(child)
  }
}

extension Table: ExpressibleByDictionaryLiteral {
  /// A table with the given entries.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (key, value) in elements { self[key] = value }
  }
}

/// `text` between quotation marks, as JSON and TOML both read it.
package func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case _ where scalar.isObeyed: result += scalar.escape
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
