import Randomness
import Simulation

/// The best moves to a known goal.
struct KnownGoalPlan: Sendable {
  /// The number of moves to the goal from every cell, where moves do as they are told.
  private let distances: [Int?]
  /// The best move at each time step in every cell, `[time step][cell]`, where moves may slip.
  private let moves: [[UInt8]]
  private let grid: Grid

  /// By backward induction over at most this many cells times steps; beyond that by the shortest way.
  private static let sizeLimit = 2_000_000

  init(_ environment: GridNavigation, goal: GridCell, horizon: Int) {
    grid = environment.grid
    distances = grid.distances(to: goal)
    let isLarge = grid.width * grid.height * horizon > Self.sizeLimit
    moves =
      environment.slip > 0 && !isLarge ? Self.moves(environment, grid, goal: goal, horizon: horizon) : []
  }

  func move(from cell: GridCell, at time: Int) -> Int {
    moves.isEmpty ? grid.move(from: cell, along: distances) : Int(moves[time][grid.index(cell)])
  }

  /// V_t(s) = maxₐ (1 − slip) Q_t(s, a) + slip · mean over moves of Q_t(s, ·), where Q_t(s, a) is the reward of
  /// arriving in s′ = move(s, a) plus V_{t+1}(s′), unless the episode ends there.
  private static func moves(
    _ environment: GridNavigation, _ grid: Grid, goal: GridCell, horizon: Int
  ) -> [[UInt8]] {
    let choices = environment.canStay ? [0, 2, 4, 1, 3] : [2, 4, 1, 3]
    var values = Array(repeating: 0.0, count: grid.width * grid.height)
    var moves: [[UInt8]] = []
    for _ in 0..<horizon {
      var (next, best) = (values, Array(repeating: UInt8(0), count: values.count))
      for cell in grid.freeCells {
        let worths = choices.map { move in
          let arrived = grid.cell(from: cell, taking: move)
          if arrived == goal {
            return Double(environment.goalReward) + (environment.endsAtGoal ? 0 : values[grid.index(arrived)])
          }
          return Double(environment.stepReward) + values[grid.index(arrived)]
        }
        let top = worths.indices.reduce(0) { worths[$1] > worths[$0] + 1e-12 ? $1 : $0 }
        let mean = worths.reduce(0, +) / Double(worths.count)
        best[grid.index(cell)] = UInt8(choices[top])
        next[grid.index(cell)] =
          (1 - Double(environment.slip)) * worths[top] + Double(environment.slip) * mean
      }
      values = next
      moves.append(best)
    }
    return moves.reversed()
  }
}

/// Goes to the goal and stays.
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

/// Follows a plan until the goal is certain.
struct GridPlanLane: ReferenceLane {
  let environment: GridNavigation
  let plan: ExplorationPlan
  private let routes: GridRoutes
  private var belief: GridNavigation.Belief
  /// Where the previous move ended; at the end of an episode the observation does not tell.
  private var arrived: GridCell

  init(environment: GridNavigation, goals: [GridCell], plan: ExplorationPlan, start: GridCell) {
    self.environment = environment
    self.plan = plan
    routes = GridRoutes.shared(grid: environment.grid, goals: goals)
    belief = GridNavigation.Belief(goals: goals)
    arrived = start
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      belief.update(arrivingIn: arrived, isGoal: moment.previousReward == environment.goalReward)
    }
    let cell = environment.cell(of: observation)
    let episode = min(Int(moment.progress.episode), plan.cells.count - 1)
    let planned = plan.cells[episode][Int(moment.progress.timeOfEpisode)]
    let move =
      belief.goal.map { routes.move(from: cell, to: $0) }
      ?? (0...4).first { environment.cell(from: cell, taking: $0) == planned } ?? 0
    arrived = environment.cell(from: cell, taking: move)
    action[0] = environment.action(for: move)
  }
}

/// Goes to cells where the goal may be, one after the other, until it is found.
struct GridSearchLane: ReferenceLane {
  /// Which cell to look at next.
  enum Manner: Sendable { case nearest, random }

  let environment: GridNavigation
  let routes: GridRoutes
  let manner: Manner
  private var belief: GridNavigation.Belief
  private var target: GridCell?
  private var cell = GridCell(x: 0, y: 0)

  init(environment: GridNavigation, goals: [GridCell], routes: GridRoutes, manner: Manner) {
    self.environment = environment
    self.routes = routes
    self.manner = manner
    belief = GridNavigation.Belief(goals: goals)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = environment.cell(of: observation)
    if !moment.progress.isTrialStart { learn(moment, seeing: seen) }
    cell = seen
    if target.map({ belief.probability(of: $0) == 0 }) ?? true { target = nextTarget(using: &random) }
    if let goal = belief.goal { target = goal }
    let move = target.map { target in
      manner == .random
        ? routes.move(from: cell, to: target, using: &random) : routes.move(from: cell, to: target)
    }
    action[0] = environment.action(for: move ?? 0)
  }

  /// Within an episode the agent sees where it arrived. After its end it knows only what its action could do.
  private mutating func learn(_ moment: Moment, seeing seen: GridCell) {
    let isGoal = moment.previousReward == environment.goalReward
    guard moment.progress.isEpisodeStart else { return belief.update(arrivingIn: seen, isGoal: isGoal) }
    let chosen = Int(moment.previousAction[0]) + (environment.canStay ? 0 : 1)
    if environment.slip == 0 {
      belief.update(arrivingIn: environment.cell(from: cell, taking: chosen), isGoal: isGoal)
    } else if isGoal {
      belief.restrict(to: (0...4).map { environment.cell(from: cell, taking: $0) })
    }
  }

  private func nextTarget(using random: inout RandomStream) -> GridCell? {
    let candidates = belief.candidates
    guard !candidates.isEmpty else { return nil }
    if manner == .random { return candidates[random.integer(below: candidates.count)] }
    return candidates.min { distance(to: $0) < distance(to: $1) }
  }

  private func distance(to goal: GridCell) -> Int { routes.distance(from: cell, to: goal) ?? Int.max }
}

/// Goes to the nearest cell where the goal may be and stays.
struct GridBlindLane: ReferenceLane {
  let environment: GridNavigation
  let goals: [GridCell]
  let routes: GridRoutes
  private var target: GridCell?

  init(environment: GridNavigation, goals: [GridCell], routes: GridRoutes) {
    self.environment = environment
    self.goals = goals
    self.routes = routes
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let (cell, routes) = (environment.cell(of: observation), routes)
    if moment.progress.isEpisodeStart {
      target = goals.min {
        routes.distance(from: cell, to: $0) ?? Int.max < routes.distance(from: cell, to: $1) ?? Int.max
      }
    }
    action[0] = environment.action(for: target.map { routes.move(from: cell, to: $0) } ?? 0)
  }
}
