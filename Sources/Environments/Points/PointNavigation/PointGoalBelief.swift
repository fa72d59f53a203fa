import Foundation
import Randomness

/// What rewards tell of where the goal of a point is.
///
/// A distance, where one is known, puts the goal on a circle; circles are cut with each other and with the arc that
/// goals are on. Where nothing was rewarded there is no goal near; that is noted on places spread over the region.
struct PointGoalBelief {
  typealias Place = SIMD2<Float>

  private let environment: PointNavigation
  let survey: PointSurvey
  /// Whether the goal may still be at each place of the survey.
  private(set) var isPossible: [Bool]
  /// How many places are possible.
  private(set) var possibleCount: Int
  /// Where the goal can be, once that is a place or two; the first of them is to be tried.
  private(set) var candidates: [Place] = []
  /// Places with a known distance of the goal: the first ones, and the latest.
  private var sights: [(place: Place, distance: Float)] = []
  private static let sightLimit = 8
  /// Where the goal was near, if only that was told.
  private(set) var success: Place?

  init(_ environment: PointNavigation, _ survey: PointSurvey) {
    self.environment = environment
    self.survey = survey
    isPossible = Array(repeating: true, count: survey.places.count)
    possibleCount = isPossible.count
  }

  /// Whether any reward has told more than that the goal is not near.
  var isRewarded: Bool { !sights.isEmpty || success != nil }

  /// Learns that arriving at `place` brought `reward`.
  mutating func learn(at place: Place, reward: Float) {
    switch environment.reward {
    case .distance: see(at: place, distance: -reward)
    case .squaredDistance: see(at: place, distance: max(0, -reward).squareRoot())
    case .sparse where reward != 0: see(at: place, distance: 1 - reward)
    case .indicator where reward != 0:
      if success == nil { keep(near: place) }
      success = success ?? place
    case .sparse, .indicator: if isRewarded { reject(near: place) } else { exclude(near: place) }
    }
  }

  /// Of two places where the goal can be, the one without a reward is not it.
  private mutating func reject(near place: Place) {
    let others = candidates.filter { CornerNavigation.length($0 - place) >= environment.goalRadius - 1e-4 }
    if !others.isEmpty { candidates = others }
  }

  private mutating func see(at place: Place, distance: Float) {
    if sights.count == Self.sightLimit { sights.remove(at: 2) }
    sights.append((place, distance))
    candidates = candidates.filter { fits($0, place, distance) }
    guard candidates.isEmpty else { return }
    let fitting = intersections().filter(isConsistent)
    // Beside places without a goal, but never against all that is known of distances.
    candidates = fitting.filter { survey.isAnyPossible(near: $0, isPossible) }
    if candidates.isEmpty { candidates = fitting }
  }

  private func fits(_ goal: Place, _ place: Place, _ distance: Float) -> Bool {
    abs(CornerNavigation.length(goal - place) - distance) < 2e-4 * (1 + distance)
  }

  private func isConsistent(_ goal: Place) -> Bool {
    sights.allSatisfy { fits(goal, $0.place, $0.distance) } && survey.holds(goal)
  }

  private func intersections() -> [Place] {
    guard let last = sights.last else { return [] }
    if survey.isArc { return Self.intersections(last, (.zero, 1)) }
    // Of two circles about places that are far from each other the intersections are the most precise.
    let other = sights.max {
      CornerNavigation.length($0.place - last.place) < CornerNavigation.length($1.place - last.place)
    }
    return other.map { Self.intersections(last, ($0.place, $0.distance)) } ?? []
  }

  private static func intersections(
    _ one: (place: Place, distance: Float), _ other: (place: Place, distance: Float)
  ) -> [Place] {
    let way = other.place - one.place
    let length = CornerNavigation.length(way)
    guard length > 1e-4 else { return [] }
    let along =
      (one.distance * one.distance - other.distance * other.distance + length * length) / (2 * length)
    let beside = max(0, one.distance * one.distance - along * along).squareRoot()
    let (forward, left) = (way / length, Place(-way.y, way.x) / length)
    let foot = one.place + forward * along
    return beside > 1e-5 ? [foot + left * beside, foot - left * beside] : [foot]
  }

  private mutating func exclude(near place: Place) {
    survey.forEachPlace(within: environment.goalRadius, of: place) { index in
      if isPossible[index] {
        isPossible[index] = false
        possibleCount -= 1
      }
    }
    // Then the goal is between the places, or not where it should be.
    if possibleCount == 0 { reset(to: true) }
  }

  private mutating func keep(near place: Place) {
    let before = isPossible
    reset(to: false)
    survey.forEachPlace(within: environment.goalRadius, of: place) { index in
      if before[index] && !isPossible[index] {
        isPossible[index] = true
        possibleCount += 1
      }
    }
  }

  private mutating func reset(to value: Bool) {
    for index in isPossible.indices { isPossible[index] = value }
    possibleCount = value ? isPossible.count : 0
  }

  /// Where to go for the reward once there was one; nil before.
  var target: Place? {
    if let first = candidates.first { return first }
    guard let success else { return nil }
    let places = survey.places.indices.filter { isPossible[$0] }.map { survey.places[$0] }
    guard !places.isEmpty else { return success }
    let mean = places.reduce(Place.zero, +) / Float(places.count)
    let isSure = places.allSatisfy { CornerNavigation.length($0 - mean) < 0.95 * environment.goalRadius }
    return isSure ? mean : success
  }

  /// Places where the goal may be: a few of those on the circle that the only known distance tells, or of all.
  func samples() -> [Place] {
    if !candidates.isEmpty { return candidates }
    if let last = sights.last {
      let circle = (0..<64).map { index in
        let angle = Float(index) / 32 * .pi
        return last.place + Place(cosf(angle), sinf(angle)) * last.distance
      }
      let places = circle.filter(survey.holds)
      if !places.isEmpty { return places }
    }
    return survey.places.indices.filter { isPossible[$0] }.map { survey.places[$0] }
  }

  /// A goal drawn from what is possible.
  func sample(using random: inout RandomStream) -> Place {
    let samples = samples()
    guard !samples.isEmpty else { return success ?? survey.places[0] }
    let place = samples[random.integer(below: samples.count)]
    return candidates.isEmpty && sights.isEmpty ? survey.neighbour(of: place, using: &random) : place
  }
}
