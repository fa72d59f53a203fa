import Parallel
import Randomness
import Simulation

/// Plays trials in given tasks, whoever the agent is: for evaluations, verdicts and curves of training. Online trials are
/// played in shards whose size does not depend on the number of threads, others task by task.
public struct TrialPlayer {
  /// The environment.
  public let simulator: any Simulator
  /// The threads.
  public let pool: ThreadPool
  /// The most lanes that are stepped together.
  package static let shardSize = 64

  /// A player of trials of `simulator` on the threads of `pool`.
  public init(simulator: any Simulator, pool: ThreadPool) {
    self.simulator = simulator
    self.pool = pool
  }

  /// What is done to agents, which tells what they do with their experience.
  public enum Circumstance: Sendable {
    /// Nothing.
    case usual
    /// Its memory is that of the same agent in another task; if it learns between episodes, it is not told to.
    case forgetful
    /// It has no memory at all, and every step is its first; to an agent that learns between episodes as `forgetful`.
    case blank
    /// All its episodes but the last are in another task.
    case misled
  }

  /// What trials brought.
  public struct Outcome: Sendable {
    /// The return of every episode, `[trial, episode]`.
    public let returns: [Double]
    /// What was counted of the agents' behaviour, in online trials.
    public let behavior: [BehaviorShare]
    /// How far what the agents believe is from what can be known of the task, from 0 to 1: the total variation, on average
    /// over the time steps; nil where nobody asked, they do not say it, or it is not known.
    public var beliefError: Double?
  }

  /// The outcome, for each of `modes`, of one trial in each of the tasks at `indices`. The trial in the task at index i
  /// draws its random numbers from below `key.child(i)`. Unless the circumstance is the usual one or `blank`, the tasks
  /// are not all the same. What agents believe is compared with what can be known if `measuresBelief`. Throws
  /// `NonFiniteNumber`.
  public func outcomes(
    of agents: AgentFactory, in tasks: TaskSet, at indices: [Int], key: RandomKey,
    _ circumstance: Circumstance = .usual, modes: [PolicyMode], measuresBelief: Bool = false
  ) throws -> [Outcome] {
    switch agents.course {
    case .online:
      return try modes.map { mode in
        try outcome(
          of: agents, in: tasks, at: indices, key: key, circumstance, isGreedy: mode == .greedy,
          measuresBelief: measuresBelief)
      }
    case .betweenEpisodes(let rolloutCount, _):
      var course = BatchCourse(
        in: simulator, rolloutCount: rolloutCount, stepCount: simulator.interface.episodeCount - 1)
      course.isLearning = ![.forgetful, .blank].contains(circumstance)
      course.showsGreedyEpisodes = modes.contains(.greedy)
      let returns = try play(
        course, agents, in: tasks, at: indices, key: key,
        support: circumstance == .misled ? others(of: tasks) : nil)
      return modes.map { mode in
        Outcome(returns: returns.flatMap { $0[mode] ?? [] }, behavior: [])
      }
    }
  }

  /// The outcome of trials with actions drawn from the policy.
  public func outcome(
    of agents: AgentFactory, in tasks: TaskSet, at indices: [Int], key: RandomKey
  ) throws -> Outcome {
    try outcomes(of: agents, in: tasks, at: indices, key: key, modes: [.sampled])[0]
  }

  private func others(of tasks: TaskSet) -> [Int] {
    guard let others = tasks.others else { preconditionFailure("there is no other task") }
    return others
  }

  // MARK: Agents that learn while they act

  private func outcome(
    of agents: AgentFactory, in tasks: TaskSet, at indices: [Int], key: RandomKey,
    _ circumstance: Circumstance, isGreedy: Bool, measuresBelief: Bool
  ) throws -> Outcome {
    let shards = stride(from: 0, to: indices.count, by: Self.shardSize).map { start in
      let indices = Array(indices[start..<min(start + Self.shardSize, indices.count)])
      let keys = indices.map { key.child($0) }
      let lanes = lanes(in: tasks, at: indices, keys: keys, isMisled: circumstance == .misled)
      lanes.beginTally()
      let agent = agents.makeAgent(lanes, isGreedy)
      func forgetful(rememberingAs twin: any Agent, in lanes: (any Lanes)?) -> any Agent {
        ForgetfulAgent(agent, rememberingAs: twin, in: lanes)
      }
      switch circumstance {
      case .misled: return Shard(lanes, agent, indices, keys, simulator.interface)
      case .usual:
        let meter =
          measuresBelief && simulator.shift(of: tasks.split).isNone
          ? BeliefMeter(agent, in: lanes, of: simulator) : nil
        return Shard(lanes, agent, indices, keys, simulator.interface, meter)
      case .blank:
        let agent = forgetful(rememberingAs: agents.makeAgent(lanes, isGreedy), in: nil)
        return Shard(lanes, agent, indices, keys, simulator.interface)
      case .forgetful:
        let others = others(of: tasks)
        let twins = simulator.beginTrial(
          in: tasks, at: indices.map { others[$0] }, keys: indices.map { key.child("twin").child($0) })
        let agent = forgetful(rememberingAs: agents.makeAgent(twins, isGreedy), in: twins)
        return Shard(lanes, agent, indices, keys, simulator.interface)
      }
    }
    pool.forEach(shards.count) { index, _ in shards[index].play() }
    if let failure = shards.lazy.compactMap(\.failure).first { throw failure }
    let meters = shards.compactMap(\.meter)
    let stepCount = meters.reduce(0) { $0 + $1.count }
    return Outcome(
      returns: shards.flatMap { $0.lanes.returns.map(Double.init) },
      behavior: BehaviorShare.sum(shards.map(\.lanes.behavior)),
      beliefError: stepCount > 0 ? meters.reduce(0) { $0 + $1.sum } / Double(stepCount) : nil)
  }

  private func lanes(
    in tasks: TaskSet, at indices: [Int], keys: [RandomKey], isMisled: Bool
  ) -> any Lanes {
    guard isMisled else { return simulator.beginTrial(in: tasks, at: indices, keys: keys) }
    let others = others(of: tasks)
    let turn = TaskTurn(into: indices, atEpisode: simulator.interface.episodeCount - 1)
    return simulator.beginTrial(
      in: .members(of: tasks, at: indices.map { others[$0] }, turning: turn), keys: keys)
  }

  /// Lanes and their agent; one thread plays them.
  private final class Shard: @unchecked Sendable {
    let lanes: any Lanes
    private let agent: any Agent
    private let indices: [Int]
    private let keys: [RandomKey]
    private let interface: Interface
    private(set) var failure: NonFiniteNumber?
    private(set) var meter: BeliefMeter?

    init(
      _ lanes: any Lanes, _ agent: any Agent, _ indices: [Int], _ keys: [RandomKey], _ interface: Interface,
      _ meter: BeliefMeter? = nil
    ) {
      self.meter = meter
      self.lanes = lanes
      self.agent = agent
      self.indices = indices
      self.keys = keys
      self.interface = interface
    }

    func play() {
      agent.beginTrial(keys: keys)
      do {
        try lanes.play(agent, componentCount: interface.action.componentCount, measuring: &meter)
      } catch {
        failure = error.moved(toTrial: indices[error.trial])
      }
    }
  }

  // MARK: Agents that learn between episodes

  /// The returns of each trial by mode, `[step]`, the mean over the rollouts.
  private func play(
    _ course: BatchCourse, _ agents: AgentFactory, in tasks: TaskSet, at indices: [Int], key: RandomKey,
    support: [Int]?
  ) throws -> [[PolicyMode: [Double]]] {
    guard let first = indices.first else { return [] }
    let keys = (0..<course.rolloutCount).map { key.child($0) }
    let lanes = course.lanes(in: tasks, at: first, keys: keys)
    let slots = (0..<pool.threadCount).map { _ in AgentSlot(agents.makeAgent(lanes, false)) }
    let trials = indices.map { _ in BatchTrial() }
    pool.forEach(indices.count) { place, thread in
      let index = indices[place]
      trials[place].play(
        course, slots[thread].agent, tasks, index, support: support?[index] ?? index, key: key.child(index))
    }
    if let failure = trials.lazy.compactMap(\.failure).first { throw failure }
    return trials.map(\.returns)
  }

  /// An agent that one thread at a time uses.
  private final class AgentSlot: @unchecked Sendable {
    let agent: any Agent
    init(_ agent: any Agent) { self.agent = agent }
  }

  /// The returns in one task, written by one thread.
  private final class BatchTrial: @unchecked Sendable {
    private(set) var returns: [PolicyMode: [Double]] = [.sampled: [], .greedy: []]
    private(set) var failure: NonFiniteNumber?

    func play(
      _ course: BatchCourse, _ agent: any Agent, _ tasks: TaskSet, _ index: Int, support: Int, key: RandomKey
    ) {
      let componentCount = course.simulator.interface.action.componentCount
      do {
        try course.play(agent, in: tasks, at: index, support: support, key: key) { lanes, mode in
          try lanes.play(agent, componentCount: componentCount)
          let sum = lanes.returns.reduce(0) { $0 + Double($1) }
          returns[mode]?.append(sum / Double(course.rolloutCount))
        }
      } catch let error as NonFiniteNumber {
        failure = error.moved(toTrial: index, afterSteps: returns[.sampled]?.count ?? 0)
      } catch { preconditionFailure("\(error)") }
    }
  }
}
