/// A part of a learner's state.
public struct NamedTensor: Hashable, Sendable {
  /// What it is, such as `parameters` or `optimizer.firstMoment`.
  public let name: String
  /// The length of each axis; empty for a single number.
  public let shape: [Int]
  /// The numbers, the last axis running fastest.
  public let values: [Float]

  /// A tensor whose number of values is the product of `shape`.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(name): \(values.count) values for shape \(shape)")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// A whole number in a learner's state, which is kept exactly.
public struct NamedCount: Hashable, Sendable {
  /// What it is, such as `optimizer.stepCount`.
  public let name: String
  /// The number.
  public let value: Int

  /// A number with a name.
  public init(name: String, value: Int) {
    self.name = name
    self.value = value
  }
}
