/// What a word of a TOML document is, if it is a value.
enum TOMLWord {
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
