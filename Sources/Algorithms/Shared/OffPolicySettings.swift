import Formats
import Learning
import Simulation
import Trials

// What learners have in common that learn from what they played long ago.

extension SettingDocumentation {
  static let gradientSteps = Self(
    "gradientSteps", "Gradient steps of one update.", .count(LearnerLimits.passes), unit: "steps",
    readBy: "the training")
  static let targetRate = Self(
    "targetRate", "How far target networks go towards the present ones at each gradient step; up to 1.",
    .positiveFraction, readBy: "the target networks")
}

extension Interface {
  /// Throws `InvalidParameter` where actions are discrete and have several components, since every one of an algorithm's
  /// action values is of one action.
  func requireOneComponent(for algorithm: AlgorithmInformation) throws {
    if case .discrete(let counts) = action, counts.count != 1 {
      throw InvalidParameter(
        "algorithm", "is \(algorithm.name), whose discrete actions have one component, not \(counts.count)")
    }
  }
}

extension RecurrentNetworkSettings {
  /// A policy as they describe it, for what `encoder` writes.
  func makePolicy(_ encoder: NetworkInput, _ distribution: ActionDistribution) -> RecurrentPolicy {
    RecurrentPolicy(
      featureCount: encoder.featureCount, memory: makeMemory(), distribution: distribution,
      readoutCount: readoutUnits)
  }

  /// Values of the policy's actions on a memory of their own.
  func makeActionValues(_ encoder: NetworkInput, _ distribution: ActionDistribution) -> TwinActionValues {
    TwinActionValues(
      featureCount: encoder.featureCount, memory: makeMemory(), distribution: distribution,
      readoutCount: readoutUnits)
  }
}

/// Replay of whole trials, as a table of a configuration.
public struct ReplaySettings: SettingGroup {
  /// How many trials are kept to be replayed, at least those of one update.
  public var capacity = 10_000
  /// Trials that one gradient step is of, drawn from those that are kept.
  public var batchTrials = 32
  /// The fraction of them that is drawn in proportion to how much more the trials brought than the worst one, for rewards
  /// that are rare; 0 for none, as published.
  public var prioritizedFraction = 0.0

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init(
      "capacity", "How many trials are kept to be replayed, at least those of one update.",
      .count(LearnerLimits.episodes), unit: "trials", readBy: "the replay"),
    .init(
      "batchTrials", "Trials that one gradient step is of, drawn from those that are kept.",
      .count(LearnerLimits.episodes), unit: "trials", readBy: "the replay"),
    .init(
      "prioritizedFraction",
      "The fraction of them that is drawn in proportion to how much more the trials brought than the worst one, for "
        + "rewards that are rare; 0 for none, as published.", .fraction, readBy: "the replay"),
  ]

  /// Room for trials of agents of `interface`, of which one update brings `trialCount`: what `encoder` writes, the actions
  /// as `distribution` draws them, and the rewards.
  func makeReplay(
    _ encoder: some InputEncoder, _ distribution: ActionDistribution, _ interface: Interface, trialCount: Int
  ) -> TrialReplay {
    TrialReplay(
      stepCount: interface.trialLength,
      columns: [
        .init(.inputs, width: encoder.width), .init(.choices, width: distribution.componentCount),
      ], capacity: capacity, batchCount: trialCount, prioritizedFraction: prioritizedFraction)
  }

  /// Throws `InvalidParameter` where there is no room for the `trialCount` trials of one update.
  func validate(trialCount: Int) throws {
    guard capacity >= trialCount else {
      throw InvalidParameter("replay.capacity", "is \(capacity); one update brings \(trialCount) trials")
    }
  }
}

/// The learned temperature of soft actor-critic, as a table of a configuration.
public struct TemperatureSettings: SettingGroup {
  /// α, the weight of the entropy, at first.
  public var initial = 0.1
  /// The entropy that is aimed at is that of drawing evenly from the best action and this fraction of the others at first.
  public var targetSpread = 0.1
  /// That fraction at the end; it changes linearly.
  public var finalTargetSpread = 0.01

  /// What its keys mean.
  public static let documentation: [SettingDocumentation] = [
    .init("initial", "α, the weight of the entropy, at first.", .above(0), readBy: "the losses"),
    .init(
      "targetSpread",
      "The entropy that is aimed at is that of drawing evenly from the best action and this fraction of the others at "
        + "first.", .positiveFraction, readBy: "the temperature"),
    .init(
      "finalTargetSpread", "That fraction at the end; it changes linearly.", .positiveFraction,
      readBy: "the temperature"),
  ]
}
