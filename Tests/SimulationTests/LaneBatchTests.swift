import Randomness
import Simulation
import Testing

@Suite struct LaneBatchTests {
  private func batch(laneCount: Int, lifetime: Int32 = 2) -> LaneBatch<Drift> {
    let environment = Drift()
    let interface = Interface(
      observation: environment.observation, action: environment.action, horizon: 3, episodeCount: 2)
    let tasks = (0..<laneCount).map { Drift.Task(number: $0, drift: 0.5, lifetime: lifetime) }
    return LaneBatch(environment, interface: interface, tasks: tasks, keys: keys(laneCount))
  }

  @Test func aPoisonedObservationIsFullyOverwritten() {
    var (batch, clean) = (batch(laneCount: 5), batch(laneCount: 5))
    for time in 0..<4 {
      for index in batch.timeStep.observation.indices { batch.timeStep.observation[index] = .nan }
      Drift().stepLanes(&batch, taking: actions(5, at: time).span)
      Drift().stepLanes(&clean, taking: actions(5, at: time).span)
      #expect(batch.timeStep.observation == clean.timeStep.observation)
      #expect(batch.timeStep.observation.allSatisfy { !$0.isNaN })
    }
  }

  @Test func aTrialThatIsOverTouchesNothing() {
    var batch = batch(laneCount: 2)
    for time in 0..<4 { Drift().stepLanes(&batch, taking: actions(2, at: time).span) }
    #expect(batch.timeStep.activeLaneCount == 0)
    for index in batch.timeStep.observation.indices { batch.timeStep.observation[index] = 123 }
    let (states, streams) = (batch.states.map(\.position), batch.streams)
    Drift().stepLanes(&batch, taking: actions(2, at: 4).span)
    #expect(batch.timeStep.observation.allSatisfy { $0 == 123 })
    #expect(batch.states.map(\.position) == states)
    for (before, after) in zip(streams, batch.streams) {
      var (before, after) = (before, after)
      #expect(before.next() == after.next())
    }
  }

  @Test func noLanesAreABatchToo() {
    var batch = batch(laneCount: 0)
    Drift().stepLanes(&batch, taking: actions(0, at: 0).span)
    #expect(batch.timeStep.laneCount == 0 && batch.timeStep.activeLaneCount == 0)
  }
}
