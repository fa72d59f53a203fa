extension RandomStream {
  /// An index drawn with probability proportional to its weight; an index of weight zero is never drawn.
  ///
  /// The weights are finite and not negative, at least one is positive, and they need not sum to 1. One
  /// draw takes 32 random bits, whatever the weights.
  @inlinable
  public mutating func categorical(_ weights: Span<Float>) -> Int {
    var total = 0.0
    for index in weights.indices {
      let weight = weights[index]
      precondition(weight >= 0, "weight \(index) is \(weight)")
      total += Double(weight)
    }
    precondition(total > 0 && total.isFinite, "the \(weights.count) weights sum to \(total)")
    // The same sum in the same order ends at `total`, which the threshold never reaches.
    let threshold = total * (Double(nextBits()) * 0x1p-32)
    var cumulative = 0.0
    for index in weights.indices {
      cumulative += Double(weights[index])
      if threshold < cumulative { return index }
    }
    preconditionFailure("\(threshold) is not below \(total)")
  }

  /// The numbers 0..<count in an order drawn uniformly.
  public mutating func permutation(of count: Int) -> [Int] {
    precondition(count >= 0, "permutation(of: \(count))")
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts `values` into an order drawn uniformly (Fisher-Yates), without allocating.
  @inlinable
  public mutating func shuffle<Value>(_ values: inout [Value]) {
    for remaining in stride(from: values.count, to: 1, by: -1) {
      values.swapAt(remaining - 1, integer(below: remaining))
    }
  }
}
