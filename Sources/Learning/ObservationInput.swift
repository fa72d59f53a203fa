import Simulation

/// How an observation alone becomes the input of a network, `[lane, width]`: discrete components as one-hot
/// vectors, real ones as they are, and a constant 1 where there is nothing to observe.
public struct ObservationInput: Sendable {
  private let observation: Space

  /// The input for agents of `interface`.
  public init(_ interface: Interface) { observation = interface.observation }

  /// The numbers that one lane takes.
  public var width: Int { max(NetworkInput.width(of: observation), 1) }
  /// Whether the numbers are 0 or 1, so that their squares say nothing new.
  public var isBinary: Bool {
    if case .discrete = observation { true } else { false }
  }

  /// Writes the input of every lane.
  public func encode(_ step: TimeStep, into input: inout MutableSpan<Float>) {
    precondition(input.count == step.laneCount * width, "\(input.count) numbers for \(step.laneCount) lanes")
    switch observation {
    case .box:
      let values = step.observation.span
      for index in 0..<input.count { input[index] = values[index] }
    case .discrete(let counts) where counts.isEmpty:
      for index in 0..<input.count { input[index] = 1 }
    case .discrete(let counts):
      for index in 0..<input.count { input[index] = 0 }
      for lane in 0..<step.laneCount {
        var start = lane * width
        for component in counts.indices {
          input[start + Int(step.observation[lane * counts.count + component])] = 1
          start += counts[component]
        }
      }
    }
  }
}
