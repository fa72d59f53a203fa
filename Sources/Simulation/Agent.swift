import Randomness

/// Whoever acts in a batch of lanes; its memory lives for a trial.
public protocol Agent: AnyObject {
  /// Forgets the past: the lanes have new tasks. Nothing else, the end of an episode least of all, may
  /// reset an agent. Lane i draws its random numbers from below `keys[i]`.
  func beginTrial(keys: [RandomKey])
  /// Chooses the action of every lane, `[lane, action]`, from what the lanes see now.
  func act(on timeStep: TimeStep, into actions: inout [Float])
}
