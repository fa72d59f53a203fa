/// What every environment keeps to, with the number that `metarl check` prints.
public enum ConformanceRule: Int, CaseIterable, Sendable {
  /// Every component of an observation is written, and lies in the space of observations.
  case observationsAreInTheirSpace = 1
  /// Rewards are finite.
  case rewardsAreFinite
  /// Equal seeds give equal bits, different seeds do not.
  case seedsDecide
  /// What a lane sees does not depend on the lanes beside it.
  case lanesAreIndependent
  /// An episode ends terminated or truncated and never both; the time limit is exact.
  case episodesEndOnce
  /// The end of an episode leaves the task alone, and the next episode begins in an initial state of it.
  case resetsKeepTheTask
  /// The tasks of a split are not all the same, and an agent can tell by what happens.
  case tasksDiffer
  /// First observations do not tell tasks apart.
  case firstObservationsHideTheTask
  /// Two splits have the same tasks or none in common; a finite set is what its split draws from.
  case splitsAreDisjoint
  /// An agent that knows the task does better than random actions.
  case oracleBeatsRandom
  /// No agent does better than the one that knows the task.
  case nobodyBeatsTheOracle
  /// The exact returns of the agents to compare with are those that they get.
  case exactReturnsHold
  /// A drawing shows the task and the agent, and changes nothing.
  case drawingsShowTheState
  /// A file written from what was read says the same.
  case fileRoundTrips

  /// The rule in a few words.
  public var summary: String {
    switch self {
    case .observationsAreInTheirSpace: "observations are written in full and lie in their space"
    case .rewardsAreFinite: "rewards are finite"
    case .seedsDecide: "equal seeds give equal bits, other seeds do not"
    case .lanesAreIndependent: "a lane does not depend on the lanes beside it"
    case .episodesEndOnce: "episodes end terminated or truncated, never both, and at the time limit exactly"
    case .resetsKeepTheTask: "a new episode keeps the task"
    case .tasksDiffer: "tasks differ, and in what happens"
    case .firstObservationsHideTheTask: "first observations do not tell tasks apart"
    case .splitsAreDisjoint: "splits have the same tasks or none in common"
    case .oracleBeatsRandom: "the oracle beats random actions"
    case .nobodyBeatsTheOracle: "nobody beats the oracle"
    case .exactReturnsHold: "exact returns are those that agents get"
    case .drawingsShowTheState: "drawings show the task and the agent, and change nothing"
    case .fileRoundTrips: "a file written from what was read says the same"
    }
  }
}

/// Whether an environment keeps a rule.
public enum Verdict: Hashable, Sendable {
  /// It does; the text says what was looked at.
  case kept(String)
  /// It does not; the text says where.
  case broken(String)
  /// The rule has nothing to say here, for the given reason.
  case notApplicable(String)

  /// Whether the rule is broken.
  public var isBroken: Bool { if case .broken = self { true } else { false } }
}
