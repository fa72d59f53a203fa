import Foundation
import Simulation
import Testing

@Suite struct SpaceTests {
  let discrete = Space.discrete([3, 2])
  let box = Space.box(lower: [-1, 0], upper: [1, 5])

  @Test func componentsAreCounted() {
    #expect(discrete.componentCount == 2 && box.componentCount == 2)
    #expect(Space.discrete([5]).componentCount == 1)
  }

  @Test func aDiscreteSpaceHoldsWholeNumbersBelowItsCounts() {
    #expect(discrete.contains([0, 0]) && discrete.contains([2, 1]))
    for outside in [[3, 0], [0, 2], [-1, 0], [0.5, 0], [.nan, 0], [0], [0, 0, 0]] as [[Float]] {
      #expect(!discrete.contains(outside))
    }
  }

  @Test func aBoxHoldsItsBounds() {
    #expect(box.contains([-1, 5]) && box.contains([0.5, 0.5]))
    for outside in [[-1.1, 0], [1.1, 0], [0, -0.1], [0, 5.1], [.nan, 0], [0], [0, 0, 0]] as [[Float]] {
      #expect(!box.contains(outside))
    }
  }

  @Test func aSpaceSurvivesAFile() throws {
    for space in [discrete, box] {
      #expect(try JSONDecoder().decode(Space.self, from: JSONEncoder().encode(space)) == space)
    }
  }
}
