import Formats
import Learning
import Simulation

/// The hyperparameters of a recurrent network that is trained by proximal policy optimisation on whole trials.
public protocol RecurrentPPOConfiguration: TrialPPOConfiguration {
  /// How the previous transition is read.
  var input: InputSettings { get }
  /// The network.
  var network: RecurrentNetworkSettings { get set }
  /// The exact counts that are kept beside the recurrent unit; nil for none.
  var exactCounts: CountSettings? { get }

  /// How a network reads what agents see in `simulator`. Throws `InvalidParameter` where it cannot.
  func encoder(for simulator: any Simulator) throws -> NetworkInput
}

extension RecurrentPPOConfiguration {
  /// As `input` says.
  public func encoder(for simulator: any Simulator) throws -> NetworkInput {
    try input.encoder(for: simulator.interface)
  }

  /// Throws `InvalidParameter` for values that make no sense.
  public func validate() throws {
    try validateRanges()
    try network.validate()
    try validateMinibatches()
  }

  /// What the keys mean that all of these algorithms have, with `parts` of its own.
  static func documentation(with parts: [SettingDocumentation]) -> [SettingDocumentation] {
    [.iterations, .trials, .discount, .rewardScale, .creditFrom] + parts
      + RecurrentNetworkSettings.documentation(of: "network") + ValueSettings.documentation(of: "value")
      + AdvantageSettings.documentation(of: "advantages") + EntropySettings.documentation(of: "entropy")
      + ExplorationSettings.documentation(of: "exploration") + TrialPPOSettings.documentation(of: "ppo")
      + OptimizerSettings.documentation(of: "optimizer") + [.shardTrials]
  }

  /// The keys that nothing reads under the present values in a world with `interface`.
  public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
    UnusedSetting.settings(
      [unusedClipping] + input.unusedRules + network.unusedRules
        + UnusedSetting.Rule.rules(of: interface, trialLength: interface.trialLength))
  }
}
