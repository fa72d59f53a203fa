import Formats

/// The trainings of a sweep: every combination of the values that settings are given.
public struct SweepPlan {
  /// One combination.
  public struct Point: Sendable {
    /// What varies, as `key=value,key=value`; the name of the run.
    public let name: String
    /// All settings, `key=value`.
    public let settings: [String]
    /// What varies, by key.
    public let varied: [(key: String, value: String)]
  }

  /// All combinations; the first setting varies slowest.
  public let points: [Point]

  private static let limit = 10_000

  /// The combinations of `settings`, each `key=value`, `key=value,value` or `key=first..last`.
  public init(_ settings: [String]) throws {
    let axes = try settings.map(Self.axis)
    let keys = axes.map(\.key)
    if let double = keys.first(where: { key in keys.filter { $0 == key }.count > 1 }) {
      throw Failure(.usage, "\(double) is given twice")
    }
    var combinations: [[String]] = [[]]
    for axis in axes {
      guard combinations.count * axis.values.count <= Self.limit else {
        throw Failure(.usage, "a sweep may have up to \(Self.limit) trainings")
      }
      combinations = combinations.flatMap { before in axis.values.map { before + [$0] } }
    }
    points = combinations.map { values in
      let all = zip(keys, values).map { (key: $0, value: $1) }
      let varied = zip(all, axes).filter { $1.values.count > 1 }.map(\.0)
      let shown = varied.isEmpty ? all : varied
      let name = shown.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
      return Point(
        name: Self.fileName(name.isEmpty ? "run" : name), settings: all.map { "\($0.key)=\($0.value)" },
        varied: varied)
    }
    guard Set(points.map(\.name)).count == points.count else {
      throw Failure(.usage, "two of the values cannot be told apart by name")
    }
  }

  private static func axis(_ setting: String) throws -> (key: String, values: [String]) {
    guard let separator = setting.firstIndex(of: "="), separator != setting.startIndex else {
      throw Failure(.usage, "\(quoted(setting)) is not key=value")
    }
    let key = String(setting[..<separator])
    let text = String(setting[setting.index(after: separator)...])
    if let range = try range(text, key: key) { return (key, range) }
    let values = parts(text)
    guard !values.contains("") else { throw Failure(.usage, "a value of \(key) is empty") }
    guard Set(values).count == values.count else { throw Failure(.usage, "a value of \(key) is given twice") }
    return (key, values)
  }

  /// `first..last`, both whole numbers and among the values.
  private static func range(_ text: String, key: String) throws -> [String]? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    guard let first = Int(text[..<dots.lowerBound]), let last = Int(text[dots.upperBound...]) else {
      return nil
    }
    // As numbers without a sign, since the difference may be too large for one with it.
    guard first <= last, UInt(bitPattern: last &- first) < UInt(limit) else {
      throw Failure(.usage, "\(key)=\(text) is not a range of 1 to \(limit) numbers")
    }
    return (first...last).map(String.init)
  }

  /// `text` between its commas, those in brackets, braces and quotation marks aside.
  private static func parts(_ text: String) -> [String] {
    var (parts, depth, quote) = ([""], 0, Character?.none)
    for character in text {
      switch character {
      case "," where depth == 0 && quote == nil:
        parts.append("")
        continue
      case "\"", "'": if quote == nil { quote = character } else if quote == character { quote = nil }
      case "[", "{": if quote == nil { depth += 1 }
      case "]", "}": if quote == nil { depth -= 1 }
      default: break
      }
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  /// `name` with everything that a file name or a shell would make trouble with replaced.
  private static func fileName(_ name: String) -> String {
    let replaced = name.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "=,.+-_".contains(character))
        ? character : "_"
    }
    return String(replaced.prefix(200))
  }
}
