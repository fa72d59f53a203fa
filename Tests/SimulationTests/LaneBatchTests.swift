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

  @Test func returnsCountTheEpisodeThatIsGoingOn() {
    var batch = batch(laneCount: 3)
    var sums = [Float](repeating: 0, count: 6)
    for time in 0..<4 {
      let episodes = batch.timeStep.progress.map { Int($0.episode) }
      Drift().stepLanes(&batch, taking: actions(3, at: time).span)
      for lane in 0..<3 { sums[2 * lane + episodes[lane]] += batch.timeStep.previousReward[lane] }
      #expect(batch.returns == sums)
    }
  }

  @Test func episodesThatEndByChanceAreTheSame() {
    let lifetimes: [Int32] = [1, 2, 0, 3, 5, 1, 4]
    let tasks = lifetimes.enumerated().map { Drift.Task(number: $0.offset, drift: 0.5, lifetime: $0.element) }
    let interface = Interface(
      observation: Drift().observation, action: Drift().action, horizon: 4, episodeCount: 3)
    var one = LaneBatch(Drift(), interface: interface, tasks: tasks, keys: keys(7))
    var other = LaneBatch(ChancyDrift(), interface: interface, tasks: tasks, keys: keys(7))
    for time in 0..<12 {
      Drift().stepLanes(&one, taking: actions(7, at: time).span)
      ChancyDrift().stepLanes(&other, taking: actions(7, at: time).span)
      #expect(one.timeStep.observation == other.timeStep.observation)
      #expect(one.timeStep.previousAction == other.timeStep.previousAction)
      #expect(one.timeStep.previousReward == other.timeStep.previousReward)
      #expect(one.timeStep.progress == other.timeStep.progress)
      #expect(one.timeStep.activeLaneCount == other.timeStep.activeLaneCount)
      #expect(one.returns == other.returns)
    }
    #expect(one.timeStep.activeLaneCount == 0)
  }
}

/// `Drift`, whose episodes nobody foresees to end.
private struct ChancyDrift: Environment {
  typealias Task = Drift.Task
  typealias State = Drift.State
  typealias TaskDistribution = Drift.TaskDistribution

  static let name = "chancy-drift"
  static var endsByChance: Bool { true }
  private var drift = Drift()

  var observation: Space { drift.observation }
  var action: Space { drift.action }
  func validate() {}
  func validate(_ distribution: TaskDistribution) {}
  func tasks(of distribution: TaskDistribution) -> [Task]? { nil }
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    drift.sampleTask(from: distribution, using: &random)
  }
  func initialState(of task: Task, using random: inout RandomStream) -> State {
    drift.initialState(of: task, using: &random)
  }
  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    drift.step(&state, taking: action, in: task, using: &random)
  }
  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    drift.observe(state, in: task, into: &observation)
  }
}
