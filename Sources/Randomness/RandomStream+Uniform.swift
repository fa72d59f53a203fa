extension RandomStream {
  /// A number uniform on [0, 1), a multiple of 2⁻²⁴.
  @inlinable
  public mutating func uniform() -> Float {
    Float(nextBits() >> 8) * 0x1p-24
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
