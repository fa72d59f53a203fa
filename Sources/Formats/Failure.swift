/// A reason to stop that the user can do something about, with the exit code it leads to.
public struct Failure: Error, CustomStringConvertible, Sendable {
  /// What kind of failure, and the exit code of the program.
  public enum Kind: Int32, Sendable {
    /// The words of the command line make no sense.
    case usage = 64
    /// A configuration names something unknown or senseless, or a file is corrupt.
    case configuration = 65
    /// A file or a run is not there.
    case missing = 66
    /// There is no display.
    case noDisplay = 69
    /// A mistake of the program.
    case internalError = 70
    /// The run to create exists.
    case exists = 73
    /// The system could not read or write.
    case inputOutput = 74
    /// Stopped early, and resumable.
    case stoppedEarly = 75
    /// A number of the training is not finite.
    case diverged = 20
    /// A requirement on an evaluation is not met.
    case requirement = 21
    /// The user interrupted; the state was saved, and the run is resumable.
    case interrupted = 130

    /// Whether something is wrong; a training that stops when asked to is as it should be.
    public var isMistake: Bool { self != .stoppedEarly && self != .interrupted }
  }

  /// What kind of failure.
  public let kind: Kind
  /// What happened and what is allowed, in one or two sentences.
  public let description: String

  /// A failure that `description` explains. The names in it may be anything, so that it is made printable.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = printable(description)
  }
}

/// Runs `body` and says where a parameter that it refuses stands: in `place`, below the key `prefix`.
package func locating<Result>(in place: String, below prefix: String = "", _ body: () throws -> Result) throws
  -> Result
{
  do {
    return try body()
  } catch let error as InvalidParameter {
    throw Failure(.configuration, "\(place): \(joined(prefix, error.key)) \(error.reason)")
  }
}

/// The dotted path of `key` below `prefix`.
package func joined(_ prefix: String, _ key: String) -> String {
  prefix.isEmpty ? key : key.isEmpty ? prefix : key.hasPrefix("[") ? prefix + key : "\(prefix).\(key)"
}
