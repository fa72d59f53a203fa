import Randomness
import Simulation

extension Bandit {
  /// `random`, `oracle`, the classical agents, and for Bernoulli arms `gittins` and `bayesOptimal`: exact for few pulls,
  /// an index policy for more.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let random = Reference<Self>.random(of: self) {
      Array(repeating: meanOfArm(distribution), count: episodeCount)
    }
    var bestReturns: (@Sendable () -> [Double])?
    if let best = meanOfBestArm(distribution) {
      bestReturns = { Array(repeating: best, count: episodeCount) }
    }
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows which arm has the highest mean and pulls it.",
      makeLane: { OracleLane(arm: bestArm(of: $0)) },
      expectedReturns: bestReturns)
    let bayesOptimal = bayesOptimal(for: distribution, episodeCount: episodeCount)
    return [random, oracle] + baselines(for: distribution, episodeCount: episodeCount)
      + [gittins(for: distribution, episodeCount: episodeCount), bayesOptimal].compactMap { $0 }
  }

  private func gittins(for distribution: TaskDistribution, episodeCount: Int) -> Reference<Self>? {
    guard kind == .bernoulli, episodeCount <= IndexTable.pullLimit else { return nil }
    let prior = BernoulliPrior(alpha: distribution.alpha, beta: distribution.beta)
    return Reference(
      name: "gittins", summary: "Pulls the arm with the highest finite-horizon Gittins index.",
      makeLane: { _ in
        BeliefLane(armCount: armCount, choose: IndexTable.shared(pullCount: episodeCount, prior: prior).arm)
      }, isStandard: false)
  }

  private func bayesOptimal(for distribution: TaskDistribution, episodeCount: Int) -> Reference<Self>? {
    guard kind == .bernoulli else { return nil }
    let prior = BernoulliPrior(alpha: distribution.alpha, beta: distribution.beta)
    if BanditPlan.isFeasible(armCount: armCount, pullCount: episodeCount) {
      let armCount = armCount
      let plan: @Sendable () -> BanditPlan = {
        BanditPlan.shared(armCount: armCount, pullCount: episodeCount, prior: prior)
      }
      return Reference(
        name: "bayesOptimal", summary: "Maximises the expected total by dynamic programming over its belief.",
        makeLane: { _ in BeliefLane(armCount: armCount, choose: plan().arm) },
        expectedReturns: { plan().expectedRewards })
    }
    guard episodeCount <= IndexTable.pullLimit else { return nil }
    return Reference(
      name: "bayesOptimal",
      summary: "Pulls the arm with the highest finite-horizon Gittins index, "
        + "which comes within 0.2 % of the optimum.",
      makeLane: { _ in
        BeliefLane(armCount: armCount, choose: IndexTable.shared(pullCount: episodeCount, prior: prior).arm)
      })
  }

  private func bestArm(of task: Task) -> Int {
    task.means.indices.reduce(0) { task.means[$1] > task.means[$0] ? $1 : $0 }
  }

  private func meanOfArm(_ distribution: TaskDistribution) -> Double {
    switch kind {
    case .bernoulli: distribution.alpha / (distribution.alpha + distribution.beta)
    case .gaussian: (Double(distribution.lower) + Double(distribution.upper)) / 2
    }
  }

  /// The expected highest mean, k / (k + 1) of the range where means are uniform; nil elsewhere.
  private func meanOfBestArm(_ distribution: TaskDistribution) -> Double? {
    guard armCount > 1 else { return meanOfArm(distribution) }
    let share = Double(armCount) / Double(armCount + 1)
    switch kind {
    case .bernoulli: return distribution.alpha == 1 && distribution.beta == 1 ? share : nil
    case .gaussian:
      let (lower, upper) = (Double(distribution.lower), Double(distribution.upper))
      return lower + (upper - lower) * share
    }
  }
}

/// The Beta distribution that the mean of every Bernoulli arm is drawn from.
struct BernoulliPrior: Hashable, Sendable {
  let alpha: Double
  let beta: Double

  /// The probability that an arm pays after `counts`.
  func mean(of counts: PullCounts) -> Double {
    (alpha + Double(counts.successes)) / (alpha + beta + Double(counts.total))
  }
}

/// How often one arm paid and did not.
struct PullCounts: Hashable, Sendable {
  var successes = 0
  var failures = 0

  var total: Int { successes + failures }
}

private struct OracleLane: ReferenceLane {
  let arm: Int

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = Float(arm)
  }
}

/// Counts what the arms paid and chooses by the counts.
private struct BeliefLane: ReferenceLane {
  let choose: @Sendable ([PullCounts]) -> Int
  var counts: [PullCounts]

  init(armCount: Int, choose: @escaping @Sendable ([PullCounts]) -> Int) {
    self.choose = choose
    counts = Array(repeating: PullCounts(), count: armCount)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      let arm = Int(moment.previousAction[0])
      if moment.previousReward > 0 { counts[arm].successes += 1 } else { counts[arm].failures += 1 }
    }
    action[0] = Float(choose(counts))
  }
}
