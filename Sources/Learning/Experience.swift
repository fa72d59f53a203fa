import Simulation

/// Episodes of one task, one a lane, as a gradient-based learner needs them. Filling it again allocates
/// nothing.
public final class Experience: @unchecked Sendable {
  /// The time limit of an episode.
  public let stepCount: Int
  /// How many episodes there are.
  public let laneCount: Int
  /// The inputs of the network, rows of an `ObservationInput`, `[T, lanes, width]`.
  public private(set) var inputs: [Float]
  /// The network's outputs when it acted, `[T, lanes, output]`.
  public private(set) var outputs: [Float]
  /// log σ when it acted, `[component]`; empty for a discrete policy.
  public private(set) var logDeviation: [Float]
  /// The actions as the policy chose them, `[T, lanes, component]`.
  public private(set) var choices: [Float]
  /// log π of the actions, `[T, lanes]`.
  public private(set) var logProbabilities: [Float]
  /// The reward of each action, `[T, lanes]`.
  public private(set) var rewards: [Float]
  /// Advantages, `[T, lanes]`, once `estimateAdvantages` was called.
  public private(set) var advantages: [Float]
  /// The weight of each step, `[T, lanes]`: one over the number of steps taken, zero after a lane's end.
  public private(set) var weights: [Float]
  /// How many time steps each episode took, `[lanes]`.
  public private(set) var lengths: [Int]

  /// What an action that leads to an observation which is new in its episode earns beside its reward.
  public var noveltyBonus: Float = 0 {
    didSet {
      guard noveltyBonus > 0 && seenObservations == nil else { return }
      seenObservations = SeenObservations(laneCount: laneCount, trialLength: stepCount)
      earnings = rewards
    }
  }

  private var seenObservations: SeenObservations?
  /// Rewards with the bonus, `[T, lanes]`; empty where there is none.
  private var earnings: [Float] = []
  private var returns: [Float]
  private var values: [Float]
  private var time = 0

  /// Room for `laneCount` episodes of at most `stepCount` steps.
  public init(stepCount: Int, laneCount: Int, inputWidth: Int, distribution: ActionDistribution) {
    self.stepCount = stepCount
    self.laneCount = laneCount
    func zeros(_ width: Int) -> [Float] { Array(repeating: 0, count: stepCount * laneCount * width) }
    inputs = zeros(inputWidth)
    outputs = zeros(distribution.outputCount)
    logDeviation = Array(repeating: 0, count: distribution.hasDeviation ? distribution.componentCount : 0)
    choices = zeros(distribution.componentCount)
    logProbabilities = zeros(1)
    rewards = zeros(1)
    advantages = zeros(1)
    weights = zeros(1)
    returns = zeros(1)
    values = zeros(1)
    lengths = Array(repeating: 0, count: laneCount)
  }

  /// The time steps taken in all lanes together.
  public var timeStepCount: Int { lengths.reduce(0, +) }

  /// The mean return of the episodes.
  public var meanReturn: Double {
    var sum = 0.0
    for lane in 0..<laneCount {
      for time in 0..<lengths[lane] { sum += Double(rewards[time * laneCount + lane]) }
    }
    return sum / Double(laneCount)
  }

  /// Forgets the episodes.
  public func begin() {
    time = 0
    for lane in 0..<laneCount { lengths[lane] = 0 }
  }

  /// Notes the rewards of the actions before `timeStep`, then what `actor` does on it.
  public func record(_ actor: FeedForwardActor, on timeStep: TimeStep) {
    precondition(time < stepCount, "more than \(stepCount) steps")
    recordRewards(in: timeStep)
    let progress = timeStep.progress
    for lane in 0..<laneCount where !progress[lane].isTrialOver { lengths[lane] += 1 }
    Self.copy(actor.input, to: &inputs, time)
    Self.copy(actor.outputs, to: &outputs, time)
    Self.copy(actor.choices, to: &choices, time)
    Self.copy(actor.logProbabilities, to: &logProbabilities, time)
    if time == 0 && !logDeviation.isEmpty { Self.copy(actor.logDeviation, to: &logDeviation, 0) }
    time += 1
  }

  private func recordRewards(in timeStep: TimeStep) {
    if time > 0 { Self.copy(timeStep.previousReward, to: &rewards, time - 1) }
    guard noveltyBonus > 0 else { return }
    if time == 0 { return seenObservations?.restart(timeStep) ?? () }
    for lane in 0..<laneCount {
      let isNew = seenObservations?.meet(timeStep, lane) == true
      let index = (time - 1) * laneCount + lane
      earnings[index] = rewards[index] + (isNew ? noveltyBonus : 0)
    }
  }

  private static func copy(_ source: [Float], to target: inout [Float], _ time: Int) {
    let start = time * source.count
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        (to + start).update(from: from, count: source.count)
      }
    }
  }

  /// Notes the rewards of the last actions, which are in `end`, and blanks the steps that were not taken.
  public func finish(_ end: TimeStep) {
    recordRewards(in: end)
    let first = time
    Self.blank(&inputs, from: first * inputs.count / stepCount)
    Self.blank(&outputs, from: first * outputs.count / stepCount)
    Self.blank(&choices, from: first * choices.count / stepCount)
    Self.blank(&logProbabilities, from: first * laneCount)
    Self.blank(&rewards, from: first * laneCount)
    let weight = 1 / Float(timeStepCount)
    for time in 0..<stepCount {
      for lane in 0..<laneCount { weights[time * laneCount + lane] = time < lengths[lane] ? weight : 0 }
    }
  }

  private static func blank(_ values: inout [Float], from start: Int) {
    for index in start..<values.count { values[index] = 0 }
  }

  /// Estimates the advantage of every action against a baseline fitted to these very episodes, or against
  /// `constantBaseline` without one; advantages have mean 0 and variance 1 over the task's steps if `isNormalized`.
  public func estimateAdvantages(
    discount: Float, lambda: Float, baseline: inout LinearBaseline?, constantBaseline: Float = 0,
    isNormalized: Bool
  ) {
    let (lengths, rewards) = (lengths, noveltyBonus > 0 ? earnings : rewards)
    if baseline != nil {
      Self.discountRewards(rewards, lengths, discount: discount, into: &returns)
      Self.fit(&baseline, inputs, returns, lengths, into: &values)
    } else {
      for index in values.indices { values[index] = constantBaseline }
    }
    Self.estimate(rewards, values, lengths, discount: discount, lambda: lambda, into: &advantages)
    if isNormalized { Self.normalize(&advantages, lengths) }
  }

  private static func fit(
    _ baseline: inout LinearBaseline?, _ inputs: [Float], _ returns: [Float], _ lengths: [Int],
    into values: inout [Float]
  ) {
    var values = values.mutableSpan
    baseline?.fit(inputs: inputs.span, returns: returns.span, lengths: lengths, values: &values)
  }

  private static func discountRewards(
    _ rewards: [Float], _ lengths: [Int], discount: Float, into returns: inout [Float]
  ) {
    let laneCount = lengths.count
    for lane in 0..<laneCount {
      var sum: Float = 0
      for time in stride(from: lengths[lane] - 1, through: 0, by: -1) {
        sum = rewards[time * laneCount + lane] + discount * sum
        returns[time * laneCount + lane] = sum
      }
    }
  }

  private static func estimate(
    _ rewards: [Float], _ values: [Float], _ lengths: [Int], discount: Float, lambda: Float,
    into advantages: inout [Float]
  ) {
    var advantages = advantages.mutableSpan
    for lane in lengths.indices {
      generalizedAdvantages(
        rewards: rewards.span, values: values.span, lane: lane, laneCount: lengths.count,
        length: lengths[lane], discount: discount, lambda: lambda, into: &advantages)
    }
  }

  private static func normalize(_ advantages: inout [Float], _ lengths: [Int]) {
    let laneCount = lengths.count
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
