/// A constant of an environment, or a parameter of a task distribution or an algorithm, that makes no sense.
public struct InvalidParameter: Error, CustomStringConvertible, Sendable {
  /// The key as it stands in the file.
  public let key: String
  /// What was found and what is allowed.
  public let reason: String

  /// An error at `key` because of `reason`, such as "is 0; at least 1 is needed".
  public init(_ key: String, _ reason: String) {
    self.key = key
    self.reason = reason
  }

  /// The key and the reason.
  public var description: String { "\(key) \(reason)" }
}
