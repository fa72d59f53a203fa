import Formats

/// A key and a value from the command line, `key=value`.
public struct Override: Sendable {
  /// The dotted path, its parts.
  public let path: [String]
  /// The value.
  public let value: Value

  /// What `argument` says. The value is written as in TOML; a word that is not one of its values is a string.
  public init(_ argument: String) throws {
    guard let separator = argument.firstIndex(of: "="), separator != argument.startIndex else {
      throw Failure(.usage, "\(quoted(argument)) is not key=value")
    }
    let key = String(argument[..<separator])
    path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw Failure(.usage, "\(quoted(key)) is not a dotted path")
    }
    value = try Self.value(String(argument[argument.index(after: separator)...]), key: key)
  }

  /// The path without the first part, where that only says what the rest says alone.
  package var plainPath: [String] {
    path.count > 1 && ["hyperparameters", "environment"].contains(path[0]) ? Array(path.dropFirst()) : path
  }

  /// A value at a path.
  package init(_ path: [String], _ value: Value) {
    self.path = path
    self.value = value
  }

  private static func value(_ text: String, key: String) throws -> Value {
    guard !text.contains(where: \.isNewline) else {
      throw Failure(.usage, "the value of \(key) has more than one line")
    }
    do {
      if let value = try TOML.parse("value = \(text)", file: key)["value"] { return value }
    } catch {
      // What begins like a value of TOML and is none is a mistake; all else is a word.
      if let first = text.first, "\"'[{".contains(first) {
        throw Failure(.configuration, "command line: \(error)")
      }
    }
    guard !["nan", "inf"].contains(text.drop { "+-".contains($0) }) else {
      throw Failure(.configuration, "command line: \(key) is \(text); a finite number is needed")
    }
    return .string(text)
  }
}
