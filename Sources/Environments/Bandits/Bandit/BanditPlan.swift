/// The Bayes-optimal behaviour in a Bernoulli bandit with few pulls, by dynamic programming.
///
/// Arms that have not been pulled, and arms with equal counts, are alike, so a belief is the multiset of the
/// counts (s, f) of the arms that have been pulled. With p = (α + s)/(α + β + s + f) of the arm pulled,
/// V(b) = maxₐ p (1 + V(b with s + 1)) + (1 − p) V(b with f + 1), and V = 0 after the last pull.
struct BanditPlan: Sendable {
  /// The expected reward of each pull, `[pull]`.
  let expectedRewards: [Double]

  /// What the agent knows, packed.
  fileprivate typealias Belief = UInt128

  private let pullCount: Int
  private let packing: BeliefPacking
  /// What to pull in the beliefs after t pulls, for each t.
  private let pulls: [[Belief: PullCounts]]

  /// Beliefs beyond this number take too long; 20 pulls of 5 arms need 238,000.
  private static let beliefLimit = 300_000

  private struct Problem: Hashable {
    let armCount: Int
    let pullCount: Int
    let prior: BernoulliPrior
  }

  private static let plans = Memo<Problem, BanditPlan>()

  /// The plan for `pullCount` pulls of `armCount` arms, computed once.
  static func shared(armCount: Int, pullCount: Int, prior: BernoulliPrior) -> BanditPlan {
    plans.value(at: Problem(armCount: armCount, pullCount: pullCount, prior: prior)) {
      BanditPlan(armCount: armCount, pullCount: pullCount, prior: prior)
    }
  }

  /// Whether `pullCount` pulls of `armCount` arms lead to few enough beliefs.
  static func isFeasible(armCount: Int, pullCount: Int) -> Bool {
    let packing = BeliefPacking(pullCount: pullCount)
    guard pullCount <= 128, packing.canHold(armCount: min(armCount, pullCount)) else { return false }
    // counts[a][t]: multisets of a arms with t pulls in all, over the arms with at most `size` pulls each.
    // There are size + 1 ways to split `size` pulls, so C(size + a, a) multisets of a such arms.
    let most = min(armCount, pullCount)
    var counts = Array(repeating: Array(repeating: 0.0, count: pullCount), count: most + 1)
    counts[0][0] = 1
    for size in stride(from: 1, to: pullCount, by: 1) {
      let before = counts
      var ways = 1.0
      for added in stride(from: 1, through: min(most, (pullCount - 1) / size), by: 1) {
        ways = (ways * Double(size + added) / Double(added)).rounded()
        for arms in added...most {
          for pulls in stride(from: added * size, to: pullCount, by: 1) {
            counts[arms][pulls] += ways * before[arms - added][pulls - added * size]
          }
        }
      }
    }
    return counts.joined().reduce(0, +) <= Double(beliefLimit)
  }

  private init(armCount: Int, pullCount: Int, prior: BernoulliPrior) {
    self.pullCount = pullCount
    packing = BeliefPacking(pullCount: pullCount)
    var layers = [BeliefLayer(beliefs: [0])]
    for time in 0..<pullCount {
      let next = layers[time].expand(packing, armCount: armCount, isLast: time == pullCount - 1)
      layers.append(BeliefLayer(beliefs: next))
    }
    var values = layers[pullCount].beliefs.map { _ in 0.0 }
    for time in (0..<pullCount).reversed() { values = layers[time].chooseArms(values, prior) }

    var (probabilities, expectedRewards) = ([1.0], [Double]())
    for time in 0..<pullCount {
      let next = Array(repeating: 0.0, count: layers[time + 1].beliefs.count)
      let (reward, reached) = layers[time].play(probabilities, next, prior)
      expectedRewards.append(reward)
      probabilities = reached
    }
    self.expectedRewards = expectedRewards
    pulls = layers.dropLast().map { layer in
      Dictionary(uniqueKeysWithValues: zip(layer.beliefs, layer.chosen.map { layer.options[$0].arm }))
    }
  }

  /// The arm to pull after what the arms have paid, `[arm]`.
  func arm(after counts: [PullCounts]) -> Int {
    let time = counts.reduce(0) { $0 + $1.total }
    precondition(time < pullCount, "\(time) of \(pullCount) pulls are made")
    guard let pull = pulls[time][packing.belief(counts)], let arm = counts.firstIndex(of: pull) else {
      preconditionFailure("no plan for \(counts)")
    }
    return arm
  }
}

/// The beliefs after some number of pulls.
private struct BeliefLayer {
  /// An arm that may be pulled, and the numbers of the beliefs in the next layer that this can lead to.
  struct Option {
    let arm: PullCounts
    let afterSuccess: Int
    let afterFailure: Int
  }

  let beliefs: [BanditPlan.Belief]
  /// The options of all beliefs, one belief after another.
  var options: [Option] = []
  /// Where the options of each belief begin, and at last where they end, `[belief + 1]`.
  var starts = [0]
  /// The number of the option to take, `[belief]`.
  var chosen: [Int] = []

  init(beliefs: [BanditPlan.Belief]) { self.beliefs = beliefs }

  /// Finds the options of every belief and returns the beliefs they lead to; after the last pull beliefs do
  /// not matter, and all are one.
  mutating func expand(_ packing: BeliefPacking, armCount: Int, isLast: Bool) -> [BanditPlan.Belief] {
    var next: [BanditPlan.Belief] = []
    var numbers: [BanditPlan.Belief: Int] = [:]
    func number(_ belief: BanditPlan.Belief, _ arm: PullCounts, isSuccess: Bool) -> Int {
      let successor = isLast ? 0 : packing.belief(belief, pulling: arm, isSuccess: isSuccess)
      if let number = numbers[successor] { return number }
      numbers[successor] = next.count
      next.append(successor)
      return next.count - 1
    }
    for belief in beliefs {
      for arm in packing.choices(in: belief, armCount: armCount) {
        let afterSuccess = number(belief, arm, isSuccess: true)
        let afterFailure = number(belief, arm, isSuccess: false)
        options.append(Option(arm: arm, afterSuccess: afterSuccess, afterFailure: afterFailure))
      }
      starts.append(options.count)
    }
    return next
  }

  /// Chooses the option of the highest value in every belief, given the values of the next layer, and
  /// returns the values of this one.
  mutating func chooseArms(_ nextValues: [Double], _ prior: BernoulliPrior) -> [Double] {
    var values: [Double] = []
    for belief in beliefs.indices {
      var best = (option: 0, value: -Double.infinity)
      for index in starts[belief]..<starts[belief + 1] {
        let option = options[index]
        let mean = prior.mean(of: option.arm)
        let value =
          mean * (1 + nextValues[option.afterSuccess]) + (1 - mean) * nextValues[option.afterFailure]
        if value > best.value { best = (index, value) }
      }
      chosen.append(best.option)
      values.append(best.value)
    }
    return values
  }

  /// The expected reward of the next pull, and the probabilities of the beliefs after it, which start at zero.
  func play(
    _ probabilities: [Double], _ next: [Double], _ prior: BernoulliPrior
  ) -> (reward: Double, next: [Double]) {
    var (reward, next) = (0.0, next)
    for belief in beliefs.indices {
      let option = options[chosen[belief]]
      let mean = prior.mean(of: option.arm)
      reward += probabilities[belief] * mean
      next[option.afterSuccess] += probabilities[belief] * mean
      next[option.afterFailure] += probabilities[belief] * (1 - mean)
    }
    return (reward, next)
  }
}

/// How the counts of the arms that have been pulled, a multiset, are packed into one number: sorted, with so
/// many bits for each count that `pullCount` fits.
private struct BeliefPacking: Sendable {
  typealias Belief = BanditPlan.Belief

  private let countWidth: Belief
  private let armWidth: Belief

  init(pullCount: Int) {
    countWidth = Belief(Int.bitWidth - pullCount.leadingZeroBitCount)
    armWidth = 2 * countWidth
  }

  /// Whether a belief of so many pulled arms can be packed.
  func canHold(armCount: Int) -> Bool { armCount * Int(armWidth) <= Belief.bitWidth }

  func belief(_ counts: [PullCounts]) -> Belief {
    packed(counts.map(code).filter { $0 != 0 }.sorted())
  }

  /// The distinct arms one may pull; among those never pulled one is as good as another.
  func choices(in belief: Belief, armCount: Int) -> [PullCounts] {
    var (arms, previous) = ([PullCounts](), Belief(0))
    let pulled = pulled(in: belief)
    for arm in pulled where arm != previous {
      let failures = arm & ((1 << countWidth) - 1)
      arms.append(PullCounts(successes: Int(arm >> countWidth), failures: Int(failures)))
      previous = arm
    }
    return pulled.count < armCount ? arms + [PullCounts()] : arms
  }

  /// `belief` after `arm` has paid or not.
  func belief(_ belief: Belief, pulling arm: PullCounts, isSuccess: Bool) -> Belief {
    let old = code(of: arm)
    let new = old + (isSuccess ? 1 << countWidth : 1)
    var arms = pulled(in: belief)
    if let index = arms.firstIndex(of: old) { arms[index] = new } else { arms.append(new) }
    return packed(arms.sorted())
  }

  private func code(of arm: PullCounts) -> Belief {
    Belief(arm.successes) << countWidth | Belief(arm.failures)
  }

  private func packed(_ arms: [Belief]) -> Belief { arms.reduce(0) { $0 << armWidth | $1 } }

  private func pulled(in belief: Belief) -> [Belief] {
    var (arms, rest) = ([Belief](), belief)
    while rest != 0 {
      arms.append(rest & ((1 << armWidth) - 1))
      rest >>= armWidth
    }
    return arms
  }
}
