import Formats
import Simulation

/// The answer to one question about an agent, with the interval that it rests on.
public struct Judgement: Sendable {
  /// What is asked, in a word: `memory`, `support`, `episode1`, `generalisation`, `shiftStronger`, `group1`.
  public let name: String
  /// The answer.
  public let answer: Answer
  /// The answer in a few words, such as `used`.
  public let word: String
  /// What was found, in a sentence.
  public let statement: String
  /// What was measured; nil where the question does not apply.
  public let effect: Effect?
  /// Whether its name is that of an adaptation step, which the name calls an episode.
  var isOfStep = false

  /// An answer.
  public enum Answer: String, Sendable {
    /// The interval lies above the margin.
    case yes
    /// The interval lies below the margin.
    case no
    /// The margin lies in the interval: more trials would tell.
    case unclear
    /// The question makes no sense here.
    case notApplicable
  }

  /// How much is asked.
  public enum Scope: Sendable {
    /// Nothing.
    case nothing
    /// What costs little beside the evaluation: the questions about experience, in its first trials.
    case quick
    /// Everything: all trials, and the other splits.
    case complete
  }

  /// A difference of two means.
  public struct Effect: Hashable, Sendable {
    /// The difference.
    public let estimate: Double
    /// The lower end of its interval.
    public let lower: Double
    /// The upper end.
    public let upper: Double
    /// How large a difference must be to count.
    public let margin: Double

    /// A difference with its 95 % interval, to be judged by a margin.
    public init(estimate: Double, lower: Double, upper: Double, margin: Double) {
      self.estimate = estimate
      self.lower = lower
      self.upper = upper
      self.margin = margin
    }

    /// The fraction of what there is to gain that is worth a verdict.
    static let fraction = 0.05

    /// Whether the difference is large enough to count: yes where all of the interval is above the margin, no where
    /// all of it is below.
    ///
    /// It is the decision of a test of superiority and one of inferiority by the same margin, each at 2.5 %.
    /// Source: Lakens, "Equivalence tests", Social Psychological and Personality Science 8, 2017.
    public var answer: Answer { lower > margin ? .yes : upper < margin ? .no : .unclear }

    /// Whether all of the interval is nearer to zero than the margin.
    var isWithinMargin: Bool { lower >= -margin && upper <= margin }
  }

  /// The same as JSON.
  package var document: Value {
    .table([
      "answer": .string(answer.rawValue), "word": .string(word), "statement": .string(statement),
      "estimate": effect.map { .number($0.estimate) } ?? .null,
      "ci95": effect.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null,
      "margin": effect.map { .number($0.margin) } ?? .null,
    ])
  }

  /// All words that an answer may be, and the answers themselves.
  static let words = [
    "used", "no gain", "not needed", "ignored", "helps", "hurts", "no change", "generalises", "overfits",
    "holds",
    "falls", "even", "ahead", "behind", "unclear", "yes", "no", "notApplicable",
  ]

  /// The judgements by name, as one document.
  static func document(_ judgements: [Judgement]) -> Value {
    var table = Table()
    for judgement in judgements { table[judgement.name] = judgement.document }
    return .table(table)
  }

  /// The name as people read it: episodes are counted from 1, of which `episode1`, as JSON has it, is the second;
  /// adaptation steps are counted from 0, before any, so that `episode1` is step 1.
  public var label: String {
    guard name.hasPrefix("episode"), let index = Int(name.dropFirst("episode".count)) else { return name }
    return isOfStep ? "step \(index)" : "episode \(index + 1)"
  }

  /// The judgements as aligned lines.
  static func lines(_ judgements: [Judgement]) -> [String] {
    aligned(
      judgements.map { ["  " + $0.label, $0.word, $0.statement] }, isNumeric: false)
  }
}

extension Judgement {
  /// What the question is called whether the return falls in another split, such as `shiftStronger`.
  static func name(ofShiftTo split: TaskSplit) -> String {
    "shift" + split.name.prefix(1).uppercased() + split.name.dropFirst()
  }
}

extension Judgement.Effect {
  /// The number, its interval and the margin, as text.
  var text: String {
    "\(Self.number(estimate)) (\(Self.number(lower)) to \(Self.number(upper)), margin \(Self.number(margin)))"
  }

  /// The number and its interval, as text.
  var plainText: String { "\(Self.number(estimate)) (\(Self.number(lower)) to \(Self.number(upper)))" }

  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    return fixed(value, digits: abs(value) >= 100 ? 1 : abs(value) >= 10 ? 2 : 3)
  }
}
