import Parallel
import Randomness
import Simulation

/// An agent that changes itself between batches of episodes, not within them: every lane is in the same
/// task, all lanes act with the same adapted parameters, and learning is told when to take place.
///
/// Episode k of its evaluation is the one after k adaptation steps, its return the mean over the lanes.
public protocol AdaptiveAgent: Agent {
  /// How many lanes it acts in: the episodes that one adaptation step learns from.
  var rolloutCount: Int { get }
  /// How many adaptation steps it was trained to take, but at least 1: what it learns shows after so many.
  var trainedStepCount: Int { get }
  /// Whether it acts with the most probable actions; such episodes are only watched, never learnt from.
  var isGreedy: Bool { get set }
  /// Forgets all tasks: back to the parameters before any experience.
  func beginTask()
  /// Begins a new episode in every lane, in the same task; lane i draws its random numbers from below
  /// `keys[i]`.
  func beginEpisodes(keys: [RandomKey])
  /// Takes one adaptation step on the episodes since `beginEpisodes`, whose last rewards are in `end`.
  func adapt(after end: TimeStep)
}

extension AdaptiveAgent {
  /// Forgets the past and begins an episode in every lane.
  public func beginTrial(keys: [RandomKey]) {
    beginTask()
    beginEpisodes(keys: keys)
  }
}

/// The returns of an adaptive agent after 0, 1, 2, … adaptation steps.
public struct AdaptationCurve: Sendable {
  /// With the policy's own exploration, the mean over the rollouts, `[task, step]`.
  public internal(set) var returns: [[Double]]
  /// With the most probable actions, the mean over the rollouts, `[task, step]`.
  public internal(set) var greedyReturns: [[Double]]
  /// The first number that was not finite, in the order of tasks.
  public internal(set) var nonFinite: NonFiniteNumber?

  /// Evaluates on every task of `tasks`: `stepCount` adaptation steps, `rolloutCount` episodes before the
  /// first, between them and after the last; each thread of `pool` has an agent of its own. All randomness
  /// is from below `key`. Where `indices` are given, only the tasks at them are played. Where `support` is given, the
  /// agent adapts to the task whose index it gives instead, and only the episodes after the last step are in the task
  /// itself.
  public init(
    of makeAgent: () -> any AdaptiveAgent, in simulator: any Simulator, on tasks: TaskSet, stepCount: Int,
    key: RandomKey, pool: ThreadPool, at indices: [Int]? = nil, support: [Int]? = nil
  ) {
    let simulator = simulator.with(episodeCount: 1)
    let indices = indices ?? Array(0..<tasks.count)
    let seats = (0..<pool.threadCount).map { _ in Seat(agent: makeAgent()) }
    let courses = indices.map { _ in Course() }
    pool.forEach(indices.count) { place, thread in
      let index = indices[place]
      courses[place].play(
        seats[thread].agent, simulator, tasks, index, support: support?[index] ?? index, stepCount: stepCount,
        key: key.child(index))
    }
    returns = courses.map(\.returns)
    greedyReturns = courses.map(\.greedyReturns)
    nonFinite = courses.lazy.compactMap(\.nonFinite).first
  }

  /// An agent that one thread at a time uses.
  private final class Seat: @unchecked Sendable {
    let agent: any AdaptiveAgent
    init(agent: any AdaptiveAgent) { self.agent = agent }
  }

  /// The returns in one task, written by one thread.
  private final class Course: @unchecked Sendable {
    var returns: [Double] = []
    var greedyReturns: [Double] = []
    var nonFinite: NonFiniteNumber?

    func play(
      _ agent: any AdaptiveAgent, _ simulator: any Simulator, _ tasks: TaskSet, _ index: Int, support: Int,
      stepCount: Int, key: RandomKey
    ) {
      let course = AdaptationCourse(agent: agent, simulator: simulator, stepCount: stepCount)
      do {
        try course.play(in: tasks, at: index, support: support, key: key) { lanes, isLearning in
          try lanes.play(agent, componentCount: simulator.interface.action.componentCount)
          let mean = lanes.returns.reduce(0) { $0 + Double($1) } / Double(agent.rolloutCount)
          if isLearning { returns.append(mean) } else { greedyReturns.append(mean) }
        }
      } catch let error as NonFiniteNumber {
        nonFinite = error.moved(toTrial: index, afterSteps: returns.count)
      } catch { preconditionFailure("\(error)") }
    }
  }
}

/// The one order in which an adaptive agent plays and adapts in a task.
struct AdaptationCourse {
  let agent: any AdaptiveAgent
  /// Its trials have one episode.
  let simulator: any Simulator
  let stepCount: Int

  /// Adapts `stepCount` times in the task at `index` of `tasks`. `playEpisodes` plays the lanes that it is
  /// given to their end: before each adaptation step and after the last, first with the most probable
  /// actions, then with the policy's exploration and `isLearning`. What it learns from takes place in the task at
  /// `support`, which is the same one unless something else is said.
  func play(
    in tasks: TaskSet, at index: Int, support: Int? = nil, key: RandomKey,
    playEpisodes: (_ lanes: any Lanes, _ isLearning: Bool) throws -> Void
  ) rethrows {
    agent.beginTask()
    for step in 0...stepCount {
      let key = key.child(step)
      let keys = (0..<agent.rolloutCount).map { key.child($0) }
      let place = step < stepCount ? support ?? index : index
      let lanes = simulator.after(episodeCount: step).beginTrial(
        in: tasks, at: keys.map { _ in place }, keys: keys)
      agent.isGreedy = true
      agent.beginEpisodes(keys: keys)
      try playEpisodes(lanes, false)
      lanes.restart(keys: keys)
      agent.isGreedy = false
      agent.beginEpisodes(keys: keys)
      try playEpisodes(lanes, true)
      if step < stepCount { agent.adapt(after: lanes.timeStep) }
    }
  }
}
