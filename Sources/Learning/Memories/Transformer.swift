import Autodiff
import Foundation

/// A transformer over the time steps of a trial, which attends to all that was before:
///
///     x = W_e input,   then in every layer   x ← x + W_o attention(W_qkv norm(x)),   x ← x + W_2 max(0, W_1 norm(x) + b),
///
/// and norm(x) is read at the end, where norm gives every row mean 0 and variance 1. There are no absolute positions, so
/// that trials may be longer than those of the training (`Node.attention`).
///
/// It carries no state from step to step; an agent keeps keys and values of every step of its trial instead.
///
/// Source: Vaswani et al. 2017, "Attention is all you need", with the norms before the blocks as in Xiong et al. 2020, "On
/// layer normalization in the transformer architecture".
public struct Transformer: Memory {
  private let unitCount: Int
  private let layerCount: Int
  private let headCount: Int

  /// `layerCount` layers of `unitCount` units, which `headCount` heads share evenly.
  public init(unitCount: Int, layerCount: Int, headCount: Int) {
    precondition(unitCount % headCount == 0, "\(unitCount) units for \(headCount) heads")
    (self.unitCount, self.layerCount, self.headCount) = (unitCount, layerCount, headCount)
  }

  /// What is read, for those who look inside.
  public var stateCount: Int { unitCount }
  /// norm(x).
  public var outputCount: Int { unitCount }
  /// Keys and values of every layer.
  public var keptCount: Int { layerCount * 2 * unitCount }

  /// W_e, and W_qkv, W_o, W_1, b and W_2 of every layer.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    // Each layer adds to what is there; so scaled, the sum stays about as large as it began.
    let gain = 1 / Float(2 * layerCount).squareRoot()
    layout.add("\(name).input", featureCount, unitCount, .glorot)
    for layer in 0..<layerCount {
      layout.add("\(name).layer\(layer).qkv", unitCount, 3 * unitCount, .glorot)
      layout.add("\(name).layer\(layer).attended", unitCount, unitCount, .orthogonal(gain: gain))
      layout.add(
        "\(name).layer\(layer).wide", unitCount, 2 * unitCount, .orthogonal(gain: Float(2).squareRoot()))
      layout.add("\(name).layer\(layer).wideBias", 1, 2 * unitCount, .constant(0))
      layout.add("\(name).layer\(layer).narrow", 2 * unitCount, unitCount, .orthogonal(gain: gain))
    }
  }

  /// What is read at each step of a sequence that begins with a trial, and the last of it.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let laneCount = initial.shape.rows
    let outputs = read(inputs, matrix) { qkv, _ in
      qkv.attention(laneCount: laneCount, headCount: headCount)
    }
    let rows = outputs.shape.rows
    return (outputs, outputs.slice(rows: rows - laneCount..<rows))
  }

  /// What is read at the step after `past`, and keys and values of it.
  public func step(
    _ inputs: Node, after past: Past, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, kept: Node) {
    var kept: [Node] = []
    let outputs = read(inputs, matrix) { qkv, layer in
      kept.append(qkv.slice(columns: unitCount..<3 * unitCount))
      let columns = layer * 2 * unitCount..<(layer + 1) * 2 * unitCount
      return qkv.attention(to: past.rows.slice(columns: columns), count: past.count, headCount: headCount)
    }
    return (outputs, Node.concatenateColumns(kept))
  }

  private func read(
    _ inputs: Node, _ matrix: (_ name: String) -> Node, attention: (_ qkv: Node, _ layer: Int) -> Node
  ) -> Node {
    var sum = matrix("input").sparseProduct(with: inputs)
    for layer in 0..<layerCount {
      let qkv = sum.normalizedRows().matrixProduct(matrix("layer\(layer).qkv"))
      sum = sum + attention(qkv, layer).matrixProduct(matrix("layer\(layer).attended"))
      let wide =
        sum.normalizedRows().matrixProduct(matrix("layer\(layer).wide"))
        + matrix("layer\(layer).wideBias")
      sum = sum + wide.rectified().matrixProduct(matrix("layer\(layer).narrow"))
    }
    return sum.normalizedRows()
  }
}
