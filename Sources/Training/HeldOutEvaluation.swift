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
      of: .test, count: configuration.evaluateTasks, seed: configuration.seed, in: simulator)
  }

  /// The measurements after `iteration` of `iterationCount` updates; none between the times to take them.
  func metrics(
    of learner: any MetaLearner, after iteration: Int, of iterationCount: Int
  ) -> [(name: String, value: Double)] {
    guard iteration % interval == 0 || iteration == iterationCount else { return [] }
    let simulator = simulator.with(
      episodeCount: learner.course.isBetweenEpisodes
        ? learner.course.episodeCount(atLeast: 1) : simulator.interface.episodeCount)
    let outcome = try? TrialPlayer(simulator: simulator, pool: pool).outcome(
      of: learner.agents, in: tasks, at: Array(0..<tasks.count), key: key)
    guard let returns = outcome?.returns else { return [] }
    let count = simulator.interface.episodeCount
    let means = (0..<count).map { episode in
      Statistics.mean(stride(from: episode, to: returns.count, by: count).map { returns[$0] })
    }
    guard learner.course.isBetweenEpisodes else {
      return [
        (HeldOutMetric.returnName, means.reduce(0, +)), ("heldOutFirstEpisodeReturn", means[0]),
        ("heldOutLastEpisodeReturn", means[count - 1]),
      ]
    }
    return [(HeldOutMetric.returnName, means[count - 1])]
      + means.enumerated().map { ("heldOutReturnAfter\($0.offset)", $0.element) }
  }
}
