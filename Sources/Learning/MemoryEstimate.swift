import Simulation

/// How much memory something takes, estimated before it is made.
public struct MemoryEstimate: Sendable {
  /// One thing that takes memory.
  public struct Part: Sendable {
    /// What it is, in words, such as "the weights of 12,345 parameters".
    public let what: String
    /// How many bytes it takes. A fraction, since no whole number is too large for it.
    public let byteCount: Double
  }

  /// What takes memory.
  public private(set) var parts: [Part] = []

  /// Nothing yet.
  public init() {}

  /// Adds `byteCount` bytes for `what`.
  public mutating func add(_ what: String, byteCount: Double) {
    parts.append(Part(what: what, byteCount: byteCount))
  }

  /// Adds numbers in single precision for `what`: the product of `counts`.
  public mutating func add(_ what: String, numbers counts: Double...) {
    add(what, byteCount: counts.reduce(4, *))
  }

  /// Adds the parts of `other`.
  public mutating func add(_ other: MemoryEstimate) { parts += other.parts }

  /// All of it together, in bytes.
  public var byteCount: Double { parts.reduce(0) { $0 + $1.byteCount } }
}

/// What a learner is made for, on which it depends how much memory that takes.
public enum LearnerUse: Sendable {
  /// To be trained by so many threads.
  case training(threadCount: Int)
  /// To act with the parameters it has, by so many threads that need an agent each, or in so many batches of lanes.
  case acting(threadCount: Int, batchCount: Int, laneCount: Int)
}

extension MetaLearner {
  /// Nothing that would be worth a word.
  public static func memory(
    of configuration: Configuration, for problem: Problem, use: LearnerUse
  ) throws -> MemoryEstimate { MemoryEstimate() }
}
