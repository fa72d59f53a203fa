import Simulation

/// Makes the input of a network of what agents see.
public protocol InputEncoder: Sendable {
  /// The numbers that one lane takes.
  var width: Int { get }
  /// Writes the input of every lane, `[lane, width]`, over that of the previous time step.
  func encode(_ step: TimeStep, into input: inout MutableSpan<Float>)
}

extension NetworkInput: InputEncoder {}
extension ObservationInput: InputEncoder {}
