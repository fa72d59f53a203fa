import Foundation

/// A probability that is uniform in the logarithm between two bounds, and what was seen of it.
struct ProbabilityEstimate {
  private let points: [Double]
  private var weights: [Double]
  /// What is expected of it.
  private(set) var mean: Double

  /// Between two bounds; equal ones leave nothing to be found out.
  init(from least: Float, to greatest: Float) {
    guard least < greatest, least > 0 else {
      (points, weights, mean) = ([], [], Double(greatest))
      return
    }
    let ratio = log(Double(greatest / least))
    points = (0..<12).map { Double(least) * exp(ratio * (Double($0) + 0.5) / 12) }
    weights = Array(repeating: 1, count: 12)
    mean = points.reduce(0, +) / 12
  }

  /// It did or did not happen.
  mutating func see(_ happened: Bool) {
    guard !points.isEmpty else { return }
    var (total, sum) = (0.0, 0.0)
    for index in points.indices {
      weights[index] *= happened ? points[index] : 1 - points[index]
      total += weights[index]
      sum += weights[index] * points[index]
    }
    // What is all but impossible does not count.
    guard total > 1e-200 else { return }
    mean = sum / total
    if total < 1e-100 { for index in weights.indices { weights[index] /= total } }
  }
}

/// What is believed of the objects of one type.
struct ObjectEstimate {
  private var least: Double
  private var greatest: Double
  /// The probability of ending the episode.
  var termination: ProbabilityEstimate
  /// The probability of coming back.
  var respawn: ProbabilityEstimate

  /// What is known in advance.
  init(type: Int, of distribution: ObjectGrid.TaskDistribution) {
    least = Double(distribution.leastReward[type])
    greatest = Double(distribution.greatestReward[type])
    termination = ProbabilityEstimate(
      from: distribution.leastTermination[type], to: distribution.greatestTermination[type])
    respawn = ProbabilityEstimate(
      from: distribution.leastRespawn[type], to: distribution.greatestRespawn[type])
  }

  /// What somebody knows who is told of an object.
  init(_ object: ObjectGrid.Object) {
    (least, greatest) = (Double(object.reward), Double(object.reward))
    termination = ProbabilityEstimate(from: object.termination, to: object.termination)
    respawn = ProbabilityEstimate(from: object.respawn, to: object.respawn)
  }

  /// Whether the reward is known.
  var isKnown: Bool { least == greatest }
  /// The expected reward.
  var reward: Double { (least + greatest) / 2 }
  /// The expected reward for who takes only what pays.
  var gain: Double {
    guard !isKnown else { return max(0, least) }
    let (low, high) = (max(0, least), max(0, greatest))
    return (high * high - low * low) / 2 / (greatest - least)
  }
  /// Whether a reward may be the one of this type.
  func allows(_ reward: Float) -> Bool { Double(reward) >= least && Double(reward) <= greatest }

  /// An object of the type brought `reward`.
  mutating func see(reward: Float) { (least, greatest) = (Double(reward), Double(reward)) }
}

/// What an object is worth that is fetched again and again.
struct ObjectIncome {
  /// The reward of each time.
  var reward: Double
  /// The probability that a time ends the episode.
  var termination: Double
  /// The probability of coming back, each time step.
  var respawn: Double
  var isPresent: Bool

  /// About what the best of `objects` bring in `time` steps to who needs `travel` steps for each time.
  ///
  /// An object that is fetched n times in T steps brings its reward at the rate λ = n/T; all that are fetched end
  /// the episode at the rate h = Σ λp, so that G = Σ λr brings G (1 − exp(−hT))/h. No more than T/`travel` times
  /// are possible.
  static func total(of objects: [ObjectIncome], time: Double, travel: Double) -> Double {
    guard time >= 1 else { return 0 }
    var (best, gain, risk, share) = (0.0, 0.0, 0.0, 0.0)
    // Whoever costs less of the episode for its reward is fetched first, as long as it makes the whole better.
    let sorted = objects.filter { $0.reward > 0 }.sorted {
      $0.reward * ($1.termination + 1e-9) > $1.reward * ($0.termination + 1e-9)
    }
    for object in sorted {
      let rate = object.count(in: time, travel: travel) / time
      let (newGain, newRisk) = (gain + rate * object.reward, risk + rate * object.termination)
      let newShare = share + rate * travel
      let slowness = max(1, newShare)
      let total = Self.total(gain: newGain / slowness, risk: newRisk / slowness, time: time)
      if total > best { (best, gain, risk, share) = (total, newGain, newRisk, newShare) }
    }
    return best
  }

  private static func total(gain: Double, risk: Double, time: Double) -> Double {
    let exposure = risk * time
    return exposure < 1e-9 ? gain * time : gain * (1 - exp(-exposure)) / risk
  }

  /// How many times it can be fetched.
  private func count(in time: Double, travel: Double) -> Double {
    let absence = respawn > 0 ? 1 / respawn : .infinity
    let first = travel + (isPresent ? 0 : absence)
    guard time > first else { return time < travel && isPresent ? time / travel : 0 }
    return 1 + (time - first) / (absence + travel)
  }
}
