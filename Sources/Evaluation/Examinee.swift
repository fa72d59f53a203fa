import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// An agent whose trials can be played in circumstances that tell what it does with its experience. How it adapts
/// makes no difference to who asks.
struct Examinee {
  let simulator: any Simulator
  let pool: ThreadPool
  let isGreedy: Bool
  /// Whether the agent is told the task, and has nothing to find out.
  let isTold: Bool
  /// An agent for lanes of the simulator at the start of a trial.
  let makeAgent: (_ lanes: any Lanes) -> any Agent
  /// An agent that adapts between episodes, where it is one.
  let makeAdaptiveAgent: (() -> any AdaptiveAgent)?

  /// What is done to the agent.
  enum Circumstance {
    /// Nothing.
    case usual
    /// Its memory is that of the same agent in another task, or if it adapts between episodes, its adaptation is undone.
    case forgetful
    /// It has no memory at all, and every step is its first; to an agent that adapts between episodes as `forgetful`.
    case blank
    /// All its episodes but the last are in another task.
    case misled
  }

  /// The agent of a learner with its present parameters.
  init(_ learner: any MetaLearner, isGreedy: Bool, in simulator: any Simulator, pool: ThreadPool) {
    self.simulator = simulator
    self.pool = pool
    self.isGreedy = isGreedy
    isTold = false
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
    isTold = name == "oracle"
    makeAgent = { simulator.referenceAgent(name, for: $0) }
    makeAdaptiveAgent = nil
  }

  /// The return of every episode of a trial in each of the tasks at `indices`, `[index, episode]`. The trial in the task
  /// at index i draws its random numbers from below `key.child(i)`. Unless the circumstance is the usual one, `tasks` are
  /// not all the same.
  func returns(
    in tasks: TaskSet, at indices: [Int], _ circumstance: Circumstance, key: RandomKey
  ) throws -> [Double] {
    let isAlone = [.usual, .blank].contains(circumstance)
    let others = isAlone ? nil : tasks.others
    precondition(isAlone || others != nil, "there is no other task")
    let support = circumstance == .misled ? others : nil
    if let makeAdaptiveAgent {
      let curve = AdaptationCurve(
        of: {
          [.forgetful, .blank].contains(circumstance)
            ? ForgetfulAdaptiveAgent(makeAdaptiveAgent()) : makeAdaptiveAgent()
        }, in: simulator, on: tasks, stepCount: simulator.interface.episodeCount - 1, key: key, pool: pool,
        at: indices, support: support)
      if let nonFinite = curve.nonFinite { throw nonFinite }
      return (isGreedy ? curve.greedyReturns : curve.returns).flatMap { $0 }
    }
    return try TrialPlayer(simulator: simulator, pool: pool).outcome(
      in: tasks, at: indices, key: key, support: support
    ) { lanes, indices in
      if circumstance == .blank {
        return ForgetfulAgent(makeAgent(lanes), rememberingAs: makeAgent(lanes), in: nil)
      }
      guard circumstance == .forgetful, let others else { return makeAgent(lanes) }
      let twins = simulator.beginTrial(
        in: tasks, at: indices.map { others[$0] }, keys: indices.map { key.child("twin").child($0) })
      return ForgetfulAgent(makeAgent(lanes), rememberingAs: makeAgent(twins), in: twins)
    }.returns
  }
}
