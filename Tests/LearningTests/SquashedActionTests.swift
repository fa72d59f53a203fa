import Autodiff
import Foundation
import Learning
import Randomness
import Simulation
import Testing

@Suite("Squashed normal actions")
struct SquashedActionTests {
  static let distribution = ActionDistribution(.box(lower: [-1, 0], upper: [1, 4]), isSquashed: true)

  /// Actions and log π of rows of noise, at means and logarithms of deviations that are the same in every row.
  private func sample(_ outputs: [Double], noise: [[Double]]) -> (actions: [Double], logProbability: [Double])
  {
    let graph = Graph()
    let (given, drawn) = (graph.input("outputs", 1, 4), graph.input("noise", noise.count, 2))
    let result = Self.distribution.squashedSample(given.broadcast(to: Shape(noise.count, 4)), noise: drawn)
    let workspace = Workspace<Double>(Program([result.actions, result.logProbability]))
    workspace.setInput(0, outputs)
    workspace.setInput(1, noise.flatMap { $0 })
    workspace.run()
    return (workspace.output(0), workspace.output(1))
  }

  @Test("have outputs for means and deviations and no deviation of their own")
  func sizes() {
    #expect(Self.distribution.outputCount == 4 && Self.distribution.componentCount == 2)
    #expect(!Self.distribution.hasStandardDeviation)
    let discrete = ActionDistribution(.discrete([3]), isSquashed: true)
    #expect(discrete.outputCount == 3 && !discrete.hasStandardDeviation)
  }

  /// ∫ π(a) da = 1: of each component π is exp(log π) less the other's, so both are integrated over a grid of noise, with
  /// da = (1 − a²) σ dε.
  @Test(
    "have a density whose integral over the box is one", arguments: [[0, 0, 0, 0], [1.5, -0.5, -1, 0.7]])
  func density(outputs: [Double]) {
    let (count, limit) = (200, 8.0)
    let width = 2 * limit / Double(count)
    let points = (0..<count).map { -limit + (Double($0) + 0.5) * width }
    let noise = points.flatMap { first in points.map { [first, $0] } }
    let (actions, logs) = sample(outputs, noise: noise)
    let deviations = exp(outputs[2]) * exp(outputs[3])
    let integral = logs.indices.reduce(0) { sum, row in
      let slopes =
        (1 - actions[2 * row] * actions[2 * row]) * (1 - actions[2 * row + 1] * actions[2 * row + 1])
      return sum + exp(logs[row]) * slopes * deviations * width * width
    }
    #expect(abs(integral - 1) < 1e-3)
  }

  @Test("stay finite where tanh is one to the last bit, and where σ is out of its limits")
  func extremes() {
    for outputs in [[40.0, -40, 2, 2], [0, 0, 50, -50]] {
      let (actions, logs) = sample(outputs, noise: [[1, -1]])
      #expect(actions.allSatisfy { abs($0) <= 1 } && logs.allSatisfy(\.isFinite))
    }
    let (_, limited) = sample([0, 0, 50, -50], noise: [[0.5, 0.5]])
    let (_, expected) = sample([0, 0, 2, -5], noise: [[0.5, 0.5]])
    #expect(limited == expected)
  }

  @Test("are drawn as the graph says, in the units of the box")
  func acting() {
    let outputs: [Float] = [0.3, -0.8, log(0.5), log(0.2)]
    let graph = Graph()
    let workspace = Workspace<Float>(Program([Self.distribution.acting(graph.input("outputs", 1, 4))]))
    workspace.setInput(0, outputs)
    workspace.run()
    let acting = workspace.output(0)
    #expect(zip(acting, [0.3, -0.8, 0.5, 0.2]).allSatisfy { abs($0 - $1) < 1e-6 })
    var (choice, action): ([Float], [Float]) = ([0, 0], [0, 0])
    var random = RandomKey(seed: 3).stream()
    let noise = (0..<2).map { _ in Double(random.normal()) }
    random = RandomKey(seed: 3).stream()
    var choices = choice.mutableSpan
    var actions = action.mutableSpan
    let log = Self.distribution.sample(
      acting.span, deviation: [Float]().span, using: &random, choice: &choices, action: &actions)
    let expected = sample(outputs.map(Double.init), noise: [noise])
    #expect(abs(Double(log) - expected.logProbability[0]) < 1e-5)
    #expect(zip(choice, expected.actions).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    #expect(abs(action[0] - choice[0]) < 1e-6 && abs(action[1] - (2 + 2 * choice[1])) < 1e-6)
    var mode: [Float] = [0, 0]
    var span = mode.mutableSpan
    Self.distribution.mode(acting.span, action: &span)
    #expect(abs(mode[0] - tanh(0.3)) < 1e-6 && abs(mode[1] - (2 + 2 * tanh(-0.8))) < 1e-6)
  }
}
