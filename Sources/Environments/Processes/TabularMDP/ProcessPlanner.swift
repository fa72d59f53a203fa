import Foundation
import Randomness

/// The posterior of a random Markov decision process: for each row, a state and an action, a Dirichlet distribution
/// of the next state and a normal distribution of the mean reward.
struct ProcessBelief {
  let stateCount: Int
  let rowCount: Int
  /// The parameters of the Dirichlet distributions, `[row, next state]`.
  private(set) var concentrations: [Double]
  /// The sums of those, `[row]`.
  private(set) var concentrationTotals: [Double]
  /// How often each row was taken, `[row]`.
  private(set) var visits: [Double]
  private var rewardSums: [Double]
  private let priorMean: Double
  private let priorVariance: Double
  private let noiseVariance: Double

  init(_ environment: TabularMDP, _ prior: TabularMDP.TaskDistribution) {
    stateCount = environment.stateCount
    rowCount = environment.stateCount * environment.actionCount
    concentrations = Array(repeating: prior.concentration, count: rowCount * stateCount)
    concentrationTotals = Array(repeating: prior.concentration * Double(stateCount), count: rowCount)
    visits = Array(repeating: 0, count: rowCount)
    rewardSums = Array(repeating: 0, count: rowCount)
    priorMean = Double(prior.mean)
    priorVariance = Double(prior.standardDeviation * prior.standardDeviation)
    noiseVariance = Double(environment.rewardDeviation * environment.rewardDeviation)
  }

  /// Learns that `row` brought `reward` and, where it was seen, the state `next`.
  mutating func learn(row: Int, reward: Double, next: Int?) {
    visits[row] += 1
    rewardSums[row] += reward
    guard let next else { return }
    concentrations[row * stateCount + next] += 1
    concentrationTotals[row] += 1
  }

  /// The mean and variance of the mean reward of `row`: with n rewards of sum Σ, prior N(μ, τ²) and noise σ²,
  /// μ + τ² (Σ − n μ) / (σ² + n τ²) and τ² σ² / (σ² + n τ²).
  func reward(_ row: Int) -> (mean: Double, variance: Double) {
    let denominator = noiseVariance + visits[row] * priorVariance
    guard denominator > 0 else { return (priorMean, 0) }
    let surprise = rewardSums[row] - visits[row] * priorMean
    return (priorMean + priorVariance * surprise / denominator, priorVariance * noiseVariance / denominator)
  }
}

/// Plans an episode by backward induction, without allocating:
/// Q_t(s, a) = r(s, a) + Σₛ′ P(s′ | s, a) V_{t+1}(s′), V_t(s) = maxₐ Q_t(s, a), V_horizon = 0.
struct ProcessPlanner {
  private let stateCount: Int
  private let actionCount: Int
  private let horizon: Int
  private let drawCount: Int
  /// Of each draw, `[draw, row, next state]`.
  private var transitions: [Double]
  /// Of each draw, `[draw, row]`.
  private var rewards: [Double]
  /// By how much in all the probabilities of a row may differ from `transitions`, `[row]`.
  private var radii: [Double]
  private var values: [Double]
  private var nextValues: [Double]
  /// The states, the most valuable first.
  private var order: [Int]
  /// The plan, `[time, state]`.
  private var actions: [Int32]

  init(_ environment: TabularMDP, horizon: Int, drawCount: Int) {
    stateCount = environment.stateCount
    actionCount = environment.actionCount
    self.horizon = horizon
    self.drawCount = drawCount
    let rowCount = stateCount * actionCount
    transitions = Array(repeating: 0, count: drawCount * rowCount * stateCount)
    rewards = Array(repeating: 0, count: drawCount * rowCount)
    radii = Array(repeating: 0, count: rowCount)
    values = Array(repeating: 0, count: stateCount)
    nextValues = values
    order = Array(0..<stateCount)
    actions = Array(repeating: 0, count: horizon * stateCount)
  }

  /// The planned action in `state` at `time` of the episode.
  func action(at time: Int, in state: Int) -> Int { Int(actions[time * stateCount + state]) }

  /// Plans by `rule` after what is known.
  mutating func plan(_ rule: PlanningRule, after belief: ProcessBelief, using random: inout RandomStream) {
    switch rule {
    case .mean(let bonus):
      takeMean(of: belief, bonus: bonus)
      induct(isOptimistic: false)
    case .meanWithNoise:
      takeMean(of: belief) { _ in 0 }
      induct(isOptimistic: false)
    case .sampled:
      for draw in 0..<drawCount { self.draw(draw, from: belief, using: &random) }
      induct(isOptimistic: false)
    case .confident(let scale):
      takeBounds(of: belief, scale: scale)
      induct(isOptimistic: true)
    }
  }

  private mutating func takeMean(of belief: ProcessBelief, bonus: (Double) -> Double) {
    for row in 0..<belief.rowCount {
      rewards[row] = belief.reward(row).mean + bonus(belief.visits[row])
      let total = belief.concentrationTotals[row]
      for index in row * stateCount..<(row + 1) * stateCount {
        transitions[index] = belief.concentrations[index] / total
      }
    }
  }

  private mutating func draw(
    _ draw: Int, from belief: ProcessBelief, using random: inout RandomStream
  ) {
    let concentrations = belief.concentrations.span
    // While a span of the transitions exists, nothing else of the planner may be touched.
    let width = stateCount
    for row in 0..<belief.rowCount {
      let reward = belief.reward(row)
      rewards[draw * belief.rowCount + row] =
        reward.mean + reward.variance.squareRoot() * Double(random.normal())
      let start = (draw * belief.rowCount + row) * width
      var all = transitions.mutableSpan
      var probabilities = all._mutatingExtracting(start..<start + width)
      random.dirichlet(concentrations.extracting(row * width..<(row + 1) * width), into: &probabilities)
    }
  }

  /// The bounds of UCRL2 around the posterior mean: with t time steps so far, n of them in a row and δ = 0.05,
  /// √(7 log(2 S A t / δ) / 2n) on the mean reward and √(14 S log(2 A t / δ) / n) on the distance between
  /// distributions of the next state, both times `scale`.
  ///
  /// Source: Jaksch, Ortner and Auer, "Near-optimal regret bounds for reinforcement learning", 2010, section 3.1.
  private mutating func takeBounds(of belief: ProcessBelief, scale: Double) {
    takeMean(of: belief) { _ in 0 }
    let time = max(1, belief.visits.reduce(0, +))
    let (states, choices) = (Double(stateCount), Double(actionCount))
    let rewardTerm = 7 * log(2 * states * choices * time / 0.05) / 2
    let transitionTerm = 14 * states * log(2 * choices * time / 0.05)
    for row in 0..<belief.rowCount {
      let visits = max(1, belief.visits[row])
      rewards[row] += scale * (rewardTerm / visits).squareRoot()
      radii[row] = scale * (transitionTerm / visits).squareRoot()
    }
  }

  private mutating func induct(isOptimistic: Bool) {
    for state in 0..<stateCount { nextValues[state] = 0 }
    for time in stride(from: horizon - 1, through: 0, by: -1) {
      if isOptimistic { sortStates() }
      for state in 0..<stateCount {
        var (best, bestValue) = (0, -Double.infinity)
        for action in 0..<actionCount {
          let row = state * actionCount + action
          var value = expectation(row)
          if isOptimistic { value += gain(row) }
          if value > bestValue { (best, bestValue) = (action, value) }
        }
        values[state] = bestValue
        actions[time * stateCount + state] = Int32(best)
      }
      swap(&values, &nextValues)
    }
  }

  /// The best over the draws of r + Σ P V.
  private func expectation(_ row: Int) -> Double {
    let transitions = transitions.span
    let nextValues = nextValues.span
    let rowCount = stateCount * actionCount
    var best = -Double.infinity
    for draw in 0..<drawCount {
      let start = (draw * rowCount + row) * stateCount
      var value = rewards[draw * rowCount + row]
      for next in 0..<stateCount { value += transitions[start + next] * nextValues[next] }
      best = max(best, value)
    }
    return best
  }

  /// How much more the row is worth where probability moves within its radius from the worst next states to the best.
  private func gain(_ row: Int) -> Double {
    let start = row * stateCount
    let best = order[0]
    let moved = min(radii[row] / 2, 1 - transitions[start + best])
    var (gain, left) = (moved * nextValues[best], moved)
    for state in order.reversed() where left > 0 && state != best {
      let taken = min(left, transitions[start + state])
      gain -= taken * nextValues[state]
      left -= taken
    }
    return gain
  }

  /// Sorts by insertion: the order hardly changes from one time to the next.
  private mutating func sortStates() {
    for position in 1..<max(stateCount, 1) {
      let state = order[position]
      var free = position
      while free > 0, nextValues[order[free - 1]] < nextValues[state] {
        order[free] = order[free - 1]
        free -= 1
      }
      order[free] = state
    }
  }
}
