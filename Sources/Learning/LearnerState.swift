import Formats

/// All that a learner's next update depends on, as a checkpoint holds it, but for its records (`RecordRing`), of which it
/// has the numbers. It is small: after every update it is searched for numbers that are not finite, and processes that
/// train together compare theirs.
public struct LearnerState: Hashable, Sendable {
  /// Parameters, what optimizers keep of gradients, and the like.
  public var tensors: [NamedTensor]
  /// Whole numbers, such as how many steps an optimizer has taken.
  public var counts: [NamedCount]

  /// A state.
  public init(tensors: [NamedTensor] = [], counts: [NamedCount] = []) {
    self.tensors = tensors
    self.counts = counts
  }

  /// The values of the tensor `name`. Throws `InvalidParameter` where it is missing or does not have `count` values.
  public func values(_ name: String, count: Int) throws -> [Float] {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw InvalidParameter(name, "is missing")
    }
    guard tensor.values.count == count else {
      throw InvalidParameter(name, "has \(tensor.values.count) values; \(count) are needed")
    }
    return tensor.values
  }

  /// The whole number `name`. Throws `InvalidParameter` where it is missing or negative.
  public func count(_ name: String) throws -> Int {
    guard let count = counts.first(where: { $0.name == name })?.value else {
      throw InvalidParameter(name, "is missing")
    }
    guard count >= 0 else { throw InvalidParameter(name, "is \(count); it must not be negative") }
    return count
  }

  /// How many parameters all groups have together.
  public var parameterCount: Int {
    tensors.filter { ParameterGroup.isParameters($0.name) }.reduce(0) { $0 + $1.values.count }
  }
}

/// Parameters that one optimizer moves. A learner has one such group, or several, each with a label of its own.
public struct ParameterGroup: Sendable {
  /// The parameters.
  public var values: [Float]
  private var optimizer: Adam
  private let name: String
  private let optimizerName: String

  /// Parameters before their first step.
  public init(_ values: [Float], label: String? = nil) {
    self.values = values
    optimizer = Adam(count: values.count)
    name = label.map { "\($0).\(Self.parameters)" } ?? Self.parameters
    optimizerName = label.map { "optimizer.\($0)" } ?? "optimizer"
  }

  private static let parameters = "parameters"

  /// Whether a tensor called `name` holds parameters.
  static func isParameters(_ name: String) -> Bool {
    name == parameters || name.hasSuffix(".\(parameters)")
  }

  /// How many there are.
  public var count: Int { values.count }

  /// Moves them against `gradient`, scaled down to norm `maximumNorm` if it is longer; returns the gradient's norm before.
  public mutating func step(gradient: Span<Float>, learningRate: Float, maximumNorm: Float) -> Float {
    optimizer.step(&values, gradient: gradient, learningRate: learningRate, maximumNorm: maximumNorm)
  }

  /// The same for a gradient that is no part of another.
  public mutating func step(gradient: [Float], learningRate: Float, maximumNorm: Float) -> Float {
    step(gradient: gradient.span, learningRate: learningRate, maximumNorm: maximumNorm)
  }

  /// Parameters and optimizer.
  public var state: LearnerState {
    func tensor(_ name: String, _ values: [Float]) -> NamedTensor {
      NamedTensor(name: name, shape: [values.count], values: values)
    }
    return LearnerState(
      tensors: [
        tensor(name, values), tensor("\(optimizerName).firstMoment", optimizer.firstMoment),
        tensor("\(optimizerName).secondMoment", optimizer.secondMoment),
      ], counts: [NamedCount(name: "\(optimizerName).stepCount", value: optimizer.stepCount)])
  }

  /// Takes over what `state` gave. Throws `InvalidParameter` where a part is missing or of another size; then nothing is
  /// changed.
  public mutating func restore(_ state: LearnerState) throws {
    let restored = try state.values(name, count: count)
    let first = try state.values("\(optimizerName).firstMoment", count: count)
    let second = try state.values("\(optimizerName).secondMoment", count: count)
    let stepCount = try state.count("\(optimizerName).stepCount")
    optimizer.restore(firstMoment: first, secondMoment: second, stepCount: stepCount)
    values = restored
  }
}

extension LearnerState {
  /// Two parts of a state.
  public static func + (left: Self, right: Self) -> Self {
    Self(tensors: left.tensors + right.tensors, counts: left.counts + right.counts)
  }
}

/// The groups of one learner, whose gradients are calculated together.
extension [ParameterGroup] {
  /// Moves each group against its part of `gradient`, in which the parts of all groups lie one after another; each part is
  /// scaled down to norm `maximumNorm` if it is longer. Returns the norms of the parts before.
  public mutating func step(gradient: [Float], learningRate: Float, maximumNorm: Float) -> [Float] {
    precondition(
      gradient.count == reduce(0) { $0 + $1.count }, "a gradient of \(gradient.count) parameters")
    var start = 0
    return indices.map { index in
      let part = start..<start + self[index].count
      start = part.upperBound
      return self[index].step(
        gradient: gradient.span.extracting(part), learningRate: learningRate, maximumNorm: maximumNorm)
    }
  }

  /// The parameters of all groups, with their optimizers.
  public var state: LearnerState { reduce(LearnerState()) { $0 + $1.state } }

  /// Takes over what `state` gave. Throws `InvalidParameter` where a part is missing or of another size; then nothing is
  /// changed.
  public mutating func restore(_ state: LearnerState) throws {
    self = try map { group in
      var group = group
      try group.restore(state)
      return group
    }
  }
}
