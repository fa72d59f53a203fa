/// Whether no value is infinite or no number.
public func isFinite(_ values: [Float]) -> Bool {
  // A sum of products with zero is zero unless one of the factors is infinite or no number.
  var sum = SIMD8<Float>()
  let whole = values.count / 8 * 8
  values.withUnsafeBufferPointer { values in
    for start in stride(from: 0, to: whole, by: 8) {
      var part = SIMD8<Float>()
      for lane in 0..<8 { part[lane] = values[start + lane] }
      sum += part * 0
    }
  }
  for index in whole..<values.count { sum[index - whole] += values[index] * 0 }
  return sum.sum() == 0
}

extension TrialRecorder {
  /// The first number that is not finite, in the order in which they came to be, and the lane it is in.
  public var firstNonFinite: (place: String, lane: Int)? {
    if isFinite(inputs) && isFinite(choices) && isFinite(logProbabilities) && isFinite(values)
      && isFinite(rewards)
    {
      return nil
    }
    return Sequences(stepCount: stepCount, laneCount: laneCount).firstNonFinite([
      ("observation", inputs), ("action", choices), ("logProbability", logProbabilities), ("value", values),
      ("reward", rewards),
    ])
  }
}

extension Experience {
  /// The first number that is not finite, in the order in which they came to be, and the lane it is in.
  public var firstNonFinite: (place: String, lane: Int)? {
    if isFinite(inputs) && isFinite(choices) && isFinite(logProbabilities) && isFinite(rewards) { return nil }
    return Sequences(stepCount: stepCount, laneCount: laneCount).firstNonFinite([
      ("observation", inputs), ("action", choices), ("logProbability", logProbabilities),
      ("reward", rewards),
    ])
  }
}

/// What was recorded in some lanes for some time.
private struct Sequences {
  let stepCount: Int
  let laneCount: Int

  /// The first of `arrays` `[T, lanes, …]`, in the order of time and then as given, that has a number that is
  /// not finite.
  func firstNonFinite(_ arrays: [(name: String, values: [Float])]) -> (place: String, lane: Int)? {
    for time in 0..<stepCount {
      for (name, values) in arrays {
        let width = values.count / (stepCount * laneCount)
        let row = values[time * laneCount * width..<(time + 1) * laneCount * width]
        if let index = row.firstIndex(where: { !$0.isFinite }) {
          return (name, (index - row.startIndex) / width)
        }
      }
    }
    return nil
  }
}
