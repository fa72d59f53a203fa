import Foundation

/// Numbers as people read them.
enum Number {
  /// A measured number with about four digits, or with as many decimals as `model` has so.
  static func text(_ value: Double, like model: Double? = nil) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(model ?? value)
    let digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3
    let text = String(format: "%.\(digits)f", value)
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return isZero ? text.replacing("-", with: "") : text.replacing("-", with: "−")
  }

  /// A count with spaces between thousands.
  static func count(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    var result = ""
    while digits.count > 3 {
      result = "\u{202F}" + String(digits.suffix(3)) + result
      digits.removeLast(3)
    }
    return (value < 0 ? "−" : "") + String(digits) + result
  }

  /// A large number with a prefix of the metric system and a unit.
  static func metric(_ value: Double, _ unit: String) -> String {
    for (size, prefix) in [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= size {
      return "\(text(value / size)) \(prefix)\(unit)"
    }
    return "\(text(value)) \(unit)"
  }

  /// A time in hours, minutes and seconds.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
    if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
    return seconds < 10 ? "\(text(seconds)) s" : "\(whole) s"
  }

  /// `text` in lines of at most `count` letters, which end between words where those are not longer.
  static func lines(_ text: String, of count: Int) -> [String] {
    var lines: [String] = []
    var rest = text[...]
    while rest.count > count {
      let line = rest.prefix(count + 1)
      let end = line.lastIndex(of: " ").flatMap { $0 > rest.startIndex ? $0 : nil }
      lines.append(String(rest[..<(end ?? rest.index(rest.startIndex, offsetBy: count))]))
      rest = rest.dropFirst(lines[lines.count - 1].count + (end == nil ? 0 : 1))
    }
    return lines + [String(rest)]
  }

  /// `text`, or its beginning where it has more than `count` letters.
  static func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }
}
