import Randomness
import Simulation

/// Knows the goal.
struct GridOracleLane: ReferenceLane {
  let environment: GridNavigation
  let plan: KnownGoalPlan

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let move = plan.move(from: environment.cell(of: observation), at: Int(moment.progress.timeOfEpisode))
    action[0] = environment.action(for: move)
  }
}

/// Follows a tour until the goal is found.
struct GridTourLane: ReferenceLane {
  let plans: KnownGoalPlans
  let tour: GridTour
  private var plan: KnownGoalPlan?
  /// Where the previous move ended; at the end of an episode the observation does not tell.
  private var arrived: GridCell

  init(_ plans: KnownGoalPlans, tour: GridTour, start: GridCell) {
    self.plans = plans
    self.tour = tour
    arrived = start
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let environment = plans.environment
    if !moment.progress.isTrialStart && moment.previousReward == environment.goalReward {
      plan = plans.plan(to: arrived)
    }
    let (cell, time) = (environment.cell(of: observation), Int(moment.progress.timeOfEpisode))
    let planned = tour.cells[min(Int(moment.progress.episode), tour.cells.count - 1)][time]
    let move = plan?.move(from: cell, at: time) ?? environment.move(from: cell, to: planned)
    arrived = environment.cell(from: cell, taking: move)
    action[0] = environment.action(for: move)
  }
}

extension GridNavigation {
  /// The move from `cell` to the cell `next` beside it; one that stays where there is none.
  fileprivate func move(from cell: Cell, to next: Cell) -> Int {
    ((canStay ? 0 : 1)...4).first { self.cell(from: cell, taking: $0) == next } ?? 0
  }
}

/// Follows a tour in every episode, whatever happens.
struct GridBlindTourLane: ReferenceLane {
  let environment: GridNavigation
  let tour: GridTour

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let planned = tour.cells[0][Int(moment.progress.timeOfEpisode)]
    let move = environment.move(from: environment.cell(of: observation), to: planned)
    action[0] = environment.action(for: move)
  }
}

/// Does what pays best where every goal pays, whatever happens.
struct GridBlindPolicyLane: ReferenceLane {
  let environment: GridNavigation
  let policy: GridPolicy

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let cell = environment.cell(of: observation)
    action[0] = environment.action(for: policy.move(from: cell, at: Int(moment.progress.timeOfEpisode)))
  }
}

/// Goes to cells where the goal may be, one after the other, until it is found.
struct GridSearchLane: ReferenceLane {
  /// Which cell to look at next, and whether what was seen in an episode is forgotten at its end.
  enum Manner: Sendable { case nearest, random, forgetful }

  let plans: KnownGoalPlans
  let manner: Manner
  private let index: GoalIndex
  private var candidates: GoalCandidates
  /// What is known of the actions where they have changed places.
  private var meanings: ActionMeanings?
  private var target: GridCell?
  private var cell = GridCell(x: 0, y: 0)

  private var environment: GridNavigation { plans.environment }

  init(_ plans: KnownGoalPlans, index: GoalIndex, manner: Manner, areActionsPermuted: Bool = false) {
    self.plans = plans
    self.manner = manner
    self.index = index
    candidates = GoalCandidates(index)
    meanings = areActionsPermuted ? ActionMeanings(count: plans.environment.canStay ? 5 : 4) : nil
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = environment.cell(of: observation)
    if !moment.progress.isTrialStart { learn(moment, seeing: seen) }
    if moment.progress.isEpisodeStart && manner == .forgetful {
      (candidates, target) = (GoalCandidates(index), nil)
    }
    cell = seen
    let chosen = environment.action(for: move(at: Int(moment.progress.timeOfEpisode), using: &random))
    action[0] = meanings.map { Float($0.action(for: Int(chosen))) } ?? chosen
  }

  private mutating func move(at time: Int, using random: inout RandomStream) -> Int {
    if let goal = candidates.certain { return plans.plan(to: goal).move(from: cell, at: time) }
    if target.map({ !candidates.contains($0) }) ?? true {
      target = manner == .random ? candidates.draw(using: &random) : candidates.nearest(to: cell)
    }
    guard let target else { return 0 }
    return manner == .random
      ? plans.routes.move(from: cell, to: target, using: &random) : plans.routes.move(from: cell, to: target)
  }

  /// Within an episode the agent sees where it arrived. After its end it knows only what its action could do.
  private mutating func learn(_ moment: Moment, seeing seen: GridCell) {
    let (taken, isGoal) = (Int(moment.previousAction[0]), moment.previousReward == environment.goalReward)
    guard moment.progress.isEpisodeStart else {
      let (environment, cell) = (environment, cell)
      meanings?.learn(taken) { environment.chance(of: seen, from: cell, taking: $0) }
      return candidates.update(arrivingIn: seen, isGoal: isGoal)
    }
    let meanings = meanings.map { $0.meanings(of: taken) } ?? [taken]
    let first = environment.canStay ? 0 : 1
    if environment.slip == 0, meanings.count == 1, let meaning = meanings.first {
      let arrived = environment.cell(from: cell, taking: meaning + first)
      candidates.update(arrivingIn: arrived, isGoal: isGoal)
    } else if isGoal {
      let moves = environment.slip > 0 ? Array(first...4) : meanings.map { $0 + first }
      candidates.restrict(to: moves.map { environment.cell(from: cell, taking: $0) })
    }
  }
}

extension GridNavigation {
  /// The probability of arriving in `next` from `cell` by `action`.
  fileprivate func chance(of next: Cell, from cell: Cell, taking action: Int) -> Double {
    let first = canStay ? 0 : 1
    let direct = self.cell(from: cell, taking: action + first) == next ? 1 - Double(slip) : 0
    guard slip > 0 else { return direct }
    let moves = first...4
    let count = moves.count { self.cell(from: cell, taking: $0) == next }
    return direct + Double(slip) * Double(count) / Double(moves.count)
  }
}
