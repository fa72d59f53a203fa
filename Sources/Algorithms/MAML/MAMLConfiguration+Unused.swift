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
            ["curvatureStride"], unusedWhere: interface.horizon == 1, "an agent acts once",
            usedBy: "a greater horizon")
        ])
  }

  private var optimizerRules: [UnusedSetting.Rule] {
    let circumstance = "outerOptimizer is \"\(outerOptimizer.rawValue)\""
    return [
      .init(
        ["learningRate", "finalLearningRate", "maximumGradientNorm"], unusedWhere: outerOptimizer == .trpo,
        circumstance, usedBy: "outerOptimizer = \"ppo\" or \"adam\""),
      .init(
        ["epochs", "clipRange"], unusedWhere: outerOptimizer != .ppo, circumstance,
        usedBy: "outerOptimizer = \"ppo\""),
      .init(
        ["clipRange"], unusedWhere: epochs == 1, "one step is taken from the policy that acted",
        usedBy: "epochs = 2 or more"),
      .init(
        [
          "divergenceLimit", "conjugateGradientSteps", "damping", "curvatureStride", "lineSearchCandidates",
          "lineSearchShrinkage",
        ], unusedWhere: outerOptimizer != .trpo, circumstance, usedBy: "outerOptimizer = \"trpo\""),
      .init(
        ["lineSearchShrinkage"], unusedWhere: lineSearchCandidates == 1, "lineSearchCandidates is 1",
        usedBy: "lineSearchCandidates = 2 or more"),
    ]
  }

  private var adaptationRules: [UnusedSetting.Rule] {
    let steps = "adaptationSteps is \(adaptationSteps)"
    return [
      .init(
        ["metaGradient", "explorationCoefficient", "divergencePenalty"], unusedWhere: adaptationSteps == 0,
        steps, usedBy: "adaptationSteps = 1 or more"),
      .init(
        ["explorationCoefficient", "divergencePenalty", "everyStepCounts"],
        unusedWhere: metaGradient == .reptile, "metaGradient is \"reptile\", which has no outer loss",
        usedBy: "metaGradient = \"exact\" or \"firstOrder\""),
      .init(
        ["everyStepCounts"], unusedWhere: adaptationSteps < 2, steps, usedBy: "adaptationSteps = 2 or more"),
      .init(
        ["contextSize"], unusedWhere: adapted != .context, "adapted is \"\(adapted.rawValue)\"",
        usedBy: "adapted = \"context\""),
      .init(
        ["constantBaseline"], unusedWhere: baseline, "baseline is true", usedBy: "baseline = false"),
      .init(["baselineRidge"], unusedWhere: !baseline, "baseline is false", usedBy: "baseline = true"),
    ]
  }

  private var networkRules: [UnusedSetting.Rule] {
    [
      .init(
        ["hiddenUnits", "activation"], unusedWhere: hiddenLayers == 0, "hiddenLayers is 0",
        usedBy: "hiddenLayers = 1 or more")
    ]
  }
}
