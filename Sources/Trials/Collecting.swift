import Simulation

/// An agent that records its decisions, so that a learner can learn from them.
public protocol Policy: Agent {
  /// The columns that it records of each decision, besides those that every rollout has.
  var columns: [Rollout.Column] { get }
  /// Writes its last decision to those of its columns that `rollout` has.
  func write(to rollout: Rollout, at time: Int)
}

extension Lanes {
  /// Lets `policy`, whose trials have begun, play them all to their end, and writes down what a learner needs. This is the
  /// only way that learners gather experience.
  public func collect(_ policy: any Policy, into rollout: Rollout, actions: inout [Float]) {
    var recorder = Recorder(policy: policy, rollout: rollout)
    rollout.begin(at: timeStep)
    play(policy, actions: &actions, observer: &recorder)
    rollout.finish(at: timeStep)
  }
}

private struct Recorder: TrialObserver {
  let policy: any Policy
  let rollout: Rollout

  func didAct(_ actions: [Float], on timeStep: TimeStep) { rollout.record(policy, on: timeStep) }
}
