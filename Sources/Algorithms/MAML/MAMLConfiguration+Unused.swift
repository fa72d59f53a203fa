import Learning
import Simulation

extension MAMLConfiguration {
  /// The keys that nothing reads under the present values in a world with `interface`.
  public func unusedSettings(in interface: Interface) -> [UnusedSetting] {
    UnusedSetting.settings(
      optimizerRules + adaptationRules + networkRules
        + UnusedSetting.Rule.rules(of: interface, trialLength: interface.horizon)
        + [
          .init(
            ["trpo.curvatureStride"], unusedWhere: interface.horizon == 1, "an agent acts once",
            usedBy: "a greater horizon")
        ])
  }

  private var optimizerRules: [UnusedSetting.Rule] {
    let circumstance = "outer.optimizer is \"\(outer.optimizer.rawValue)\""
    return [
      .init(
        ["optimizer.learningRate", "optimizer.finalLearningRate", "optimizer.maximumGradientNorm"],
        unusedWhere: outer.optimizer == .trpo,
        circumstance, usedBy: "outer.optimizer = \"ppo\" or \"adam\""),
      .init(
        ["ppo.epochs", "ppo.clipRange"], unusedWhere: outer.optimizer != .ppo, circumstance,
        usedBy: "outer.optimizer = \"ppo\""),
      .init(
        ["ppo.clipRange"], unusedWhere: ppo.epochs == 1, "one step is taken from the policy that acted",
        usedBy: "ppo.epochs = 2 or more"),
      .init(
        [
          "trpo.klLimit", "trpo.conjugateGradientSteps", "trpo.damping", "trpo.curvatureStride",
          "trpo.lineSearchCandidates",
          "trpo.lineSearchShrinkage",
        ], unusedWhere: outer.optimizer != .trpo, circumstance, usedBy: "outer.optimizer = \"trpo\""),
      .init(
        ["trpo.lineSearchShrinkage"], unusedWhere: trpo.lineSearchCandidates == 1,
        "trpo.lineSearchCandidates is 1",
        usedBy: "trpo.lineSearchCandidates = 2 or more"),
    ]
  }

  private var adaptationRules: [UnusedSetting.Rule] {
    let steps = "adaptation.steps is \(adaptation.steps)"
    return [
      .init(
        ["outer.gradient", "outer.explorationCoefficient", "outer.klPenalty"],
        unusedWhere: adaptation.steps == 0,
        steps, usedBy: "adaptation.steps = 1 or more"),
      .init(
        ["outer.explorationCoefficient", "outer.klPenalty", "outer.everyStepCounts"],
        unusedWhere: outer.gradient == .reptile, "outer.gradient is \"reptile\", which has no outer loss",
        usedBy: "outer.gradient = \"exact\" or \"firstOrder\""),
      .init(
        ["outer.everyStepCounts"], unusedWhere: adaptation.steps < 2, steps,
        usedBy: "adaptation.steps = 2 or more"),
      .init(
        ["adaptation.contextSize"], unusedWhere: adaptation.parameters != .context,
        "adaptation.parameters is \"\(adaptation.parameters.rawValue)\"",
        usedBy: "adaptation.parameters = \"context\""),
      .init(
        ["baseline.constant"], unusedWhere: baseline.linear, "baseline.linear is true",
        usedBy: "baseline.linear = false"),
      .init(
        ["baseline.ridge"], unusedWhere: !baseline.linear, "baseline.linear is false",
        usedBy: "baseline.linear = true"),
    ]
  }

  private var networkRules: [UnusedSetting.Rule] {
    [
      .init(
        ["network.hiddenUnits", "network.activation"], unusedWhere: network.hiddenLayers == 0,
        "network.hiddenLayers is 0",
        usedBy: "network.hiddenLayers = 1 or more")
    ]
  }
}
