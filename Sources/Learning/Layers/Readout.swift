import Autodiff

/// A layer between what a memory says, h, and what is made of it, which sees the input of the network, x, once more, and
/// where it is asked for something else, a, such as the action that is to be valued:
///
///     y = max(0, h V + x W + a U)
///
/// What was remembered can then be looked up by what is observed, without a change of the memory. The last feature of
/// the input is 1, so that its weights are biases. Without units it is no layer at all, and y = h.
public struct Readout: Sendable {
  /// The width of y; 0 for no layer.
  public let unitCount: Int
  private let inputCount: Int
  private let argumentCount: Int

  /// A layer of `unitCount` units for memories of `inputCount` outputs and, if there is such, `argumentCount` numbers
  /// more.
  public init(unitCount: Int, inputCount: Int, argumentCount: Int = 0) {
    precondition(argumentCount == 0 || unitCount > 0, "no layer reads \(argumentCount) numbers more")
    self.unitCount = unitCount
    self.inputCount = inputCount
    self.argumentCount = argumentCount
  }

  /// How many numbers the heads read.
  public var outputCount: Int { unitCount > 0 ? unitCount : inputCount }

  /// Appends V, W and U, their names below `name`, for inputs of `featureCount` features.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    guard unitCount > 0 else { return }
    layout.add("\(name).readout", inputCount, unitCount, .orthogonal(gain: Float(2).squareRoot()))
    layout.add("\(name).readoutInput", featureCount, unitCount, .glorot)
    if argumentCount > 0 { layout.add("\(name).readoutArgument", argumentCount, unitCount, .glorot) }
  }

  /// y, `[m, output]`.
  ///
  /// - Parameters:
  ///   - memory: h, `[m, input]`.
  ///   - inputs: x, sparse rows of features, `[m, 2 · terms]`.
  ///   - argument: a, `[m, argument]`; nil where there is none.
  ///   - matrix: its parameters by the end of their names.
  public func outputs(
    _ memory: Node, _ inputs: Node, argument: Node? = nil, _ matrix: (_ name: String) -> Node
  ) -> Node {
    guard unitCount > 0 else { return memory }
    let fromMemory = memory.matrixProduct(matrix("readout"))
    let sum = fromMemory + matrix("readoutInput").sparseProduct(with: inputs)
    return (argument.map { sum + $0.matrixProduct(matrix("readoutArgument")) } ?? sum).rectified()
  }
}
