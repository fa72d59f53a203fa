import Foundation
import Learning
import Simulation
import Testing

/// The entropy that learned temperatures aim at.
@Suite struct ActionSpreadTests {
  @Test(arguments: [
    (Space.discrete([4]), 1.0, log(4.0)), (.discrete([4]), 1.0 / 3, log(2.0)), (.discrete([4]), 0, 0),
    (.discrete([4, 2]), 1, log(8.0)), (.box(lower: [-1, -1], upper: [1, 1]), 1, 2 * log(2.0)),
    (.box(lower: [-1, -1], upper: [1, 1]), 0.25, 2 * log(0.5)),
  ])
  func entropy(space: Space, spread: Double, expected: Double) {
    let found = ActionDistribution(space, isSquashed: true).entropy(ofSpread: spread)
    #expect(abs(found - expected) < 1e-12)
  }
}
