import Foundation
import Randomness

/// Places spread evenly over the region that goals are drawn from, as far as all splits of a file share it: which goals
/// of a finite set a split has is nothing that an agent can know.
final class PointSurvey: Sendable {
  typealias Place = SIMD2<Float>

  /// The places; those on an arc in the order of their angles, those of a square row by row.
  let places: [Place]
  let isArc: Bool
  /// The bounds of the arc, in radians.
  let lower: Float
  let upper: Float
  private let range: Float
  private let side: Int

  private struct Key: Hashable, Sendable {
    let law: PointNavigation.TaskDistribution
    let radius: Float
  }

  private static let all = Memo<Key, PointSurvey>()

  static func shared(_ environment: PointNavigation, _ distribution: PointNavigation.TaskDistribution)
    -> PointSurvey
  {
    let law = distribution.law
    return all.value(at: Key(law: law, radius: environment.goalRadius)) {
      PointSurvey(law, radius: environment.goalRadius)
    }
  }

  private init(_ law: PointNavigation.TaskDistribution, radius: Float) {
    isArc = law.region == .arc
    (lower, upper) = (law.lowerAngle * .pi / 180, law.upperAngle * .pi / 180)
    range = law.goalRange
    // So near to each other that no goal between them is missed where there is a reward only near it.
    let needed = isArc ? 4 * (upper - lower) / radius : 3 * range / radius
    let count = isArc ? Int(max(256, min(2048, needed))) : Int(max(16, min(64, needed)))
    side = count
    let (lower, span, range) = (lower, upper - lower, range)
    func share(_ index: Int) -> Float { (Float(index) + 0.5) / Float(count) }
    if isArc {
      places = (0..<count).map {
        let angle = lower + share($0) * span
        return Place(cosf(angle), sinf(angle))
      }
    } else {
      places = (0..<count * count).map {
        Place(share($0 % count) * 2 - 1, share($0 / count) * 2 - 1) * range
      }
    }
  }

  /// The angle of a place of an arc.
  func angle(of index: Int) -> Float { lower + (Float(index) + 0.5) / Float(side) * (upper - lower) }

  /// The place of an arc at `angle`, or that at the nearest end.
  func index(at angle: Float) -> Int {
    let share = (wrapped(angle) - lower) / (upper - lower)
    return Int(max(0, min(Float(side - 1), share * Float(side))))
  }

  /// `angle` plus the turns that bring it nearest to the middle of the arc.
  func wrapped(_ angle: Float) -> Float {
    let middle = (lower + upper) / 2
    return middle + remainderf(angle - middle, 2 * .pi)
  }

  /// Whether goals may be at `place`, but for rounding.
  func holds(_ place: Place) -> Bool {
    guard isArc else { return max(abs(place.x), abs(place.y)) <= range * 1.001 }
    let angle = wrapped(atan2f(place.y, place.x))
    return angle >= lower - 2e-3 && angle <= upper + 2e-3
  }

  /// Whether one of the places next to `place` is marked in `isPossible`.
  func isAnyPossible(near place: Place, _ isPossible: [Bool]) -> Bool {
    if isArc {
      let index = index(at: atan2f(place.y, place.x))
      return isPossible[max(0, index - 1)...min(side - 1, index + 1)].contains(true)
    }
    let (x, y) = (cell(place.x), cell(place.y))
    return (max(0, y - 1)...min(side - 1, y + 1)).contains { row in
      isPossible[row * side + max(0, x - 1)...row * side + min(side - 1, x + 1)].contains(true)
    }
  }

  private func cell(_ coordinate: Float) -> Int {
    Int(max(0, min(Float(side - 1), (coordinate / range + 1) / 2 * Float(side))))
  }

  /// A place drawn from the surroundings of `place` that are nearer to it than to others.
  func neighbour(of place: Place, using random: inout RandomStream) -> Place {
    if isArc {
      let half = (upper - lower) / Float(2 * side)
      let angle = atan2f(place.y, place.x) + random.uniform(from: -half, to: half)
      return Place(cosf(angle), sinf(angle))
    }
    let half = range / Float(side)
    let x = random.uniform(from: -half, to: half)
    return place + Place(x, random.uniform(from: -half, to: half))
  }

  /// Calls `body` with the number of every place within `radius` of `place`.
  func forEachPlace(within radius: Float, of place: Place, _ body: (Int) -> Void) {
    if isArc { return forEachPlaceOfArc(within: radius, of: place, body) }
    let (left, right) = (cell(place.x - radius), cell(place.x + radius))
    for row in cell(place.y - radius)...cell(place.y + radius) {
      for index in row * side + left...row * side + right {
        let way = places[index] - place
        if way.x * way.x + way.y * way.y <= radius * radius { body(index) }
      }
    }
  }

  private func forEachPlaceOfArc(within radius: Float, of place: Place, _ body: (Int) -> Void) {
    let distance = CornerNavigation.length(place)
    // Where the circle about the place cuts that of the goals, seen from the middle.
    let cosine = (distance * distance + 1 - radius * radius) / max(2 * distance, 1e-6)
    guard cosine < 1 else { return }
    let half = acosf(max(-1, cosine))
    let center = wrapped(atan2f(place.y, place.x))
    let density = Float(side) / (upper - lower)
    for turn in [-2 * Float.pi, Float(0), 2 * Float.pi] {
      let first = ((center + turn - half - lower) * density - 0.5).rounded(.up)
      let last = ((center + turn + half - lower) * density - 0.5).rounded(.down)
      guard last >= 0, first <= Float(side - 1), first <= last else { continue }
      for index in Int(max(0, first))...Int(min(Float(side - 1), last)) { body(index) }
    }
  }
}

extension PointNavigation.TaskDistribution {
  /// What is known of goals without knowing the finite set: the region that its goals were drawn from.
  var law: Self {
    var law = self
    (law.poolSize, law.isEven, law.share) = (0, false, TaskShare())
    return law
  }
}
