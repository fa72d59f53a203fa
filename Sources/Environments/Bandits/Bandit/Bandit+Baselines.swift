import Foundation
import Randomness
import Simulation

extension Bandit {
  /// The classical agents, each of which knows the law that the means are drawn from. Of equal arms they pull the
  /// first.
  ///
  /// The usual values of their parameters were the best of a few that were tried in the published settings on 1,000 to
  /// 4,000 bandits: those for 10 pulls are taken up to 30 pulls, those for 100 up to 300, those for 500 above.
  ///
  /// Source: Duan et al., "RL²: fast reinforcement learning via slow reinforcement learning", 2016, section 3.1.
  func baselines(for distribution: TaskDistribution, episodeCount: Int) -> [Reference<Self>] {
    let prior = ArmPrior(self, distribution)
    let isShort = episodeCount <= 30
    let greedy = agent("greedy", "Pulls the arm with the highest posterior mean.") { records, _ in
      records.indexOfHighest { prior.mean(of: $0) }
    }
    let epsilonGreedy = agent(
      "epsilonGreedy", "Pulls any arm with probability ε, else the one with the highest posterior mean.",
      ReferenceParameter(
        "ε", isShort ? 0 : episodeCount > 300 ? 0.05 : armCount < 50 ? 0.01 : 0.02, in: 0...1)
    ) { value, records, random in
      Double(random.uniform()) < value
        ? random.integer(below: records.count) : records.indexOfHighest { prior.mean(of: $0) }
    }
    let ucb1 = agent(
      "ucb1", "Pulls the arm with the highest posterior mean + c √(2 log t / T), T its weight of evidence.",
      ReferenceParameter("c", isShort ? (armCount <= 5 ? 0.15 : 0.1) : 0.2, in: 0...100),
      isStandard: kind == .gaussian || episodeCount > IndexTable.pullLimit
    ) { value, records, random in
      let time = Double(records.reduce(1) { $0 + $1.count })
      let width = value * prior.deviation * (2 * log(time)).squareRoot()
      return records.indexOfHighest { prior.mean(of: $0) + width / prior.weight(of: $0).squareRoot() }
    }
    let thompson = agent("thompson", "Pulls the arm whose mean is highest in a draw from the posterior.") {
      records, random in
      records.indexOfHighest { prior.sample(of: $0, using: &random) }
    }
    let optimistic = agent(
      "optimisticThompson", "Pulls the arm whose mean is highest in the best of N draws from the posterior.",
      ReferenceParameter("N", isShort ? 20 : 10, in: 1...1000)
    ) { value, records, random in
      records.indexOfHighest { record in
        (0..<Int(value)).reduce(-Double.infinity) { best, _ in
          max(best, prior.sample(of: record, using: &random))
        }
      }
    }
    return [greedy, epsilonGreedy, ucb1, thompson, optimistic]
  }

  private func agent(
    _ name: String, _ summary: String,
    choose: @escaping @Sendable ([ArmRecord], inout RandomStream) -> Int
  ) -> Reference<Self> {
    let armCount = armCount
    return Reference(
      name: name, summary: summary,
      makeLane: { _ in RecordLane(armCount: armCount, choose: choose) }, isStandard: false)
  }

  private func agent(
    _ name: String, _ summary: String, _ parameter: ReferenceParameter, isStandard: Bool = false,
    choose: @escaping @Sendable (Double, [ArmRecord], inout RandomStream) -> Int
  ) -> Reference<Self> {
    let armCount = armCount
    return Reference(name: name, summary: summary, parameter: parameter, isStandard: isStandard) { _, value in
      RecordLane(armCount: armCount) { choose(value, $0, &$1) }
    }
  }
}

/// What one arm has paid so far.
struct ArmRecord: Sendable {
  var count = 0
  var sum = 0.0
}

extension [ArmRecord] {
  /// The first index at which `value` is highest.
  fileprivate func indexOfHighest(_ value: (ArmRecord) -> Double) -> Int {
    var (best, highest) = (0, -Double.infinity)
    for index in indices {
      let value = value(self[index])
      if value > highest { (best, highest) = (index, value) }
    }
    return best
  }
}

/// The law that the mean of an arm is drawn from, and what is known of it after some pulls.
private struct ArmPrior: Sendable {
  /// The spread of a reward, as far as confidence in a mean is concerned; 1 for an arm that pays 1 or 0.
  let deviation: Double
  private let law: Law

  private enum Law {
    case beta(alpha: Double, beta: Double)
    case uniform(lower: Double, upper: Double)
  }

  init(_ bandit: Bandit, _ distribution: Bandit.TaskDistribution) {
    switch bandit.kind {
    case .bernoulli:
      law = .beta(alpha: distribution.alpha, beta: distribution.beta)
      deviation = 1
    case .gaussian:
      law = .uniform(lower: Double(distribution.lower), upper: Double(distribution.upper))
      deviation = max(Double(bandit.standardDeviation), 1e-6)
    }
  }

  /// The evidence of an arm in pulls, that of the prior among them.
  func weight(of record: ArmRecord) -> Double {
    switch law {
    case .beta(let alpha, let beta): alpha + beta + Double(record.count)
    case .uniform: 1 + Double(record.count)
    }
  }

  /// The posterior mean.
  ///
  /// Of a uniform prior it is that of a normal law N(x̄, s²), s² = σ²/n, cut off at a and b:
  /// x̄ + s (φ(α) − φ(β)) / (Φ(β) − Φ(α)), α = (a − x̄)/s, β = (b − x̄)/s.
  func mean(of record: ArmRecord) -> Double {
    switch law {
    case .beta(let alpha, let beta): return (alpha + record.sum) / (alpha + beta + Double(record.count))
    case .uniform(let lower, let upper):
      guard record.count > 0, upper > lower else { return (lower + upper) / 2 }
      let (centre, spread) = moments(of: record)
      let (low, high) = ((lower - centre) / spread, (upper - centre) / spread)
      let mass = 0.5 * (erfc(low / 2.0.squareRoot()) - erfc(high / 2.0.squareRoot()))
      // So far outside that nothing is left of the normal law, the nearer end is all there is.
      guard mass > 1e-12 else { return min(max(centre, lower), upper) }
      let slope = (exp(-low * low / 2) - exp(-high * high / 2)) / (2 * Double.pi).squareRoot()
      return min(max(centre + spread * slope / mass, lower), upper)
    }
  }

  /// A draw from the posterior.
  func sample(of record: ArmRecord, using random: inout RandomStream) -> Double {
    switch law {
    case .beta(let alpha, let beta):
      return random.beta(alpha + record.sum, beta + Double(record.count) - record.sum)
    case .uniform(let lower, let upper):
      guard record.count > 0, upper > lower else {
        return Double(random.uniform(from: Float(lower), to: Float(upper)))
      }
      return cutOffNormal(record, lower, upper, using: &random)
    }
  }

  /// A uniform number is accepted as often as its density is a share of the highest. It is drawn where the density is
  /// more than nothing: within eight standard deviations of the mode, or, where the density falls from an end that is the
  /// mode, up to where it has fallen to e⁻³⁰.
  private func cutOffNormal(
    _ record: ArmRecord, _ lower: Double, _ upper: Double, using random: inout RandomStream
  ) -> Double {
    let (centre, spread) = moments(of: record)
    let mode = min(max(centre, lower), upper)
    let gap = abs(mode - centre)
    let highest = gap * gap
    let reach = gap > 0 ? min(8 * spread, 30 * spread * spread / gap) : 8 * spread
    let (first, last) = (max(lower, mode - reach), min(upper, mode + reach))
    while true {
      let value = first + (last - first) * Double(random.uniform())
      let exponent = ((value - centre) * (value - centre) - highest) / (2 * spread * spread)
      if Double(random.uniform()) < exp(-exponent) { return value }
    }
  }

  private func moments(of record: ArmRecord) -> (centre: Double, spread: Double) {
    (record.sum / Double(record.count), deviation / Double(record.count).squareRoot())
  }
}

/// Records what the arms paid and chooses by that.
private struct RecordLane: ReferenceLane {
  private let choose: @Sendable ([ArmRecord], inout RandomStream) -> Int
  private var records: [ArmRecord]

  init(
    armCount: Int, choose: @escaping @Sendable ([ArmRecord], inout RandomStream) -> Int
  ) {
    self.choose = choose
    records = Array(repeating: ArmRecord(), count: armCount)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      let arm = Int(moment.previousAction[0])
      records[arm].count += 1
      records[arm].sum += Double(moment.previousReward)
    }
    action[0] = Float(choose(records, &random))
  }
}
