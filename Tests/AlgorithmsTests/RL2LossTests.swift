import Algorithms
import Autodiff
import Learning
import Randomness
import Simulation
import Testing

@Suite("The loss of RL²")
struct RL2LossTests {
  /// Discrete and continuous actions, shared and separate value function, without and with a readout, all memories.
  static let cases: [(Space, Bool, Int, MemoryKind)] = [
    (.discrete([3]), false, 0, .gru), (.discrete([2, 3]), true, 0, .gru),
    (.box(lower: [-1, -1], upper: [1, 1]), false, 0, .gru),
    (.box(lower: [-1], upper: [1]), true, 0, .gru), (.discrete([3]), false, 5, .gru),
    (.box(lower: [-1], upper: [1]), true, 5, .gru), (.discrete([3]), false, 0, .lstm),
    (.box(lower: [-1], upper: [1]), true, 5, .lstm), (.discrete([3]), false, 0, .transformer),
    (.box(lower: [-1], upper: [1]), true, 5, .transformer), (.discrete([3]), true, 5, .none),
    (.discrete([3]), false, 0, .linear), (.box(lower: [-1], upper: [1]), true, 5, .linear),
  ]

  let stepCount = 4
  let laneCount = 2
  var rowCount: Int { stepCount * laneCount }

  func drawn(_ count: Int, _ scale: Float, _ random: inout RandomStream) -> [Double] {
    (0..<count).map { _ in Double(random.normal() * scale) }
  }

  @Test("has the gradient of central differences through the whole trial", arguments: cases)
  func gradient(_ space: Space, _ hasSeparateValue: Bool, _ readoutCount: Int, _ kind: MemoryKind) {
    let distribution = ActionDistribution(space)
    var settings = RecurrentNetworkSettings(memory: kind, hiddenUnits: 4)
    (settings.chronoSpan, settings.heads) = (4, 2)
    let network = RecurrentNetwork(
      featureCount: 3, memory: settings.makeMemory(), distribution: distribution,
      hasSeparateValue: hasSeparateValue, initialStandardDeviation: 0.7, readoutCount: readoutCount)
    var random = RandomKey(seed: 7).stream()
    var choices: [Double] = []
    for _ in 0..<rowCount {
      switch space {
      case .discrete(let counts): choices += counts.map { Double(random.integer(below: $0)) }
      case .box(let lower, _): choices += drawn(lower.count, 1, &random)
      }
    }
    let inputs = (0..<rowCount).flatMap { row in
      [Double(row % 3), Double(row / 2 % 3)] + drawn(2, 1, &random)
    }
    expectGradient(network, distribution, inputs: inputs, choices: choices, using: &random)
  }

  @Test("has the gradient of central differences through exact counts", arguments: [0, 1, 3])
  func countsGradient(lookahead: Int) throws {
    let interface = Interface(
      observation: .discrete([2]), action: .discrete([3]), horizon: 3, episodeCount: 2)
    let distribution = ActionDistribution(interface.action)
    let encoder = try NetworkInput(interface, form: .counted)
    let network = RecurrentNetwork(
      featureCount: encoder.featureCount, memory: GatedRecurrentUnit(unitCount: 4),
      distribution: distribution,
      hasSeparateValue: true, initialStandardDeviation: 1, readoutCount: 5,
      actionHead: try ActionHead(encoder, unitCount: 6, lookahead: lookahead))
    var random = RandomKey(seed: 7).stream()
    var row = Array(repeating: Float(0), count: laneCount * encoder.width)
    var step = TimeStep(laneCount: laneCount, interface: interface)
    var (inputs, choices): ([Double], [Double]) = ([], [])
    for time in 0..<stepCount {
      for lane in 0..<laneCount {
        step.observation[lane] = Float(random.integer(below: 2))
        step.previousReward[lane] = random.normal()
        step.progress[lane].episode = Int32(time / 3)
        step.progress[lane].timeOfEpisode = Int32(time % 3)
      }
      var span = row.mutableSpan
      encoder.encode(step, into: &span)
      inputs += row.map(Double.init)
      step.previousAction = (0..<laneCount).map { _ in Float(random.integer(below: 3)) }
      choices += step.previousAction.map(Double.init)
    }
    // The probabilities that weigh the values of actions count as constants, which differences do not know: the loss of
    // the values is compared where they do not change.
    expectGradient(
      network, distribution, inputs: inputs, choices: choices, valueCoefficient: 0, using: &random)
    expectGradient(network, distribution, inputs: inputs, choices: choices, using: &random) {
      $0.hasPrefix("value.") || $0 == "action.value"
    }
  }

  /// Compares the gradient of the loss at a drawn point with central differences, for the parameters of which
  /// `isCompared` of the name.
  func expectGradient(
    _ network: RecurrentNetwork, _ distribution: ActionDistribution, inputs: [Double], choices: [Double],
    valueCoefficient: Double = 0.5, using random: inout RandomStream,
    where isCompared: (String) -> Bool = { _ in true }
  ) {
    let (loss, parameters, _) = TrialPPOLoss(
      network: network, distribution: distribution, inputWidth: inputs.count / rowCount, clipRange: 0.2,
      valueCoefficient: valueCoefficient
    ).graph(stepCount: stepCount, laneCount: laneCount)
    let point = network.layout.initialValues(RandomKey(seed: 3)).map {
      Double($0) + Double(random.normal()) * 0.3
    }
    let values: [[Double]] = [
      point, inputs, choices, drawn(rowCount, 0.3, &random).map { $0 - 1.2 }, drawn(rowCount, 1, &random),
      drawn(rowCount, 1, &random), (0..<rowCount).map { $0 < rowCount - 1 ? 1 / Double(rowCount - 1) : 0 },
      [0.1],
    ]
    let gradientProgram = Workspace<Double>(Program([loss.gradient(withRespectTo: [parameters])[0]]))
    let lossProgram = Workspace<Double>(Program([loss]))
    func load(_ workspace: Workspace<Double>, _ point: [Double]) {
      for (index, value) in values.enumerated() { workspace.setInput(index, index == 0 ? point : value) }
      workspace.run()
    }
    load(gradientProgram, point)
    let gradient = gradientProgram.output(0)
    var (worst, length) = (0.0, 0.0)
    let compared = network.layout.entries.filter { isCompared($0.name) }
    for index in compared.flatMap({ $0.offset..<$0.offset + $0.shape.count }) {
      var (above, below) = (point, point)
      above[index] += 1e-5
      below[index] -= 1e-5
      load(lossProgram, above)
      let high = lossProgram.scalar(0)
      load(lossProgram, below)
      let difference = (high - lossProgram.scalar(0)) / 2e-5
      let error = abs(difference - gradient[index])
      if !(error <= worst) { worst = error }
      length = max(length, abs(gradient[index]))
    }
    #expect(length > 0.01)
    #expect(worst / length < 1e-6)
  }
}
