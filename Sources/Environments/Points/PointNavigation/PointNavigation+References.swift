import Foundation
import Randomness
import Simulation

extension PointNavigation {
  /// `random`, `oracle`, a heuristic that searches (`trilateration` where rewards tell the distance, `sweep` where
  /// they tell only that the goal is near), `blind` and `posteriorSampling`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let survey: @Sendable () -> PointSurvey = { PointSurvey.shared(self, distribution) }
    return [
      .random(of: self), oracle, searching(survey, horizon, episodeCount),
      Reference(
        name: "blind",
        summary: "Goes to the place that is best on average and stays: a fixed plan.",
        makeLane: { _ in
          PointLane(environment: self, goal: bestPlace(survey(), horizon))
        }),
      Reference(
        name: "posteriorSampling",
        summary: "Draws a possible goal for each episode and acts as if that were the goal.",
        makeLane: { _ in PointSamplingLane(environment: self, survey: survey()) }, isStandard: false),
    ]
  }

  private var oracle: Reference<Self> {
    Reference(
      name: "oracle", summary: "Knows the goal and comes as near to it as it can along each axis.",
      makeLane: { task in
        let start = SIMD2(startLower[0] + startUpper[0], startLower[1] + startUpper[1]) / 2
        let goal = SIMD2(task.x, task.y)
        return PointLane(environment: self, goal: restingPlace(at: goal, from: start))
      })
  }

  private func searching(
    _ survey: @escaping @Sendable () -> PointSurvey, _ horizon: Int, _ episodeCount: Int
  ) -> Reference<Self> {
    if reward == .distance || reward == .squaredDistance {
      return Reference(
        name: "trilateration",
        summary: "Takes the steps that tell where the goal is, goes there, and remembers.",
        makeLane: { _ in TrilaterationLane(environment: self, survey: survey()) })
    }
    return Reference(
      name: "sweep",
      summary: "Goes where the goal may be until it is rewarded, on where it has not been; then remembers.",
      makeLane: { _ in
        SweepLane(environment: self, survey: survey(), horizon: horizon, episodeCount: episodeCount)
      })
  }

  /// The place that brings most, way and stay, among places all over the region of goals.
  private func bestPlace(_ survey: PointSurvey, _ horizon: Int) -> SIMD2<Float> {
    let key = PlaceKey(constants: constants, survey: ObjectIdentifier(survey), horizon: horizon)
    return places.value(at: key) {
      let goals = survey.sparsePlaces
      let candidates =
        [.zero, median(of: goals)]
        + goals.flatMap { goal in
          survey.isArc ? [1, 0.95, 0.9, 0.85].map { goal * $0 } : [goal]
        }
      let worths = candidates.map { worth(ofGoingTo: $0, goals, horizon) }
      let best = candidates.indices.max { (worths[$0], $1) < (worths[$1], $0) } ?? 0
      return candidates[best]
    }
  }

  private func worth(ofGoingTo target: SIMD2<Float>, _ goals: [SIMD2<Float>], _ horizon: Int) -> Float {
    func meanReward(at place: SIMD2<Float>) -> Float {
      goals.reduce(0) { sum, goal in
        let way = goal - place
        return sum + reward(atSquaredDistance: way.x * way.x + way.y * way.y)
      } / Float(goals.count)
    }
    let stay = meanReward(at: target)
    return starts.reduce(0) { sum, start in
      var (place, worth, time) = (start, Float(0), 0)
      while place != target, time < min(horizon, 200) {
        place = moved(place, towards: target)
        worth += meanReward(at: place)
        time += 1
      }
      return sum + worth + Float(horizon - time) * stay
    }
  }

  /// Where episodes start: there, or places spread over that region.
  private var starts: [SIMD2<Float>] {
    guard startLower != startUpper else { return [SIMD2(startLower[0], startLower[1])] }
    return (0..<9).map { index in
      let share = SIMD2(Float(index % 3) + 0.5, Float(index / 3) + 0.5) / 3
      let (lower, upper) = (SIMD2(startLower[0], startLower[1]), SIMD2(startUpper[0], startUpper[1]))
      return lower + share * (upper - lower)
    }
  }

  /// The point with the least sum of distances (Weiszfeld's iteration).
  private func median(of goals: [SIMD2<Float>]) -> SIMD2<Float> {
    var median = SIMD2<Float>.zero
    for _ in 0..<100 {
      var (weights, sum) = (Float(0), SIMD2<Float>.zero)
      for goal in goals {
        let weight = 1 / max(CornerNavigation.length(goal - median), 1e-6)
        weights += weight
        sum += weight * goal
      }
      median = sum / weights
    }
    return median
  }
}

extension PointSurvey {
  /// Some 128 of the places of an arc, or 256 of a square.
  fileprivate var sparsePlaces: [Place] {
    if isArc { return places.indices.filter { $0 % max(1, places.count / 128) == 0 }.map { places[$0] } }
    let (side, stride) = (Int(Float(places.count).squareRoot().rounded()), places.count > 1024 ? 4 : 1)
    return places.indices.filter { $0 / side % stride == 0 && $0 % side % stride == 0 }.map { places[$0] }
  }
}

private struct PlaceKey: Hashable, Sendable {
  let constants: [Float]
  let survey: ObjectIdentifier
  let horizon: Int
}

private let places = Memo<PlaceKey, SIMD2<Float>>()
