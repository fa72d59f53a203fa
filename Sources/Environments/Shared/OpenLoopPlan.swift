import Randomness
import Simulation
import Synchronization

/// What somebody does in each episode who does not react to what happens.
struct OpenLoopPlan: Sendable {
  /// The actions from the start of an episode, again and again; empty for actions that are drawn uniformly.
  let actions: [Int]

  /// The plan that brings the most in episodes of tasks from `distribution`, of some that are simulated; of equal
  /// ones the first. All see the same tasks.
  static func best<Subject: Environment>(
    of plans: [OpenLoopPlan], in environment: Subject, for distribution: Subject.TaskDistribution,
    horizon: Int
  ) -> OpenLoopPlan {
    let taskCount = max(16, min(256, 200_000 / horizon))
    let key = RandomKey(seed: 0).child("open loop")
    let tasks = (0..<taskCount).map { index in
      var random = key.child("task").child(index).stream()
      return environment.sampleTask(from: distribution, using: &random)
    }
    let totals = plans.map { plan in
      tasks.indices.reduce(0.0) { total, index in
        var random = key.child("episode").child(index).stream()
        return total
          + plan.simulatedReturn(in: tasks[index], of: environment, horizon: horizon, using: &random)
      }
    }
    let best = totals.indices.max { totals[$0] < totals[$1] || totals[$0] == totals[$1] && $0 > $1 }
    return best.map { plans[$0] } ?? OpenLoopPlan(actions: [])
  }

  private func simulatedReturn<Subject: Environment>(
    in task: Subject.Task, of environment: Subject, horizon: Int, using random: inout RandomStream
  ) -> Double {
    var state = environment.initialState(of: task, using: &random)
    var (total, action) = (0.0, [Float(0)])
    for time in 0..<horizon {
      if actions.isEmpty {
        var drawn = action.mutableSpan
        environment.action.draw(into: &drawn, using: &random)
      } else {
        action[0] = Float(actions[time % actions.count])
      }
      let outcome = environment.step(&state, taking: action.span, in: task, using: &random)
      total += Double(outcome.reward)
      if outcome.isTerminated { break }
    }
    return total
  }
}

extension Reference where Subject: Environment {
  /// The best of some plans that do not react, found by simulation when it is first needed; they have one discrete
  /// action, and `random` is one of them.
  static func blind(
    of plans: [OpenLoopPlan], in environment: Subject, for distribution: Subject.TaskDistribution,
    horizon: Int
  ) -> Reference {
    let choice = OpenLoopChoice()
    return Reference(
      name: "blind",
      summary:
        "Follows the plan that brings the most on average of \(plans.count + 1) that react to nothing.",
      makeLane: { _ in
        OpenLoopLane(
          plan: choice.plan {
            OpenLoopPlan.best(
              of: plans + [OpenLoopPlan(actions: [])], in: environment, for: distribution, horizon: horizon)
          }, action: environment.action)
      })
  }
}

/// A plan that is chosen once for all lanes and threads.
private final class OpenLoopChoice: Sendable {
  private let chosen = Mutex<OpenLoopPlan?>(nil)

  func plan(choosing choose: () -> OpenLoopPlan) -> OpenLoopPlan {
    chosen.withLock { chosen in
      if let chosen { return chosen }
      let plan = choose()
      chosen = plan
      return plan
    }
  }
}

/// Follows a plan, whatever happens.
private struct OpenLoopLane: ReferenceLane {
  let plan: OpenLoopPlan
  let action: Space

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    guard !plan.actions.isEmpty else { return self.action.draw(into: &action, using: &random) }
    action[0] = Float(plan.actions[Int(moment.progress.timeOfEpisode) % plan.actions.count])
  }
}
