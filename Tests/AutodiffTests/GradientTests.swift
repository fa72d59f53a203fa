import Autodiff
import Testing

/// A calculation from input matrices to a scalar, checked against central differences in Double.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [(Int, Int)]
  /// The range the inputs are drawn from.
  var range: ClosedRange<Double> = -1.5...1.5
  let result: @Sendable ([Node]) -> Node

  var testDescription: String { name }
}

/// Numbers that look random and are the same everywhere.
func sampleValues(_ count: Int, _ range: ClosedRange<Double>, seed: Int) -> [Double] {
  var state = UInt64(truncatingIfNeeded: seed &* 7919 &+ 13)
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + (range.upperBound - range.lowerBound) * Double(state >> 11) * 0x1p-53
  }
}

/// Runs the program of `outputs` on `values` in Double.
func evaluate(_ outputs: [Node], _ values: [[Double]]) -> [[Double]] {
  let workspace = Workspace<Double>(Program(outputs))
  for (index, value) in values.enumerated() { workspace.setInput(index, value) }
  workspace.run()
  return outputs.indices.map { workspace.output($0) }
}

/// The greatest difference between the gradient of `loss` and central differences, relative to 1 + |g|.
func gradientError(_ loss: Node, _ inputs: [Node], _ values: [[Double]]) -> Double {
  let gradients = evaluate(loss.gradient(withRespectTo: inputs), values)
  let workspace = Workspace<Double>(Program([loss]))
  func value(_ values: [[Double]]) -> Double {
    for (index, value) in values.enumerated() { workspace.setInput(index, value) }
    workspace.run()
    return workspace.scalar(0)
  }
  let step = 1e-5
  var worst = 0.0
  for input in values.indices {
    for element in values[input].indices {
      var (above, below) = (values, values)
      above[input][element] += step
      below[input][element] -= step
      let difference = (value(above) - value(below)) / (2 * step)
      let gradient = gradients[input][element]
      let error = abs(gradient - difference) / (1 + abs(difference))
      if !(error <= worst) { worst = error }
    }
  }
  return worst
}

@Suite("Derivatives agree with central differences")
struct GradientTests {
  /// For each lane, a one where a step looks at itself or at an earlier one, `[B·T, T]`.
  static func causalMask(_ graph: Graph, stepCount: Int, laneCount: Int) -> Node {
    let rows = (0..<stepCount).map { step in
      Node.concatenateColumns((0..<stepCount).map { graph.constant($0 <= step ? 1 : 0) })
    }
    return Node.concatenateRows((0..<laneCount).flatMap { _ in rows })
  }

  static let cases: [Case] = [
    Case(name: "add", shapes: [(3, 4), (3, 4)]) { ($0[0] + $0[1]).square().sum() },
    Case(name: "subtract, broadcast row", shapes: [(3, 4), (1, 4)]) { ($0[0] - $0[1]).square().sum() },
    Case(name: "multiply, broadcast column", shapes: [(3, 4), (3, 1)]) { ($0[0] * $0[1]).square().sum() },
    Case(name: "divide", shapes: [(3, 4), (1, 1)], range: 0.5...2) { ($0[0] / $0[1]).square().sum() },
    Case(name: "negate", shapes: [(3, 4)]) { (-$0[0]).exponential().sum() },
    Case(name: "exponential", shapes: [(3, 4)]) { $0[0].exponential().square().sum() },
    Case(name: "logarithm", shapes: [(3, 4)], range: 0.5...2) { $0[0].logarithm().square().sum() },
    Case(name: "hyperbolic tangent", shapes: [(3, 4)]) { $0[0].hyperbolicTangent().square().sum() },
    Case(name: "sigmoid", shapes: [(3, 4)]) { $0[0].sigmoid().square().sum() },
    Case(name: "square root", shapes: [(3, 4)], range: 0.5...2) { $0[0].squareRoot().exponential().sum() },
    Case(name: "reciprocal", shapes: [(3, 4)], range: 0.5...2) { $0[0].reciprocal().square().sum() },
    Case(name: "magnitude", shapes: [(3, 4)]) { ($0[0].magnitude() * $0[0].exponential()).sum() },
    Case(name: "rectified", shapes: [(3, 4)]) { $0[0].rectified().square().sum() },
    Case(name: "minimum", shapes: [(3, 4), (3, 4)]) { $0[0].minimum($0[1]).exponential().sum() },
    Case(name: "maximum", shapes: [(3, 4), (3, 1)]) { $0[0].maximum($0[1]).exponential().sum() },
    Case(name: "clipped", shapes: [(3, 4)]) { $0[0].clipped(-0.5, 0.5).exponential().sum() },
    Case(name: "select", shapes: [(3, 4), (3, 4)]) {
      $0[0].isGreater(than: $0[1]).select($0[0].square(), $0[1].exponential()).sum()
    },
    Case(name: "product", shapes: [(3, 4), (4, 5)]) { $0[0].matrixProduct($0[1]).square().sum() },
    Case(name: "product, left transposed", shapes: [(4, 3), (4, 5)]) {
      $0[0].matrixProduct($0[1], transposeLeft: true).square().sum()
    },
    Case(name: "product, right transposed", shapes: [(3, 4), (5, 4)]) {
      $0[0].matrixProduct($0[1], transposeRight: true).square().sum()
    },
    Case(name: "product, both transposed", shapes: [(4, 3), (5, 4)]) {
      $0[0].matrixProduct($0[1], transposeLeft: true, transposeRight: true).square().sum()
    },
    Case(name: "two products", shapes: [(6, 4), (8, 5)]) {
      $0[0].batchedProduct($0[1], count: 2).square().sum()
    },
    Case(name: "two products, left transposed", shapes: [(8, 3), (8, 5)]) {
      $0[0].batchedProduct($0[1], count: 2, transposeLeft: true).square().sum()
    },
    Case(name: "two products, right transposed", shapes: [(6, 4), (10, 4)]) {
      $0[0].batchedProduct($0[1], count: 2, transposeRight: true).square().sum()
    },
    Case(name: "two products, both transposed", shapes: [(8, 3), (10, 4)]) {
      $0[0].batchedProduct($0[1], count: 2, transposeLeft: true, transposeRight: true).square().sum()
    },
    Case(name: "causal attention in two lanes of three steps", shapes: [(6, 2), (6, 2), (6, 3)]) { x in
      let mask = Self.causalMask(x[0].graph, stepCount: 3, laneCount: 2)
      let scores = x[0].batchedProduct(x[1], count: 2, transposeRight: true)
      return scores.softmax(where: mask).batchedProduct(x[2], count: 2).square().sum()
    },
    Case(name: "rows by their numbers, and sums of rows", shapes: [(4, 3)]) {
      let graph = $0[0].graph
      let numbers = Node.concatenateRows([2.0, 0, 2].map { graph.constant($0) })
      let rows = $0[0].rows(at: numbers).square()
      return rows.rowSums(at: numbers, rowCount: 3).exponential().sum()
    },
    Case(name: "sums", shapes: [(3, 4)]) {
      ($0[0].sumOverRows().square().sum() + $0[0].sumOverColumns().exponential().sum())
    },
    Case(name: "maximum over columns", shapes: [(3, 4)]) { $0[0].maximumOverColumns().square().sum() },
    Case(name: "slices", shapes: [(4, 6)]) {
      let (a, b) = ($0[0].slice(rows: 1..<3), $0[0].slice(columns: 2..<5))
      let c = $0[0].slice(rows: 2..<4, columns: 1..<3)
      return a.square().sum() + b.exponential().sum() + (c * c * c).sum()
    },
    Case(name: "rows that stand further down", shapes: [(5, 2), (5, 2)]) {
      let (values, weights) = ($0[0], $0[1])
      let later = [0, 2, 5].map { values.later(byRows: $0) * weights.square() }
      return later.map { $0.square().sum() }.reduce($0[0].graph.constant(0), +)
    },
    Case(name: "concatenations", shapes: [(2, 3), (2, 3), (1, 6)]) {
      let beside = Node.concatenateColumns([$0[0].hyperbolicTangent(), $0[1]])
      let below = Node.concatenateRows([$0[2], beside, beside.square(), $0[2].exponential()])
      return below.matrixProduct(below, transposeRight: true).square().sum()
    },
    Case(name: "reshape", shapes: [(1, 12), (4, 2)]) {
      $0[0].slice(columns: 2..<10).reshaped(2, 4).matrixProduct($0[1]).square().sum()
    },
    Case(name: "products with a sparse matrix and its transpose", shapes: [(4, 3)]) {
      let graph = $0[0].graph
      // Rows of two terms: 0.5 of row 2 and −0.5 of row 1; 0.2 of row 3 and 0.3 of row 3 again.
      func row(_ numbers: [Double]) -> Node { Node.concatenateColumns(numbers.map { graph.constant($0) }) }
      let entries = Node.concatenateRows([row([2, 1, 0.5, -0.5]), row([3, 3, 0.2, 0.3])])
      let product = $0[0].sparseProduct(with: entries)
      return product.square().sparseTransposedProduct(with: entries, rowCount: 4).exponential().sum()
    },
    Case(name: "log-softmax", shapes: [(3, 5)]) {
      ($0[0].logSoftmax() * $0[0].logSoftmax().exponential()).sum()
    },
    Case(name: "normalized rows", shapes: [(3, 5)]) {
      let cubed = $0[0].normalizedRows() * $0[0]
      return (cubed * cubed).sum()
    },
    Case(name: "two-layer network", shapes: [(6, 3), (3, 4), (1, 4), (4, 2)]) {
      ($0[0].matrixProduct($0[1]) + $0[2]).hyperbolicTangent().matrixProduct($0[3]).logSoftmax().square()
        .mean()
    },
    Case(name: "recurrence of five steps", shapes: [(10, 3), (3, 4), (4, 4), (2, 4)]) { x in
      let projected = x[0].matrixProduct(x[1])
      var states = [x[3]]
      for time in 0..<5 {
        let input = projected.slice(rows: time * 2..<time * 2 + 2)
        states.append((input + states[time].matrixProduct(x[2])).hyperbolicTangent())
      }
      return Node.concatenateRows(states).slice(rows: 2..<12).square().sum()
    },
  ]

  static func inputs(_ test: Case) -> (graph: Graph, inputs: [Node], values: [[Double]]) {
    let graph = Graph()
    let inputs = test.shapes.enumerated().map { graph.input("x\($0)", $1.0, $1.1) }
    let values = test.shapes.enumerated().map { sampleValues($1.0 * $1.1, test.range, seed: $0 + 1) }
    return (graph, inputs, values)
  }

  @Test("first order", arguments: cases)
  func firstOrder(_ test: Case) {
    let (_, inputs, values) = Self.inputs(test)
    #expect(gradientError(test.result(inputs), inputs, values) < 1e-8)
  }

  @Test("second order", arguments: cases)
  func secondOrder(_ test: Case) {
    let (graph, inputs, values) = Self.inputs(test)
    let gradients = test.result(inputs).gradient(withRespectTo: inputs)
    // The derivative of the gradient in a fixed direction.
    let slope = zip(gradients, test.shapes).reduce(graph.constant(0)) { sum, next in
      let (gradient, shape) = next
      let direction = graph.constant(0.3, shape.0, shape.1)
      return sum + (gradient * direction + gradient.square() * 0.1).sum()
    }
    #expect(gradientError(slope, inputs, values) < 1e-7)
  }
}
