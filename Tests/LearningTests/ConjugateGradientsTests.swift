import Learning
import Testing

@Suite("Conjugate gradients and the line search")
struct ConjugateGradientsTests {
  @Test("n steps solve a system of n unknowns")
  func solves() {
    let matrix: [[Float]] = [[4, 1, 0], [1, 3, -1], [0, -1, 2]]
    var solver = ConjugateGradients(count: 3)
    let curvature = solver.solve([1, 2, 3], iterationCount: 3) { vector, product in
      for row in 0..<3 { product[row] = (0..<3).reduce(0) { $0 + matrix[row][$1] * vector[$1] } }
    }
    // By Cramer's rule, the determinant being 18.
    let expected: [Float] = [-2.0 / 18, 26.0 / 18, 40.0 / 18]
    for (found, wanted) in zip(solver.solution, expected) { #expect(abs(found - wanted) < 1e-5) }
    // xᵀ A x = xᵀ b at the solution.
    #expect(abs(curvature - (-2.0 + 52 + 120) / 18) < 1e-4)
  }

  @Test("after fewer steps xᵀ A x is that of the solution found")
  func partialCurvature() {
    var solver = ConjugateGradients(count: 2)
    let curvature = solver.solve([1, 1], iterationCount: 1) { vector, product in
      product = [vector[0], 9 * vector[1]]
    }
    let x = solver.solution
    #expect(abs(curvature - Double(x[0] * x[0] + 9 * x[1] * x[1])) < 1e-6)
    #expect(abs(x[0] - 0.2) < 1e-6)
  }

  @Test("a target of zero has the solution zero")
  func zero() {
    var solver = ConjugateGradients(count: 2)
    #expect(solver.solve([0, 0], iterationCount: 5) { $1 = $0 } == 0)
    #expect(solver.solution == [0, 0])
  }

  @Test("the line search takes the first acceptable fraction")
  func firstAcceptable() {
    var parameters: [Float] = [1, 2]
    var tried: [Float] = []
    let count = LineSearch(candidateCount: 5, shrinkage: 0.5).move(&parameters, against: [4, 0]) {
      tried.append($0[0])
      return $0[0] >= -0.5
    }
    #expect(count == 3 && tried == [-3, -1, 0] && parameters == [0, 2])
  }

  @Test("a line search that fails restores the parameters, to the bit")
  func restores() {
    var parameters: [Float] = [0.1, -0.7]
    let count = LineSearch(candidateCount: 4, shrinkage: 0.8).move(&parameters, against: [0.3, 1e9]) { _ in
      false
    }
    #expect(count == nil && parameters == [0.1, -0.7])
  }
}
