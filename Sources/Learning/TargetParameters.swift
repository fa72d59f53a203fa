import Formats

/// Parameters that follow others slowly (target networks), so that goals calculated with them do not move with every step:
///
///     θ̄ ← θ̄ + τ (θ − θ̄)
///
/// Source: Lillicrap et al. 2016, "Continuous control with deep reinforcement learning", algorithm 1.
public struct TargetParameters: Sendable {
  /// θ̄.
  public private(set) var values: [Float]
  private let name: String

  /// Parameters that follow those of the group called `label` and begin with `values`.
  public init(_ values: [Float], label: String) {
    self.values = values
    name = "\(label).target"
  }

  /// Goes the fraction `rate`, τ, of the way to `present`.
  public mutating func follow(_ present: [Float], rate: Float) {
    precondition(present.count == values.count, "\(values.count) parameters follow \(present.count)")
    for index in values.indices { values[index] += rate * (present[index] - values[index]) }
  }

  /// The parameters, as a part of a learner's state.
  public var state: LearnerState {
    LearnerState(tensors: [NamedTensor(name: name, shape: [values.count], values: values)])
  }

  /// Takes over what `state` gave. Throws `InvalidParameter` where it is missing or of another size.
  public mutating func restore(_ state: LearnerState) throws {
    values = try state.values(name, count: values.count)
  }
}
