import Autodiff
import Learning
import Simulation
import Trials

extension RecurrentPPO {
  /// The memory of a learner: its parameters, what it plays with, what it writes down and what it calculates with.
  public static func memory(
    of configuration: Configuration, for problem: ReinforcementProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    let simulator = problem.simulator
    let interface = simulator.interface
    let distribution = ActionDistribution(interface.action)
    let encoder = try configuration.encoder(for: simulator)
    let network = try configuration.network(encoder, distribution)
    return TrialMemory(
      interface: interface, parameterCount: network.layout.count, trialCount: configuration.trials,
      shardTrials: configuration.shardTrials,
      stepWidth: encoder.width + distribution.componentCount + 2 + configuration.learnedWidth,
      acting: {
        network.acting(
          distribution, encoder, laneCount: $0, stepLimit: interface.trialLength
        ).program
      },
      gradients: [
        .init(
          of: configuration.trials / configuration.ppo.minibatches,
          configuration.loss(network, distribution, encoder).program)
      ]
    ).estimate(for: use)
  }
}

extension RecurrentPPOConfiguration {
  /// The network that reads what `encoder` writes.
  package func network(_ encoder: NetworkInput, _ distribution: ActionDistribution) throws -> RecurrentNetwork
  {
    RecurrentNetwork(
      featureCount: encoder.featureCount, memory: network.makeMemory(), distribution: distribution,
      hasSeparateValue: value.separateMemory,
      initialStandardDeviation: Float(exploration.initialStandardDeviation),
      readoutCount: network.readoutUnits,
      actionHead: try exactCounts.map {
        try ActionHead(encoder, unitCount: $0.units, lookahead: $0.lookahead)
      })
  }

  /// The loss of `network`.
  func loss(_ network: RecurrentNetwork, _ distribution: ActionDistribution, _ encoder: NetworkInput)
    -> TrialPPOLoss
  {
    TrialPPOLoss(
      network: network, distribution: distribution, inputWidth: encoder.width, clipRange: ppo.clipRange,
      valueCoefficient: value.coefficient)
  }
}
