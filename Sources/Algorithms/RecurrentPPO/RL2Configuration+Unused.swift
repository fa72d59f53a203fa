import Learning
import Simulation

extension RL2.Configuration {
  /// The keys that nothing reads under the present values in a world with `interface`.
  public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
    UnusedSetting.settings(
      [
        .init(
          ["lookahead"], unusedWhere: actionUnits == 0, "actionUnits is 0", usedBy: "actionUnits above 0"),
        .init(
          ["clipRange"], unusedWhere: epochs == 1 && minibatches == 1,
          "epochs and minibatches are 1, so that the policy that acted takes one step",
          usedBy: "epochs or minibatches = 2 or more"),
        .init(
          ["cropRadius"], unusedWhere: input != .separate && input != .observation,
          "input is \"\(input.rawValue)\"", usedBy: "input = \"separate\" or \"observation\""),
      ] + UnusedSetting.Rule.rules(of: interface, trialLength: interface.trialLength))
  }
}
