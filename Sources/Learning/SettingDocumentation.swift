import Formats

/// The meaning of a key of a configuration, as `metarl config explain` prints it.
public struct SettingDocumentation: Hashable, Sendable {
  /// The key; of one in a group the dotted path, such as `optimizer.learningRate`.
  public let key: String
  /// What it is, in the words of the source.
  public let meaning: String
  /// The values it may have.
  public let range: SettingRange
  /// What a value counts or measures, such as `time steps`; nil where the meaning says it.
  public let unit: String?
  /// What reads it.
  public let reader: String

  /// A key with its meaning.
  public init(
    _ key: String, _ meaning: String, _ range: SettingRange, unit: String? = nil, readBy reader: String
  ) {
    self.key = key
    self.meaning = meaning
    self.range = range
    self.unit = unit
    self.reader = reader
  }

  /// The same key as one of the group called `name`.
  public func within(_ name: String) -> Self {
    Self("\(name).\(key)", meaning, range, unit: unit, readBy: reader)
  }
}

/// Keys that belong together, such as those of an optimizer: a table in the configuration of every learner that has them.
public protocol SettingGroup: Codable, Sendable {
  /// The meaning of each key, in order.
  static var documentation: [SettingDocumentation] { get }
}

extension SettingGroup {
  /// What its keys mean where the group is called `name`.
  public static func documentation(of name: String) -> [SettingDocumentation] {
    documentation.map { $0.within(name) }
  }
}

/// The values that a key may have.
public enum SettingRange: Hashable, Sendable {
  /// Whole numbers from the given one on.
  case whole(from: Int)
  /// The whole numbers of the given range.
  case count(ClosedRange<Int>)
  /// Numbers from the given one on.
  case number(from: Double)
  /// Numbers greater than the given one.
  case above(Double)
  /// Numbers from 0 to 1, both included.
  case fraction
  /// Numbers from 0 to 1, of which 0 is not one.
  case positiveFraction
  /// Numbers between 0 and 1, neither included.
  case properFraction
  /// All finite numbers.
  case finite
  /// True or false.
  case flag
  /// One of the given words.
  case word([String])
  /// What the given words say.
  case text(String)

  /// The same in words.
  public var description: String {
    switch self {
    case .whole(let least): "a whole number, at least \(least)"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let least): "a number, at least \(Self.short(least))"
    case .above(let bound): "a number above \(Self.short(bound))"
    case .fraction: "a number from 0 to 1"
    case .positiveFraction: "a number above 0, at most 1"
    case .properFraction: "a number between 0 and 1, neither included"
    case .finite: "a number"
    case .flag: "true or false"
    case .word(let words): words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .text(let text): text
    }
  }

  /// Why `value` is not one of them; nil where it is.
  package func refusal(of value: Value) -> String? {
    guard !allows(value) else {
      // Learning takes place in single precision, which cannot go on from what is larger.
      guard let number = value.double, !(abs(number) <= Double(Float.greatestFiniteMagnitude)) else {
        return nil
      }
      return "is \(number); a number up to \(Float.greatestFiniteMagnitude) is needed"
    }
    return "is \(TOML.inline(value)); \(description) is needed"
  }

  private func allows(_ value: Value) -> Bool {
    let number = value.double ?? .nan
    return switch self {
    case .whole(let least): value.integer.map { $0 >= least } ?? false
    case .count(let range): value.integer.map(range.contains) ?? false
    case .number(let least): number >= least
    case .above(let bound): number > bound
    case .fraction: (0...1).contains(number)
    case .positiveFraction: number > 0 && number <= 1
    case .properFraction: number > 0 && number < 1
    case .finite: number.isFinite
    case .flag, .word, .text: true
    }
  }

  /// One of the cases of `type`.
  public static func word<Word: RawRepresentable<String> & CaseIterable>(of type: Word.Type) -> Self {
    .word(type.allCases.map(\.rawValue))
  }

  private static func short(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }
}
