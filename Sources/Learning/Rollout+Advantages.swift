import Trials

extension Rollout.Name {
  /// The weight of each time step in a mean over all that were taken, 0 for one that was not.
  public static let weights = Rollout.Name("weight")
  /// The discounted sums of earnings from each time step on.
  public static let returns = Rollout.Name("return")
}

extension Rollout {
  /// Makes the earnings: rewards times `scale`, of the first `uncreditedCount` episodes of a trial 0, and `explorationBonus`
  /// for every new observation.
  public func calculateEarnings(scale: Float, explorationBonus: Float, uncreditedCount: Int = 0) {
    guard has(.earnings) else { return }
    let (rewards, novelties) = (self[.rewards], has(.novelties) ? self[.novelties] : [])
    withColumn(.earnings) { earnings in
      for index in rewards.indices { earnings[index] = rewards[index] * scale }
      for lane in 0..<(uncreditedCount > 0 ? laneCount : 0) {
        var episode = 0
        for index in stride(from: lane, to: rewards.count, by: laneCount) where episode < uncreditedCount {
          earnings[index] = 0
          episode += endings[index] == .none ? 0 : 1
        }
      }
      for index in novelties.indices { earnings[index] += explorationBonus * novelties[index] }
    }
  }

  /// What is learnt from: earnings where there are some, else rewards.
  private var gains: [Float] { self[has(.earnings) ? .earnings : .rewards] }

  /// Estimates the advantage of every action from its earnings, or else rewards, and values.
  public func estimateAdvantages(discount: Float, lambda: Float) {
    let (gains, values) = (gains, self[.values])
    withColumn(.advantages) { advantages in
      var advantages = advantages.mutableSpan
      for lane in 0..<laneCount {
        generalizedAdvantages(
          rewards: gains.span, values: values.span, lane: lane, laneCount: laneCount, length: lengths[lane],
          discount: discount, lambda: lambda, into: &advantages)
      }
    }
  }

  /// Fits `baseline` to the discounted returns of these very trials and makes its predictions the values.
  public func fitValues(of baseline: inout LinearBaseline?, discount: Float) {
    let (gains, lengths) = (gains, lengths)
    withColumn(.returns) { returns in
      for lane in 0..<laneCount {
        var sum: Float = 0
        for time in stride(from: lengths[lane] - 1, through: 0, by: -1) {
          sum = gains[time * laneCount + lane] + discount * sum
          returns[time * laneCount + lane] = sum
        }
      }
    }
    let (inputs, returns) = (self[.inputs], self[.returns])
    withColumn(.values) { values in
      var values = values.mutableSpan
      baseline?.fit(inputs: inputs.span, returns: returns.span, lengths: lengths, values: &values)
    }
  }

  /// Makes all values the same.
  public func setValues(to value: Float) {
    withColumn(.values) { values in
      for index in values.indices { values[index] = value }
    }
  }

  /// Gives advantages the mean 0 and the variance 1 over the time steps taken.
  public func normalizeAdvantages() {
    let lengths = lengths
    withColumn(.advantages) { advantages in
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for lane in 0..<laneCount {
        for time in 0..<lengths[lane] {
          sum += Double(advantages[time * laneCount + lane])
          count += 1
        }
      }
      let mean = sum / count
      for lane in 0..<laneCount {
        for time in 0..<lengths[lane] {
          let difference = Double(advantages[time * laneCount + lane]) - mean
          squares += difference * difference
        }
      }
      // Equal advantages stay zero: the small number is far above the rounding of Float.
      let scale = 1 / ((squares / count).squareRoot() + 1e-6)
      for lane in 0..<laneCount {
        for time in 0..<lengths[lane] {
          let index = time * laneCount + lane
          advantages[index] = Float((Double(advantages[index]) - mean) * scale)
        }
      }
    }
  }

  /// Weighs every time step taken by one over their number.
  public func weighSteps() {
    let (lengths, weight) = (lengths, 1 / Float(timeStepCount))
    withColumn(.weights) { weights in
      for time in 0..<stepCount {
        for lane in 0..<laneCount { weights[time * laneCount + lane] = time < lengths[lane] ? weight : 0 }
      }
    }
  }
}
