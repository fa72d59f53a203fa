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
