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
    func actingBytes(laneCount: Int) -> Double {
      Double(network.acting(distribution, encoder, laneCount: laneCount).program.workspaceByteCount)
    }
    var memory = MemoryEstimate()
    let parameterCount = Double(network.layout.count)
    switch use {
    case .acting(_, let batchCount, let laneCount):
      memory.add("\(network.layout.count) parameters", numbers: parameterCount, 4)
      memory.add(
        "agents in \(batchCount) batches of \(laneCount) trials",
        byteCount: Double(batchCount) * actingBytes(laneCount: laneCount))
    case .training(let threadCount):
      let (trials, shard) = (Double(configuration.trials), configuration.playingShardSize)
      let shards = Double(configuration.trials / configuration.minibatches / configuration.gradientShardSize)
      memory.add(
        "\(network.layout.count) parameters and their gradients", numbers: parameterCount, 5 + shards)
      memory.add(
        "agents for \(configuration.trials) trials",
        byteCount: trials / Double(shard) * actingBytes(laneCount: shard))
      let width = Double(encoder.width + distribution.componentCount + 4)
      let novelties = configuration.noveltyBonus > 0 ? 10.0 : configuration.rewardScale != 1 ? 1 : 0
      memory.add(
        "what \(configuration.trials) trials of \(interface.trialLength) time steps leave",
        numbers: trials, Double(interface.trialLength), width + novelties)
      memory.add(
        "the returns of \(interface.episodeCount) episodes", numbers: trials, Double(interface.episodeCount),
        3)
      let loss = ProgramSize(ofStepCount: interface.trialLength) {
        lossProgram(
          network, distribution, inputWidth: encoder.width, stepCount: $0,
          laneCount: configuration.gradientShardSize, clipRange: configuration.clipRange,
          valueCoefficient: configuration.valueCoefficient)
      }
      memory.add(
        "gradients of \(configuration.gradientShardSize) trials by \(threadCount) threads",
        byteCount: Double(threadCount) * loss.workspaceByteCount)
      memory.add(
        "the calculation of \(interface.trialLength) time steps written down",
        byteCount: loss.programByteCount)
    }
    return memory
  }
}

/// What a program takes whose instructions grow evenly with the number of time steps: found from two small numbers,
/// since a program for the number itself may be too large to be made.
package struct ProgramSize {
  /// The bytes of a workspace.
  package let workspaceByteCount: Double
  /// The bytes of the program and the graph that it is made from.
  let programByteCount: Double

  /// What an instruction takes in graph, schedule and program together, as measured.
  private static let bytesPerInstruction = 1500.0

  package init(ofStepCount stepCount: Int, program: (Int) -> Program) {
    let (few, more) = (4, 8)
    let counts = stepCount <= more ? [stepCount, stepCount] : [few, more]
    let programs = counts.map(program)
    let share = Double(stepCount - counts[0]) / Double(more - few)
    func at(_ count: (Program) -> Int) -> Double {
      Double(count(programs[0])) + share * Double(count(programs[1]) - count(programs[0]))
    }
    workspaceByteCount = at(\.workspaceByteCount)
    programByteCount = Self.bytesPerInstruction * at(\.instructionCount)
  }
}

extension RL2.Configuration {
  /// The most trials that are played together.
  var playingShardSize: Int { Self.greatestDivisor(of: trials, atMost: shardTrials) }

  /// The most trials whose gradient is calculated together.
  var gradientShardSize: Int { Self.greatestDivisor(of: trials / minibatches, atMost: shardTrials) }

  /// The greatest divisor of `count` up to `limit`: the shards of a batch are alike.
  private static func greatestDivisor(of count: Int, atMost limit: Int) -> Int {
    stride(from: min(count, limit), through: 1, by: -1).first { count % $0 == 0 } ?? 1
  }

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
