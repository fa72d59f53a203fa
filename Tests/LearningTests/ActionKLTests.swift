import Autodiff
import Foundation
import Learning
import Testing

@Suite("Divergence and Fisher information of action distributions")
struct ActionKLTests {
  static let box = ActionDistribution(.box(lower: [-1, -1], upper: [1, 1]))
  static let discrete = ActionDistribution(.discrete([3, 2]))

  private func value(_ node: Node) -> [Double] {
    let workspace = Workspace<Double>(Program([node]))
    workspace.run()
    return workspace.output(0)
  }

  private func matrix(_ graph: Graph, _ rows: [[Double]]) -> Node {
    Node.concatenateRows(rows.map { row in Node.concatenateColumns(row.map { graph.constant($0) }) })
  }

  @Test("normal: the divergence is KL(old ‖ new) in closed form, not the reverse")
  func normal() {
    let graph = Graph()
    let (old, new) = (matrix(graph, [[0.5, -1]]), matrix(graph, [[0, 1]]))
    let (oldLog, newLog) = (matrix(graph, [[log(0.5), 0]]), matrix(graph, [[0, log(2)]]))
    let found = value(
      Self.box.klDivergence(
        fromOutputs: old, logStandardDeviation: oldLog, to: new, logStandardDeviation: newLog))
    let first = log(1 / 0.5) + (0.25 + 0.25) / 2 - 0.5
    let second = log(2.0) + (1 + 4) / 8.0 - 0.5
    #expect(abs(found[0] - first - second) < 1e-12)
  }

  @Test("categorical: the divergence is Σ p₀ log p₀ / p of every component")
  func categorical() {
    let graph = Graph()
    func logits(_ p: [Double]) -> [Double] { p.map { log($0) + 3 } }
    let old = matrix(graph, [logits([0.2, 0.3, 0.5]) + logits([0.9, 0.1])])
    let new = matrix(graph, [logits([0.6, 0.2, 0.2]) + logits([0.5, 0.5])])
    let found = value(
      Self.discrete.klDivergence(
        fromOutputs: old, logStandardDeviation: nil, to: new, logStandardDeviation: nil))
    let first = 0.2 * log(0.2 / 0.6) + 0.3 * log(0.3 / 0.2) + 0.5 * log(0.5 / 0.2)
    let second = 0.9 * log(0.9 / 0.5) + 0.1 * log(0.1 / 0.5)
    #expect(abs(found[0] - first - second) < 1e-12)
  }

  @Test("log-probabilities are added over components, not averaged")
  func sum() {
    let graph = Graph()
    let found = value(
      Self.box.logProbability(
        of: matrix(graph, [[1, 2]]), matrix(graph, [[0, 0]]), logStandardDeviation: matrix(graph, [[0, 0]])))
    #expect(abs(found[0] - (-0.5 - 2 - log(2 * Double.pi))) < 1e-12)
  }

  @Test("Fisher products are second derivatives of the divergence where it is zero")
  func fisher() {
    for distribution in [Self.box, Self.discrete] {
      let graph = Graph()
      let width = distribution.outputCount
      let outputs = graph.input("outputs", 2, width)
      let logStandardDeviation =
        distribution.hasStandardDeviation ? graph.input("logStandardDeviation", 1, 2) : nil
      let weights = matrix(graph, [[0.3], [0.7]])
      let change = matrix(
        graph, (0..<2).map { row in (0..<width).map { sin(Double(3 * row + $0) + 1) } })
      let otherChange = logStandardDeviation == nil ? nil : matrix(graph, [[0.4, -0.2]])
      let product = distribution.fisherProduct(
        outputs: outputs, logStandardDeviation: logStandardDeviation, changeOfOutputs: change,
        changeOfLogStandardDeviation: otherChange, weights: weights)
      let divergence =
        (distribution.klDivergence(
          fromOutputs: outputs.stopGradient(), logStandardDeviation: logStandardDeviation?.stopGradient(),
          to: outputs,
          logStandardDeviation: logStandardDeviation) * weights).sum()
      let variables = [outputs] + (logStandardDeviation.map { [$0] } ?? [])
      let gradient = divergence.gradient(withRespectTo: variables)
      var slope = (gradient[0] * change).sum()
      if let otherChange { slope = slope + (gradient[1] * otherChange).sum() }
      let hessianProduct = slope.gradient(withRespectTo: variables)
      let found = [product.outputs] + (product.logStandardDeviation.map { [$0] } ?? [])
      let workspace = Workspace<Double>(Program(found + hessianProduct))
      workspace.setInput(0, (0..<2 * width).map { cos(Double($0)) })
      if logStandardDeviation != nil { workspace.setInput(1, [-0.3, 0.2]) }
      workspace.run()
      for index in found.indices {
        for (one, other) in zip(workspace.output(index), workspace.output(found.count + index)) {
          #expect(abs(one - other) < 1e-12)
        }
      }
    }
  }
}
