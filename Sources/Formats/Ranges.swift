/// The greatest number that files may give a quantity such as a reward or a distance: sums of many such numbers, and
/// their squares, are still finite in single precision.
package let greatestQuantity = 1e9

/// The smallest number that files may give a quantity which must be above zero: one may still divide by it.
package let leastQuantity = 1e-9

/// Throws unless `value` is at least `bound`, and no more than the greatest quantity.
package func require<Value: BinaryFloatingPoint>(
  _ key: String, _ value: Value, atLeast bound: Value
) throws {
  guard value.isFinite && value >= bound else {
    throw InvalidParameter(key, "is \(value); a finite number of at least \(bound) is needed")
  }
  try requireModerate(key, value, from: bound)
}

/// Throws unless `value` is above `bound`, and no more than the greatest quantity; above zero it is no less than the
/// smallest one.
package func require<Value: BinaryFloatingPoint>(_ key: String, _ value: Value, above bound: Value) throws {
  guard value.isFinite && value > bound else {
    throw InvalidParameter(key, "is \(value); a finite number above \(bound) is needed")
  }
  try requireModerate(key, value, from: bound == 0 ? Value(leastQuantity) : bound)
}

/// Throws unless `value` is in `range`.
package func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw InvalidParameter(
      key, "is \(value); a number from \(range.lowerBound) to \(range.upperBound) is needed")
  }
}

/// Throws unless `value` is in `range`.
package func require<Value: BinaryFloatingPoint>(
  _ key: String, _ value: Value, in range: ClosedRange<Value>
) throws {
  guard range.contains(value) else {
    throw InvalidParameter(
      key, "is \(value); a number from \(range.lowerBound) to \(range.upperBound) is needed")
  }
}

/// Throws unless `value` is from `least` to the greatest quantity.
private func requireModerate<Value: BinaryFloatingPoint>(
  _ key: String, _ value: Value, from least: Value
) throws {
  guard value < least || value > Value(greatestQuantity) else { return }
  throw InvalidParameter(
    key, "is \(value); a number from \(least) to \(Value(greatestQuantity)) is needed")
}

/// Throws unless `value` is finite, and neither it nor its opposite is more than the greatest quantity.
package func require(_ key: String, isFinite value: Float) throws {
  guard value.isFinite else { throw InvalidParameter(key, "is \(value); a finite number is needed") }
  try require(key, value, in: -Float(greatestQuantity)...Float(greatestQuantity))
}

/// Throws unless every one of `values` is a probability.
package func requireProbabilities(_ key: String, _ values: [Float]) throws {
  for value in values where !(value >= 0 && value <= 1) {
    throw InvalidParameter(key, "holds \(value); probabilities from 0 to 1 are needed")
  }
}
