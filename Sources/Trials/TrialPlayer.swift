import Parallel
import Randomness
import Simulation

/// Plays trials in given tasks, in shards whose size does not depend on the number of threads.
package struct TrialPlayer {
  let simulator: any Simulator
  let pool: ThreadPool
  /// The most lanes that are stepped together.
  package static let shardSize = 64

  /// A player of trials of `simulator` on the threads of `pool`.
  package init(simulator: any Simulator, pool: ThreadPool) {
    self.simulator = simulator
    self.pool = pool
  }

  /// The return of every episode of one trial in each of the tasks at `indices`, `[index, episode]`, and what was
  /// counted of the agents' behaviour. The trial in the task at index i draws its random numbers from below
  /// `key.child(i)`. Where `support` is given, all episodes but the last are in the task whose index it gives instead.
  /// Throws where a number is not finite.
  package func outcome(
    in tasks: TaskSet, at indices: [Int], key: RandomKey, support: [Int]? = nil,
    makeAgent: (_ lanes: any Lanes, _ indices: [Int]) -> any Agent
  ) throws -> (returns: [Double], behavior: [BehaviorShare]) {
    let lastEpisode = simulator.interface.episodeCount - 1
    let shards = stride(from: 0, to: indices.count, by: Self.shardSize).map { start in
      let indices = Array(indices[start..<min(start + Self.shardSize, indices.count)])
      let keys = indices.map { key.child($0) }
      let lanes =
        support.map { support in
          simulator.beginTrial(
            in: tasks, at: indices.map { support[$0] }, turningInto: indices, atEpisode: lastEpisode,
            keys: keys)
        } ?? simulator.beginTrial(in: tasks, at: indices, keys: keys)
      lanes.beginTally()
      return Shard(
        lanes: lanes, agent: makeAgent(lanes, indices), indices: indices, keys: keys,
        interface: simulator.interface)
    }
    pool.forEach(shards.count) { index, _ in shards[index].play() }
    if let failure = shards.lazy.compactMap(\.failure).first { throw failure }
    return (
      shards.flatMap { $0.lanes.returns.map(Double.init) }, BehaviorShare.sum(shards.map(\.lanes.behavior))
    )
  }

  /// Lanes and their agent; one thread plays them.
  private final class Shard: @unchecked Sendable {
    let lanes: any Lanes
    private let agent: any Agent
    private let indices: [Int]
    private let keys: [RandomKey]
    private let interface: Interface
    private(set) var failure: (any Error)?

    init(lanes: any Lanes, agent: any Agent, indices: [Int], keys: [RandomKey], interface: Interface) {
      self.lanes = lanes
      self.agent = agent
      self.indices = indices
      self.keys = keys
      self.interface = interface
    }

    func play() {
      do {
        agent.beginTrial(keys: keys)
        try lanes.play(agent, componentCount: interface.action.componentCount)
      } catch let error as NonFiniteNumber {
        failure = error.moved(toTrial: indices[error.trial])
      } catch { failure = error }
    }
  }
}
