import Randomness
import Simulation

extension ObjectGrid {
  /// `random`, `blind`, `oracle`, and `searcher`, which has to find out what the task does not show.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let isPlanned = !showsObjects && ObjectPlan.cost(of: distribution, horizon: horizon) <= Self.planLimit
    let oracle = Reference<Self>(
      name: "oracle",
      summary: isPlanned
        ? "Knows the objects and plays the optimal policy for the time left."
        : "Knows what objects pay and goes for what is worth most per step in the time left; not proven best.",
      makeLane: { task in
        if isPlanned {
          return PlannedObjectLane(
            task: task, stride: size, plan: ObjectPlan.shared(task, horizon: horizon))
        }
        return ObjectSearchLane(
          environment: self, distribution: distribution, horizon: horizon, episodeCount: episodeCount,
          knowing: task)
      })
    let searcher = Reference<Self>(
      name: "searcher",
      summary: showsObjects
        ? "Learns what objects pay by fetching them, and goes for what is worth most per step in the time left."
        : "Looks for hidden objects where that is worth the risk, remembers them, and fetches what pays when it is back.",
      makeLane: { _ in
        ObjectSearchLane(
          environment: self, distribution: distribution, horizon: horizon, episodeCount: episodeCount)
      })
    let blind = Reference<Self>.blind(
      of: blindPlans(for: distribution), in: self, for: distribution, horizon: horizon)
    return [.random(of: self), oracle, searcher, blind]
  }

  /// The most values that a plan computes, for one task.
  private static let planLimit = 200_000_000

  /// Stays, walks from row to row over all of the grid, or in straight lines of some lengths in turns.
  private func blindPlans(for distribution: TaskDistribution) -> [OpenLoopPlan] {
    let side = distribution.greatestSide
    var random = RandomKey(seed: 0).child("lines").stream()
    let lines = [1, 2, 3, 5, 8].filter { $0 <= side }.map { length in
      OpenLoopPlan(
        actions: (0..<4000 / length).flatMap { _ in
          Array(repeating: random.integer(below: 4), count: 1 + random.integer(below: 2 * length - 1))
        })
    }
    return [OpenLoopPlan(actions: [4]), OpenLoopPlan(actions: tour(ofSide: side))] + lines
  }

  /// Right along a row and left along the next, up from row to row, and down again; it goes round for who bumps into
  /// all sides.
  private func tour(ofSide side: Int) -> [Int] {
    var moves: [Int] = []
    for vertical in [0, 1] {
      for row in 0..<side {
        moves += Array(repeating: row % 2 == 0 ? 3 : 2, count: side - 1)
        if row < side - 1 { moves.append(vertical) }
      }
    }
    return moves
  }

  /// The expected return of an episode under the optimal policy, for objects that stay where they are.
  public func optimalReturn(of task: Task, horizon: Int) -> Double {
    ObjectPlan(task, horizon: horizon).expectedReturn
  }
}
