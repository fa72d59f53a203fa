import Randomness

/// An agent acting in a batch of lanes; its memory lives for a trial.
public protocol Agent: AnyObject {
  /// Forgets the past: the lanes have new tasks. Nothing else, the end of an episode least of all, may
  /// reset an agent. Lane i draws its random numbers from below `keys[i]`.
  func beginTrial(keys: [RandomKey])
  /// Chooses the action of every lane, `[lane, action]`, from what the lanes see now.
  func act(on timeStep: TimeStep, into actions: inout [Float])
  /// Takes over what `other` remembers, an agent in as many lanes; its own random numbers go on.
  func takeMemory(of other: Self)
  /// Whether all numbers that it decides by are finite; true by default.
  var isFinite: Bool { get }
  /// Whether it acts by what can be known of a task, which its lanes must keep then (`Lanes.keepBeliefs`); false by
  /// default.
  var readsBelief: Bool { get }
  /// The same agent where it lets others look inside; nil by default.
  var transparent: (any TransparentAgent)? { get }

  /// Of an agent that learns between episodes: every lane is at the start of an episode, in the task that it was in.
  /// Lane i draws its random numbers from below `keys[i]`. Greedy episodes, with the most probable actions, are never
  /// learnt from. Nothing by default.
  func beginEpisodes(keys: [RandomKey], isGreedy: Bool)
  /// Of an agent that learns between episodes: learns from those since `beginEpisodes`, whose last rewards are in `end`.
  /// Nothing by default.
  func learn(after end: TimeStep)
}

extension Agent {
  /// Takes over what `other` remembers, which must be an agent of the same kind.
  public func takeMemory(ofItsKind other: any Agent) {
    guard let other = other as? Self else { preconditionFailure("\(other) is another kind of agent") }
    takeMemory(of: other)
  }

  /// Nil.
  public var transparent: (any TransparentAgent)? { nil }
  /// False.
  public var readsBelief: Bool { false }
  /// True.
  public var isFinite: Bool { true }
  /// Nothing.
  public func beginEpisodes(keys: [RandomKey], isGreedy: Bool) {}
  /// Nothing.
  public func learn(after end: TimeStep) {}
}
