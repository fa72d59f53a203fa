import Autodiff

/// Layers of a sequence model, each of which adds to what is there, twice: something of all steps so far, and then something
/// of each step by itself:
///
///     x = W_e input,   then in every layer   x ← x + W_o mix(W_m norm(x)),   x ← x + W_2 max(0, W_1 norm(x) + b),
///
/// and norm(x) is read at the end, where norm gives every row mean 0 and variance 1.
///
/// Source: the blocks of Vaswani et al. 2017, "Attention is all you need", with the norms before them as in Xiong et al. 2020,
/// "On layer normalization in the transformer architecture".
struct ResidualLayers: Sendable {
  let unitCount: Int
  let layerCount: Int
  /// What W_m is called, and how many numbers it gives.
  let mixed: (name: String, count: Int)
  /// What W_o is called.
  let outputName: String

  /// W_e, and W_m, W_o, W_1, b and W_2 of every layer.
  func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {
    // Each layer adds to what is there; so scaled, the sum stays about as large as it began.
    let gain = 1 / Float(2 * layerCount).squareRoot()
    layout.add("\(name).input", featureCount, unitCount, .glorot)
    for layer in 0..<layerCount {
      let name = "\(name).layer\(layer)"
      layout.add("\(name).\(mixed.name)", unitCount, mixed.count, .glorot)
      layout.add("\(name).\(outputName)", unitCount, unitCount, .orthogonal(gain: gain))
      layout.add("\(name).wide", unitCount, 2 * unitCount, .orthogonal(gain: Float(2).squareRoot()))
      layout.add("\(name).wideBias", 1, 2 * unitCount, .constant(0))
      layout.add("\(name).narrow", 2 * unitCount, unitCount, .orthogonal(gain: gain))
    }
  }

  /// norm(x) of each row of `inputs`; `mix` makes of W_m norm(x), `[T·B, mixed]`, what each step takes from all so far,
  /// `[T·B, unit]`.
  func read(
    _ inputs: Node, _ matrix: (_ name: String) -> Node, mix: (_ mixed: Node, _ layer: Int) -> Node
  ) -> Node {
    var sum = matrix("input").sparseProduct(with: inputs)
    for layer in 0..<layerCount {
      func part(_ name: String) -> Node { matrix("layer\(layer).\(name)") }
      let mixed = mix(sum.normalizedRows().matrixProduct(part(self.mixed.name)), layer)
      sum = sum + mixed.matrixProduct(part(outputName))
      let wide = sum.normalizedRows().matrixProduct(part("wide")) + part("wideBias")
      sum = sum + wide.rectified().matrixProduct(part("narrow"))
    }
    return sum.normalizedRows()
  }
}
