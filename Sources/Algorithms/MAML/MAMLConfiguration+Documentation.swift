import Learning

extension MAMLConfiguration {
  /// What its keys mean, in the words of their comments.
  public static var documentation: [SettingDocumentation] {
    [
      .init(
        "iterations",
        "Updates of the parameters, at least 1.",
        .count(LearnerLimits.iterations), unit: "updates", readBy: "the outer loop"),
      .init(
        "tasks",
        "Tasks of one update.",
        .count(LearnerLimits.episodes), unit: "tasks", readBy: "the outer loop"),
      .init(
        "rollouts",
        "Episodes in each task before every adaptation step, and after the last.",
        .count(LearnerLimits.episodes), unit: "episodes", readBy: "the inner and the outer loop"),
      .init(
        "adaptationSteps",
        "Adaptation steps in training, each with fresh episodes; with none one policy is trained for "
          + "all tasks, and evaluation fine-tunes it.",
        .count(0...64), unit: "adaptation steps", readBy: "the inner loop"),
      .init(
        "hiddenUnits",
        "Units of each hidden layer.",
        .count(LearnerLimits.units), unit: "units", readBy: "the network"),
      .init(
        "hiddenLayers",
        "Hidden layers.",
        .count(0...64), unit: "layers", readBy: "the network"),
      .init(
        "activation",
        "The nonlinear function of the hidden layers.",
        .word(of: FeedForwardNetwork.Activation.self), readBy: "the network"),
      .init(
        "cropRadius",
        "Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 "
          + "for as it is observed.",
        .count(0...64), unit: "cells", readBy: "the input of the network"),
      .init(
        "initialDeviation",
        "Standard deviation of a continuous policy at first, where 1 is half the action box.",
        .above(0), unit: "half an action box", readBy: "the policy, where actions are continuous"),
      .init(
        "contextSize",
        "Numbers of the context vector; used where the context adapts.",
        .count(LearnerLimits.units), unit: "numbers", readBy: "the network"),
      .init(
        "innerLoss",
        "What the inner loop descends on.",
        .word(of: InnerLoss.self), readBy: "the inner loop"),
      .init(
        "innerStepSize",
        "α, the step size of the inner loop.",
        .above(0), readBy: "the inner loop"),
      .init(
        "laterStepFactor",
        "What α is multiplied by after the first adaptation step, in training and in evaluation.",
        .number(from: 0), readBy: "the inner loop"),
      .init(
        "learnedStepSizes",
        "Whether the step size of every adapted parameter is learned (Meta-SGD), from α on.",
        .flag, readBy: "the inner and the outer loop"),
      .init(
        "everyStepCounts",
        "Whether the outer loss counts the policies after every adaptation step, not the last alone.",
        .flag, readBy: "the outer loss"),
      .init(
        "adapted",
        "Which parameters the inner loop changes.",
        .word(of: Adapted.self), readBy: "the inner loop"),
      .init(
        "metaGradient",
        "How the outer loop learns from the adapted parameters.",
        .word(of: MetaGradient.self), readBy: "the outer loop"),
      .init(
        "outerOptimizer",
        "How the outer loop takes its step.",
        .word(of: OuterOptimizer.self), readBy: "the outer loop"),
      .init(
        "discount",
        "γ, the weight of a reward one time step later; 0 to 1.",
        .share, readBy: "advantages"),
      .init(
        "lambda",
        "λ of generalised advantage estimation; 0 to 1.",
        .share, readBy: "advantages"),
      .init(
        "baseline",
        "Whether a linear function of the observation is fitted as a baseline.",
        .flag, readBy: "advantages"),
      .init(
        "baselineRidge",
        "What is added to the diagonal of the baseline's equations, as if each of its features had "
          + "been seen so often with a return of zero. A fit of hundreds of features to a few episodes "
          + "explains the luck of every step, and leaves the policy nothing to learn from; some tens keep "
          + "it from that.",
        .above(0), unit: "observations", readBy: "the baseline"),
      .init(
        "constantBaseline",
        "What is subtracted from the rewards of the rest of an episode where no baseline is fitted.",
        .finite, unit: "rewards", readBy: "advantages without a baseline"),
      .init(
        "noveltyBonus",
        "What the first sight of an observation in an episode is worth at first, beside rewards, in "
          + "training; it falls to zero with the last update. For discrete observations.",
        .number(from: 0), unit: "rewards", readBy: "advantages in training"),
      .init(
        "normalizeAdvantages",
        "Whether advantages are given mean 0 and variance 1 in each task and step.",
        .flag, readBy: "advantages"),
      .init(
        "explorationCoefficient",
        "The weight of the credit that episodes before adaptation get for the return after it "
          + "(E-MAML).",
        .number(from: 0), readBy: "the outer loss"),
      .init(
        "divergencePenalty",
        "η, the weight of the divergence of the policies before adaptation from those that acted "
          + "(ProMP).",
        .number(from: 0), readBy: "the outer loss"),
      .init(
        "divergenceLimit",
        "TRPO: the greatest mean KL(old ‖ new) of the adapted policies.",
        .above(0), unit: "nats", readBy: "TRPO"),
      .init(
        "conjugateGradientSteps",
        "TRPO: steps of the conjugate gradient method.",
        .count(LearnerLimits.passes), unit: "steps", readBy: "TRPO"),
      .init(
        "damping",
        "TRPO: what is added to the diagonal of the Fisher information.",
        .number(from: 0), readBy: "TRPO"),
      .init(
        "curvatureStride",
        "TRPO: every n-th time step counts for the Fisher information; the gradient uses all.",
        .count(LearnerLimits.passes), unit: "time steps", readBy: "TRPO"),
      .init(
        "lineSearchCandidates",
        "TRPO: candidates of the line search.",
        .count(LearnerLimits.passes), unit: "candidates", readBy: "TRPO"),
      .init(
        "lineSearchShrinkage",
        "TRPO: what the step is multiplied by for the next candidate.",
        .properShare, readBy: "TRPO"),
      .init(
        "learningRate",
        "PPO and Adam: the step size.",
        .above(0), readBy: "PPO and Adam"),
      .init(
        "finalLearningRate",
        "PPO and Adam: the step size at the end; it changes linearly.",
        .number(from: 0), readBy: "PPO and Adam"),
      .init(
        "epochs",
        "PPO: steps of Adam in one update.",
        .count(LearnerLimits.passes), unit: "steps of Adam", readBy: "PPO"),
      .init(
        "clipRange",
        "PPO: ε, how far the ratio of probabilities may usefully move.",
        .above(0), readBy: "PPO"),
      .init(
        "maximumGradientNorm",
        "PPO and Adam: the longest gradient; longer ones are scaled down to this norm.",
        .above(0), readBy: "PPO and Adam"),
      .init(
        "evaluationRollouts",
        "Episodes before every adaptation step in evaluation.",
        .count(LearnerLimits.episodes), unit: "episodes", readBy: "evaluation"),
    ]
  }
}
