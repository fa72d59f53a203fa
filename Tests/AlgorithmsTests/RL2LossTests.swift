import Algorithms
import Autodiff
import Learning
import Randomness
import Simulation
import Testing

@Suite("The loss of RL²")
struct RL2LossTests {
  /// Discrete and continuous actions, shared and separate value function, without and with a readout.
  static let cases: [(Space, Bool, Int)] = [
    (.discrete([3]), false, 0), (.discrete([2, 3]), true, 0),
    (.box(lower: [-1, -1], upper: [1, 1]), false, 0),
    (.box(lower: [-1], upper: [1]), true, 0), (.discrete([3]), false, 5),
    (.box(lower: [-1], upper: [1]), true, 5),
  ]

  @Test("has the gradient of central differences through the whole trial", arguments: cases)
  func gradient(_ space: Space, _ hasSeparateValue: Bool, _ readoutCount: Int) {
    let (stepCount, laneCount) = (4, 2)
    let distribution = ActionDistribution(space)
    let network = RecurrentNetwork(
      featureCount: 3, hiddenCount: 4, distribution: distribution, hasSeparateValue: hasSeparateValue,
      initialDeviation: 0.7, readoutCount: readoutCount)
    let (loss, parameters, _) = RL2.loss(
      network, distribution, inputWidth: 4, stepCount: stepCount, laneCount: laneCount, clipRange: 0.2,
      valueCoefficient: 0.5)
    let rows = stepCount * laneCount
    var random = RandomKey(seed: 7).stream()
    func draw(_ count: Int, _ scale: Float) -> [Double] {
      (0..<count).map { _ in Double(random.normal() * scale) }
    }
    var choices: [Double] = []
    for _ in 0..<rows {
      switch space {
      case .discrete(let counts): choices += counts.map { Double(random.integer(below: $0)) }
      case .box(let lower, _): choices += draw(lower.count, 1)
      }
    }
    let point = network.layout.initialValues(RandomKey(seed: 3)).map {
      Double($0) + Double(random.normal()) * 0.3
    }
    let inputs = (0..<rows).flatMap { row in [Double(row % 3), Double(row / 2 % 3)] + draw(2, 1) }
    let values: [[Double]] = [
      point, inputs, choices, draw(rows, 0.3).map { $0 - 1.2 }, draw(rows, 1), draw(rows, 1),
      (0..<rows).map { $0 < rows - 1 ? 1 / Double(rows - 1) : 0 }, [0.1],
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
    for index in point.indices {
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
