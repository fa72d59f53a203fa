import Foundation
import Learning
import Randomness
import Testing

@Suite("A recurrent network")
struct RecurrentNetworkTests {
  /// The first biases of the gates, `[3 · hidden]`: reset, update, candidate.
  func biases(memorySpan: Float) -> [Float] {
    let network = RecurrentNetwork(
      featureCount: 5, hiddenCount: 400, distribution: ActionDistribution(.discrete([2])),
      hasSeparateValue: false, initialDeviation: 1, memorySpan: memorySpan)
    let values = network.layout.initialValues(RandomKey(seed: 1))
    return Array(values[4 * 1200..<5 * 1200])
  }

  @Test("keeps its state for 1 to `memorySpan` steps at first, evenly spread")
  func memory() {
    let biases = biases(memorySpan: 50)
    #expect(biases[..<400].allSatisfy { $0 == 0 } && biases[800...].allSatisfy { $0 == 0 })
    // A gate that keeps the share σ(b) of the state keeps it for about 1 / (1 − σ(b)) = 1 + exp(b) steps.
    let spans = biases[400..<800].map { expf($0) }
    #expect(spans.allSatisfy { $0 >= 1 && $0 <= 50.001 })
    #expect(abs(spans.reduce(0, +) / 400 - 25.5) < 2)
  }

  @Test("keeps half of its state with a span of one step")
  func noMemory() { #expect(biases(memorySpan: 1).allSatisfy { $0 == 0 }) }
}
