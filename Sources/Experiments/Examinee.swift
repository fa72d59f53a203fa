import Learning
import Randomness
import Simulation

/// An agent whose trials can be played in circumstances that tell what it does with its experience. How it adapts
/// makes no difference to who asks.
struct Examinee {
  let simulator: any Simulator
  let pool: ThreadPool
  let isGreedy: Bool
  /// An agent for lanes of the simulator at the start of a trial.
  let makeAgent: (_ lanes: any Lanes) -> any Agent
  /// An agent that adapts between episodes, where it is one.
  let makeAdaptiveAgent: (() -> any AdaptiveAgent)?

  /// What is done to the agent.
  enum Circumstance {
    /// Nothing.
    case usual
    /// It forgets: at every step, or if it adapts between episodes, after every episode.
    case forgetful
    /// All its episodes but the last are in another task.
    case misled
  }

  /// The agent of a learner with its present parameters.
  init(_ learner: any MetaLearner, isGreedy: Bool, in simulator: any Simulator, pool: ThreadPool) {
    self.simulator = simulator
    self.pool = pool
    self.isGreedy = isGreedy
    makeAgent = { learner.agent(laneCount: $0.timeStep.laneCount, isGreedy: isGreedy) }
    guard let agent = learner.agent(laneCount: 1, isGreedy: isGreedy) as? any AdaptiveAgent else {
      makeAdaptiveAgent = nil
      return
    }
    let rolloutCount = agent.rolloutCount
    makeAdaptiveAgent = {
      guard let agent = learner.agent(laneCount: rolloutCount, isGreedy: isGreedy) as? any AdaptiveAgent
      else {
        preconditionFailure("an algorithm makes agents that adapt and agents that do not")
      }
      return agent
    }
  }

  /// The reference agent `name`.
  init(reference name: String, in simulator: any Simulator, pool: ThreadPool) {
    self.simulator = simulator
    self.pool = pool
    isGreedy = false
    makeAgent = { simulator.referenceAgent(name, for: $0) }
    makeAdaptiveAgent = nil
  }

  /// The return of every episode of a trial in each of the tasks, `[task, episode]`. Trial i draws its random
  /// numbers from below `key.child(i)`.
  func returns(in tasks: TaskSet, _ circumstance: Circumstance, key: RandomKey) -> [Double] {
    let other = Self.otherTask(in: tasks)
    let support = circumstance == .misled ? other : nil
    if let makeAdaptiveAgent {
      let curve = AdaptationCurve(
        of: {
          circumstance == .forgetful ? ForgetfulAdaptiveAgent(makeAdaptiveAgent()) : makeAdaptiveAgent()
        }, in: simulator, on: tasks, stepCount: simulator.interface.episodeCount - 1, key: key, pool: pool,
        support: support)
      return (isGreedy ? curve.greedyReturns : curve.returns).flatMap { $0 }
    }
    let interface = simulator.interface
    return TrialPlayer(simulator: simulator, pool: pool).outcome(in: tasks, key: key, support: support) {
      lanes in
      let agent = makeAgent(lanes)
      guard circumstance == .forgetful else { return agent }
      return ForgetfulAgent(agent, laneCount: lanes.timeStep.laneCount, interface: interface)
    }.returns.map(Double.init)
  }

  /// For the index of a task, that of one which differs from it.
  static func otherTask(in tasks: TaskSet) -> @Sendable (Int) -> Int {
    let count = min(tasks.distinctCount ?? tasks.count, tasks.count)
    return { ($0 % count + max(1, count / 2)) % count }
  }
}
