import Randomness
import Simulation

/// Takes one and the same plan in every episode, whatever it sees, and then moves at random.
struct EgocentricBlindLane: ReferenceLane {
  /// The plan that it takes.
  let plan: [UInt8]
  let action: Space

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let time = Int(moment.progress.timeOfEpisode)
    if time < plan.count {
      action[0] = Float(plan[time])
    } else {
      self.action.draw(into: &action, using: &random)
    }
  }
}

extension EgocentricBlindLane {
  private struct Key: Hashable, Sendable {
    let environment: EgocentricGrid
    let distribution: EgocentricGrid.TaskDistribution
    let horizon: Int
  }

  private static let plans = Memo<Key, [UInt8]>()

  /// Of the oracle's plans in some buildings of the kinds of `distribution`, whatever its split has of them, the one
  /// that fits most of many others; none where random moves alone bring as much.
  static func plan(
    in environment: EgocentricGrid, _ distribution: EgocentricGrid.TaskDistribution, horizon: Int
  ) -> [UInt8] {
    var whole = distribution
    whole.share = TaskShare()
    let key = Key(environment: environment, distribution: whole, horizon: horizon)
    return plans.value(at: key) {
      var random = RandomKey(seed: 0).child("blind").stream()
      let tasks = (0..<400).map { _ in environment.sampleTask(from: whole, using: &random) }
      let plans = Set(tasks.prefix(80).compactMap { environment.shortestPlan(for: $0, horizon: horizon) })
      // In a fixed order, so that equals are told apart alike.
      let ordered = plans.sorted { ($0.count, "\($0)") < ($1.count, "\($1)") }
      let returns = ordered.map { plan in
        tasks.reduce(0.0) { sum, task in
          sum + environment.reward(of: plan, stepCount: plan.count, in: task, using: &random)
        }
      }
      guard let best = returns.indices.max(by: { returns[$0] < returns[$1] }) else { return [] }
      // In tasks that it was not chosen by, with the same luck for both, and by more than luck may be.
      let gains = (0..<400).map { _ in
        let task = environment.sampleTask(from: whole, using: &random)
        let rewards = [ordered[best], []].map { plan in
          var luck = random
          return environment.reward(of: plan, stepCount: horizon, in: task, using: &luck)
        }
        _ = random.uniform()
        return rewards[0] - rewards[1]
      }
      return isAboveZero(gains) ? ordered[best] : []
    }
  }
}

extension EgocentricBlindLane {
  /// Whether the mean of `gains` lies more than three standard errors above zero.
  private static func isAboveZero(_ gains: [Double]) -> Bool {
    let count = Double(gains.count)
    let mean = gains.reduce(0, +) / count
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return mean > 3 * (variance / count).squareRoot()
  }
}

extension EgocentricGrid {
  /// What a plan, and after it random moves, bring within `stepCount` steps in `task`, whose own plan it may not be.
  fileprivate func reward(
    of plan: [UInt8], stepCount: Int, in task: Task, using random: inout RandomStream
  ) -> Double {
    var state = State(startOf: task)
    for time in 0..<stepCount {
      let action = time < plan.count ? Int(plan[time]) : random.integer(below: 7)
      switch advance(&state, taking: action, in: task) {
      case .goesOn: continue
      case .fails: return 0
      case .succeeds: return 1 - 0.9 * Double(min(time + 1, rewardSpan)) / Double(rewardSpan)
      }
    }
    return 0
  }
}
