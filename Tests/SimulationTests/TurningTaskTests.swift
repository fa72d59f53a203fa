import Parallel
import Randomness
import Simulation
import Testing
import Trials

/// Trials whose task turns into another when an episode begins, and agents that take it for the one before.
@Suite struct TurningTaskTests {
  private let key = RandomKey(seed: 3)

  /// The views of two lanes whose first task turns into the other's when episode 1 begins.
  private func views(noise: Float) -> (views: [[View]], own: [[View]]) {
    let simulator = driftSimulator(lifetimes: [2, 4], noise: noise, horizon: 5, episodeCount: 3)
    let tasks = simulator.tasks(of: .train, count: 2, key: RandomKey(seed: 11))
    let turning = simulator.beginTrial(
      in: .members(of: tasks, at: [0, 1], turning: TaskTurn(into: [1, 0], atEpisode: 1)), keys: keys(2))
    return (turning.trace(), simulator.beginTrial(in: tasks, keys: keys(2)).trace())
  }

  @Test func theTaskTurnsWhenItsEpisodeBegins() {
    let (views, own) = views(noise: 0)
    let numbers = own[0].map { $0.observation[2] }
    #expect(numbers[0] != numbers[1])
    for view in views {
      for lane in 0..<2 where !view[lane].progress.isTrialOver {
        let isTurned = view[lane].progress.episode >= 1
        #expect(view[lane].observation[2] == numbers[isTurned ? 1 - lane : lane])
        // Every episode begins at its beginning.
        #expect(view[lane].observation[1] == Float(view[lane].progress.timeOfEpisode))
      }
    }
  }

  @Test func nothingIsDifferentBefore() {
    let (views, own) = views(noise: 1)
    for lane in 0..<2 {
      let before = zip(views, own).prefix { $0.0[lane].progress.episode == 0 }
      #expect(before.count > 1)
      #expect(before.allSatisfy { $0.0[lane] == $0.1[lane] })
    }
  }

  /// What it sees is its own lane's, what it has lived through another's.
  @Test func whoForgetsHasTheMemoryOfAnotherTask() {
    let simulator = driftSimulator(lifetimes: [0])
    let tasks = simulator.tasks(of: .train, count: 4, key: key)
    func lanes(_ indices: [Int]) -> any Lanes { simulator.beginTrial(in: tasks, at: indices, keys: keys(2)) }
    let (own, others) = (lanes([0, 1]), lanes([2, 3]))
    let (witness, twin) = (Witness(), Witness())
    let agent = ForgetfulAgent(witness, rememberingAs: twin, in: others)
    agent.beginTrial(keys: keys(2))
    var actions: [Float] = [0, 0]
    while own.timeStep.activeLaneCount > 0 {
      let before = others.timeStep
      agent.act(on: own.timeStep, into: &actions)
      #expect(witness.seen.last?.observation == own.timeStep.observation)
      #expect(witness.seen.last?.progress == own.timeStep.progress)
      #expect(witness.seen.last?.previousReward == before.previousReward)
      #expect(witness.memory == twin.seen.dropLast().map(\.previousReward))
      own.step(taking: actions)
    }
    #expect(twin.seen.count == 15 && Set(twin.seen.map(\.previousReward)).count > 10)
  }

  /// An agent whose return is the number of the task it has adapted to last, or −1.
  @Test func anAgentThatLearnsBetweenEpisodesCanBeMisled() throws {
    let simulator = driftSimulator(lifetimes: [0], noise: 0, horizon: 1, episodeCount: 3)
    let tasks = simulator.tasks(of: .train, count: 4, key: key)
    let player = TrialPlayer(simulator: simulator, pool: ThreadPool(threadCount: 1))
    let copiers = AgentFactory(course: .betweenEpisodes(rollouts: 2, steps: 1)) { _, _ in Copier() }
    func lastReturns(_ circumstance: TrialPlayer.Circumstance) throws -> [Double] {
      let returns = try player.outcomes(
        of: copiers, in: tasks, at: [0, 1, 2, 3], key: key, circumstance, modes: [.sampled])[0].returns
      return (0..<4).map { returns[3 * $0 + 2] - returns[3 * $0] }
    }
    // The reward of a step from 0 is the push plus the task's drift, so only the push is left.
    let own = try lastReturns(.usual)
    let misled = try lastReturns(.misled)
    let others = try #require(tasks.others)
    #expect(Set(own).count == 4)
    for (index, push) in misled.enumerated() {
      #expect(abs(push - expectedPush(own, misled: index, by: others[index])) < 1e-4)
    }
    // What is only watched makes no difference.
    func returns(_ modes: [PolicyMode]) throws -> [Double] {
      let outcomes = try player.outcomes(
        of: copiers, in: tasks, at: [0, 1, 2, 3], key: key, modes: modes)
      return outcomes[modes.count - 1].returns
    }
    #expect(try returns([.greedy, .sampled]) == returns([.sampled]))
    for circumstance in [TrialPlayer.Circumstance.forgetful, .blank] {
      #expect(try lastReturns(circumstance).allSatisfy { $0 == 0 })
    }
  }

  /// After another task's experience the push is that of the other task, and the drift before is the other's too.
  private func expectedPush(_ own: [Double], misled index: Int, by other: Int) -> Double {
    // Without a push, the reward is the drift: `Copier` pushes by a hundredth of the first reward it saw.
    let drifts = own.map { $0 * 100 }
    return drifts[index] + drifts[other] / 100 - drifts[other]
  }
}

/// Keeps what it is shown.
private final class Witness: Agent {
  var seen: [TimeStep] = []
  /// The rewards that it knew of when it took over the memory of another.
  var memory: [[Float]] = []

  func beginTrial(keys: [RandomKey]) { seen = [] }

  func act(on timeStep: TimeStep, into actions: inout [Float]) { seen.append(timeStep) }
  func takeMemory(of other: Witness) {
    memory = other.seen.map(\.previousReward)
  }
}

/// Pushes by a hundredth of the reward that it got first.
private final class Copier: Agent {
  private var push: Float?

  func beginTrial(keys: [RandomKey]) { push = nil }
  func takeMemory(of other: Copier) {}
  func act(on timeStep: TimeStep, into actions: inout [Float]) {
    for lane in actions.indices { actions[lane] = push ?? 0 }
  }
  func learn(after end: TimeStep) { push = push ?? end.previousReward[0] / 100 }
}
