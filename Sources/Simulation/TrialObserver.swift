/// Observes an agent while it plays, to take pictures, to record numbers, or to stop the trials where something is wrong.
public protocol TrialObserver {
  /// The error with which it stops the trials; by default it never does.
  associatedtype Failure: Error = Never
  /// The agent is about to act on `timeStep`.
  mutating func willAct(on timeStep: TimeStep) throws(Failure)
  /// The agent has chosen `actions`, `[lane, action]`, which are taken next.
  mutating func didAct(_ actions: [Float], on timeStep: TimeStep) throws(Failure)
  /// The actions have been taken, which led to `timeStep`.
  mutating func didStep(to timeStep: TimeStep) throws(Failure)
}

extension TrialObserver {
  /// Does nothing.
  public mutating func willAct(on timeStep: TimeStep) throws(Failure) {}
  /// Does nothing.
  public mutating func didAct(_ actions: [Float], on timeStep: TimeStep) throws(Failure) {}
  /// Does nothing.
  public mutating func didStep(to timeStep: TimeStep) throws(Failure) {}
}

extension Lanes {
  /// Lets `agent`, whose trials have begun, play them all to their end. This is the one loop in which agents act.
  ///
  /// - Parameter actions: room for the actions of a step, `[lane, action]`.
  public func play<Observer: TrialObserver>(
    _ agent: any Agent, actions: inout [Float], observer: inout Observer
  ) throws(Observer.Failure) {
    while timeStep.activeLaneCount > 0 {
      try observer.willAct(on: timeStep)
      agent.act(on: timeStep, into: &actions)
      try observer.didAct(actions, on: timeStep)
      step(taking: actions)
      try observer.didStep(to: timeStep)
    }
  }

  /// Lets `agent`, whose trials have begun, play them all to their end, without an observer.
  func play(_ agent: any Agent, actions: inout [Float]) {
    var observer = NoObserver()
    play(agent, actions: &actions, observer: &observer)
  }
}

/// No observer.
private struct NoObserver: TrialObserver {}
