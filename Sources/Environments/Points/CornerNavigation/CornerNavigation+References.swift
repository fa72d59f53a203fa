import Foundation
import Randomness
import Simulation

extension CornerNavigation {
  /// `random`, `oracle`, `search`, which tries corner after corner, and `blind`, which follows a fixed plan.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let corners = distribution.corners.map { Self.corner(number: $0) }
    return [
      .random(of: self),
      Reference(
        name: "oracle",
        summary: reward == .progress
          ? "Knows the corner and makes progress again and again, since the way back into the middle is free."
          : "Knows the corner and the gaps and goes there.",
        makeLane: { task in
          CornerLane(
            environment: self, horizon: horizon, corners: [task.goal],
            gaps: task.gaps.enumerated().map { CornerGap(environment: self, ring: $0, known: $1) })
        }),
      Reference(
        name: "search",
        summary:
          "Acts as if the nearest corner that rewards allow were the goal, and tries walls for their gaps.",
        makeLane: { _ in
          CornerLane(
            environment: self, horizon: horizon, corners: corners,
            gaps: hasWalls
              ? Self.ringRadii.indices.map { CornerGap(environment: self, ring: $0, known: nil) } : [])
        }),
      Reference(
        name: "blind",
        summary:
          "Follows the best fixed plan found among places to stay at and pairs of places to go to and fro.",
        makeLane: { _ in
          CornerPlanLane(environment: self, horizon: horizon, plan: bestPlan(corners, horizon))
        }),
    ]
  }

  /// The plan that brings most on average over corners and some starts.
  private func bestPlan(_ corners: [SIMD2<Float>], _ horizon: Int) -> CornerPlan {
    let key = PlanKey(constants: constants, corners: corners, horizon: horizon)
    return bestPlans.value(at: key) {
      let tasks = (0..<4).flatMap { repetition in
        corners.enumerated().map { index, corner in
          var random = RandomKey(seed: 0).child("gaps").child(repetition).child(index).stream()
          return Task(
            goal: corner,
            gaps: hasWalls ? Self.ringRadii.map { _ in random.uniform(from: 0, to: 2 * .pi) } : [])
        }
      }
      let candidates = plans(corners)
      let returns = candidates.map { plan in
        rehearsedReturn(
          of: { CornerPlanLane(environment: self, horizon: horizon, plan: plan) }, in: tasks, horizon: horizon
        )
      }
      let best = candidates.indices.max { (returns[$0], $1) < (returns[$1], $0) } ?? 0
      return candidates[best]
    }
  }

  private func plans(_ corners: [SIMD2<Float>]) -> [CornerPlan] {
    let mean = corners.reduce(.zero, +) / Float(corners.count)
    let middles = corners.flatMap { one in corners.map { (one + $0) / 2 } }
    let half = actionLimit / 2
    // Every step across an axis is progress to one corner, and what it costs with the other does not count.
    let straddles: [CornerPlan] = [-1, 1].flatMap { (side: Float) in
      [0.5, 1, 1.5, 2].flatMap { (share: Float) in
        let place = side * share
        return corners.flatMap { corner in
          [
            CornerPlan(from: SIMD2(place, -half), to: SIMD2(place, half), end: corner),
            CornerPlan(from: SIMD2(-half, place), to: SIMD2(half, place), end: corner),
          ]
        }
      }
    }
    return ([.zero, mean] + middles).map { CornerPlan(from: $0, to: $0, end: $0) }
      + corners.map { plan(for: $0) } + (reward == .progress && !hasMomentum ? straddles : [])
  }

  /// What to do for a known corner where no walls are in the way. A step out of the silent middle is progress, and the
  /// step back is not rewarded; the last steps lead to the corner.
  func plan(for corner: SIMD2<Float>) -> CornerPlan {
    guard reward == .progress && !hasMomentum else {
      return CornerPlan(from: corner, to: corner, end: corner)
    }
    let outer = min(Self.corner, (silentRadius + actionLimit) / 2)
    let direction = corner / Self.corner
    return CornerPlan(from: direction * (outer - actionLimit), to: direction * outer, end: corner)
  }

  private var constants: [Float] {
    [
      actionLimit, Float(Reward.allCases.firstIndex(of: reward) ?? 0), silentRadius, startRange, gapRadius,
      hasMomentum ? 1 : 0, hasWalls ? 1 : 0,
    ]
  }
}

private struct PlanKey: Hashable, Sendable {
  let constants: [Float]
  let corners: [SIMD2<Float>]
  let horizon: Int
}

private let bestPlans = Memo<PlanKey, CornerPlan>()

/// To go to a place and from there to another, to and fro, and in the end to a third.
struct CornerPlan: Sendable {
  let from: SIMD2<Float>
  let to: SIMD2<Float>
  let end: SIMD2<Float>

  /// Where to go from `position`, with `remaining` steps left.
  func target(from position: SIMD2<Float>, remaining: Int, _ environment: CornerNavigation) -> SIMD2<Float> {
    let way = end - position
    let longest = max(abs(way.x), abs(way.y)) / environment.actionLimit
    if longest > Float(remaining) - 1 { return end }
    let rest = position - from
    return max(abs(rest.x), abs(rest.y)) < 1e-3 * environment.actionLimit ? to : from
  }
}

/// Follows a plan whatever the rewards are.
private struct CornerPlanLane: ReferenceLane {
  let environment: CornerNavigation
  let horizon: Int
  let plan: CornerPlan

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let position = SIMD2(observation[0], observation[1])
    let remaining = horizon - Int(moment.progress.timeOfEpisode)
    let target = plan.target(from: position, remaining: remaining, environment)
    environment.go(to: target, observing: observation, into: &action)
  }
}

extension CornerNavigation {
  /// Goes to `target`, along each axis; with momentum it brakes in time.
  func go(
    to target: SIMD2<Float>, observing observation: Span<Float>, into action: inout MutableSpan<Float>
  ) {
    for axis in 0..<2 {
      let way = target[axis] - observation[axis]
      action[axis] = clipped(
        hasMomentum ? speed(for: way) - observation[2 + axis] : way, to: actionLimit)
    }
  }

  /// The fastest speed from which the rest of the way is enough to brake.
  private func speed(for way: Float) -> Float {
    let limit = actionLimit
    let fastest = ((limit * limit + 8 * limit * abs(way)).squareRoot() - limit) / 2
    return way < 0 ? -min(fastest, -way) : min(fastest, way)
  }
}
