import Kernels

extension RandomStream {
  /// A number uniform on [0, 1), a multiple of 2⁻²⁴.
  @inlinable
  public mutating func uniform() -> Float {
    Float(nextBits() >> 8) * 0x1p-24
  }

  /// Puts into `numbers` what as many calls of `uniform()` would return one by one; many come at once, much faster.
  public mutating func uniform(into numbers: inout MutableSpan<Float>) {
    var done = 0
    while done < numbers.count && used < 4 {
      numbers[done] = uniform()
      done += 1
    }
    let blockCount = (numbers.count - done) / 4
    numbers.withUnsafeMutableBufferPointer { buffer in
      guard blockCount > 0, let base = buffer.baseAddress else { return }
      metarl_philox_uniform_f32(key, high, blockIndex, 4 * blockCount, base + done)
    }
    blockIndex += UInt64(blockCount)
    for index in done + 4 * blockCount..<numbers.count { numbers[index] = uniform() }
  }

  /// A number uniform on [lower, upper).
  @inlinable
  public mutating func uniform(from lower: Float, to upper: Float) -> Float {
    lower + (upper - lower) * uniform()
  }

  /// An integer uniform on 0..<count, by multiplication and rejection (Lemire 2019), without bias.
  @inlinable
  public mutating func integer(below count: Int) -> Int {
    precondition(count > 0 && count <= Int(UInt32.max), "integer(below: \(count)) needs 1...2³²-1")
    let range = UInt32(count)
    var product = UInt64(nextBits()) &* UInt64(range)
    if UInt32(truncatingIfNeeded: product) < range {
      let threshold = (0 &- range) % range
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(nextBits()) &* UInt64(range)
      }
    }
    return Int(product >> 32)
  }
}
