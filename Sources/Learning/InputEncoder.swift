import Simulation

/// Turns what agents see into the input of a network.
public protocol InputEncoder: Sendable {
  /// The numbers that one lane takes.
  var width: Int { get }
  /// How many numbers it reads of what can be known of a task (`TimeStep.belief`); 0 by default.
  var beliefWidth: Int { get }
  /// Writes the input of every lane, `[lane, width]`, over that of the previous time step.
  func encode(_ step: TimeStep, into input: inout MutableSpan<Float>)
}

extension InputEncoder {
  /// None.
  public var beliefWidth: Int { 0 }
}

extension NetworkInput: InputEncoder {}
extension ObservationInput: InputEncoder {}
