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
    let root = Section()
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
  private mutating func heading(in root: Section) throws -> Section {
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
      let list = Section()
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
  private mutating func pair(in section: Section, depth: Int) throws {
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
    let section = Section()
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
    let end = position + digits
    guard end <= bytes.count, bytes[position..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(code)
    else { throw fault("an escape names a Unicode scalar with \(digits) hexadecimal digits") }
    position = end
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

/// A table while it is read.
private final class Section {
  /// What is behind a key.
  enum Entry {
    /// A value, which nothing can be added to.
    case value(Value)
    /// A table.
    case section(Section)
    /// The tables of headings in two brackets, which are the elements of this one.
    case elements(of: Section)
  }

  /// What made a table, and so what may add to it.
  enum Origin: Equatable {
    /// A heading of a table in it.
    case implied
    /// Its own heading.
    case heading
    /// A dotted key under the heading of a table.
    case dottedKey(of: ObjectIdentifier)
  }

  var origin: Origin
  private(set) var entries: [String: Entry] = [:]
  private(set) var elements: [Section] = []
  private var keys: [String] = []

  init(_ origin: Origin = .heading) { self.origin = origin }

  func add(_ key: String, _ entry: Entry) {
    keys.append(key)
    entries[key] = entry
  }

  func addSection(_ key: String, _ origin: Origin) -> Section {
    let section = Section(origin)
    add(key, .section(section))
    return section
  }

  /// A new table at the end of `elements`.
  func addElement() -> Section {
    let section = Section()
    elements.append(section)
    return section
  }

  /// The table at `key`, the last of several, or a new one; nil where there is something else.
  func section(_ key: String, else origin: Origin) -> Section? {
    switch entries[key] {
    case .section(let section): section
    case .elements(let list) where origin == .implied: list.elements.last
    case nil: addSection(key, origin)
    default: nil
    }
  }

  /// Whether a dotted key under the heading of `section` may add to this table; afterwards no heading may open it.
  func isOpen(to section: Section) -> Bool {
    if origin == .implied { origin = .dottedKey(of: ObjectIdentifier(section)) }
    return origin == .dottedKey(of: ObjectIdentifier(section))
  }

  /// The table as a value.
  var table: Table {
    var table = Table()
    for key in keys {
      switch entries[key] {
      case .value(let value): table[key] = value
      case .section(let section): table[key] = .table(section.table)
      case .elements(let list): table[key] = .array(list.elements.map { .table($0.table) })
      case nil: break
      }
    }
    return table
  }
}

/// What a word is, if it is a value.
private enum TOMLWord {
  case boolean(Bool)
  /// The digits of a whole number, with its sign.
  case digits(String, radix: Int)
  /// A number with a fraction or an exponent, or one that is not finite.
  case number(String)
  /// A date or a time.
  case date

  init?(_ word: ArraySlice<UInt8>) {
    let text = String(decoding: word, as: UTF8.self)
    let isSigned = text.hasPrefix("+") || text.hasPrefix("-")
    let unsigned = text.dropFirst(isSigned ? 1 : 0)
    switch text {
    case "true": self = .boolean(true)
    case "false": self = .boolean(false)
    case _ where unsigned == "inf" || unsigned == "nan": self = .number(text)
    case _ where text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix("0b"):
      let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0o") ? 8 : 2
      guard let digits = Self.digits(text.dropFirst(2), radix: radix) else { return nil }
      self = .digits(digits, radix: radix)
    default:
      guard let number = Self.number(unsigned, sign: text.first == "-" ? "-" : "") else {
        guard Self.isDate(word) else { return nil }
        self = .date
        return
      }
      self = number
    }
  }

  private static func number(_ text: Substring, sign: String) -> TOMLWord? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    guard parts.count <= 2, let mantissa = parts.first else { return nil }
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = digits(halves[0], radix: 10), whole == "0" || !whole.hasPrefix("0")
    else {
      return nil
    }
    var number = sign + whole
    if parts.count == 1 && halves.count == 1 { return .digits(number, radix: 10) }
    if halves.count == 2 {
      guard let fraction = digits(halves[1], radix: 10) else { return nil }
      number += "." + fraction
    }
    if parts.count == 2 {
      let exponent = parts[1]
      let isSigned = exponent.hasPrefix("+") || exponent.hasPrefix("-")
      guard let digits = digits(exponent.dropFirst(isSigned ? 1 : 0), radix: 10) else { return nil }
      number += exponent.hasPrefix("-") ? "e-" + digits : "e" + digits
    }
    return .number(number)
  }

  /// `text` without the underscores, which stand between digits.
  private static func digits(_ text: Substring, radix: Int) -> String? {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { isDigit($0, radix: radix) } }) else {
      return nil
    }
    return groups.joined()
  }

  private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
  }

  /// Whether `word` begins as a date, such as 2024-01, or as a time, such as 07:32.
  private static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
    let leading = word.prefix { isDigit($0, radix: 10) }.count
    let mark = word.dropFirst(leading).first
    return leading == 4 && mark == UInt8(ascii: "-") || leading == 2 && mark == UInt8(ascii: ":")
  }
}
