import Autodiff

/// Numbers that are linear in what a layer says: the logits or means of a policy, a value, action values.
public struct LinearHead: Sendable {
  private let inputCount: Int
  /// How many numbers there are.
  public let outputCount: Int
  private let gain: Float

  /// `outputCount` numbers from `inputCount`, whose weights are at first orthogonal times `gain`.
  public init(inputCount: Int, outputCount: Int, gain: Float) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.gain = gain
  }

  /// Appends weights and biases, their names below `name`.
  public func addParameters(to layout: inout ParameterLayout, _ name: String) {
    layout.add("\(name).output", inputCount, outputCount, .orthogonal(gain: gain))
    layout.add("\(name).outputBias", 1, outputCount, .constant(0))
  }

  /// The numbers for each row, `[m, output]`.
  public func outputs(_ inputs: Node, _ matrix: (_ name: String) -> Node) -> Node {
    inputs.matrixProduct(matrix("output")) + matrix("outputBias")
  }
}
