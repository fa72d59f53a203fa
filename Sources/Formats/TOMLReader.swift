/// Reads a document of TOML 1.0: https://toml.io/en/v1.0.0. Dates and times, numbers that are not finite, whole
/// numbers of more than 64 bits and nesting deeper than 64 are refused.
struct TOMLReader {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  private var line = 1
  /// The keys and indices on the way to what is read; their text is put together for errors only.
  private var path: [String] = []

  /// A reader of `text`; `file` names it in errors.
  init(_ text: String, file: String) {
    bytes = Array(text.utf8)
    self.file = file
  }

  /// The whole document.
  mutating func document() throws -> Table {
    let root = TOMLSection()
    var current = root
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while true {
      skipSpace()
      switch next {
      case nil: return root.table
      case UInt8(ascii: "["): current = try heading(in: root)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"): break
      default: try pair(in: current, depth: 0)
      }
      try endOfLine()
    }
  }

  // MARK: Tables

  /// A heading, from its first bracket to its last, and the table that it opens.
  private mutating func heading(in root: TOMLSection) throws -> TOMLSection {
    position += 1
    let isElement = take("[")
    skipSpace()
    let keys = try dottedKey("a heading begins with a key", depth: 0)
    path = keys
    guard take("]"), !isElement || take("]") else {
      throw fault("a heading ends with \(isElement ? "]]" : "]")")
    }
    var parent = root
    for key in keys.dropLast() {
      guard let child = parent.section(key, else: .implied) else {
        throw fault("\(name) cannot be, since \(key) is not a table that headings add to")
      }
      parent = child
    }
    let key = keys[keys.count - 1]
    switch (parent.entries[key], isElement) {
    case (nil, true):
      let list = TOMLSection()
      parent.add(key, .elements(of: list))
      return list.addElement()
    case (nil, false): return parent.addSection(key, .heading)
    case (.elements(let list), true): return list.addElement()
    case (.section(let section), false) where section.origin == .implied:
      section.origin = .heading
      return section
    default: throw fault("\(name) is there already")
    }
  }

  /// A key, an equals sign and a value.
  private mutating func pair(in section: TOMLSection, depth: Int) throws {
    let keys = try dottedKey("a key is needed", depth: depth)
    path += keys
    guard take("=") else { throw fault("an equals sign is needed behind \(name)") }
    var parent = section
    for key in keys.dropLast() {
      guard let child = parent.section(key, else: .dottedKey(of: ObjectIdentifier(section))),
        child.isOpen(to: section)
      else {
        throw fault("\(name) cannot be, since \(key) is not a table that begins here")
      }
      parent = child
    }
    let key = keys[keys.count - 1]
    guard parent.entries[key] == nil else { throw fault("\(name) is there already") }
    parent.add(key, .value(try value(depth: depth + keys.count)))
    path.removeLast(keys.count)
  }

  /// Keys with dots between them, below `depth` others, and the space around them.
  private mutating func dottedKey(_ expectation: String, depth: Int) throws -> [String] {
    var keys: [String] = []
    repeat {
      skipSpace()
      keys.append(try key(keys.isEmpty ? expectation : "a key is needed behind a dot"))
      guard depth + keys.count <= Self.depthLimit else { throw fault(Self.tooDeep) }
      skipSpace()
    } while take(".")
    return keys
  }

  private mutating func key(_ expectation: String) throws -> String {
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
      guard !isNext("\"\"\"") && !isNext("'''") else { throw fault("a key has one quote at either end") }
      return try string()
    }
    let start = position
    while let byte = next, TOML.isBare(byte) { position += 1 }
    guard position > start else { throw fault(expectation) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  // MARK: Values

  private mutating func value(depth: Int) throws -> Value {
    guard depth <= Self.depthLimit else { throw fault(Self.tooDeep) }
    skipSpace()
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
    default: return try word()
    }
  }

  private mutating func array(depth: Int) throws -> [Value] {
    position += 1
    var elements: [Value] = []
    while true {
      try skipLines()
      if take("]") { return elements }
      path.append("[\(elements.count)]")
      elements.append(try value(depth: depth + 1))
      path.removeLast()
      try skipLines()
      guard take(",") || next == UInt8(ascii: "]") else { throw fault("\(name) needs a comma or ]") }
    }
  }

  private mutating func inlineTable(depth: Int) throws -> Table {
    position += 1
    let section = TOMLSection()
    skipSpace()
    if take("}") { return section.table }
    repeat {
      try pair(in: section, depth: depth)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("\(name) needs a comma or } on the same line") }
    return section.table
  }

  /// A value without quotes or brackets: true, false or a number.
  private mutating func word() throws -> Value {
    let start = position
    while let byte = next, TOML.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
    let word = bytes[start..<position]
    let text = String(decoding: word, as: UTF8.self)
    if let word = TOMLWord(word) {
      switch word {
      case .boolean(let flag): return .boolean(flag)
      case .digits(let digits, let radix):
        guard let number = Int(digits, radix: radix) else {
          throw fault("\(name) is \(text); 64 bits are too few")
        }
        return .integer(number)
      case .number(let digits):
        guard let number = Double(digits), number.isFinite else {
          throw fault("\(name) is \(text); a finite number is needed")
        }
        return .number(number)
      case .date: throw fault("\(name) is a date or a time; none is needed anywhere")
      }
    }
    throw fault(
      text.isEmpty ? "\(name) needs a value" : "\(name) is \(text), which is no value; strings have quotes")
  }

  // MARK: Strings

  /// A string of any of the four kinds, with its quotes.
  private mutating func string() throws -> String {
    let quote = bytes[position]
    let isLong = bytes[position...].starts(with: [quote, quote, quote])
    position += isLong ? 3 : 1
    var content: [UInt8] = []
    if isLong { skipEndOfLine() }
    while let byte = next {
      switch byte {
      case quote:
        position += 1
        if !isLong { return String(decoding: content, as: UTF8.self) }
        if bytes[position...].starts(with: [quote, quote]) {
          position += 2
          // Up to two quotes may stand before the three that end it.
          for _ in 0..<2 where next == quote {
            position += 1
            content.append(quote)
          }
          return String(decoding: content, as: UTF8.self)
        }
        content.append(quote)
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
        position += 1
        try escape(isLong: isLong, to: &content)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        guard isLong else { throw fault("a string ends with a quote on the line that it begins on") }
        guard skipEndOfLine() else { throw fault(Self.controlInString) }
        content.append(UInt8(ascii: "\n"))
      default:
        guard !Self.isControl(byte) else { throw fault(Self.controlInString) }
        position += 1
        content.append(byte)
      }
    }
    throw fault("a string ends with a quote")
  }

  /// What is behind a backslash.
  private mutating func escape(isLong: Bool, to content: inout [UInt8]) throws {
    let byte = next
    position += 1
    switch byte {
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte ?? 0)
    case UInt8(ascii: "u"): content += try scalar(digits: 4)
    case UInt8(ascii: "U"): content += try scalar(digits: 8)
    default:
      position -= 1
      guard isLong else { throw fault("a backslash begins an escape; two stand for one") }
      skipSpace()
      guard skipEndOfLine() else { throw fault("a backslash begins an escape or ends a line") }
      repeat { skipSpace() } while skipEndOfLine()
    }
  }

  private mutating func scalar(digits: Int) throws -> [UInt8] {
    guard let code = hexadecimal(bytes[position...].prefix(digits), digits: digits),
      let scalar = Unicode.Scalar(code)
    else { throw fault("an escape names a Unicode scalar with \(digits) hexadecimal digits") }
    position += digits
    return Array(String(Character(scalar)).utf8)
  }

  // MARK: Space

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func isNext(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  /// Moves behind the end of a line, if one is here.
  @discardableResult
  private mutating func skipEndOfLine() -> Bool {
    guard isNext("\n") || isNext("\r\n") else { return false }
    position += next == UInt8(ascii: "\r") ? 2 : 1
    line += 1
    return true
  }

  private mutating func skipComment() throws {
    guard next == UInt8(ascii: "#") else { return }
    while let byte = next, byte != UInt8(ascii: "\n"), !isNext("\r\n") {
      guard !Self.isControl(byte) else { throw fault("a comment holds a control character") }
      position += 1
    }
  }

  /// Space and a comment, to the end of the line or of the document.
  private mutating func endOfLine() throws {
    skipSpace()
    try skipComment()
    guard skipEndOfLine() || next == nil else { throw fault("the line should end here") }
  }

  /// Space, comments and ends of lines.
  private mutating func skipLines() throws {
    repeat {
      skipSpace()
      try skipComment()
    } while skipEndOfLine()
  }

  /// Whether `byte` may stand in no string and no comment.
  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

  private static let controlInString = "a string holds a control character; write an escape"
  private static let depthLimit = 64
  private static let tooDeep = "nesting is deeper than \(depthLimit)"

  private var name: String { path.reduce("", joined) }

  private func fault(_ reason: String) -> Failure {
    Failure(.configuration, "\(file): line \(line): \(reason)")
  }
}
