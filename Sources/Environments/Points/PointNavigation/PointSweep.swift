import Foundation

/// A way along the arc of possible goals: straight to a point of it, on in one direction, and when nothing is left there
/// back to the nearest goals that are left.
struct PointSweep {
  typealias Place = SIMD2<Float>

  /// How far from the middle it goes.
  let radius: Float
  /// The angle that it goes to before it turns into the arc.
  private var entry: Float
  private var direction: Float
  private var isOnArc = false

  private init(radius: Float, entry: Float, direction: Float) {
    (self.radius, self.entry, self.direction) = (radius, entry, direction)
  }

  /// The next step's end, from `place`, where goals are possible as `isPossible` says.
  mutating func next(
    from place: Place, _ isPossible: [Bool], _ survey: PointSurvey, _ environment: PointNavigation
  ) -> Place {
    let angle = survey.wrapped(atan2f(place.y, place.x))
    if isOnArc, !isAnyPossible(beyond: survey.index(at: angle), isPossible) {
      turn(at: survey.index(at: angle), isPossible, survey)
    }
    guard isOnArc else {
      let target = Place(cosf(entry), sinf(entry)) * radius
      let reached = environment.moved(place, towards: target)
      let rest = target - reached
      isOnArc = max(abs(rest.x), abs(rest.y)) < 1e-5
      return reached
    }
    // The chord is as long along an axis as a step may be.
    var step = environment.actionLimit / radius
    for _ in 0..<3 {
      let middle = angle + direction * step / 2
      step = environment.actionLimit / (radius * max(abs(sinf(middle)), abs(cosf(middle))))
    }
    let next = angle + direction * min(step, 1)
    return environment.moved(place, towards: Place(cosf(next), sinf(next)) * radius)
  }

  private func isAnyPossible(beyond index: Int, _ isPossible: [Bool]) -> Bool {
    direction > 0 ? isPossible[index...].contains(true) : isPossible[...index].contains(true)
  }

  private mutating func turn(at index: Int, _ isPossible: [Bool], _ survey: PointSurvey) {
    direction = -direction
    isOnArc = false
    let nearest =
      direction > 0 ? isPossible[index...].firstIndex(of: true) : isPossible[...index].lastIndex(of: true)
    entry = survey.angle(of: nearest ?? index)
  }

  /// The best sweep of an episode that begins at `place`, by what is found, and how early.
  static func best(
    from place: Place, _ belief: PointGoalBelief, _ environment: PointNavigation, horizon: Int,
    isLast: Bool
  ) -> PointSweep {
    let survey = belief.survey
    // To know the goal in the next episode already is worth what an episode can bring then.
    let later =
      isLast ? 0 : max(1, Float(horizon) - (1 - environment.goalRadius) / (1.2 * environment.actionLimit))
    var best: (sweep: PointSweep, worth: Float)?
    for sweep in candidates(belief, environment) {
      var (sweep, place, isPossible) = (sweep, place, belief.isPossible)
      let untried = sweep
      var (worth, left) = (Float(0), belief.possibleCount)
      for time in 0..<min(horizon, 400) where left > 0 {
        place = sweep.next(from: place, isPossible, survey, environment)
        survey.forEachPlace(within: environment.goalRadius, of: place) { index in
          guard isPossible[index] else { return }
          isPossible[index] = false
          left -= 1
          worth += Float(horizon - time) + later
        }
      }
      if worth > (best?.worth ?? -1) { best = (untried, worth) }
    }
    return best?.sweep ?? PointSweep(radius: 1, entry: survey.lower, direction: 1)
  }

  /// Sweeps that enter at any of some places of each run of possible goals.
  private static func candidates(_ belief: PointGoalBelief, _ environment: PointNavigation) -> [PointSweep] {
    let survey = belief.survey
    let radii = [0.2, 0.35, 0.5, 0.65, 0.8].map { max(0.4, 1 - $0 * environment.goalRadius) }
    return runs(of: belief.isPossible).prefix(4).flatMap { run in
      let (lower, upper) = (survey.angle(of: run.lowerBound), survey.angle(of: run.upperBound))
      let inset = min(0.75 * environment.goalRadius, (upper - lower) / 2)
      let entries =
        [lower + inset, upper - inset] + (0...12).map { lower + Float($0) / 12 * (upper - lower) }
      return entries.flatMap { entry in
        radii.flatMap { radius in
          [-1, 1].map { PointSweep(radius: radius, entry: entry, direction: $0) }
        }
      }
    }
  }

  private static func runs(of isPossible: [Bool]) -> [ClosedRange<Int>] {
    var (runs, start) = ([ClosedRange<Int>](), Int?.none)
    for (index, isPossible) in isPossible.enumerated() {
      if isPossible {
        start = start ?? index
      } else if let first = start {
        runs.append(first...index - 1)
        start = nil
      }
    }
    return runs + (start.map { [$0...isPossible.count - 1] } ?? [])
  }
}

extension PointNavigation {
  /// Where a step from `place` to `target` ends.
  func moved(_ place: SIMD2<Float>, towards target: SIMD2<Float>) -> SIMD2<Float> {
    place
      + SIMD2(
        clipped(target.x - place.x, to: actionLimit), clipped(target.y - place.y, to: actionLimit))
  }

  /// Where to stay for a goal: there, or where arriving would end the episode and its rewards, just beside it.
  func restingPlace(at goal: SIMD2<Float>, from place: SIMD2<Float>) -> SIMD2<Float> {
    guard reward == .sparse || reward == .indicator, tolerance > 0, tolerance * 1.02 < goalRadius else {
      return goal
    }
    return goal + SIMD2(place.x < goal.x ? -1.01 * tolerance : 1.01 * tolerance, 0)
  }
}
