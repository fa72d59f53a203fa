import Environments
import Randomness
import Simulation
import Testing

@Suite struct FourStateGridTests {
  let published = EnvironmentSimulator(FourStateGrid(), horizon: 10, episodeCount: 5)

  @Test func theFirstMoveDecides() {
    let environment = FourStateGrid()
    var random = RandomKey(seed: 0).stream()
    for goal in 0..<4 {
      var cells: Set<Int32> = [4]
      for move in 0..<4 {
        let task = FourStateGrid.Task(move: goal)
        var state = environment.initialState(of: task, using: &random)
        let outcome = environment.step(&state, taking: [Float(move)].span, in: task, using: &random)
        #expect(outcome.isTerminated && outcome.reward == (move == goal ? 1 : 0))
        cells.insert(state.cell)
      }
      #expect(cells == [1, 3, 4, 5, 7])
    }
  }

  @Test func referencesEarnWhatIsExact() {
    #expect(published.scores(of: "oracle", laneCount: nil).means == [1, 1, 1, 1, 1])
    #expect(published.scores(of: "bayesOptimal", laneCount: nil).means == [0.25, 0.5, 0.75, 1, 1])
    #expect(published.expectedReturns(of: "bayesOptimal", split: .test) == [0.25, 0.5, 0.75, 1, 1])
    let random = published.scores(of: "random", laneCount: 20_000)
    #expect(isClose(random.means[0], 0.25, within: 0.015))
  }
}
