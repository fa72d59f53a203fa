import Autodiff
import Foundation
import Learning
import Randomness
import Testing

@Suite("A recurrent network")
struct RecurrentNetworkTests {
  /// The first biases of the gates, `[3 · hidden]`: reset, update, candidate.
  func biases(chronoSpan: Float) -> [Float] {
    let network = RecurrentNetwork(
      featureCount: 5, memory: GatedRecurrentUnit(unitCount: 400, chronoSpan: chronoSpan),
      distribution: ActionDistribution(.discrete([2])), hasSeparateValue: false, initialStandardDeviation: 1)
    let values = network.layout.initialValues(RandomKey(seed: 1))
    return Array(values[4 * 1200..<5 * 1200])
  }

  @Test("keeps its state for 1 to `chronoSpan` steps at first, evenly spread")
  func memory() {
    let biases = biases(chronoSpan: 50)
    #expect(biases[..<400].allSatisfy { $0 == 0 } && biases[800...].allSatisfy { $0 == 0 })
    // A gate that keeps the share σ(b) of the state keeps it for about 1 / (1 − σ(b)) = 1 + exp(b) steps.
    let spans = biases[400..<800].map { expf($0) }
    #expect(spans.allSatisfy { $0 >= 1 && $0 <= 50.001 })
    #expect(abs(spans.reduce(0, +) / 400 - 25.5) < 2)
  }

  @Test("keeps half of its state with a span of one step")
  func noMemory() { #expect(biases(chronoSpan: 1).allSatisfy { $0 == 0 }) }

  @Test("of long short-term memories keeps them for as long")
  func cellBiases() {
    var layout = ParameterLayout()
    LongShortTermMemory(unitCount: 400, chronoSpan: 50).addParameters(to: &layout, "policy", featureCount: 5)
    let biases = layout.initialValues(RandomKey(seed: 1))[4 * 1600..<5 * 1600].map { $0 }
    let spans = biases[400..<800].map { expf($0) }
    #expect(spans.allSatisfy { $0 >= 1 && $0 <= 50.001 } && abs(spans.reduce(0, +) / 400 - 25.5) < 2)
    // The input gate is open as far as the forget gate lets go; output gate and candidate have no biases.
    #expect((0..<400).allSatisfy { biases[$0] == -biases[400 + $0] })
    #expect(biases[800...].allSatisfy { $0 == 0 })
  }

  @Test("with cells is the published recursion")
  func cells() {
    var layout = ParameterLayout()
    let memory = LongShortTermMemory(unitCount: 2, chronoSpan: 9)
    memory.addParameters(to: &layout, "policy", featureCount: 3)
    let graph = Graph()
    let parameters = graph.input("parameters", 1, layout.count)
    let state = graph.input("state", 1, memory.stateCount)
    let result = memory.unrolled(graph.input("inputs", 2, 4), from: state) {
      layout.matrix("policy.\($0)", of: parameters)
    }
    let workspace = Workspace<Double>(Program([result.outputs, result.finalState]))
    let point = layout.initialValues(RandomKey(seed: 2)).map(Double.init)
    workspace.setInput(0, point)
    workspace.setInput(1, [0.3, -0.2, 0.5, -1])
    // Feature 0 is 0.5 and then feature 1 is -1; feature 2 is always 1.
    workspace.setInput(2, [0, 2, 0.5, 1, 1, 2, -1, 1])
    workspace.run()

    func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
    var (h, c) = ([0.3, -0.2], [0.5, -1.0])
    var outputs: [Double] = []
    for features in [[0.5, 0, 1], [0, -1, 1]] {
      let read = features + h
      var sums = [Double](repeating: 0, count: 8)
      for row in 0..<5 {
        for column in 0..<8 { sums[column] += read[row] * point[row * 8 + column] }
      }
      for unit in 0..<2 {
        c[unit] = sigmoid(sums[2 + unit]) * c[unit] + sigmoid(sums[unit]) * tanh(sums[6 + unit])
        h[unit] = sigmoid(sums[4 + unit]) * tanh(c[unit])
      }
      outputs += h
    }
    #expect(zip(workspace.output(0), outputs).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(workspace.output(1), h + c).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Outputs, value and last state of two steps in one lane, and the parameters.
  func played(readoutCount: Int) -> (outputs: [Double], value: [Double], state: [Double], [String: [Double]])
  {
    let network = RecurrentNetwork(
      featureCount: 3, memory: GatedRecurrentUnit(unitCount: 2),
      distribution: ActionDistribution(.discrete([2])),
      hasSeparateValue: false, initialStandardDeviation: 1, readoutCount: readoutCount)
    let graph = Graph()
    let parameters = graph.input("parameters", 1, network.layout.count)
    let result = network.unrolled(
      graph.input("inputs", 2, 4), from: graph.constant(0, 1, 2), parameters: parameters)
    let workspace = Workspace<Double>(Program([result.outputs, result.values, result.finalState]))
    let point = network.layout.initialValues(RandomKey(seed: 2)).map(Double.init)
    workspace.setInput(0, point)
    // Feature 0 is 0.5 and then feature 1 is -1; feature 2 is always 1.
    workspace.setInput(1, [0, 2, 0.5, 1, 1, 2, -1, 1])
    workspace.run()
    let matrices = network.layout.entries.map {
      ($0.name, Array(point[$0.offset..<$0.offset + $0.shape.count]))
    }
    return (
      workspace.output(0), workspace.output(1), workspace.output(2),
      Dictionary(uniqueKeysWithValues: matrices)
    )
  }

  @Test("reads its state and the last input by a readout, and remembers the same without one")
  func readout() throws {
    let (plain, read) = (played(readoutCount: 0), played(readoutCount: 3))
    #expect(plain.state == read.state)
    let (weight, inputWeight) = (
      try #require(read.3["policy.readout"]), try #require(read.3["policy.readoutInput"])
    )
    let units = (0..<3).map { unit in
      let fromState = read.state[0] * weight[unit] + read.state[1] * weight[3 + unit]
      return max(0, fromState - inputWeight[3 + unit] + inputWeight[6 + unit])
    }
    #expect(units.contains { $0 > 0 })
    let (output, value) = (try #require(read.3["policy.output"]), try #require(read.3["value.output"]))
    for action in 0..<2 {
      let expected = (0..<3).reduce(0) { $0 + units[$1] * output[2 * $1 + action] }
      #expect(abs(read.outputs[2 + action] - expected) < 1e-12)
    }
    #expect(abs(read.value[1] - (0..<3).reduce(0) { $0 + units[$1] * value[$1] }) < 1e-12)
  }
}
