extension Unicode.Scalar {
  /// Whether a terminal, a log or a document may obey this character instead of showing it: control characters, ends
  /// of lines, marks that turn the direction of writing, and what no XML may hold.
  var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE...0xFFFF:
      true
    default: false
    }
  }

  /// This character of at most 16 bits as JSON and TOML write it in a string.
  var escape: String {
    switch self {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default:
      let digits = String(value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }
}

/// `text` on one line in which nothing is obeyed by a terminal, a log or a document that it is written to. Whatever
/// others wrote, such as names and descriptions, passes through this on its way out.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: \.isObeyed) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.isObeyed { result += scalar.escape } else { result.unicodeScalars.append(scalar) }
  }
  return result
}

/// `text` as `printable` has it, but with its ends of lines and tabulators.
package func printableLines(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.isObeyed && $0 != "\n" }) else { return text }
  return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\t")
  }.joined(separator: "\n")
}
