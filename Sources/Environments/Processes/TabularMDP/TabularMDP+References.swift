import Randomness
import Simulation

extension TabularMDP {
  /// `random`, `oracle` and the classical agents; the Bayes-optimal agent cannot be computed.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    // Random moves do not look at rewards, so each brings the mean of the mean rewards.
    let random = Reference<Self>.random(of: self) {
      Array(repeating: Double(horizon) * Double(distribution.mean), count: episodeCount)
    }
    let oracle = Reference<Self>(
      name: "oracle", summary: "Knows the process and plays its optimal policy for the time left.",
      makeLane: { OracleLane(actions: optimalPolicy(of: $0, horizon: horizon).actions) })
    return [random, oracle] + baselines(for: distribution, horizon: horizon, episodeCount: episodeCount)
  }

  /// The optimal action for each time step and state, `[time step][state]`, and the expected return of an
  /// episode of `horizon` steps, by backward induction:
  /// V_t(s) = maxₐ r(s, a) + Σₛ′ P(s′ | s, a) V_{t+1}(s′), V_horizon = 0.
  public func optimalPolicy(of task: Task, horizon: Int) -> (actions: [[Int]], expectedReturn: Double) {
    var values = Array(repeating: 0.0, count: stateCount)
    var actions: [[Int]] = []
    for _ in 0..<horizon {
      let choices = (0..<stateCount).map { bestAction(in: $0, of: task, nextValues: values) }
      actions.append(choices.map(\.action))
      values = choices.map(\.value)
    }
    return (actions.reversed(), values[0])
  }

  private func bestAction(
    in state: Int, of task: Task, nextValues: [Double]
  ) -> (action: Int, value: Double) {
    var best = (action: 0, value: -Double.infinity)
    for action in 0..<actionCount {
      let row = state * actionCount + action
      var value = Double(task.meanRewards[row])
      var before: Float = 0
      for next in 0..<stateCount {
        let upTo = task.cumulative[row * stateCount + next]
        value += Double(upTo - before) * nextValues[next]
        before = upTo
      }
      if value > best.value { best = (action, value) }
    }
    return best
  }
}

private struct OracleLane: ReferenceLane {
  /// `[time step][state]`.
  let actions: [[Int]]

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = Float(actions[Int(moment.progress.timeOfEpisode)][Int(observation[0])])
  }
}
