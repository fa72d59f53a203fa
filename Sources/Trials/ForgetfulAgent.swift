import Randomness
import Simulation

/// An agent that acts at every step with the memory that the same agent has at that time of a trial in another task, or
/// with that of a trial that begins now.
///
/// What it gets less than with its own memory, whichever it is given, is what its experience of the task is worth,
/// whichever way it remembers. With the memory of another task the clock is kept: an agent that counts steps, and does the
/// same whatever happens, gets as much as before. With none, one that sees all of its task at any time does.
public final class ForgetfulAgent: Agent {
  private let agent: any Agent
  private let twin: any Agent
  private let lanes: (any Lanes)?
  private var actions: [Float]
  private var keys: [RandomKey] = []
  private var stepCount = 0
  /// What was known of the tasks before anything happened; empty where the agent does not read it.
  private var prior: [Float] = []

  /// `agent` with the memory of `twin`, the same agent, which plays in `lanes`, as many as those that the agent acts in, in
  /// other tasks; without lanes, with no memory.
  public init(_ agent: any Agent, rememberingAs twin: any Agent, in lanes: (any Lanes)?) {
    self.agent = agent
    self.twin = twin
    self.lanes = lanes
    actions = Array(repeating: 0, count: lanes?.timeStep.previousAction.count ?? 0)
  }

  /// Begins the trials of both.
  public func beginTrial(keys: [RandomKey]) {
    (self.keys, stepCount) = (keys, 0)
    agent.beginTrial(keys: keys)
    twin.beginTrial(keys: keys.map { $0.child("twin") })
  }

  /// Chooses the action of every lane from what it observes and what happened in the other task.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    var moment = timeStep
    guard let lanes else {
      // Random numbers of their own, or else every step would draw the same ones.
      agent.beginTrial(keys: keys.map { $0.child("forgetful").child(stepCount) })
      if stepCount == 0 { prior = timeStep.belief }
      stepCount += 1
      moment.beginTrial()
      moment.belief = prior
      return agent.act(on: moment, into: &actions)
    }
    agent.takeMemory(ofItsKind: twin)
    moment.previousAction = lanes.timeStep.previousAction
    moment.previousReward = lanes.timeStep.previousReward
    moment.belief = lanes.timeStep.belief
    agent.act(on: moment, into: &actions)
    guard !lanes.timeStep.isOver else { return }
    twin.act(on: lanes.timeStep, into: &self.actions)
    lanes.step(taking: self.actions)
  }

  /// Takes over what the twin of `other` remembers.
  public func takeMemory(of other: ForgetfulAgent) { twin.takeMemory(ofItsKind: other.twin) }

  /// Whether the agent is.
  public var isFinite: Bool { agent.isFinite }
}

extension TimeStep {
  /// Makes it the first moment of trials that observe what is observed now; lanes that are over stay so.
  fileprivate mutating func beginTrial() {
    for index in previousAction.indices { previousAction[index] = 0 }
    for lane in progress.indices where !progress[lane].isTrialOver {
      previousReward[lane] = 0
      progress[lane] = Progress()
    }
  }
}
