import Randomness
import Testing
import Trials

@Suite struct RecordingTests {
  /// Looking on changes nothing: returns and rewards are those of the same trial without a camera.
  @Test func returnsAreThoseOfTheTrial() {
    let simulator = driftSimulator(lifetimes: [3])
    let key = RandomKey(seed: 5)
    let tasks = simulator.tasks(of: .train, count: 2, key: key)
    for name in ["random", "oracle"] {
      let recording = Recording(
        of: AgentFactory(reference: name, in: simulator), in: simulator, on: tasks, at: 1, key: key)
      let lanes = simulator.beginTrial(in: tasks, at: [1], keys: [key])
      let agent = simulator.referenceAgent(name, for: lanes)
      agent.beginTrial(keys: [key])
      var actions: [Float] = [0]
      var rewards: [Float] = []
      while lanes.timeStep.activeLaneCount > 0 {
        agent.act(on: lanes.timeStep, into: &actions)
        lanes.step(taking: actions)
        rewards.append(lanes.timeStep.previousReward[0])
      }
      #expect(recording.returns == lanes.returns.map(Double.init))
      #expect(recording.episodes.flatMap { $0.frames.dropFirst().map(\.reward) } == rewards)
      #expect(recording.episodes.map(\.length) == [3, 3, 3])
    }
  }

  /// The last frame shows where the last action led, not the first state of the next episode: in `Drift` the
  /// reward is the position.
  @Test func framesShowWhereRewardsWereEarned() {
    let simulator = driftSimulator()
    let key = RandomKey(seed: 6)
    let recording = Recording(
      of: AgentFactory(reference: "random", in: simulator), in: simulator,
      on: simulator.tasks(of: .train, count: 1, key: key), at: 0, key: key)
    for frame in recording.episodes.flatMap({ $0.frames.dropFirst() }) {
      #expect(frame.scene.position?.x == frame.reward)
    }
    for episode in recording.episodes {
      #expect(episode.path.count == 6 && episode.frames.first?.returnSoFar == 0)
      #expect(abs((episode.frames.last?.returnSoFar ?? .nan) - episode.meanReturn) < 1e-4)
    }
  }
}
