import Formats

/// What hyperparameters were called before they stood in groups, so that whoever brings an old file is told each new name.
package enum FormerKeys {
  /// Throws `InvalidParameter` where `table` has former keys of an algorithm with `defaults`, and names the present name of
  /// each.
  static func refuse(in table: Table, defaults: Table) throws {
    let renamed = table.entries.compactMap { key, value in
      present(for: key, value, defaults: defaults).map { (key, $0) }
    }
    guard let (key, name) = renamed.first else { return }
    let others = renamed.dropFirst().map { "\($0.0) is now \($0.1)" }
    throw InvalidParameter(key, (["is now \(name)"] + others).joined(separator: ", "))
  }

  /// The present name of `key`, which has `value`; nil where it is the present one, or was none of the algorithm's.
  package static func present(for key: String, _ value: Value, defaults: Table) -> String? {
    // A key may have become the name of a group, such as `input`.
    guard defaults[key].map({ $0.table != nil && value.table == nil }) ?? true else { return nil }
    let names = table[key] ?? []
    return names.first { defaults.value(at: $0) != nil }
      ?? (names.isEmpty ? nil : names.last { $0.contains(" ") })
  }

  /// The present names by the former ones; where algorithms differ, those of all.
  private static let table: [String: [String]] = [
    "memory": ["network.memory"], "hiddenUnits": ["network.hiddenUnits"],
    "hiddenLayers": ["network.hiddenLayers"], "activation": ["network.activation"],
    "contextSize": ["adaptation.contextSize"], "memorySpan": ["network.chronoSpan"],
    "readoutUnits": ["network.readoutUnits"], "separateValue": ["value.separateMemory"],
    "valueCoefficient": ["value.coefficient"], "input": ["input.form"], "cropRadius": ["input.cropRadius"],
    "actionUnits": ["counts.units", "counts.units of the algorithm rl2-counts"],
    "lookahead": ["counts.lookahead", "counts.lookahead of the algorithm rl2-counts"],
    "epochs": ["ppo.epochs"], "minibatches": ["ppo.minibatches"], "clipRange": ["ppo.clipRange"],
    "lambda": ["advantages.lambda"], "normalizeAdvantages": ["advantages.normalize"],
    "baseline": ["baseline.linear"], "baselineRidge": ["baseline.ridge"],
    "constantBaseline": ["baseline.constant"], "learningRate": ["optimizer.learningRate"],
    "finalLearningRate": ["optimizer.finalLearningRate"],
    "maximumGradientNorm": ["optimizer.maximumGradientNorm"], "entropyCoefficient": ["entropy.coefficient"],
    "finalEntropyCoefficient": ["entropy.finalCoefficient"], "noveltyBonus": ["exploration.bonus"],
    "initialDeviation": ["exploration.initialStandardDeviation"], "adaptationSteps": ["adaptation.steps"],
    "innerLoss": ["adaptation.loss"], "innerStepSize": ["adaptation.stepSize"],
    "laterStepFactor": ["adaptation.laterStepFactor"], "learnedStepSizes": ["adaptation.learnedStepSizes"],
    "adapted": ["adaptation.parameters"], "metaGradient": ["outer.gradient"],
    "outerOptimizer": ["outer.optimizer"], "everyStepCounts": ["outer.everyStepCounts"],
    "explorationCoefficient": ["outer.explorationCoefficient"], "divergencePenalty": ["outer.klPenalty"],
    "divergenceLimit": ["trpo.klLimit"], "conjugateGradientSteps": ["trpo.conjugateGradientSteps"],
    "damping": ["trpo.damping"], "curvatureStride": ["trpo.curvatureStride"],
    "lineSearchCandidates": ["trpo.lineSearchCandidates"],
    "lineSearchShrinkage": ["trpo.lineSearchShrinkage"], "replayTrials": ["replay.capacity"],
    "batchTrials": ["replay.batchTrials"], "prioritizedShare": ["replay.prioritizedFraction"],
    "initialTemperature": ["temperature.initial"], "targetSpread": ["temperature.targetSpread"],
    "finalTargetSpread": ["temperature.finalTargetSpread"],
  ]
}
