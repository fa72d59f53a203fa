import Algorithms
import Autodiff
import Foundation
import Simulation
import Testing

/// A softmax policy without observations, whose expectations are sums over all sequences of actions.
@Suite("Inner losses have the right derivatives in expectation")
struct MAMLExpectationTests {
  static let logits = [0.3, -0.5, 0.1]

  /// Gradient and Hessian matrix of the inner loss for a sequence of actions with the given advantages.
  private static func derivatives(
    _ loss: InnerLoss, actions: [Int], advantages: [Double]
  ) -> (gradient: [Double], hessian: [[Double]]) {
    var configuration = MAMLConfiguration()
    configuration.network.hiddenLayers = 0
    configuration.adaptation.loss = loss
    let interface = Interface(
      observation: .discrete([]), action: .discrete([logits.count]), horizon: actions.count, episodeCount: 1)
    let objective = MAMLObjective(configuration, interface)
    let graph = Graph()
    let parameters = graph.input("parameters", 1, objective.parameterCount)
    let episodes = objective.episodes(graph, "support", stepCount: actions.count, laneCount: 1)
    let node = objective.innerLoss(objective.initialMatrices(parameters), episodes)
    // The parameters are weights of the constant input and biases; the biases alone span all policies.
    let biases = logits.count..<2 * logits.count
    let gradient = node.gradient(withRespectTo: [parameters])[0].slice(columns: biases)
    let rows = (0..<logits.count).map { index in
      gradient.slice(columns: index..<index + 1).gradient(withRespectTo: [parameters])[0].slice(
        columns: biases)
    }
    let workspace = Workspace<Double>(Program([gradient] + rows))
    let logProbabilities = actions.map { log(probability($0)) }
    let values: [[Double]] = [
      Array(repeating: 0, count: logits.count) + logits, actions.flatMap { _ in [0.0, 1.0] },
      actions.map(Double.init), logProbabilities, advantages, Array(repeating: 1, count: actions.count),
    ]
    for (index, value) in values.enumerated() { workspace.setInput(index, value) }
    workspace.run()
    return (workspace.output(0), rows.indices.map { workspace.output($0 + 1) })
  }

  static func probability(_ action: Int, _ logits: [Double] = logits) -> Double {
    exp(logits[action]) / logits.reduce(0) { $0 + exp($1) }
  }

  /// −E[return] for sequences of two actions, as a function of the logits.
  static func expectedLoss(_ logits: [Double], _ reward: ([Int]) -> Double, length: Int) -> Double {
    sequences(length).reduce(0) { sum, actions in
      let likelihood = actions.reduce(1.0) { $0 * probability($1, logits) }
      return sum - likelihood * reward(actions)
    }
  }

  static func sequences(_ length: Int) -> [[Int]] {
    length == 0 ? [[]] : sequences(length - 1).flatMap { start in logits.indices.map { start + [$0] } }
  }

  /// The greatest deviations of the expected gradient and Hessian from those of −E[return].
  private static func errors(
    _ loss: InnerLoss, length: Int, rewards: ([Int]) -> [Double], baseline: Double
  ) -> (gradient: Double, hessian: Double) {
    let count = logits.count
    var gradient = Array(repeating: 0.0, count: count)
    var hessian = Array(repeating: gradient, count: count)
    for actions in sequences(length) {
      let earned = rewards(actions)
      let advantages = earned.indices.map { earned[$0...].reduce(0, +) - baseline }
      let found = derivatives(loss, actions: actions, advantages: advantages)
      let likelihood = actions.reduce(1.0) { $0 * probability($1) }
      for row in 0..<count {
        gradient[row] += likelihood * found.gradient[row]
        for column in 0..<count { hessian[row][column] += likelihood * found.hessian[row][column] }
      }
    }
    func exact(_ shifts: [(Int, Double)]) -> Double {
      var shifted = logits
      for (index, shift) in shifts { shifted[index] += shift }
      return expectedLoss(shifted, { rewards($0).reduce(0, +) }, length: length)
    }
    let step = 1e-3
    var (worstGradient, worstHessian) = (0.0, 0.0)
    for row in 0..<count {
      let slope = (exact([(row, step)]) - exact([(row, -step)])) / (2 * step)
      worstGradient = max(worstGradient, abs(gradient[row] - slope))
      for column in 0..<count {
        let bend =
          (exact([(row, step), (column, step)]) - exact([(row, step), (column, -step)])
            - exact([(row, -step), (column, step)]) + exact([(row, -step), (column, -step)]))
          / (4 * step * step)
        worstHessian = max(worstHessian, abs(hessian[row][column] - bend))
      }
    }
    return (worstGradient, worstHessian)
  }

  @Test("one action: all have the exact gradient, all but the policy gradient the exact Hessian")
  func bandit() {
    for loss in InnerLoss.allCases {
      let errors = Self.errors(loss, length: 1, rewards: { [[1, 0.2, -0.7][$0[0]]] }, baseline: 0.3)
      #expect(errors.gradient < 1e-6)
      #expect(loss == .policyGradient ? errors.hessian > 1e-2 : errors.hessian < 1e-5, "\(loss)")
    }
  }

  @Test("two actions: DiCE alone has the exact Hessian")
  func twoSteps() {
    for loss in InnerLoss.allCases {
      let rewards: ([Int]) -> [Double] = { [[0.5, -1, 0.1][$0[0]], $0[0] == $0[1] ? 1 : -0.4] }
      let errors = Self.errors(loss, length: 2, rewards: rewards, baseline: 0)
      #expect(errors.gradient < 1e-6)
      #expect(loss == .dice ? errors.hessian < 1e-5 : errors.hessian > 1e-2, "\(loss)")
    }
  }
}
