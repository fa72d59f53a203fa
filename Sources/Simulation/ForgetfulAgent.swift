import Randomness

/// An agent whose memory is taken away before every step: it sees what it observes now, and every moment is the
/// first of its life.
///
/// What it gets less than the agent with its memory is what memory is worth, whichever way the agent remembers.
public final class ForgetfulAgent: Agent {
  private let agent: any Agent
  private var keys: [RandomKey] = []
  private var moment: TimeStep
  private var stepCount = 0

  /// `agent`, which acts in `laneCount` lanes, without its memory.
  public init(_ agent: any Agent, laneCount: Int, interface: Interface) {
    self.agent = agent
    moment = TimeStep(laneCount: laneCount, interface: interface)
  }

  /// Remembers where to draw random numbers from, and nothing else.
  public func beginTrial(keys: [RandomKey]) {
    self.keys = keys
    stepCount = 0
  }

  /// Chooses the action of every lane as if its trial began now.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    // Random numbers of their own, or else every step would draw the same ones.
    agent.beginTrial(keys: keys.map { $0.child("forgetful").child(stepCount) })
    moment.observation = timeStep.observation
    agent.act(on: moment, into: &actions)
    stepCount += 1
  }
}

/// An agent that adapts between episodes, but whose adaptation is undone each time.
public final class ForgetfulAdaptiveAgent: AdaptiveAgent {
  private let agent: any AdaptiveAgent

  /// `agent` without what it learns.
  public init(_ agent: any AdaptiveAgent) { self.agent = agent }

  /// How many lanes it acts in.
  public var rolloutCount: Int { agent.rolloutCount }
  /// How many adaptation steps it was trained to take.
  public var trainedStepCount: Int { agent.trainedStepCount }
  /// Whether it acts with the most probable actions.
  public var isGreedy: Bool {
    get { agent.isGreedy }
    set { agent.isGreedy = newValue }
  }

  /// Forgets all tasks.
  public func beginTask() { agent.beginTask() }
  /// Begins a new episode in every lane.
  public func beginEpisodes(keys: [RandomKey]) { agent.beginEpisodes(keys: keys) }
  /// Chooses the action of every lane.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    agent.act(on: timeStep, into: &actions)
  }
  /// Forgets the episodes instead of learning from them.
  public func adapt(after end: TimeStep) { agent.beginTask() }
}
