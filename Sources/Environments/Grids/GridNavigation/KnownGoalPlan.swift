import Synchronization

/// The best moves to a known goal, and what they bring.
///
/// A shortest way is best, and then to stay as much as one can, unless moves may slip or an episode that ends on the goal
/// had better last: then the moves are found by backward induction.
struct KnownGoalPlan: Sendable {
  private let environment: GridNavigation
  private let goal: GridCell
  private let horizon: Int
  private let routes: GridRoutes
  private let policy: GridPolicy?
  /// The move of someone who wants to stay in the goal: one that stays, or else one that leads back soonest.
  private let rest: Int

  init(_ environment: GridNavigation, goal: GridCell, horizon: Int, routes: GridRoutes, plans: Bool) {
    self.environment = environment
    self.goal = goal
    self.horizon = horizon
    self.routes = routes
    rest =
      environment.canStay
      ? 0 : [2, 4, 1, 3].first { routes.grid.cell(from: goal, taking: $0) == goal } ?? 2
    policy = plans ? GridPolicy(environment, routes.grid, goals: [goal], horizon: horizon) : nil
  }

  /// The best move from `cell` after `time` moves of the episode.
  func move(from cell: GridCell, at time: Int) -> Int {
    if let policy { return policy.move(from: cell, at: time) }
    return cell == goal ? rest : routes.move(from: cell, to: goal)
  }

  /// The expected return of an episode that starts in `cell`.
  func value(from cell: GridCell) -> Double {
    if let policy { return policy.values[routes.grid.index(cell)] }
    return environment.returnOfArrival(
      at: routes.distance(from: cell, to: goal).map(firstArrival) ?? horizon + 1, horizon: horizon,
      canRest: canRest)
  }

  /// Whether one who is in the goal can be there after the next move, too.
  var canRest: Bool { routes.grid.cell(from: goal, taking: rest) == goal }

  /// The move that first ends in the goal, from 1; in the goal itself only a move counts.
  private func firstArrival(_ distance: Int) -> Int { distance > 0 ? distance : canRest ? 1 : 2 }
}

extension GridNavigation {
  /// The return of an episode whose move `time`, from 1, first ends on the goal, and then as many as can; every second
  /// one where nobody `canRest` there.
  func returnOfArrival(at time: Int, horizon: Int, canRest: Bool) -> Double {
    let left = horizon - time
    guard left >= 0 else { return Double(horizon) * Double(stepReward) }
    if endsAtGoal { return Double(goalReward) + Double(time - 1) * Double(stepReward) }
    let count = Double(canRest ? left + 1 : left / 2 + 1)
    return count * Double(goalReward) + (Double(horizon) - count) * Double(stepReward)
  }

  /// Whether the shortest way to a known goal may not be the best.
  var needsPlanning: Bool { slip > 0 || endsAtGoal && stepReward > 0 }
}

/// The plans to all known goals of one setting, each made once.
final class KnownGoalPlans: Sendable {
  let environment: GridNavigation
  let routes: GridRoutes
  private let horizon: Int
  /// Whether moves are planned, for `goalCount` goals.
  let arePlanned: Bool
  private let plans = Mutex<[GridCell: KnownGoalPlan]>([:])

  /// Cells times steps times goals that are worth planning for, some seconds' worth.
  private static let sizeLimit = 40_000_000

  init(_ environment: GridNavigation, goalCount: Int, horizon: Int) {
    self.environment = environment
    self.horizon = horizon
    routes = GridRoutes.shared(environment.grid)
    arePlanned =
      environment.needsPlanning
      && environment.grid.width * environment.grid.height * horizon <= Self.sizeLimit / max(goalCount, 1)
  }

  /// Whether the plans are the best there are, so that their values are what the best agent gets.
  var areOptimal: Bool { arePlanned || !environment.needsPlanning }

  func plan(to goal: GridCell) -> KnownGoalPlan {
    plans.withLock { plans in
      if let plan = plans[goal] { return plan }
      let plan = KnownGoalPlan(environment, goal: goal, horizon: horizon, routes: routes, plans: arePlanned)
      plans[goal] = plan
      return plan
    }
  }

  /// The mean over `goals` of the expected return of an episode of an agent that knows the goal.
  func meanValue(of goals: [GridCell]) -> Double {
    let grid = routes.grid
    let starts = environment.fixedStart.map { [$0] } ?? grid.freeCells
    let total = goals.reduce(0.0) { sum, goal in
      let plan = plan(to: goal)
      return sum + starts.reduce(0) { $0 + plan.value(from: $1) } / Double(starts.count)
    }
    return total / Double(goals.count)
  }
}
