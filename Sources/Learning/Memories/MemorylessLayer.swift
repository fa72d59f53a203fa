import Autodiff

/// A layer in the place of a memory that remembers nothing, for policies that see all there is to know:
///
///     h = tanh(W x)
///
/// One input is always 1; its weights are the biases.
public struct MemorylessLayer: Memory {
  private let unitCount: Int

  /// A layer of `unitCount` units.
  public init(unitCount: Int) { self.unitCount = unitCount }

  /// h, which nothing is read from.
  public var stateCount: Int { unitCount }
  /// h.
  public var outputCount: Int { unitCount }

  /// W.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    layout.add("\(name).input", featureCount, unitCount, .glorot)
  }

  /// h of each step, and of the last one.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let outputs = matrix("input").sparseProduct(with: inputs).hyperbolicTangent()
    let rows = outputs.shape.rows
    return (outputs, outputs.slice(rows: rows - initial.shape.rows..<rows))
  }
}
