import Formats

/// A comparison that an evaluation must satisfy, such as `episode[2].mean >= -3.3`.
public struct Requirement: Sendable, CustomStringConvertible {
  /// The text it came from.
  public let description: String
  private let left: Operand
  private let comparison: String
  private let right: Operand

  private enum Operand: Sendable {
    case number(Double)
    case path([Step])
    case word(String)
  }

  private enum Step: Sendable {
    case key(String)
    case index(Int)
  }

  /// Whether it asks for a verdict.
  var asksForVerdict: Bool { description.hasPrefix("verdicts.") }

  /// Whether one of its paths begins with one of `keys`.
  func mentions(_ keys: [String]) -> Bool {
    [left, right].contains { operand in
      guard case .path(let steps) = operand, case .key(let key) = steps[0] else { return false }
      return keys.contains(key)
    }
  }

  /// What `text` says: a path in the document of an evaluation, a comparison, and a number or another path, or after the
  /// path of a verdict, the word that it is to be. `episode` is short for `episodes`.
  public init(_ text: String) throws {
    description = text
    let comparisons = [">=", "<=", "==", ">", "<"]
    guard let comparison = comparisons.first(where: text.contains),
      let range = text.firstRange(of: comparison)
    else {
      throw Failure(
        .usage,
        "requirement \(quoted(text)) has no comparison; one of \(comparisons.joined(separator: ", ")) is needed"
      )
    }
    self.comparison = comparison
    left = try Self.operand(text[..<range.lowerBound], in: text)
    right =
      try Self.word(text[range.upperBound...], after: left, comparison, in: text)
      ?? Self.operand(text[range.upperBound...], in: text)
  }

  /// The word that a verdict is to be; nil where no verdict is asked for.
  private static func word(
    _ text: Substring, after left: Operand, _ comparison: String, in whole: String
  ) throws -> Operand? {
    guard case .path(let steps) = left, steps.count > 1, case .key("verdicts") = steps[0] else { return nil }
    let word = text.split(separator: " ").joined(separator: " ")
    guard steps.count == 2 else { return try refuseWord(word, of: steps, in: whole) }
    guard comparison == "==", Judgement.words.contains(word) else {
      throw Failure(
        .usage,
        "requirement \(quoted(whole)): a verdict is compared by == with one of "
          + "\(Judgement.words.joined(separator: ", ")).\(Spelling.suggestion(for: word, among: Judgement.words))"
      )
    }
    return .word(word)
  }

  /// Nil, but throws where a verdict's word or answer is asked for as if it were a number of its own.
  private static func refuseWord(_ word: String, of steps: [Step], in whole: String) throws -> Operand? {
    guard steps.count == 3, case .key(let verdict) = steps[1], case .key(let part) = steps[2],
      ["answer", "word"].contains(part)
    else { return nil }
    let form = "verdicts.\(verdict) == \(Judgement.words.contains(word) ? word : "used")"
    throw Failure(
      .usage, "requirement \(quoted(whole)): a verdict is compared as a whole, such as \(quoted(form))")
  }

  /// Whether `document`, an evaluation, satisfies it. Throws where it has no such number.
  public func isMet(by document: Table) throws -> Bool {
    if case .word(let word) = right {
      let verdict = try found(left, in: document)
      return [verdict["word"], verdict["answer"]].contains(.string(word))
    }
    let (left, right) = (try value(left, in: document), try value(right, in: document))
    return switch comparison {
    case ">=": left >= right
    case "<=": left <= right
    case "==": left == right
    case ">": left > right
    default: left < right
    }
  }

  /// What the left side is in `document`.
  public func found(in document: Table) -> String {
    if case .word = right { return (try? found(left, in: document))?["word"]?.string ?? "nothing" }
    let number = try? value(left, in: document)
    return number.map { $0.isNaN ? "no number" : "\($0)" } ?? "nothing"
  }

  private static func operand(_ text: Substring, in whole: String) throws -> Operand {
    let trimmed = text.filter { !$0.isWhitespace }
    if let number = Double(trimmed), number.isFinite { return .number(number) }
    var steps: [Step] = []
    for part in trimmed.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      let name = String(pieces[0])
      guard let first = name.first, first.isLetter, name.allSatisfy({ $0.isLetter || $0.isNumber }) else {
        throw Failure(
          .usage,
          "requirement \(quoted(whole)): \(quoted(trimmed)) is neither a number nor a path such as episode[2].mean"
        )
      }
      steps.append(.key(steps.isEmpty && name == "episode" ? "episodes" : name))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", let index = Int(piece.dropLast()) else {
          throw Failure(
            .usage, "requirement \(quoted(whole)): \(quoted(trimmed)) has no index between [ and ]")
        }
        steps.append(.index(index))
      }
    }
    return .path(steps)
  }

  private func value(_ operand: Operand, in document: Table) throws -> Double {
    if case .number(let number) = operand { return number }
    let value = try found(operand, in: document)
    // An evaluation writes null where there is no number; nothing compares with it.
    if value == .null { return .nan }
    guard let number = value.double else {
      throw Failure(
        .configuration, "requirement \(quoted(description)): \(name(operand)) is \(value.kind), not a number")
    }
    return number
  }

  /// What stands at the path `operand` of `document`.
  private func found(_ operand: Operand, in document: Table) throws -> Value {
    guard case .path(let steps) = operand else { return .null }
    var value = Value.table(document)
    var path = ""
    for step in steps {
      let child: Value?
      switch step {
      case .key(let key):
        child = value[key]
        path = joined(path, key)
      case .index(let index):
        child = value[index]
        path += "[\(index)]"
      }
      guard let child else { throw missing(path, step, in: value) }
      value = child
    }
    return value
  }

  private func name(_ operand: Operand) -> String {
    guard case .path(let steps) = operand else { return "" }
    return steps.reduce("") { path, step in
      switch step {
      case .key(let key): joined(path, key)
      case .index(let index): path + "[\(index)]"
      }
    }
  }

  private func missing(_ path: String, _ step: Step, in value: Value) -> Failure {
    var hint = ""
    if case .key(let key) = step, let keys = value.table?.keys {
      hint = "\(Spelling.suggestion(for: key, among: keys)) Known: \(keys.joined(separator: ", "))."
    } else if let elements = value.array {
      hint = " There are \(elements.count), from 0 on."
    }
    return Failure(
      .configuration, "requirement \(quoted(description)): an evaluation has no \(path).\(hint)")
  }
}
