import Randomness
import Testing

import Learning

/// The vectors along the shorter axis have length 1 and are at right angles, however they are drawn.
@Suite struct OrthogonalTests {
  @Test(arguments: [(5, 5), (5, 9), (9, 5), (600, 600), (600, 700), (700, 600)])
  func vectorsAreOrthonormal(rows: Int, columns: Int) {
    var random = RandomKey(seed: 1).stream()
    let matrix = Orthogonal.matrix(rows, columns, gain: 1, using: &random)
    let isWide = rows <= columns
    let (count, length) = (min(rows, columns), max(rows, columns))
    func component(_ vector: Int, _ place: Int) -> Double {
      Double(matrix[isWide ? vector * columns + place : place * columns + vector])
    }
    for first in stride(from: 0, to: count, by: max(1, count / 9)) {
      for second in stride(from: 0, to: count, by: max(1, count / 7)) {
        let product = (0..<length).reduce(0) { $0 + component(first, $1) * component(second, $1) }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-5)
      }
    }
  }

  /// In a matrix that is drawn in blocks every number depends on all: none is zero, and none stands out.
  @Test func blocksAreMixed() {
    var random = RandomKey(seed: 2).stream()
    let side = Orthogonal.largestDense + 88
    let matrix = Orthogonal.matrix(side, side, gain: 1, using: &random)
    #expect(matrix.count { $0 == 0 } < side)
    let squares = matrix.reduce(0) { $0 + Double($1 * $1) }
    let fourths = matrix.reduce(0) { $0 + Double($1 * $1 * $1 * $1) }
    // Of normal numbers the mean fourth power is three times the squared mean square.
    let kurtosis = fourths * Double(matrix.count) / (squares * squares)
    #expect(kurtosis > 2.5 && kurtosis < 12)
  }
}
