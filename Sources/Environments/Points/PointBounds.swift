import Formats

/// How large the worlds of points may be: so that squares of distances, and sums of those over long trials, are finite,
/// and that a step is more than the rounding of a position.
enum PointBounds {
  /// The farthest from the origin that anything is, and the largest of all lengths.
  static let reach: Float = 1000
  /// The smallest of all lengths.
  static let least: Float = 1e-4
  /// How far a step may go.
  static let step: ClosedRange<Float> = 1e-4...1000
  /// Rewards are within ± this.
  static let reward: Float = 1e6

  /// Throws unless `place` is two coordinates within the bounds.
  static func requirePlace(_ key: String, _ place: [Float]) throws {
    guard place.count == 2, place.allSatisfy({ abs($0) <= reach }) else {
      throw InvalidParameter(key, "is \(place); two numbers [x, y] within ±\(reach) are needed")
    }
  }

  /// Throws unless the angles, in degrees, bound a part of a circle or the whole of it.
  static func requireAngles(_ lower: Float, _ upper: Float) throws {
    try require("lowerAngle", lower, in: -360...360)
    try require("upperAngle", upper, above: lower)
    guard upper <= lower + 360 else {
      throw InvalidParameter("upperAngle", "is \(upper); at most lowerAngle + 360, \(lower + 360), is needed")
    }
  }

  /// Throws unless `value` is a reward that sums of stay finite.
  static func requireReward(_ key: String, _ value: Float) throws {
    try require(key, value, in: -reward...reward)
  }
}

/// `value` within ±`bound`. Comparisons and not `min`, so that a NaN stays one and is noticed.
@inline(__always)
func clipped(_ value: Float, to bound: Float) -> Float {
  value < -bound ? -bound : value > bound ? bound : value
}
