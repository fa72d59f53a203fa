import Autodiff

/// Gated linear recurrences over the time steps of a trial: `ResidualLayers` that mix by
///
///     h' = z ⊙ h + (1 − z) ⊙ n,   where z = σ(W_z y + b) and n = W_n y depend on the step y alone.
///
/// What is kept does not depend on what was, so that all products of a sequence are made at once, and a step costs the same
/// however long the trial is.
///
/// Source: the minimal gated recurrent unit of Feng et al. 2024, "Were RNNs all we needed?".
public struct LinearRecurrence: Memory {
  private let layers: ResidualLayers
  private let chronoSpan: Float
  private var unitCount: Int { layers.unitCount }

  /// `layerCount` layers of `unitCount` units, which keep what they hold for up to `chronoSpan` time steps at first.
  public init(unitCount: Int, layerCount: Int, chronoSpan: Float = 1) {
    layers = ResidualLayers(
      unitCount: unitCount, layerCount: layerCount, mixed: ("gates", 2 * unitCount), outputName: "mixed")
    self.chronoSpan = chronoSpan
  }

  /// What is read, and h of every layer.
  public var stateCount: Int { (1 + layers.layerCount) * unitCount }
  /// What the layers say.
  public var outputCount: Int { unitCount }

  /// Those of the layers, and b.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    layers.addParameters(to: &layout, name, featureCount: featureCount)
    for layer in 0..<layers.layerCount {
      layout.add("\(name).layer\(layer).keepBias", 1, unitCount, .keepBias(chronoSpan: chronoSpan))
    }
  }

  /// What is read at each step, and the last of it with the last h of every layer.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let laneCount = initial.shape.rows
    let last = inputs.shape.rows - laneCount..<inputs.shape.rows
    var finalStates: [Node] = []
    let outputs = layers.read(inputs, matrix) { gates, layer in
      let keep = (gates.slice(columns: 0..<unitCount) + matrix("layer\(layer).keepBias")).sigmoid()
      let added = (1 - keep) * gates.slice(columns: unitCount..<2 * unitCount)
      var states = [initial.slice(columns: (1 + layer) * unitCount..<(2 + layer) * unitCount)]
      for first in stride(from: 0, to: inputs.shape.rows, by: laneCount) {
        let rows = first..<first + laneCount
        states.append(keep.slice(rows: rows) * states[states.count - 1] + added.slice(rows: rows))
      }
      let all = Node.concatenateRows(Array(states.dropFirst()))
      finalStates.append(all.slice(rows: last))
      return all
    }
    return (outputs, Node.concatenateColumns([outputs.slice(rows: last)] + finalStates))
  }
}
