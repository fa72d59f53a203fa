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
  }

  private enum Step: Sendable {
    case key(String)
    case index(Int)
  }

  /// What `text` says: a path in the document of an evaluation, a comparison, and a number or another path.
  /// `episode` is short for `episodes`.
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
    right = try Self.operand(text[range.upperBound...], in: text)
  }

  /// Whether `document`, an evaluation, satisfies it. Throws where it has no such number.
  public func isMet(by document: Table) throws -> Bool {
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
    (try? value(left, in: document)).map { "\($0)" } ?? "nothing"
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
    switch operand {
    case .number(let number): return number
    case .path(let steps):
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
      // An evaluation writes null where there is no number; nothing compares with it.
      if value == .null { return .nan }
      guard let number = value.double else {
        throw Failure(
          .configuration, "requirement \(quoted(description)): \(path) is \(value.kind), not a number")
      }
      return number
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
