import Autodiff
import Learning
import Randomness
import Simulation
import Testing

/// A policy and twin action values on memories of their own.
@Suite struct RecurrentPolicyTests {
  private static let (stepCount, laneCount, featureCount) = (3, 2, 4)
  private static let distribution = ActionDistribution(.box(lower: [-1], upper: [1]), isSquashed: true)

  /// One feature and the constant one in each row, as sparse rows.
  private static let inputs: [Double] = (0..<stepCount * laneCount).flatMap { row -> [Double] in
    [Double(row % (featureCount - 1)), 1 + 0.1 * Double(row), Double(featureCount - 1), 1]
  }

  private static func point(_ layout: ParameterLayout, _ seed: UInt64) -> [Double] {
    layout.initialValues(RandomKey(seed: seed)).map(Double.init)
  }

  private func outputs(_ nodes: [Node], _ values: [[Double]]) -> [[Double]] {
    let workspace = Workspace<Double>(Program(nodes))
    for (index, values) in values.enumerated() { workspace.setInput(index, values) }
    workspace.run()
    return nodes.indices.map { workspace.output($0) }
  }

  @Test(arguments: [MemoryKind.gru, .lstm])
  func whatItSaysDoesNotDependOnWhatComesLater(kind: MemoryKind) {
    let memory: any Memory =
      kind == .gru ? GatedRecurrentUnit(unitCount: 3) : LongShortTermMemory(unitCount: 3)
    let policy = RecurrentPolicy(
      featureCount: Self.featureCount, memory: memory, distribution: Self.distribution, readoutCount: 5)
    let parameters = Self.point(policy.layout, 1)
    func said(_ stepCount: Int) -> [Double] {
      let graph = Graph()
      let inputs = graph.input("inputs", stepCount * Self.laneCount, 4)
      let point = graph.input("parameters", 1, policy.layout.count)
      let values = [Array(Self.inputs.prefix(stepCount * Self.laneCount * 4)), parameters]
      return outputs([policy.outputs(inputs, laneCount: Self.laneCount, parameters: point)], values)[0]
    }
    let whole = said(3)
    #expect(whole.count == 3 * Self.laneCount * Self.distribution.outputCount)
    #expect(zip(whole, said(2)).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(Set(whole).count == whole.count)
  }

  @Test func twoValuesOfAnActionDiffer() {
    let values = TwinActionValues(
      featureCount: Self.featureCount, memory: GatedRecurrentUnit(unitCount: 3),
      distribution: Self.distribution, readoutCount: 5)
    let graph = Graph()
    let inputs = graph.input("inputs", 6, 4)
    let parameters = graph.input("parameters", 1, values.layout.count)
    let actions = graph.input("actions", 6, 1)
    let reading = values.read(inputs, laneCount: Self.laneCount, parameters: parameters)
    let (free, stopped) = (reading.values(of: actions), reading.stopGradient().values(of: actions))
    func slopes(_ value: Node) -> [Node] { value.sum().gradient(withRespectTo: [parameters, actions]) }
    let found = outputs(
      free + stopped + slopes(free[0]) + slopes(stopped[0]),
      [Self.inputs, Self.point(values.layout, 2), [0.1, -0.4, 0.8, 0, 0.3, -0.9]])
    #expect(found[0].count == 6 && zip(found[0], found[1]).allSatisfy { $0 != $1 })
    #expect(found[2] == found[0] && found[3] == found[1])
    // Stopped, they still depend on the action.
    #expect(found[4].contains { $0 != 0 } && found[6].allSatisfy { $0 == 0 })
    #expect(found[5].contains { $0 != 0 } && found[7] == found[5])
  }

  @Test func discreteActionsAreAllValuedAtOnce() {
    let values = TwinActionValues(
      featureCount: Self.featureCount, memory: GatedRecurrentUnit(unitCount: 3),
      distribution: ActionDistribution(.discrete([7])), readoutCount: 0)
    let graph = Graph()
    let reading = values.read(
      graph.input("inputs", 6, 4), laneCount: Self.laneCount,
      parameters: graph.input("parameters", 1, values.layout.count))
    #expect(reading.values(of: nil).map(\.shape) == [Shape(6, 7), Shape(6, 7)])
  }
}
