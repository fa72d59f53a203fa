import Autodiff
import Foundation
import Testing

@Suite("Programs")
struct ProgramTests {
  /// A small network with a recurrence, its gradient, and what else a learner asks for.
  static func outputs(_ graph: Graph, lanes: Int, steps: Int, width: Int) -> [Node] {
    let inputs = graph.input("inputs", lanes * steps, 5)
    let parameters = graph.input("parameters", 1, 5 * width + width * width + width * 3)
    func matrix(_ start: Int, _ rows: Int, _ columns: Int) -> Node {
      parameters.slice(columns: start..<start + rows * columns).reshaped(rows, columns)
    }
    let (fromInput, fromState) = (matrix(0, 5, width), matrix(5 * width, width, width))
    let head = matrix(5 * width + width * width, width, 3)
    var states = [graph.constant(0, lanes, width)]
    for time in 0..<steps {
      let input = inputs.slice(rows: time * lanes..<(time + 1) * lanes)
      states.append(
        (input.matrixProduct(fromInput) + states[time].matrixProduct(fromState)).hyperbolicTangent())
    }
    let all = Node.concatenateRows(states).slice(rows: lanes..<lanes * (steps + 1))
    let logProbabilities = all.matrixProduct(head).logSoftmax()
    let loss = (logProbabilities.exponential() * logProbabilities).sum() / Double(lanes * steps)
    return [loss, loss.gradient(withRespectTo: [parameters])[0], logProbabilities]
  }

  static func run<Number: Element>(
    _ program: Program, _ inputs: [[Double]], as type: Number.Type
  ) -> [[Number]] {
    let workspace = Workspace<Number>(program)
    for (index, values) in inputs.enumerated() {
      workspace.setInput(index, values.map { Number($0) })
    }
    workspace.run()
    return (0..<3).map { workspace.output($0) }
  }

  static func inputs(lanes: Int, steps: Int, width: Int) -> [[Double]] {
    let count = 5 * width + width * width + width * 3
    return [
      sampleValues(lanes * steps * 5, -1...1, seed: 1), sampleValues(count, -0.5...0.5, seed: 2),
    ]
  }

  @Test(
    "in Float agree with the same in Double, for all sizes of kernels",
    arguments: [(1, 1, 1), (3, 4, 7), (4, 3, 16), (17, 2, 33), (32, 3, 48), (8, 5, 100), (64, 2, 130)])
  func floatAgreesWithDouble(_ lanes: Int, _ steps: Int, _ width: Int) {
    let program = Program(Self.outputs(Graph(), lanes: lanes, steps: steps, width: width))
    let values = Self.inputs(lanes: lanes, steps: steps, width: width)
    let single = Self.run(program, values, as: Float.self)
    let double = Self.run(program, values, as: Double.self)
    for (a, b) in zip(single, double) {
      let scale = b.reduce(1e-3) { max($0, abs($1)) }
      #expect(a.count == b.count)
      for (x, y) in zip(a, b) where !(abs(Double(x) - y) < 2e-5 * scale) {
        Issue.record("\(x) in Float, \(y) in Double")
        return
      }
    }
  }

  @Test("give the same bytes with what depends on held inputs calculated once")
  func holding() {
    let (lanes, steps, width) = (6, 4, 20)
    let values = Self.inputs(lanes: lanes, steps: steps, width: width)
    let graph = Graph()
    let outputs = Self.outputs(graph, lanes: lanes, steps: steps, width: width)
    let plain = Self.run(Program(outputs), values, as: Float.self)
    let program = Program(outputs, holding: [graph.inputs[1]])
    let held = Self.run(program, values, as: Float.self)
    #expect(plain == held)

    // A second run, with new inputs and then with new parameters, sees both.
    let workspace = Workspace<Float>(program)
    let others = [values[0].map { -$0 }, values[1].map { $0 * 0.5 }]
    for (first, second) in [(values[0], values[1]), (others[0], values[1]), (others[0], others[1])] {
      workspace.setInput(0, first.map { Float($0) })
      workspace.setInput(1, second.map { Float($0) })
      workspace.run()
      #expect(
        (0..<3).map { workspace.output($0) } == Self.run(Program(outputs), [first, second], as: Float.self))
    }
  }

  @Test("repeat themselves: nothing of a run is left for the next")
  func repetition() {
    let program = Program(Self.outputs(Graph(), lanes: 5, steps: 6, width: 9))
    let values = Self.inputs(lanes: 5, steps: 6, width: 9)
    let workspace = Workspace<Float>(program)
    for (index, value) in values.enumerated() { workspace.setInput(index, value.map { Float($0) }) }
    workspace.run()
    let first = (0..<3).map { workspace.output($0) }
    workspace.run()
    #expect((0..<3).map { workspace.output($0) } == first)
  }

  @Test("make one product of a recurrence's weight gradient")
  func oneProduct() {
    let short = Program(Self.outputs(Graph(), lanes: 4, steps: 2, width: 8))
    let long = Program(Self.outputs(Graph(), lanes: 4, steps: 12, width: 8))
    // Each step adds two products and a group forward, a product and a group or two back.
    #expect((long.instructionCount - short.instructionCount) <= 10 * 6)
  }

  @Test("hand out constants, inputs and parts as outputs")
  func plainOutputs() {
    let graph = Graph()
    let input = graph.input("x", 2, 3)
    let outputs = [
      input, graph.constant(4, 1, 2), input.slice(columns: 1..<3),
      input.sumOverRows().broadcast(to: Shape(2, 3)),
      (input * 2).slice(rows: 1..<2), input.reshaped(3, 2),
    ]
    let values = evaluate(outputs, [[1, 2, 3, 4, 5, 6]])
    #expect(values[0] == [1, 2, 3, 4, 5, 6])
    #expect(values[1] == [4, 4])
    #expect(values[2] == [2, 3, 5, 6])
    #expect(values[3] == [5, 7, 9, 5, 7, 9])
    #expect(values[4] == [8, 10, 12])
    #expect(values[5] == [1, 2, 3, 4, 5, 6])
  }

  @Test("carry NaN through minimum, maximum and clipping")
  func notANumber() {
    let graph = Graph()
    let (x, y) = (graph.input("x", 1, 2), graph.input("y", 1, 2))
    let outputs = [x.minimum(y), x.maximum(y), x.clipped(-1, 1)]
    for values in evaluate(outputs, [[.nan, 1], [1, .nan]]).prefix(2) {
      let areAll = values.allSatisfy(\.isNaN)
      #expect(areAll)
    }
    let single = Workspace<Float>(Program(outputs))
    single.setInput(0, [.nan, 1])
    single.setInput(1, [1, .nan])
    single.run()
    #expect(single.output(0).map(\.isNaN) == [true, true])
    #expect(single.output(1).map(\.isNaN) == [true, true])
    #expect(single.output(2)[0].isNaN)
  }

  /// What a batched product says is what the products of its matrices say, bit for bit, also of columns of wider matrices.
  @Test("a batched product is its products", arguments: [false, true], [false, true])
  func batchedProducts(transposeLeft: Bool, transposeRight: Bool) {
    let (count, m, k, n) = (3, 17, 9, 21)
    let graph = Graph()
    let (a, b) = (transposeLeft ? (k, m) : (m, k), transposeRight ? (n, k) : (k, n))
    let left = graph.input("left", count * a.0, a.1 + 2)
    let right = graph.input("right", count * b.0, b.1)
    let part = left.slice(columns: 1..<a.1 + 1)
    let batched = part.batchedProduct(
      right, count: count, transposeLeft: transposeLeft, transposeRight: transposeRight)
    let single = (0..<count).map { index in
      part.slice(rows: index * a.0..<(index + 1) * a.0).matrixProduct(
        right.slice(rows: index * b.0..<(index + 1) * b.0), transposeLeft: transposeLeft,
        transposeRight: transposeRight)
    }
    let workspace = Workspace<Float>(Program([batched] + single))
    for (index, input) in [left, right].enumerated() {
      workspace.setInput(index, sampleValues(input.shape.count, -1...1, seed: index).map { Float($0) })
    }
    workspace.run()
    #expect(workspace.output(0) == (1...count).flatMap { workspace.output($0) })
    #expect(Program([batched]).productOperationCount == 2 * count * m * k * n)
  }

  @Test("a masked softmax adds up to one over what is allowed, and is nothing where nothing is")
  func maskedSoftmax() {
    let graph = Graph()
    let (scores, mask) = (graph.input("scores", 3, 3), graph.input("mask", 3, 3))
    let found = evaluate(
      [scores.softmax(where: mask)], [[1, 2, 3, 5, 500, -400, 1, 1, 1], [1, 1, 0, 0, 1, 1, 0, 0, 0]])[0]
    let second = 1 / (1 + Foundation.exp(-1.0))
    let expected = [1 - second, second, 0, 0, 1, 0, 0, 0, 0]
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }
}
