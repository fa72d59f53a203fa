import Environments
import Runs
import Simulation
import Testing

/// How many tasks are played where nobody says.
@Suite struct TaskSampleTests {
  private func usualCount(stateCount: Int, horizon: Int = 10) -> Int {
    var environment = TabularMDP()
    environment.stateCount = stateCount
    return TaskSample.usualCount(
      in: EnvironmentSimulator(
        environment, distributions: [.train: .init(), .test: .init()], horizon: horizon, episodeCount: 2))
  }

  @Test func areAThousandUnlessTrialsAreLongOrTasksLarge() {
    #expect(usualCount(stateCount: 10) == 1000)
    #expect(usualCount(stateCount: 10, horizon: 100_000) == 100)
    // The transitions of a hundred states are fifty thousand numbers, of about ten bytes each.
    #expect((50...200).contains(usualCount(stateCount: 100)))
  }
}
