import Parallel
import Randomness
import Simulation

/// A shard of trials played from beginning to end by one thread: policy and environments step together in
/// that thread's cache, and everything a learner needs is written down. Playing again allocates nothing.
public final class TrialRecorder: @unchecked Sendable {
  /// How many trials the shard has.
  public let laneCount: Int
  /// The most time steps of a trial.
  public let stepCount: Int
  /// The inputs of the network, `[T, lanes, input]`.
  public private(set) var inputs: [Float]
  /// The actions as the policy chose them, `[T, lanes, component]`.
  public private(set) var choices: [Float]
  /// log π of the actions, `[T, lanes]`.
  public private(set) var logProbabilities: [Float]
  /// The value function before each action, `[T, lanes]`.
  public private(set) var values: [Float]
  /// The reward of each action, `[T, lanes]`.
  public private(set) var rewards: [Float]
  /// Advantages, `[T, lanes]`, once `estimateAdvantages` was called.
  public private(set) var advantages: [Float]
  /// How many time steps each trial took, `[lanes]`; what stands after them in the other arrays means nothing.
  public private(set) var lengths: [Int]
  /// The return of each episode, `[lanes, episode]`.
  public private(set) var returns: [Float]

  /// 1 where an action led to an observation that was new in its trial, else 0, `[T, lanes]`; empty where that is not
  /// looked at.
  public private(set) var novelties: [Float]

  private var seenObservations: SeenObservations?
  private let actor: RecurrentActor
  private let lanes: any Lanes
  private var actions: [Float]
  private var keys: [RandomKey]
  private let actionWidth: Int
  private let inputWidth: Int

  /// A shard of trials of `simulator`, in tasks of the split `train`, which may look for new observations.
  public init(
    _ simulator: any Simulator, actor: RecurrentActor, laneCount: Int, looksForNovelties: Bool = false
  ) {
    let stepCount = simulator.interface.trialLength
    self.laneCount = laneCount
    self.stepCount = stepCount
    self.actor = actor
    keys = Array(repeating: RandomKey(seed: 0), count: laneCount)
    lanes = simulator.beginTrial(drawingFrom: "train", keys: keys)
    actionWidth = simulator.interface.action.componentCount
    inputWidth = actor.input.count / laneCount
    func zeros(_ width: Int) -> [Float] { Array(repeating: 0, count: stepCount * laneCount * width) }
    inputs = zeros(inputWidth)
    choices = zeros(actionWidth)
    logProbabilities = zeros(1)
    values = zeros(1)
    rewards = zeros(1)
    advantages = zeros(1)
    novelties = looksForNovelties ? zeros(1) : []
    seenObservations =
      looksForNovelties ? SeenObservations(laneCount: laneCount, trialLength: stepCount) : nil
    actions = Array(repeating: 0, count: laneCount * actionWidth)
    lengths = Array(repeating: 0, count: laneCount)
    returns = Array(repeating: 0, count: laneCount * simulator.interface.episodeCount)
  }

  /// Plays one trial in every lane, lane i in a task and with randomness from below `key.child(firstLane + i)`.
  public func play(parameters: [Float], key: RandomKey, firstLane: Int) {
    for lane in 0..<laneCount { keys[lane] = key.child(firstLane + lane) }
    lanes.restart(drawingFrom: "train", keys: keys)
    actor.setParameters(parameters)
    actor.beginTrial(keys: keys)
    for lane in 0..<laneCount { lengths[lane] = 0 }
    seenObservations?.restart(lanes.timeStep)
    var time = 0
    while lanes.timeStep.activeLaneCount > 0 {
      countActiveLanes()
      actor.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
      record(time)
      noteNovelties(time)
      time += 1
    }
    Self.copy(lanes.returns, to: &returns, 0)
  }

  /// Moves all that was written down.
  public func move(by transfer: inout ShardTransfer) {
    transfer.move(&inputs)
    transfer.move(&choices)
    transfer.move(&logProbabilities)
    transfer.move(&values)
    transfer.move(&rewards)
    transfer.move(&novelties)
    transfer.move(&advantages)
    transfer.move(&lengths)
    transfer.move(&returns)
  }

  private func countActiveLanes() {
    let progress = lanes.timeStep.progress
    for lane in 0..<laneCount where !progress[lane].isTrialOver { lengths[lane] += 1 }
  }

  private func record(_ time: Int) {
    Self.copy(actor.input, to: &inputs, time)
    Self.copy(actor.choices, to: &choices, time)
    Self.copy(actor.logProbabilities, to: &logProbabilities, time)
    Self.copy(actor.values, to: &values, time)
    Self.copy(lanes.timeStep.previousReward, to: &rewards, time)
  }

  private func noteNovelties(_ time: Int) {
    guard seenObservations != nil else { return }
    let step = lanes.timeStep
    for lane in 0..<laneCount {
      let isNew = seenObservations?.meet(step, lane) == true
      novelties[time * laneCount + lane] = isNew ? 1 : 0
    }
  }

  private static func copy(_ source: [Float], to target: inout [Float], _ time: Int) {
    let start = time * source.count
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        (to + start).update(from: from, count: source.count)
      }
    }
  }

  /// Estimates the advantage of every action, rewards being scaled by `rewardScale`, to which `noveltyBonus` is added
  /// for every new observation.
  public func estimateAdvantages(
    discount: Float, lambda: Float, rewardScale: Float, noveltyBonus: Float = 0
  ) {
    for index in rewards.indices { rewards[index] *= rewardScale }
    for index in novelties.indices { rewards[index] += noveltyBonus * novelties[index] }
    Self.estimate(
      rewards, values, lengths, laneCount: laneCount, discount: discount, lambda: lambda, into: &advantages)
  }

  private static func estimate(
    _ rewards: [Float], _ values: [Float], _ lengths: [Int], laneCount: Int, discount: Float, lambda: Float,
    into advantages: inout [Float]
  ) {
    var advantages = advantages.mutableSpan
    for lane in 0..<laneCount {
      generalizedAdvantages(
        rewards: rewards.span, values: values.span, lane: lane, laneCount: laneCount, length: lengths[lane],
        discount: discount, lambda: lambda, into: &advantages)
    }
  }
}
