import Randomness

/// A batch of lanes, its types erased.
public protocol Lanes: AnyObject {
  /// What the agents see. Keeping a copy across a step makes that step allocate.
  var timeStep: TimeStep { get }
  /// The sum of rewards of each episode so far, `[lane, episode]`.
  var returns: [Float] { get }
  /// An observer of lane `lane`, to be made at the start of a trial.
  func observer(ofLane lane: Int) -> any LaneObserver
  /// Puts lane i at the start of a new trial in the task drawn below `taskKeys[i]`, without allocating. Lanes with the same
  /// task key have the same task. The physics of lane i draws its random numbers from below `keys[i]`.
  func restart(drawingFrom split: TaskSplit, taskKeys: [RandomKey], keys: [RandomKey])
  /// Puts every lane at the start of a new trial in the task it has.
  func restart(keys: [RandomKey])
  /// Takes one action in every lane, `[lane, action]`.
  func step(taking actions: [Float])
  /// Begins to keep the observation that ends each episode, before the next one begins, as `TimeStep.endObservation`.
  func keepEndObservations()
  /// Begins to compute the exact belief about the task of each lane, as `TimeStep.belief`, at the start of a trial. To be
  /// called only where `Simulator.beliefWidth` is above 0.
  func keepBeliefs()
  /// Begins to count behaviours of the agents, at the start of a trial.
  func beginTally()
  /// The counts since then, over all lanes; empty where the environment counts nothing.
  var behavior: [BehaviorShare] { get }
}

extension Lanes {
  /// Puts every lane at the start of a new trial in a newly drawn task, without allocating.
  public func restart(drawingFrom split: TaskSplit, keys: [RandomKey]) {
    restart(drawingFrom: split, taskKeys: keys, keys: keys)
  }
}
