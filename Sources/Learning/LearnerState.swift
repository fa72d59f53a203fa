import Formats

extension Adam {
  /// The parameters that the optimizer moves, and the optimizer, as a checkpoint holds them.
  public func state(with parameters: [Float]) -> [NamedTensor] {
    let count = parameters.count
    return [
      NamedTensor(name: "parameters", shape: [count], values: parameters),
      NamedTensor(name: "optimizer.firstMoment", shape: [count], values: firstMoment),
      NamedTensor(name: "optimizer.secondMoment", shape: [count], values: secondMoment),
      NamedTensor(name: "optimizer.stepCount", shape: [], values: [Float(stepCount)]),
    ]
  }

  /// Takes over what `state(with:)` gave. Throws `InvalidParameter` where a tensor is missing or of another
  /// size, or the number of steps is none; then nothing is changed.
  public mutating func restore(_ state: [NamedTensor], parameters: inout [Float]) throws {
    let count = parameters.count
    let restored = try Self.values("parameters", count, in: state)
    let first = try Self.values("optimizer.firstMoment", count, in: state)
    let second = try Self.values("optimizer.secondMoment", count, in: state)
    let steps = try Self.values("optimizer.stepCount", 1, in: state)[0]
    guard let stepCount = Int(exactly: steps), stepCount >= 0 else {
      throw InvalidParameter("optimizer.stepCount", "is \(steps); a whole number is needed")
    }
    restore(firstMoment: first, secondMoment: second, stepCount: stepCount)
    parameters = restored
  }

  private static func values(_ name: String, _ count: Int, in state: [NamedTensor]) throws -> [Float] {
    guard let tensor = state.first(where: { $0.name == name }) else {
      throw InvalidParameter(name, "is missing")
    }
    guard tensor.values.count == count else {
      throw InvalidParameter(name, "has \(tensor.values.count) values; \(count) are needed")
    }
    return tensor.values
  }
}
