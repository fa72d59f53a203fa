import Autodiff
import Learning
import Simulation
import Trials

extension RL2 {
  /// The memory of a learner: its parameters, what it plays with, what it writes down and what it calculates with.
  public static func memory(
    of configuration: Configuration, for simulator: any Simulator, use: LearnerUse
  ) throws -> MemoryEstimate {
    let interface = simulator.interface
    let distribution = ActionDistribution(interface.action)
    let encoder = try configuration.encoder(for: interface)
    let network = try configuration.network(encoder, distribution)
    let shardSize = configuration.gradientShardSize
    let novelties = configuration.noveltyBonus > 0 ? 10 : configuration.rewardScale != 1 ? 1 : 0
    return TrialMemory(
      interface: interface, parameterCount: network.layout.count, trialCount: configuration.trials,
      playingShardSize: configuration.playingShardSize,
      batchCount: configuration.trials / configuration.minibatches, gradientShardSize: shardSize,
      stepWidth: encoder.width + distribution.componentCount + 4 + novelties,
      acting: { network.acting(distribution, encoder, laneCount: $0).program },
      gradient: {
        lossProgram(
          network, distribution, inputWidth: encoder.width, stepCount: $0, laneCount: shardSize,
          clipRange: configuration.clipRange, valueCoefficient: configuration.valueCoefficient)
      }
    ).estimate(for: use)
  }
}

extension RL2.Configuration {
  /// The most trials that are played together.
  var playingShardSize: Int { TrialShards.greatestDivisor(of: trials, atMost: shardTrials) }

  /// The most trials whose gradient is calculated together.
  var gradientShardSize: Int { TrialShards.greatestDivisor(of: trials / minibatches, atMost: shardTrials) }

  /// What is kept of trials beside what the actor notes.
  var learnedColumns: [Rollout.Column] {
    let hasNovelties = noveltyBonus > 0
    return [Rollout.Column(.advantages)] + (hasNovelties ? [Rollout.Column(.novelties)] : [])
      + (hasNovelties || rewardScale != 1 ? [Rollout.Column(.earnings)] : [])
  }

  /// How the network reads what agents of `interface` see.
  package func encoder(for interface: Interface) throws -> NetworkInput {
    try NetworkInput(interface, form: input, cropRadius: cropRadius)
  }

  /// The network that reads what `encoder` writes.
  package func network(_ encoder: NetworkInput, _ distribution: ActionDistribution) throws -> RecurrentNetwork
  {
    let actionMemory =
      actionUnits > 0 ? try ActionMemory(encoder, unitCount: actionUnits, lookahead: lookahead) : nil
    return RecurrentNetwork(
      featureCount: encoder.featureCount,
      memory: memory.memory(unitCount: hiddenUnits, memorySpan: Float(memorySpan)),
      distribution: distribution, hasSeparateValue: separateValue, initialDeviation: Float(initialDeviation),
      readoutCount: readoutUnits, actionMemory: actionMemory)
  }
}
