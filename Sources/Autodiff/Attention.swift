import Kernels

extension Node {
  /// Causal attention with several heads, `[T·B, width]`. This node holds queries, keys and values side by side,
  /// `[T·B, 3 · width]`, the lanes of a time together. Each head reads its own part of the columns; of head h
  ///
  ///     p_ts = softmax over s ≤ t of (q_t · k_s / √(width of a head) − m_h (t − s)),   result_t = Σ_s p_ts v_s.
  ///
  /// The first head has m₀ = 0 and sees all that is past alike; the slopes of the others, 4^(−h), make what is near count
  /// more, whenever it was. It has no second derivative.
  ///
  /// Source: Vaswani et al. 2017, "Attention is all you need"; the slopes: Press et al. 2022, "Train short, test long".
  public func attention(laneCount: Int, headCount: Int) -> Node {
    let attention = attentionShape(laneCount: laneCount, headCount: headCount)
    return graph.node(.attention(attention), [self], Shape(shape.rows, shape.columns / 3))
  }

  /// The same for the newest time alone, `[B, width]`, without a derivative. This node is of that time, `[B, 3 · width]`;
  /// keys and values of the times before are rows of `past`, `[at most T · B, 2 · width]`, of which so many times count as
  /// `count` says, `[1, 1]`.
  public func attention(to past: Node, count: Node, headCount: Int) -> Node {
    let attention = attentionShape(laneCount: shape.rows, headCount: headCount)
    precondition(
      past.shape.columns == shape.columns / 3 * 2 && past.shape.rows % shape.rows == 0
        && count.shape == Shape(1, 1), "a past \(past.shape) for \(shape)")
    return graph.node(.cachedAttention(attention), [self, past, count], Shape(shape.rows, shape.columns / 3))
  }

  private func attentionShape(laneCount: Int, headCount: Int) -> AttentionShape {
    precondition(
      laneCount > 0 && headCount > 0 && headCount <= AttentionShape.slopes.count
        && shape.rows % laneCount == 0
        && shape.columns % (3 * headCount) == 0, "\(headCount) heads and \(laneCount) lanes in \(shape)")
    return AttentionShape(
      laneCount: laneCount, headCount: headCount, headWidth: shape.columns / 3 / headCount)
  }
}

extension AttentionShape {
  /// m of each head.
  static let slopes: InlineArray<16, Float> = InlineArray { head in
    head == 0 ? 0 : 1 / Float(1 << (2 * head))
  }

  /// The floating-point operations of one product over all pairs of times, of queries, keys and values in `rows` rows.
  func operationCount(rows: Int) -> Int {
    let times = rows / laneCount
    return laneCount * headCount * headWidth * times * (times + 1)
  }
}

extension Workspace {
  /// Executes an instruction of attention.
  func attend(_ instruction: Instruction) {
    AttentionShape.slopes.span.withUnsafeBufferPointer { slopes in
      switch instruction {
      case .attention(let shape, let source, let result):
        kernels.attention(
          source.rows / shape.laneCount, shape.laneCount, shape.headCount, shape.headWidth,
          slopes.baseAddress,
          memory + source.offset, source.rowStride, memory + result.offset, result.rowStride, scratch)
      case .attentionGradient(let shape, let source, let gradient, let result):
        kernels.attentionGradient(
          source.rows / shape.laneCount, shape.laneCount, shape.headCount, shape.headWidth,
          slopes.baseAddress,
          memory + source.offset, source.rowStride, memory + gradient.offset, gradient.rowStride,
          memory + result.offset, result.rowStride, scratch)
      case .cachedAttention(let shape, let source, let past, let countMatrix, let result):
        let count = memory[countMatrix.offset].truncated
        precondition(
          count >= 0 && count * shape.laneCount <= past.rows,
          "\(count) times in a past of \(past.rows / shape.laneCount)")
        kernels.cachedAttention(
          count, shape.laneCount, shape.headCount, shape.headWidth, slopes.baseAddress,
          memory + source.offset,
          source.rowStride, memory + past.offset, past.rowStride, memory + result.offset, result.rowStride,
          scratch)
      default: preconditionFailure("\(instruction) is not attention")
      }
    }
  }
}
