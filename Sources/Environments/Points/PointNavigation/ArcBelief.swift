import Foundation
import Scenes
import Simulation

extension PointNavigation {
  /// Goals are anywhere on the arc, whichever of them a split with a finite set has; nil for goals in a square.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> ArcBelief? {
    setting.distribution.region == .arc ? ArcBelief(self, setting.distribution) : nil
  }
}

/// The angles that the goal can be at: of each of 64 equal parts of the arc the interval that no reward has ruled out,
/// with equal probability all over it.
///
/// A reward that tells the distance leaves at most two angles. What is ruled out of the middle of a part is not noted.
public struct ArcBelief: TaskBelief {
  /// Points that look for a goal.
  public typealias Subject = PointNavigation
  private static let partCount = 64
  /// How far from an angle a distance may put the goal, by rounding.
  private static let precision: Float = 5e-3

  private let environment: PointNavigation
  private let (lower, upper): (Float, Float)
  /// What is left of each part, in radians, and whether anything is.
  private var intervals: [(lower: Float, upper: Float)]
  private var isPossible: [Bool]

  init(_ environment: PointNavigation, _ distribution: PointNavigation.TaskDistribution) {
    self.environment = environment
    (lower, upper) = (distribution.lowerAngle * .pi / 180, distribution.upperAngle * .pi / 180)
    intervals = Array(repeating: (0, 0), count: Self.partCount)
    isPossible = Array(repeating: true, count: Self.partCount)
    beginTrial()
  }

  /// One number for each part, and the expected goal.
  public var width: Int { Self.partCount + 2 }

  /// Writes how much is left of each part relative to the one of which most is, and where the goal is expected, (x, y).
  public func write(into numbers: inout MutableSpan<Float>) {
    let full = (upper - lower) / Float(Self.partCount)
    var (most, total, x, y): (Float, Float, Float, Float) = (0, 0, 0, 0)
    for part in intervals.indices where isPossible[part] {
      let length = max(intervals[part].upper - intervals[part].lower, 1e-4 * full)
      most = max(most, length)
      total += length
      let middle = (intervals[part].lower + intervals[part].upper) / 2
      x += length * cosf(middle)
      y += length * sinf(middle)
    }
    for part in intervals.indices {
      let length = max(intervals[part].upper - intervals[part].lower, 1e-4 * full)
      numbers[part] = isPossible[part] ? length / most : 0
    }
    numbers[Self.partCount] = total > 0 ? x / total : 0
    numbers[Self.partCount + 1] = total > 0 ? y / total : 0
  }

  /// The goal may be anywhere.
  public mutating func beginTrial() {
    let full = (upper - lower) / Float(Self.partCount)
    for part in intervals.indices {
      intervals[part] = (lower + Float(part) * full, lower + Float(part + 1) * full)
      isPossible[part] = true
    }
  }

  /// Learns from the reward in the place that was reached.
  public mutating func learn(
    from state: PointNavigation.State, taking action: Span<Float>, to next: PointNavigation.State,
    outcome: Outcome, observing observation: Span<Float>
  ) {
    switch environment.reward {
    case .distance: keep(near: next, distance: -outcome.reward, precision: Self.precision)
    case .squaredDistance:
      keep(near: next, distance: max(0, -outcome.reward).squareRoot(), precision: Self.precision)
    case .sparse where outcome.reward != 0:
      keep(near: next, distance: 1 - outcome.reward, precision: Self.precision)
    case .indicator where outcome.reward != 0: keepInside(near: next)
    case .sparse, .indicator: ruleOutInside(near: next)
    }
    if !isPossible.contains(true) { beginTrial() }
  }

  /// The direction of `place`, and how far to either side of it angles are whose points are `distance` from `place`: all
  /// of them where it is nil, and none where it is negative.
  private func span(_ place: PointNavigation.State, _ distance: Float) -> (middle: Float, half: Float)? {
    let radius = (place.x * place.x + place.y * place.y).squareRoot()
    guard radius > 1e-3 else { return nil }
    let cosine = (1 + radius * radius - distance * distance) / (2 * radius)
    let middle = atan2f(place.y, place.x)
    return (middle, cosine > 1 ? -1 : acosf(max(cosine, -1)))
  }

  /// The goal is at one of the two angles at `distance` from `place`.
  private mutating func keep(near place: PointNavigation.State, distance: Float, precision: Float) {
    guard let (middle, half) = span(place, distance) else { return }
    let angles = half < 0 ? (middle, middle) : (middle - half, middle + half)
    for part in intervals.indices where isPossible[part] {
      let interval = intervals[part]
      let first = Self.angle(angles.0, near: interval), second = Self.angle(angles.1, near: interval)
      let nearest = Self.gap(first, interval) <= Self.gap(second, interval) ? first : second
      isPossible[part] = Self.gap(nearest, interval) <= precision
      let kept = min(max(nearest, interval.lower), interval.upper)
      if isPossible[part] { intervals[part] = (kept, kept) }
    }
  }

  private mutating func keepInside(near place: PointNavigation.State) {
    guard let (middle, half) = span(place, environment.goalRadius), half >= 0 else { return }
    for part in intervals.indices where isPossible[part] {
      let center = Self.angle(middle, near: intervals[part])
      intervals[part] = (
        max(intervals[part].lower, center - half), min(intervals[part].upper, center + half)
      )
      isPossible[part] = intervals[part].upper >= intervals[part].lower
    }
  }

  private mutating func ruleOutInside(near place: PointNavigation.State) {
    guard let (middle, half) = span(place, environment.goalRadius), half > 0 else { return }
    for part in intervals.indices where isPossible[part] {
      let interval = intervals[part]
      let center = Self.angle(middle, near: interval)
      let (from, to) = (center - half, center + half)
      if from <= interval.lower && to >= interval.upper {
        isPossible[part] = false
      } else if from <= interval.lower && to > interval.lower {
        intervals[part].lower = to
      } else if to >= interval.upper && from < interval.upper {
        intervals[part].upper = from
      }
    }
  }

  /// `angle` plus the whole turns that bring it nearest to `interval`.
  private static func angle(_ angle: Float, near interval: (lower: Float, upper: Float)) -> Float {
    let middle = (interval.lower + interval.upper) / 2
    return angle + ((middle - angle) / (2 * .pi)).rounded() * 2 * .pi
  }

  private static func gap(_ angle: Float, _ interval: (lower: Float, upper: Float)) -> Float {
    max(interval.lower - angle, angle - interval.upper, 0)
  }

  /// Draws the part of the arc that is left.
  public func draw(into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(reach: 1.2)
    scene.rectangle(scene.bounds, .ground)
    scene.circle(at: Scene.Point(x: 0, y: 0), radius: 1, .grid, .outlined)
    for part in intervals.indices where isPossible[part] {
      let (from, to) = intervals[part]
      let points = [from, (from + to) / 2, to].map { Scene.Point(x: cosf($0), y: sinf($0)) }
      scene.path(points, .goal, width: 0.06)
      if to - from < 1e-3 { scene.circle(at: points[0], radius: 0.05, .goal) }
    }
  }
}
