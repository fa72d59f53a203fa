import Foundation
import Randomness
import Simulation

extension PointNavigation {
  /// `random`, `oracle`, a heuristic that searches (`trilateration` where rewards tell the distance, `sweep` where
  /// they tell only that the goal is near and it is on an arc), and `blind`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows the goal and comes as near to it as it can along each axis.",
      makeLane: { PointLane(environment: self, x: $0.x, y: $0.y) })
    return [.random(of: self), oracle] + searching(distribution) + [blind(distribution)]
  }

  private func searching(_ distribution: TaskDistribution) -> [Reference<Self>] {
    if reward == .distance || reward == .squaredDistance {
      return [
        Reference(
          name: "trilateration",
          summary: "Takes three steps that tell where the goal is, goes there, and remembers.",
          makeLane: { _ in TrilaterationLane(environment: self) })
      ]
    }
    guard distribution.region == .arc else { return [] }
    return [
      Reference(
        name: "sweep", summary: "Goes along the arc until it is rewarded, finds the goal, and remembers.",
        makeLane: { _ in SweepLane(environment: self, distribution: distribution) })
    ]
  }

  /// The best place to stay is looked for among goals and their median.
  private func blind(_ distribution: TaskDistribution) -> Reference<Self> {
    Reference(
      name: "blind", summary: "Goes to the place that is best on average and stays.",
      makeLane: { _ in
        let place = places.value(at: PlaceKey(environment: encoded, distribution: distribution)) {
          bestPlace(among: goals(of: distribution))
        }
        return PointLane(environment: self, x: place.x, y: place.y)
      })
  }

  private func goals(of distribution: TaskDistribution) -> [Task] {
    if let tasks = tasks(of: distribution) { return tasks }
    return (0..<400).map {
      var random = RandomKey(seed: 0).child("blind").child($0).stream()
      return sampleTask(from: distribution, using: &random)
    }
  }

  private func bestPlace(among goals: [Task]) -> Task {
    let candidates = [Task(x: 0, y: 0), Self.median(of: goals)] + goals.prefix(100)
    func worth(_ place: Task) -> Float {
      goals.reduce(0) { sum, goal in
        let (x, y) = (place.x - goal.x, place.y - goal.y)
        return sum + reward(atSquaredDistance: x * x + y * y)
      }
    }
    return candidates.max { worth($0) < worth($1) } ?? Task(x: 0, y: 0)
  }

  /// The point with the least sum of distances (Weiszfeld's iteration).
  private static func median(of goals: [Task]) -> Task {
    var (x, y) = (Float(0), Float(0))
    for _ in 0..<100 {
      var (weights, sumX, sumY) = (Float(0), Float(0), Float(0))
      for goal in goals {
        let weight = 1 / max(hypotf(goal.x - x, goal.y - y), 1e-6)
        weights += weight
        sumX += weight * goal.x
        sumY += weight * goal.y
      }
      (x, y) = (sumX / weights, sumY / weights)
    }
    return Task(x: x, y: y)
  }

  private var encoded: [Float] { [goalRadius, Float(Reward.allCases.firstIndex(of: reward) ?? 0)] }
}

private struct PlaceKey: Hashable, Sendable {
  let environment: [Float]
  let distribution: PointNavigation.TaskDistribution
}

private let places = Memo<PlaceKey, PointNavigation.Task>()

/// Goes straight to a point along each axis, which minimises the distance after every single step, and so is
/// optimal for every reward that falls with the distance.
private struct PointLane: ReferenceLane {
  let environment: PointNavigation
  let x: Float
  let y: Float

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = environment.clipped(x - observation[0])
    action[1] = environment.clipped(y - observation[1])
  }
}

/// Where moves ended and how far the goal was from there: three such places that are not on a line tell where it is.
private struct TrilaterationLane: ReferenceLane {
  let environment: PointNavigation
  private var sights: [(x: Float, y: Float, squaredDistance: Float)] = []
  private var arrived: (x: Float, y: Float) = (0, 0)
  private var goal: (x: Float, y: Float)?

  init(environment: PointNavigation) { self.environment = environment }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart && goal == nil { learn(reward: moment.previousReward) }
    let limit = environment.actionLimit
    if let goal {
      action[0] = environment.clipped(goal.x - observation[0])
      action[1] = environment.clipped(goal.y - observation[1])
    } else {
      // There and back along x, and between the two along y: the third place is off the line.
      action[0] = sights.count == 0 ? limit : sights.count == 1 ? -limit : 0
      action[1] = sights.count == 0 ? 0 : sights.count == 1 ? limit : -limit
    }
    arrived = (observation[0] + action[0], observation[1] + action[1])
  }

  private mutating func learn(reward: Float) {
    let squaredDistance = environment.reward == .distance ? reward * reward : -reward
    sights.append((arrived.x, arrived.y, squaredDistance))
    guard sights.count >= 3 else { return }
    let (a, b, c) = (sights[sights.count - 3], sights[sights.count - 2], sights[sights.count - 1])
    // |p − g|² of two places differ by a linear function of g.
    let (x1, y1, x2, y2) = (2 * (b.x - a.x), 2 * (b.y - a.y), 2 * (c.x - a.x), 2 * (c.y - a.y))
    let first = a.squaredDistance - b.squaredDistance + b.x * b.x - a.x * a.x + b.y * b.y - a.y * a.y
    let second = a.squaredDistance - c.squaredDistance + c.x * c.x - a.x * a.x + c.y * c.y - a.y * a.y
    let determinant = x1 * y2 - x2 * y1
    guard abs(determinant) > 1e-6 else { return }
    goal = ((first * y2 - second * y1) / determinant, (x1 * second - x2 * first) / determinant)
  }
}

/// Goes along the arc of possible goals, a little inside, until it is rewarded.
private struct SweepLane: ReferenceLane {
  let environment: PointNavigation
  let distribution: PointNavigation.TaskDistribution
  /// The angle of the sweep that was reached, in radians; nil before it begins.
  private var angle: Float?
  private var arrived: (x: Float, y: Float) = (0, 0)
  /// Where the goal may be, the likeliest place first; none before anything was rewarded.
  private var candidates: [(x: Float, y: Float)] = []

  init(environment: PointNavigation, distribution: PointNavigation.TaskDistribution) {
    self.environment = environment
    self.distribution = distribution
  }

  /// How far from the centre to go: far enough to be near every goal at once, with steps that are not too long.
  private var radius: Float { max(0.5, 1 - 0.6 * environment.goalRadius) }
  private var lower: Float { distribution.lowerAngle * .pi / 180 }
  private var upper: Float { distribution.upperAngle * .pi / 180 }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart { learn(reward: moment.previousReward) }
    if moment.progress.isEpisodeStart && candidates.isEmpty { angle = nil }
    let target = candidates.first ?? next(from: (observation[0], observation[1]))
    action[0] = environment.clipped(target.x - observation[0])
    action[1] = environment.clipped(target.y - observation[1])
    arrived = (observation[0] + action[0], observation[1] + action[1])
  }

  /// The farthest point of the sweep that one step reaches; before the sweep begins, its first point.
  private mutating func next(from place: (x: Float, y: Float)) -> (x: Float, y: Float) {
    func point(_ angle: Float) -> (x: Float, y: Float) { (radius * cosf(angle), radius * sinf(angle)) }
    func isNear(_ point: (x: Float, y: Float)) -> Bool {
      max(abs(point.x - place.x), abs(point.y - place.y)) <= environment.actionLimit + 1e-5
    }
    guard let reached = angle, isNear(point(reached)) else {
      // From here the first goals of the arc are near as well.
      let first = angle ?? lower + 0.75 * environment.goalRadius
      if isNear(point(first)) { angle = first }
      return point(first)
    }
    var best = reached
    var candidate = best
    while candidate < upper, isNear(point(candidate)) {
      best = candidate
      candidate += 0.005
    }
    angle = best
    return point(best)
  }

  /// An indicator tells only that this is a good place. A sparse reward tells the distance; two places on the
  /// unit circle are at that distance, and a second reward tells which.
  private mutating func learn(reward: Float) {
    guard candidates.isEmpty else {
      if candidates.count > 1, !isAt(candidates[0], reward: reward), isAt(candidates[1], reward: reward) {
        candidates.swapAt(0, 1)
      }
      return
    }
    guard reward > 0 else { return }
    candidates = environment.reward == .sparse ? placesOnCircle(at: 1 - reward) : [arrived]
  }

  private func isAt(_ place: (x: Float, y: Float), reward: Float) -> Bool {
    let distance = hypotf(place.x - arrived.x, place.y - arrived.y)
    return abs((distance <= environment.goalRadius ? 1 - distance : 0) - reward) < 1e-3
  }

  /// The places on the unit circle at `distance` from where the agent arrived, that ahead of the sweep first.
  private func placesOnCircle(at distance: Float) -> [(x: Float, y: Float)] {
    let place = hypotf(arrived.x, arrived.y)
    let cosine = (place * place + 1 - distance * distance) / (2 * place)
    let turn = acosf(max(-1, min(1, cosine)))
    let here = atan2f(arrived.y, arrived.x)
    return [here + turn, here - turn].map { (cosf($0), sinf($0)) }
  }
}
