/// Reading and writing JSON documents.
public enum JSON {
  /// `value` on one line. Numbers that are not finite become null.
  public static func line(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): number.isFinite ? number.description : "null"
    case .string(let text): quoted(text)
    case .array(let elements): "[" + elements.map(line).joined(separator: ",") + "]"
    case .table(let table):
      "{" + table.entries.map { quoted($0.key) + ":" + line($0.value) }.joined(separator: ",") + "}"
    }
  }

  /// The document in `bytes`. Duplicate keys, text after the document and nesting deeper than 64 are refused.
  public static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> Value {
    var parser = Parser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("the end of the document") }
    return value
  }

  /// What is wrong with a document.
  public struct SyntaxError: Error, CustomStringConvertible, Sendable {
    /// The offset in bytes.
    public let position: Int
    /// What is needed there.
    public let expectation: String
    /// One sentence with both.
    public var description: String { "\(expectation) is needed at byte \(position)" }
  }
}

private struct Parser {
  let bytes: [UInt8]
  var position = 0

  func error(_ expectation: String) -> JSON.SyntaxError {
    JSON.SyntaxError(position: position, expectation: expectation)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSON.SyntaxError) -> Value {
    guard depth < 64 else { throw error("nesting no deeper than 64") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try table(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: Value) throws(JSON.SyntaxError) -> Value {
    guard bytes[position...].starts(with: word.utf8) else { throw error(word) }
    position += word.utf8.count
    return value
  }

  private mutating func table(depth: Int) throws(JSON.SyntaxError) -> Value {
    position += 1
    var table = Table()
    if take("}") { return .table(table) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a key") }
      let key = try string()
      guard table[key] == nil else { throw error("a key other than \(quoted(key)), which is there already") }
      guard take(":") else { throw error("a colon") }
      table[key] = try value(depth: depth + 1)
    } while take(",")
    guard take("}") else { throw error("a comma or }") }
    return .table(table)
  }

  private mutating func array(depth: Int) throws(JSON.SyntaxError) -> Value {
    position += 1
    var elements: [Value] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw error("a comma or ]") }
    return .array(elements)
  }

  private mutating func number() throws(JSON.SyntaxError) -> Value {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      throw error("a value")
    }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      guard digits() > 0 else { throw error("a digit") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isWhole = false
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw error("a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else { throw error("a finite number") }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(JSON.SyntaxError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("an escape instead of a control character") }
      position += 1
      if byte == UInt8(ascii: "\\") { content += try escape() } else { content.append(byte) }
    }
    guard next != nil else { throw error("the end of a string") }
    position += 1
    guard let text = String(validating: content, as: UTF8.self) else { throw error("text in UTF-8") }
    return text
  }

  private mutating func escape() throws(JSON.SyntaxError) -> [UInt8] {
    guard let byte = next else { throw error("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"): return try unicode()
    default: throw error("one of the escapes of JSON")
    }
  }

  /// The scalar of a `\u` escape, or of two that are a surrogate pair.
  private mutating func unicode() throws(JSON.SyntaxError) -> [UInt8] {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("the second half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("a Unicode scalar") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(JSON.SyntaxError) -> UInt32 {
    guard let code = Formats.hexadecimal(bytes[position...].prefix(4), digits: 4)
    else { throw error("four hexadecimal digits") }
    position += 4
    return code
  }
}

/// The number that `bytes` stand for, which are as many hexadecimal digits as asked for, or nil.
func hexadecimal(_ bytes: ArraySlice<UInt8>, digits: Int) -> UInt32? {
  guard bytes.count == digits, bytes.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
    return nil
  }
  return UInt32(String(decoding: bytes, as: UTF8.self), radix: 16)
}
