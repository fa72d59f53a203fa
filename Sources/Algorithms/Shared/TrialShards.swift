import Autodiff
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// All trials that are played for one update, in shards of equal size on all threads and processes.
final class TrialShards: @unchecked Sendable {
  private let simulator: any Simulator
  private let acting: ActingProgram
  private let columns: [Rollout.Column]
  private let trialCount: Int
  /// Made for the first update: whoever only asks for agents is spared the memory.
  private lazy var shards = makeShards()

  /// Room for `trialCount` trials of `simulator` in tasks of the split `train`, with `columns` beside those of the actor.
  ///
  /// - Parameters:
  ///   - shardTrials: the most trials that one thread plays together.
  ///   - acting: the compiled step of the policy in so many lanes.
  init(
    _ simulator: any Simulator, trialCount: Int, shardTrials: Int, columns: [Rollout.Column] = [],
    acting: (_ laneCount: Int) -> ActingProgram
  ) {
    self.simulator = simulator
    self.acting = acting(Self.shardSize(of: trialCount, atMost: shardTrials))
    self.trialCount = trialCount
    self.columns = columns
  }

  private func makeShards() -> [TrialShard] {
    (0..<trialCount / acting.laneCount).map { _ in TrialShard(simulator, acting, columns: columns) }
  }

  /// Plays one trial in every lane of all shards, trial i in a task and with randomness from below `key.child(i)`;
  /// `finish` is called with each shard's rollout where that was played.
  func play(
    parameters: [Float], key: RandomKey, pool: ThreadPool, finish: @Sendable (Rollout) -> Void = { _ in }
  ) throws {
    let shards = shards
    try pool.forEach(shards, exchanging: { $0.move(by: &$1) }) { index, _ in
      let shard = shards[index]
      shard.play(parameters: parameters, key: key, firstLane: index * shard.rollout.laneCount)
      finish(shard.rollout)
    }
  }

  /// How many of `count` trials a shard has, at most `limit`: the greatest divisor, since the shards of a batch are alike.
  static func shardSize(of count: Int, atMost limit: Int) -> Int {
    stride(from: min(count, limit), through: 1, by: -1).first { count % $0 == 0 } ?? 1
  }

  /// What was played last, shard by shard.
  private(set) lazy var rollouts = shards.map(\.rollout)
  /// The time steps taken in all trials together.
  var timeStepCount: Int { rollouts.reduce(0) { $0 + $1.timeStepCount } }
  /// The time steps of the longest trial.
  var longest: Int { rollouts.reduce(0) { max($0, $1.lengths.max() ?? 0) } }

  /// What it takes to play once, as if no trial ended early.
  var effort: Effort {
    var effort = Effort()
    effort.operations =
      shards.count * acting.program.productOperationCount * simulator.interface.trialLength
    return effort
  }

  /// Throws `Divergence` where a number of the columns `names`, as far as there are such, is not finite.
  func requireFinite(_ names: [Rollout.Name], _ iteration: Int) throws {
    for (index, rollout) in rollouts.enumerated() {
      guard let found = rollout.firstNonFinite(names) else { continue }
      let task = index * rollout.laneCount + found.lane
      throw Divergence(place: found.place, task: task, iteration: iteration)
    }
  }

  /// What the trials brought, on average.
  var metrics: Metrics {
    let episodeCount = simulator.interface.episodeCount
    var returns = Array(repeating: 0.0, count: episodeCount)
    for shard in shards {
      for (index, value) in shard.returns.enumerated() { returns[index % episodeCount] += Double(value) }
    }
    let count = Double(trialCount)
    var metrics = Metrics()
    metrics["return"] = returns.reduce(0, +) / count
    metrics["firstEpisodeReturn"] = returns[0] / count
    metrics["lastEpisodeReturn"] = returns[episodeCount - 1] / count
    metrics["timeSteps"] = Double(timeStepCount)
    return metrics
  }
}

/// Trials played from beginning to end by one thread: policy and environments step together in that thread's cache.
private final class TrialShard: @unchecked Sendable {
  /// What was played last.
  let rollout: Rollout
  /// The return of each episode, `[lanes, episode]`.
  private(set) var returns: [Float]
  private let actor: Actor
  private let lanes: any Lanes
  private var actions: [Float]
  private var keys: [RandomKey]

  /// Room for trials of `simulator` in tasks of the split `train`, with `columns` beside those of the actor.
  init(_ simulator: any Simulator, _ acting: ActingProgram, columns: [Rollout.Column] = []) {
    let (interface, laneCount) = (simulator.interface, acting.laneCount)
    actor = Actor(acting)
    rollout = Rollout(
      stepCount: interface.trialLength, laneCount: laneCount, columns: actor.columns + columns)
    keys = Array(repeating: RandomKey(seed: 0), count: laneCount)
    lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    if acting.readsBelief { lanes.keepBeliefs() }
    if rollout.has(.reached) { lanes.keepEndObservations() }
    actions = Array(repeating: 0, count: laneCount * interface.action.componentCount)
    returns = Array(repeating: 0, count: laneCount * interface.episodeCount)
  }

  /// Plays one trial in every lane, lane i in a task and with randomness from below `key.child(firstLane + i)`.
  func play(parameters: [Float], key: RandomKey, firstLane: Int) {
    for lane in keys.indices { keys[lane] = key.child(firstLane + lane) }
    lanes.restart(drawingFrom: .train, keys: keys)
    actor.setParameters(parameters)
    actor.beginTrial(keys: keys)
    lanes.collect(actor, into: rollout, actions: &actions)
    let played = lanes.returns
    for index in returns.indices { returns[index] = played[index] }
  }

  /// Moves what was played to the other processes.
  func move(by transfer: inout ShardTransfer) {
    rollout.move(by: &transfer)
    transfer.move(&returns)
  }
}
