import Formats

/// How far the hyperparameters of all algorithms may go. What is more would end in numbers that the machine has not,
/// or never; what a machine has no memory for is refused later, when the environment is known as well.
enum LearnerLimits {
  /// Updates of the parameters.
  static let iterations = 1...1_000_000_000
  /// Trials, tasks and episodes that are played for one update.
  static let episodes = 1...1_000_000
  /// Units of a layer.
  static let units = 1...16_384
  /// Passes over what was played, and steps of a solver.
  static let passes = 1...1_000_000

  /// Throws unless each of `counts` is in `range`.
  static func require(_ counts: [(key: String, value: Int)], in range: ClosedRange<Int>) throws {
    for (key, value) in counts {
      if value < range.lowerBound {
        throw InvalidParameter(key, "is \(value); at least \(range.lowerBound) is needed")
      }
      try Formats.require(key, value, in: range)
    }
  }

  /// Throws unless each of `values` is greater than 0.
  static func requirePositive(_ values: [(key: String, value: Double)]) throws {
    for (key, value) in values where !(value > 0) {
      throw InvalidParameter(key, "is \(value); it must be greater than 0")
    }
  }

  /// Throws unless each of `values` is at least 0.
  static func requireNotNegative(_ values: [(key: String, value: Double)]) throws {
    for (key, value) in values where !(value >= 0) {
      throw InvalidParameter(key, "is \(value); it must not be negative")
    }
  }

  /// Throws unless each of `values` is between 0 and 1 or one of them.
  static func requireShares(_ values: [(key: String, value: Double)]) throws {
    for (key, value) in values where !(0...1).contains(value) {
      throw InvalidParameter(key, "is \(value); it lies between 0 and 1")
    }
  }

  /// Throws for one of `values` that is so large that single precision, which learning takes place in, cannot go on
  /// from it.
  static func requireSinglePrecision(_ values: [(key: String, value: Double)]) throws {
    for (key, value) in values where !(abs(value) <= Double(Float.greatestFiniteMagnitude)) {
      throw InvalidParameter(key, "is \(value); a number up to \(Float.greatestFiniteMagnitude) is needed")
    }
  }
}
