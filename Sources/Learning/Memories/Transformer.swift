import Autodiff

/// A transformer over the time steps of a trial, which attends to all that was before: `ResidualLayers` that mix by attention.
/// There are no absolute positions, so that trials may be longer than those of the training (`Node.attention`).
///
/// It carries no state from step to step; an agent keeps keys and values of every step of its trial instead.
///
/// Source: Vaswani et al. 2017, "Attention is all you need".
public struct Transformer: Memory {
  private let layers: ResidualLayers
  private let headCount: Int
  private var unitCount: Int { layers.unitCount }

  /// `layerCount` layers of `unitCount` units, which `headCount` heads share evenly.
  public init(unitCount: Int, layerCount: Int, headCount: Int) {
    precondition(unitCount % headCount == 0, "\(unitCount) units for \(headCount) heads")
    layers = ResidualLayers(
      unitCount: unitCount, layerCount: layerCount, mixed: ("qkv", 3 * unitCount), outputName: "attended")
    self.headCount = headCount
  }

  /// What is read, for those who look inside.
  public var stateCount: Int { unitCount }
  /// What the layers say.
  public var outputCount: Int { unitCount }
  /// Keys and values of every layer.
  public var keptCount: Int { layers.layerCount * 2 * unitCount }

  /// Those of the layers.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    layers.addParameters(to: &layout, name, featureCount: featureCount)
  }

  /// What is read at each step of a sequence that begins with a trial, and the last of it.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let laneCount = initial.shape.rows
    let outputs = layers.read(inputs, matrix) { qkv, _ in
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
    let outputs = layers.read(inputs, matrix) { qkv, layer in
      kept.append(qkv.slice(columns: unitCount..<3 * unitCount))
      let columns = layer * 2 * unitCount..<(layer + 1) * 2 * unitCount
      return qkv.attention(to: past.rows.slice(columns: columns), count: past.count, headCount: headCount)
    }
    return (outputs, Node.concatenateColumns(kept))
  }
}
