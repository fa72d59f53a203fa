import Autodiff

/// In the place of a memory: a state that something else gives at every time step, which is read as it is. Every row of the
/// inputs is a lane of its own.
public struct GivenState: Memory {
  /// The numbers of a lane.
  public let stateCount: Int

  /// A state of `stateCount` numbers.
  public init(stateCount: Int) { self.stateCount = stateCount }

  /// All of the state.
  public var outputCount: Int { stateCount }

  /// Nothing.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {}

  /// The state that was given.
  public func unrolled(
    _ inputs: Node, from given: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    precondition(
      inputs.shape.rows == given.shape.rows, "\(inputs.shape.rows) inputs, \(given.shape.rows) states")
    return (given, given)
  }
}
