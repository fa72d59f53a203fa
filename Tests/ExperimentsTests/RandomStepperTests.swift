import Bench
import Environments
import Simulation
import Testing

@Suite("Random steps of a benchmark")
struct RandomStepperTests {
  /// Episodes of three steps at most in a maze whose corridor is one cell long.
  static let maze: EnvironmentSimulator<TMaze> = {
    var environment = TMaze()
    environment.corridorLength = 1
    return EnvironmentSimulator(environment, distributions: [.train: .init()], horizon: 3, episodeCount: 1)
  }()

  @Test("are not counted of lanes that wait for the others") func waiting() {
    let taken = RandomStepper(Self.maze, laneCount: 1000).run(stepCount: 3)
    // Everyone takes two steps. A trial ends in the second with probability 1/4 · 1/2, that of going right first and
    // then up or down; all others take a third.
    #expect((2800...2950).contains(taken), "\(taken)")
  }

  @Test("are counted of all lanes where trials are broken off before they are over") func brokenOff() {
    let taken = RandomStepper(Self.maze, laneCount: 1000, trialLength: 1).run(stepCount: 30)
    #expect(taken == 30_000)
  }
}
