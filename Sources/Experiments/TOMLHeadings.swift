/// Finds headings that do not begin with a key, such as `[=a]`, and braces that close an array, such as `[1, }`. The
/// library that reads TOML ends the process at one instead of refusing it, so they are refused before it reads.
struct TOMLHeadings {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// The headings in `text`.
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
