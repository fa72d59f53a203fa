/// Finds what ends the process in the library that reads TOML, where it should be refused, so that it is refused before:
/// headings that do not begin with a key, such as `[=a]`, braces that close an array, such as `[1, }`, and half a
/// time behind a date, such as `2024-01-01 7 `.
struct TOMLPrecheck {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// A look at `text`.
  init(_ text: String) { bytes = Array(text.utf8) }

  /// The first line with one of them, and what is wrong with it.
  mutating func firstFault() -> (line: Int, reason: String)? {
    var (open, isLineBegun) = ([UInt8](), false)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        isLineBegun = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "#"):
        skipToEndOfLine()
        continue
      case UInt8(ascii: "[") where !isLineBegun && open.isEmpty:
        guard isFollowedByKey() else { return (line, "a heading begins with a key") }
        skipToEndOfLine()
        continue
      default:
        isLineBegun = true
        if isDateWithTime() { return (line, "a date or a time is needed nowhere") }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { skipString(byte) }
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { open.append(byte) }
        if byte == UInt8(ascii: "}") && open.last == UInt8(ascii: "[") {
          return (line, "an array ends with ], not with }")
        }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { _ = open.popLast() }
      }
      position += 1
    }
    return nil
  }

  /// Whether a word begins here that the library may take for a date, with a time of day behind it: ten characters, of
  /// which the first is a digit and the fifth and eighth are minus signs, a space and a digit. Underscores do not count.
  private func isDateWithTime() -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard isDigit(bytes[position]), position == 0 || !Self.isOfWord(bytes[position - 1]) else { return false }
    var characters: [UInt8] = []
    var end = position
    while end < bytes.count, characters.count <= 10, !" \t\r\n,]}#".utf8.contains(bytes[end]) {
      // Of a character of several bytes the first stands for all.
      if bytes[end] != UInt8(ascii: "_") && bytes[end] & 0xC0 != 0x80 { characters.append(bytes[end]) }
      end += 1
    }
    return characters.count == 10 && characters[4] == UInt8(ascii: "-") && characters[7] == UInt8(ascii: "-")
      && end + 1 < bytes.count && bytes[end] == UInt8(ascii: " ") && isDigit(bytes[end + 1])
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(byte))
    return character.isASCII && (character.isLetter || character.isNumber || "_-+.".contains(character))
  }

  private mutating func skipToEndOfLine() {
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
  }

  private func isFollowedByKey() -> Bool {
    var next = position + 1
    func skipSpace() {
      while next < bytes.count, bytes[next] == UInt8(ascii: " ") || bytes[next] == UInt8(ascii: "\t") {
        next += 1
      }
    }
    skipSpace()
    if next < bytes.count, bytes[next] == UInt8(ascii: "[") {
      next += 1
      skipSpace()
    }
    guard next < bytes.count else { return true }
    // An empty heading is refused by the library itself.
    let character = Character(Unicode.Scalar(bytes[next]))
    return character.isASCII && (character.isLetter || character.isNumber || "_-\"']".contains(character))
  }

  /// Moves to the last byte of the string that begins here with `quote`.
  private mutating func skipString(_ quote: UInt8) {
    let isLong = bytes[position...].starts(with: [quote, quote, quote])
    position += isLong ? 3 : 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\n") {
        guard isLong else {
          position -= 1
          return
        }
        line += 1
      }
      if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") {
        position += 1
      } else if byte == quote && (!isLong || bytes[position...].starts(with: [quote, quote, quote])) {
        position += isLong ? 2 : 0
        // Up to two quotes may stand before the three that end a long string.
        for _ in 0..<2 where isLong && position + 1 < bytes.count && bytes[position + 1] == quote {
          position += 1
        }
        return
      }
      position += 1
    }
  }
}
