import Autodiff
import Foundation
import Learning
import Randomness
import Testing

@Suite("Gated linear recurrences")
struct LinearRecurrenceTests {
  private static let (unitCount, featureCount, stepCount) = (3, 2, 4)

  @Test("say what their formulas say, step by step")
  func formulas() {
    let memory = LinearRecurrence(unitCount: Self.unitCount, layerCount: 2, chronoSpan: 5)
    var layout = ParameterLayout()
    memory.addParameters(to: &layout, "m", featureCount: Self.featureCount)
    var random = RandomKey(seed: 3).stream()
    let point = layout.initialValues(RandomKey(seed: 2)).map { Double($0) + 0.4 * Double(random.normal()) }
    let inputs = (0..<Self.stepCount).map { _ in Double(random.normal()) }

    let graph = Graph()
    let rows = graph.input("rows", Self.stepCount, 2 * Self.featureCount)
    let parameters = graph.input("parameters", 1, layout.count)
    let result = memory.unrolled(rows, from: graph.constant(0, 1, memory.stateCount)) {
      layout.matrix("m.\($0)", of: parameters)
    }
    let workspace = Workspace<Double>(Program([result.outputs, result.finalState]))
    // Each row has a feature of the input and a one.
    workspace.setInput(0, inputs.flatMap { [0, 1, $0, 1] })
    workspace.setInput(1, point)
    workspace.run()

    func part(_ name: String) -> [Double] {
      let entry = layout.entries.first { $0.name == "m.\(name)" }
      return entry.map { Array(point[$0.offset..<$0.offset + $0.shape.count]) } ?? []
    }
    func product(_ vector: [Double], _ matrix: [Double]) -> [Double] {
      let width = matrix.count / vector.count
      return (0..<width).map { column in
        vector.indices.reduce(0) { $0 + vector[$1] * matrix[$1 * width + column] }
      }
    }
    func norm(_ vector: [Double]) -> [Double] {
      let mean = vector.reduce(0, +) / Double(vector.count)
      let variance = vector.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(vector.count)
      return vector.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
    }
    func sum(_ left: [Double], _ right: [Double]) -> [Double] { zip(left, right).map(+) }
    var states = Array(repeating: Array(repeating: 0.0, count: Self.unitCount), count: 2)
    for (time, input) in inputs.enumerated() {
      var x = product([input, 1], part("input"))
      for layer in 0..<2 {
        let gates = product(norm(x), part("layer\(layer).gates"))
        for unit in 0..<Self.unitCount {
          let keep = 1 / (1 + exp(-gates[unit] - part("layer\(layer).keepBias")[unit]))
          states[layer][unit] = keep * states[layer][unit] + (1 - keep) * gates[Self.unitCount + unit]
        }
        x = sum(x, product(states[layer], part("layer\(layer).mixed")))
        let wide = sum(product(norm(x), part("layer\(layer).wide")), part("layer\(layer).wideBias"))
        x = sum(x, product(wide.map { max(0, $0) }, part("layer\(layer).narrow")))
      }
      for (unit, value) in norm(x).enumerated() {
        #expect(abs(workspace.output(0)[time * Self.unitCount + unit] - value) < 1e-9, "step \(time)")
      }
    }
    #expect(
      zip(workspace.output(1).dropFirst(Self.unitCount), states.joined()).allSatisfy { abs($0 - $1) < 1e-9 })
  }
}
