import Randomness
import Simulation

/// Plays trials in given tasks, in shards whose size does not depend on the number of threads.
struct TrialPlayer {
  let simulator: any Simulator
  let pool: ThreadPool
  /// The most lanes that are stepped together.
  static let shardSize = 64

  /// The return of every episode of one trial in each of the tasks, `[task, episode]`. Trial i draws its
  /// random numbers from below `key.child(i)`. Where `support` is given, all episodes but the last are in the task
  /// whose index it gives instead.
  func outcome(
    in tasks: TaskSet, key: RandomKey, support: ((Int) -> Int)? = nil, makeAgent: (any Lanes) -> any Agent
  ) -> (returns: [Float], behavior: [BehaviorShare]) {
    let lastEpisode = simulator.interface.episodeCount - 1
    let shards = stride(from: 0, to: tasks.count, by: Self.shardSize).map { start in
      let indices = Array(start..<min(start + Self.shardSize, tasks.count))
      let keys = indices.map { key.child($0) }
      let lanes =
        support.map {
          simulator.beginTrial(
            in: tasks, at: indices.map($0), turningInto: indices, atEpisode: lastEpisode, keys: keys)
        } ?? simulator.beginTrial(in: tasks, at: indices, keys: keys)
      lanes.beginTally()
      return Shard(lanes: lanes, agent: makeAgent(lanes), keys: keys, interface: simulator.interface)
    }
    pool.forEach(shards.count) { index, _ in shards[index].play() }
    return (shards.flatMap { $0.lanes.returns }, BehaviorShare.sum(shards.map(\.lanes.behavior)))
  }

  /// Plays the trials of `lanes` to their end.
  static func play(_ agent: any Agent, in lanes: any Lanes, keys: [RandomKey], _ interface: Interface) {
    agent.beginTrial(keys: keys)
    var actions = [Float](repeating: 0, count: keys.count * interface.action.componentCount)
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
    }
  }

  /// Lanes and their agent; one thread plays them.
  private final class Shard: @unchecked Sendable {
    let lanes: any Lanes
    private let agent: any Agent
    private let keys: [RandomKey]
    private let interface: Interface

    init(lanes: any Lanes, agent: any Agent, keys: [RandomKey], interface: Interface) {
      self.lanes = lanes
      self.agent = agent
      self.keys = keys
      self.interface = interface
    }

    func play() { TrialPlayer.play(agent, in: lanes, keys: keys, interface) }
  }
}
