import Randomness
import Simulation

extension TMaze {
  /// `random`, `oracle`, `bayesOptimal`, which looks at the cue or remembers, and `blind`, which does neither.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let outlook = TMazeOutlook(self, horizon: horizon, episodeCount: episodeCount)
    let known = Array(repeating: outlook.known, count: episodeCount)
    return [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows the way and goes there.",
        makeLane: { TMazeLane(environment: self, horizon: horizon, isUp: $0.isUp) },
        expectedReturns: { known }),
      Reference(
        name: "bayesOptimal",
        summary: "Looks at the cue once if that is worth its steps, else tries a turn, and remembers.",
        makeLane: { _ in TMazeLane(environment: self, horizon: horizon, plans: outlook.plans) },
        expectedReturns: { outlook.returns }),
      Reference(
        name: "blind",
        summary: "Goes to the end of the corridor and turns up, if that is worth a wrong turn.",
        makeLane: { _ in
          TMazeLane(
            environment: self, horizon: horizon, isUp: true, turns: outlook.guessing > outlook.staying)
        },
        expectedReturns: {
          Array(repeating: max(outlook.guessing, outlook.staying), count: episodeCount)
        }),
    ]
  }

  /// Whether every step before the turn is a gain, so that the turn is to be the last one.
  fileprivate var isPatient: Bool { stepReward > 0 }
}

/// What a step of planning for who does not know the way yet can be.
private enum TMazePlan { case look, guess, stay }

/// What the ways to act in an episode are worth.
private struct TMazeOutlook: Sendable {
  /// The return of who knows the way.
  let known: Double
  /// That of a turn that is as likely wrong as right.
  let guessing: Double
  /// That of never turning.
  let staying: Double
  /// What who does not know the way does in each episode.
  let plans: [TMazePlan]
  /// What that brings in each episode.
  let returns: [Double]

  init(_ maze: TMaze, horizon: Int, episodeCount: Int) {
    let (goal, step, stray) = (Double(maze.goalReward), Double(maze.stepReward), Double(maze.strayReward))
    let staying = Double(horizon) * step
    /// The return of turning after at least `time` steps; nil where the episode is over by then.
    func turning(after time: Int, chance: Double) -> Double? {
      guard time < horizon else { return nil }
      let waiting = Double(maze.isPatient ? horizon - 1 : time) * step
      return waiting + chance * goal + (1 - chance) * (step + stray)
    }
    let way = maze.corridorLength - (maze.isActive ? 1 : 0)
    let known = turning(after: way, chance: 1) ?? staying
    let guessing = turning(after: way, chance: 0.5)
    (self.known, self.staying, self.guessing) = (known, staying, guessing ?? staying)
    guard maze.isActive else {
      plans = []
      returns = Array(repeating: known, count: episodeCount)
      return
    }
    let looking = turning(after: way + 2, chance: 1).map { $0 + stray }
    // A turn tells as much as the cue, so that nothing is lost for later episodes; who stays learns nothing.
    var (plans, worth) = ([TMazePlan](), 0.0)
    for later in 0..<episodeCount {
      let rest = Double(later) * known
      var best = (plan: TMazePlan.stay, worth: staying + worth)
      if let guessing, guessing + rest >= best.worth { best = (.guess, guessing + rest) }
      if let looking, looking + rest > best.worth { best = (.look, looking + rest) }
      plans.append(best.plan)
      worth = best.worth
    }
    self.plans = plans.reversed()
    var isKnown = false
    returns = self.plans.map { plan in
      defer { isKnown = isKnown || plan != .stay }
      guard !isKnown else { return known }
      switch plan {
      case .look: return looking ?? staying
      case .guess: return guessing ?? staying
      case .stay: return staying
      }
    }
  }
}

/// Goes to the junction and turns the way it knows; without knowledge it follows a plan.
private struct TMazeLane: ReferenceLane {
  let environment: TMaze
  let horizon: Int
  private var isUp: Bool?
  private let turns: Bool
  private let plans: [TMazePlan]

  init(environment: TMaze, horizon: Int, isUp: Bool? = nil, turns: Bool = true, plans: [TMazePlan] = []) {
    (self.environment, self.horizon, self.isUp) = (environment, horizon, isUp)
    (self.turns, self.plans) = (turns, plans)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if isUp == nil && moment.progress.previousEnding == .terminated {
      isUp = (moment.previousAction[0] == 1) == (moment.previousReward == environment.goalReward)
    }
    if isUp == nil && observation[2] == 1 { isUp = observation[1] == 1 }
    let episode = Int(moment.progress.episode)
    let plan: TMazePlan = isUp == nil && episode < plans.count ? plans[episode] : turns ? .guess : .stay
    let isTime = !environment.isPatient || Int(moment.progress.timeOfEpisode) == horizon - 1
    switch plan {
    case .look: action[0] = 2
    case .guess where observation[0] == 2 && isTime: action[0] = isUp ?? true ? 1 : 3
    // At the junction a step to the right is one that waits.
    case .guess, .stay: action[0] = 0
    }
  }
}
