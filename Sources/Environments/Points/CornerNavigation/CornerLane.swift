import Foundation
import Randomness
import Simulation

/// Goes to the corner that it takes for the goal, through the gaps where there are walls, and gives up corners and gaps
/// that what happens speaks against. Who knows them from the start is the oracle.
struct CornerLane: ReferenceLane {
  let environment: CornerNavigation
  let horizon: Int
  /// The corners that the goal may be in.
  private var corners: [SIMD2<Float>]
  private var gaps: [CornerGap]
  private var goal: SIMD2<Float>?
  private var before: (position: SIMD2<Float>, intended: SIMD2<Float>) = (.zero, .zero)

  init(environment: CornerNavigation, horizon: Int, corners: [SIMD2<Float>], gaps: [CornerGap]) {
    (self.environment, self.horizon) = (environment, horizon)
    (self.corners, self.gaps) = (corners, gaps)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let position = SIMD2(observation[0], observation[1])
    if !moment.progress.isTrialStart { learn(moment, position) }
    let remaining = horizon - Int(moment.progress.timeOfEpisode)
    let target = target(from: position, remaining: remaining)
    environment.go(to: target, observing: observation, into: &action)
    let thrust = SIMD2(action[0], action[1])
    let velocity = environment.hasMomentum ? SIMD2(observation[2], observation[3]) : .zero
    before = (position, position + (velocity + thrust))
  }

  private mutating func learn(_ moment: Moment, _ position: SIMD2<Float>) {
    // Where the last move of an episode ended is not seen, but without walls it is known.
    if moment.progress.isEpisodeStart && environment.hasWalls { return }
    let after = moment.progress.isEpisodeStart ? before.intended : position
    for ring in gaps.indices { gaps[ring].learn(from: before.position, to: before.intended, at: after) }
    guard corners.count > 1 else { return }
    let likely = corners.filter { corner in
      let expected = environment.reward(from: before.position, to: after, goal: corner)
      return abs(expected - moment.previousReward) < 1e-4 * (1 + abs(expected))
    }
    if !likely.isEmpty { corners = likely }
  }

  private mutating func target(from position: SIMD2<Float>, remaining: Int) -> SIMD2<Float> {
    let goal = goal.flatMap { corners.contains($0) ? $0 : nil } ?? nearestCorner(to: position)
    self.goal = goal
    if gaps.isEmpty {
      return environment.plan(for: goal).target(from: position, remaining: remaining, environment)
    }
    // Progress within the inner ring is all that is to be had without a way through the walls.
    if environment.reward == .progress && environment.actionLimit + environment.silentRadius < 1.2 {
      let plan = environment.plan(for: goal)
      return CornerPlan(from: plan.from, to: plan.to, end: plan.to)
        .target(from: position, remaining: remaining, environment)
    }
    return targetThroughGaps(from: position, to: goal)
  }

  private func nearestCorner(to position: SIMD2<Float>) -> SIMD2<Float> {
    corners.min { CornerNavigation.length($0 - position) < CornerNavigation.length($1 - position) } ?? .zero
  }

  /// Where to go next: through the inner gap, round to the outer one, through it, and round to the goal.
  private func targetThroughGaps(from position: SIMD2<Float>, to goal: SIMD2<Float>) -> SIMD2<Float> {
    let (radius, angle) = (CornerNavigation.length(position), atan2f(position.y, position.x))
    let direction = atan2f(goal.y, goal.x)
    if radius >= 2 {
      let turn = remainderf(direction - angle, 2 * .pi)
      return abs(turn) < 0.4 ? goal : Self.point(2.5, angle + max(-0.3, min(0.3, turn)))
    }
    let outer = gaps[1].crossing(from: position, next: direction)
    let past = min(0.25, environment.gapRadius / 2)
    if radius < 1 {
      return Self.point(1 + past, gaps[0].crossing(from: position, next: outer))
    }
    let turn = remainderf(outer - angle, 2 * .pi)
    return abs(turn) < 0.2
      ? Self.point(2 + past, outer) : Self.point(1.5, angle + max(-0.3, min(0.3, turn)))
  }

  private static func point(_ radius: Float, _ angle: Float) -> SIMD2<Float> {
    SIMD2(radius * cosf(angle), radius * sinf(angle))
  }
}

/// What is known of where the gap of a ring is.
struct CornerGap {
  private let environment: CornerNavigation
  private let ring: Int
  /// The angle of the gap's middle, where it is known from the start.
  private let known: Float?
  /// Whether the middle of the gap may be at each of some angles.
  private var isPossible: [Bool]
  /// How likely the wall is open at each of these angles.
  private var openness: [Float]

  private static let count = 120
  private static let angles = (0..<count).map { (Float($0) + 0.5) / Float(count) * 2 * .pi }

  init(environment: CornerNavigation, ring: Int, known: Float?) {
    (self.environment, self.ring, self.known) = (environment, ring, known)
    isPossible = Array(repeating: true, count: Self.count)
    openness = Array(repeating: 1, count: Self.count)
  }

  mutating func learn(
    from before: SIMD2<Float>, to intended: SIMD2<Float>, at after: SIMD2<Float>
  ) {
    let radii = CornerNavigation.ringRadii
    func crosses(_ radius: Float) -> Bool {
      (CornerNavigation.length(before) < radius) != (CornerNavigation.length(intended) < radius)
    }
    guard known == nil, crosses(radii[ring]), !crosses(radii[1 - ring]) else { return }
    let isOpen = CornerNavigation.length(after - intended) < 1e-5
    let possible = isPossible.indices.map { index in
      let gap = radii[ring] * SIMD2(cosf(Self.angles[index]), sinf(Self.angles[index]))
      return isPossible[index] && (CornerNavigation.length(intended - gap) <= environment.gapRadius) == isOpen
    }
    guard possible != isPossible, possible.contains(true) else { return }
    isPossible = possible
    openness = currentOpenness
  }

  /// Crossing a ring at an angle ends a little beyond it, and so needs a gap that is nearer than its radius.
  private var currentOpenness: [Float] {
    let possibleCount = Float(max(1, isPossible.count { $0 }))
    let radius = CornerNavigation.ringRadii[ring]
    let past = radius + min(0.25, environment.gapRadius / 2)
    let cosine =
      (radius * radius + past * past - environment.gapRadius * environment.gapRadius) / (2 * radius * past)
    let half = 0.8 * acosf(max(-1, min(1, cosine)))
    return Self.angles.map { angle in
      let open = isPossible.indices.count {
        isPossible[$0] && abs(remainderf(Self.angles[$0] - angle, 2 * .pi)) < half
      }
      return Float(open) / possibleCount
    }
  }

  /// The angle to cross the ring at: the middle of a gap that is known, or else near on the way from `position` to the
  /// angle `next`, where it is likely open.
  func crossing(from position: SIMD2<Float>, next: Float) -> Float {
    if let known { return known }
    let radius = CornerNavigation.ringRadii[ring]
    let angle = atan2f(position.y, position.x)
    let costs = Self.angles.indices.map { index in
      let candidate = Self.angles[index]
      let here = CornerNavigation.length(position) * abs(remainderf(candidate - angle, 2 * .pi))
      let there = (radius + 0.5) * abs(remainderf(candidate - next, 2 * .pi))
      return here + there + 3 * (1 - openness[index])
    }
    return Self.angles[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
  }
}
