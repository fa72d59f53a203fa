/// What a key of a configuration means, for whoever asks on the command line.
public struct SettingDocumentation: Hashable, Sendable {
  /// The key.
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
  case share
  /// Numbers from 0 to 1, of which 0 is not one.
  case positiveShare
  /// Numbers between 0 and 1, neither included.
  case properShare
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
    case .share: "a number from 0 to 1"
    case .positiveShare: "a number above 0, at most 1"
    case .properShare: "a number between 0 and 1, neither included"
    case .finite: "a number"
    case .flag: "true or false"
    case .word(let words): words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .text(let text): text
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
