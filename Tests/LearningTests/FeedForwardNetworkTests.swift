import Autodiff
import Learning
import Simulation
import Testing

@Suite("The feed-forward network")
struct FeedForwardNetworkTests {
  /// The rows of an `ObservationInput` for what the lanes observe.
  static func encoded(_ space: Space, _ observation: [Float], laneCount: Int) -> [Float] {
    let input = ObservationInput(space)
    let interface = Interface(observation: space, action: .discrete([2]), horizon: 1, episodeCount: 1)
    var step = TimeStep(laneCount: laneCount, interface: interface)
    step.observation = observation
    var row = Array(repeating: Float.nan, count: laneCount * input.width)
    var span = row.mutableSpan
    input.encode(step, into: &span)
    return row
  }

  @Test("reads real observations as they are and discrete ones as sparse rows of one-hot vectors")
  func inputs() {
    let box = Space.box(lower: [-1, -1], upper: [1, 1])
    #expect(Self.encoded(box, [0.5, -1, 0, 1], laneCount: 2) == [0.5, -1, 0, 1])
    #expect(ObservationInput(box).featureCount == 2)
    let discrete = Space.discrete([3, 2])
    #expect(Self.encoded(discrete, [2, 0, 0, 1], laneCount: 2) == [2, 3, 1, 1, 0, 4, 1, 1])
    #expect(ObservationInput(discrete).featureCount == 5)
  }

  @Test("reads a constant one where there is nothing to observe")
  func nothing() {
    #expect(Self.encoded(.discrete([]), [], laneCount: 2) == [0, 1, 0, 1])
    #expect(ObservationInput(.discrete([])).featureCount == 1)
  }

  /// What the network says about `rows` and the gradient of the sum of its squares.
  func answer(_ space: Space, _ rows: [Float]) -> [[Float]] {
    let encoder = ObservationInput(space)
    let network = FeedForwardNetwork(
      encoder, hiddenCounts: [37], activation: .hyperbolicTangent, outputCount: 3)
    let graph = Graph()
    let parameters = graph.input("parameters", 1, network.layout.count)
    let inputs = graph.input("inputs", rows.count / encoder.width, encoder.width)
    let outputs = network.result(inputs, network.matrices(of: parameters)).outputs
    let loss = (outputs * outputs).sumOverColumns().sumOverRows()
    let workspace = Workspace<Float>(Program([outputs, loss.gradient(withRespectTo: [parameters])[0]]))
    workspace.setInput(0, (0..<network.layout.count).map { Float(($0 * 37) % 101) / 50 - 1 })
    workspace.setInput(1, rows)
    workspace.run()
    return [workspace.output(0), workspace.output(1)]
  }

  @Test("says of a sparse row, bit for bit, what it says of the same row written out")
  func sparseRows() {
    let counts = [3, 20, 5]
    let observations: [[Int]] = (0..<60).map { row in counts.map { (row * row + 3 * row) % $0 } }
    let sparse = Self.encoded(
      .discrete(counts), observations.flatMap { $0.map(Float.init) }, laneCount: observations.count)
    let dense: [Float] = observations.flatMap { observation in
      zip(counts, observation).flatMap { count, value in (0..<count).map { $0 == value ? 1 : 0 } }
    }
    let box = Space.box(lower: Array(repeating: 0, count: 28), upper: Array(repeating: 1, count: 28))
    // Apart, because a failure would print thousands of numbers.
    let isSame = answer(.discrete(counts), sparse) == answer(box, dense)
    #expect(isSame)
  }
}
