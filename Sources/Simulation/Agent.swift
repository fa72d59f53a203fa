import Randomness

/// An agent acting in a batch of lanes; its memory lives for a trial.
public protocol Agent: AnyObject {
  /// Forgets the past, because the lanes have new tasks. Nothing else may reset an agent, not even the end of an episode.
  /// Lane i draws its random numbers from below `keys[i]`.
  func beginTrial(keys: [RandomKey])
  /// Chooses the action of every lane, `[lane, action]`, from what the lanes see now.
  func act(on timeStep: TimeStep, into actions: inout [Float])
  /// Copies the memory of `other`, an agent in as many lanes. The random numbers of this agent go on.
  func takeMemory(of other: Self)
  /// Whether all numbers that its actions depend on are finite; true by default.
  var isFinite: Bool { get }
  /// Whether it reads the exact belief about the task, which its lanes must compute then (`Lanes.keepBeliefs`); false by
  /// default.
  var readsBelief: Bool { get }
  /// This agent, if its memory and its policy can be shown; nil by default.
  var transparent: (any TransparentAgent)? { get }
  /// This agent, if it says what it believes of the task; nil by default.
  var inferring: (any InferringAgent)? { get }

  /// Begins the next episodes of an agent that learns between episodes: every lane is at the start of an episode in the same
  /// task as before. Lane i draws its random numbers from below `keys[i]`. The agent never learns from greedy episodes, in
  /// which it takes the most probable actions. Does nothing by default.
  func beginEpisodes(keys: [RandomKey], isGreedy: Bool)
  /// Lets an agent that learns between episodes learn from those since `beginEpisodes`, whose last rewards are in `end`. Does
  /// nothing by default.
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
  /// Nil.
  public var inferring: (any InferringAgent)? { nil }
  /// False.
  public var readsBelief: Bool { false }
  /// True.
  public var isFinite: Bool { true }
  /// Nothing.
  public func beginEpisodes(keys: [RandomKey], isGreedy: Bool) {}
  /// Nothing.
  public func learn(after end: TimeStep) {}
}
