import Learning
import Parallel
import Randomness
import Runs
import Simulation
import Trials

/// What a learner gets while it is trained in a few tasks of the split `test`. No random number of the training
/// depends on it, so that the trained agent has the same bytes with and without.
struct HeldOutEvaluation {
  private let interval: Int
  private let simulator: any Simulator
  private let tasks: TaskSet
  private let pool: ThreadPool
  private let key: RandomKey

  /// The evaluations of a training of `configuration`; nil where it asks for none.
  init?(_ configuration: RunConfiguration, pool: ThreadPool) {
    guard configuration.evaluateEvery > 0 else { return nil }
    interval = configuration.evaluateEvery
    simulator = configuration.environment.simulator
    self.pool = pool
    key = TaskSample.key(seed: configuration.seed).child("heldOut")
    tasks = TaskSample.tasks(
      of: "test", count: configuration.evaluateTasks, seed: configuration.seed, in: simulator)
  }

  /// The measurements after `iteration` of `iterationCount` updates; none between the times to take them.
  func metrics(
    of learner: any MetaLearner, after iteration: Int, of iterationCount: Int
  ) -> [(name: String, value: Double)] {
    guard iteration % interval == 0 || iteration == iterationCount else { return [] }
    guard let agent = learner.agent(laneCount: 1, isGreedy: false) as? any AdaptiveAgent else {
      return episodes(of: learner)
    }
    return adaptation(of: learner, agent)
  }

  /// The mean return of trials, and of their first and last episodes.
  private func episodes(of learner: any MetaLearner) -> [(name: String, value: Double)] {
    let outcome = try? TrialPlayer(simulator: simulator, pool: pool).outcome(
      in: tasks, at: Array(0..<tasks.count), key: key
    ) { lanes, _ in learner.agent(laneCount: lanes.timeStep.laneCount, isGreedy: false) }
    guard let returns = outcome?.returns else { return [] }
    let count = simulator.interface.episodeCount
    let means = (0..<count).map { episode in
      stride(from: episode, to: returns.count, by: count).reduce(0) { $0 + returns[$1] }
        / Double(tasks.count)
    }
    return [
      (HeldOutMetric.returnName, means.reduce(0, +)), ("heldOutFirstEpisodeReturn", means[0]),
      ("heldOutLastEpisodeReturn", means[count - 1]),
    ]
  }

  /// The mean return of episodes after each adaptation step.
  private func adaptation(
    of learner: any MetaLearner, _ agent: any AdaptiveAgent
  ) -> [(name: String, value: Double)] {
    let (stepCount, laneCount) = (agent.trainedStepCount, agent.rolloutCount)
    let curve = AdaptationCurve(
      of: {
        guard let agent = learner.agent(laneCount: laneCount, isGreedy: false) as? any AdaptiveAgent else {
          preconditionFailure("an algorithm makes agents that adapt and agents that do not")
        }
        return agent
      }, in: simulator, on: tasks, stepCount: stepCount, key: key, pool: pool)
    guard curve.nonFinite == nil else { return [] }
    let means = (0...stepCount).map { step in Statistics.mean(curve.returns.map { $0[step] }) }
    return [(HeldOutMetric.returnName, means[stepCount])]
      + means.enumerated().map { ("heldOutReturnAfter\($0.offset)", $0.element) }
  }
}
