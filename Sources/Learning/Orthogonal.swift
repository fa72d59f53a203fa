import Randomness

/// Matrices whose columns (or rows, where there are fewer) are orthonormal, times a gain.
package enum Orthogonal {
  /// Vectors up to this length are drawn one after another, which takes the cube of their length.
  package static let largestDense = 512
  /// The side of the blocks that longer vectors are drawn in.
  private static let blockSide = 64

  /// A matrix, row by row, `[rows, columns]`.
  package static func matrix(_ rows: Int, _ columns: Int, gain: Float, using random: inout RandomStream)
    -> [Float]
  {
    let (count, length) = (min(rows, columns), max(rows, columns))
    // Few vectors are drawn fast, however long they are.
    let vectors =
      count <= largestDense
      ? dense(count, length, using: &random) : composed(count, length, using: &random)
    return (0..<rows * columns).map { index in
      let (row, column) = (index / columns, index % columns)
      return gain * Float(rows <= columns ? vectors[row][column] : vectors[column][row])
    }
  }

  /// Gram-Schmidt on normal vectors, uniform over all orthonormal ones, `[vector][component]`.
  private static func dense(_ count: Int, _ length: Int, using random: inout RandomStream) -> [[Double]] {
    var vectors: [[Double]] = []
    while vectors.count < count {
      var vector = (0..<length).map { _ in Double(random.normal()) }
      // Twice is enough for full accuracy (Giraud et al. 2005).
      for other in vectors + vectors {
        let overlap = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for index in vector.indices { vector[index] -= overlap * other[index] }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors.append(vector.map { $0 / norm })
    }
    return vectors
  }

  /// The first rows of B₁ P₁ B₂ P₂ B₃, where every B consists of small orthogonal blocks along the diagonal and every P
  /// permutes: orthonormal, with every component filled, and in time that grows with the square of the length.
  private static func composed(_ count: Int, _ length: Int, using random: inout RandomStream) -> [[Double]] {
    var vectors = (0..<count).map { row in
      var vector = [Double](repeating: 0, count: length)
      vector[row] = 1
      return vector
    }
    for stage in 0..<3 {
      let starts = stride(from: 0, to: length, by: blockSide)
      let blocks = starts.map { start in
        let side = min(blockSide, length - start)
        return dense(side, side, using: &random).flatMap { $0 }
      }
      let order = stage < 2 ? random.permutation(of: length) : Array(0..<length)
      for row in 0..<count { turn(&vectors[row], by: blocks, order) }
    }
    return vectors
  }

  /// Multiplies a row with blocks along the diagonal, and permutes the result by `order`.
  private static func turn(_ vector: inout [Double], by blocks: [[Double]], _ order: [Int]) {
    var turned = [Double](repeating: 0, count: vector.count)
    for (index, block) in blocks.enumerated() {
      let start = index * blockSide
      let side = min(blockSide, vector.count - start)
      let (source, factors) = (vector.span, block.span)
      var target = turned.mutableSpan
      for row in 0..<side where source[start + row] != 0 {
        let value = source[start + row]
        for column in 0..<side { target[start + column] += value * factors[row * side + column] }
      }
    }
    for (place, other) in order.enumerated() { vector[place] = turned[other] }
  }
}
