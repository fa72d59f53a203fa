import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// Trials played from beginning to end by one thread: policy and environments step together in that thread's cache.
final class TrialShard: @unchecked Sendable {
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
    lanes = simulator.beginTrial(drawingFrom: "train", keys: keys)
    actions = Array(repeating: 0, count: laneCount * interface.action.componentCount)
    returns = Array(repeating: 0, count: laneCount * interface.episodeCount)
  }

  /// Plays one trial in every lane, lane i in a task and with randomness from below `key.child(firstLane + i)`.
  func play(parameters: [Float], key: RandomKey, firstLane: Int) {
    for lane in keys.indices { keys[lane] = key.child(firstLane + lane) }
    lanes.restart(drawingFrom: "train", keys: keys)
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
