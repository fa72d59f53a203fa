import Randomness
import Simulation

/// How an agent runs through a trial, which says how to play it.
public enum TrialCourse: Hashable, Sendable {
  /// It learns while it acts: each lane is a trial of its own, whose episodes follow one another.
  case online
  /// It learns between batches of episodes: all lanes are in one task, `rollouts` of them, it acts in all with the same
  /// parameters, and is told when to learn. It was trained to learn `steps` times, at least once, before it is judged.
  ///
  /// Episode k of such a trial is the one after k steps, its return the mean over the lanes.
  case betweenEpisodes(rollouts: Int, steps: Int)

  /// Whether episodes stand for what was learnt in so many steps.
  public var isBetweenEpisodes: Bool { self != .online }

  /// How many rollouts each return is the mean of; nil where it is one episode's.
  public var rolloutCount: Int? {
    if case .betweenEpisodes(let rollouts, _) = self { rollouts } else { nil }
  }

  /// What people call the first episode: episodes are counted from 1, steps from 0, before any.
  public var firstNumber: Int { isBetweenEpisodes ? 0 : 1 }

  /// How many episodes a trial needs to show what is learnt in it, if that is more than `episodeCount`.
  public func episodeCount(atLeast episodeCount: Int) -> Int {
    switch self {
    case .online: episodeCount
    case .betweenEpisodes(_, let steps): max(episodeCount, steps + 1)
    }
  }
}

/// Who plays: how its agents run through a trial, and how one is made.
public struct AgentFactory {
  /// How the agents run through a trial.
  public let course: TrialCourse
  private let make: (_ lanes: any Lanes, _ isGreedy: Bool) -> any Agent

  /// A factory of agents that `makeAgent` makes.
  public init(course: TrialCourse, makeAgent: @escaping (_ lanes: any Lanes, _ isGreedy: Bool) -> any Agent) {
    self.course = course
    make = makeAgent
  }

  /// An agent for `lanes`, which are at the start of a trial and keep from here on what it reads; a greedy one takes its
  /// most probable actions. It may be one that has played before: a trial begins with `beginTrial`.
  public func makeAgent(_ lanes: any Lanes, _ isGreedy: Bool) -> any Agent {
    let agent = make(lanes, isGreedy)
    if agent.readsBelief { lanes.keepBeliefs() }
    return agent
  }

  /// The reference agent of `simulator` in a role, in whose lanes it plays.
  public init(reference role: ReferenceRole, in simulator: any ReferenceSource) {
    self.init(reference: role.name, in: simulator)
  }

  /// The reference agent `name` of `simulator`, in whose lanes it plays.
  public init(reference name: String, in simulator: any ReferenceSource) {
    self.init(course: .online) { lanes, _ in simulator.referenceAgent(name, for: lanes) }
  }
}

/// Whether an agent draws its actions from its policy or takes the most probable ones.
public enum PolicyMode: Hashable, Sendable {
  /// Actions are drawn.
  case sampled
  /// The most probable actions are taken.
  case greedy

  /// Greedy or not.
  public init(isGreedy: Bool) { self = isGreedy ? .greedy : .sampled }
}

/// One trial of an agent that learns between episodes: the one order in which it plays and learns.
struct BatchCourse {
  /// Its trials have one episode.
  let simulator: any Simulator
  let rolloutCount: Int
  let stepCount: Int
  /// Whether the agent is told to learn; without that it plays as often.
  var isLearning = true
  /// Whether episodes with the most probable actions are played, too. Nothing else depends on them.
  var showsGreedyEpisodes = true

  /// A course of `stepCount` steps in tasks of `simulator`, of as many episodes at a time as there are rollouts.
  init(in simulator: any Simulator, rolloutCount: Int, stepCount: Int) {
    self.simulator = simulator.with(episodeCount: 1)
    self.rolloutCount = rolloutCount
    self.stepCount = stepCount
  }

  /// Lanes in the task at `index` of `tasks` after `stepCount` steps.
  func lanes(in tasks: TaskSet, at index: Int, keys: [RandomKey], after stepCount: Int = 0) -> any Lanes {
    simulator.after(episodeCount: stepCount).beginTrial(in: tasks, at: keys.map { _ in index }, keys: keys)
  }

  /// Lets `agent` learn `stepCount` times in the task at `index` of `tasks`. `playEpisodes` plays the lanes that it is
  /// given to their end: before each step and after the last, first with the most probable actions, if those are to be
  /// watched, then with actions drawn, which are learnt from. What is learnt from takes place in the task at `support`,
  /// which is the same one unless something else is said.
  func play(
    _ agent: any Agent, in tasks: TaskSet, at index: Int, support: Int? = nil, key: RandomKey,
    playEpisodes: (_ lanes: any Lanes, _ mode: PolicyMode) throws -> Void
  ) rethrows {
    for step in 0...stepCount {
      let key = key.child(step)
      let keys = (0..<rolloutCount).map { key.child($0) }
      let place = step < stepCount ? support ?? index : index
      let lanes = lanes(in: tasks, at: place, keys: keys, after: step)
      if step == 0 { agent.beginTrial(keys: keys) }
      if showsGreedyEpisodes {
        agent.beginEpisodes(keys: keys, isGreedy: true)
        try playEpisodes(lanes, .greedy)
        lanes.restart(keys: keys)
      }
      agent.beginEpisodes(keys: keys, isGreedy: false)
      try playEpisodes(lanes, .sampled)
      if step < stepCount && isLearning { agent.learn(after: lanes.timeStep) }
    }
  }
}
