import Learning

extension RL2.Configuration {
  /// What its keys mean, in the words of their comments.
  public static var documentation: [SettingDocumentation] {
    [
      .iterations,
      .trials,
      .memory,
      .hiddenUnits,
      .init(
        "separateValue",
        "Whether the value function has a recurrent network of its own.",
        .flag, readBy: "the network"),
      .memorySpan,
      .init(
        "readoutUnits",
        "Units of a layer between the memory and what reads it, policy and value, which sees the input "
          + "once more; 0 for none, as published.",
        .count(0...LearnerLimits.units.upperBound), unit: "units", readBy: "the network"),
      .init(
        "actionUnits",
        "Units of a network that is the same for every action and reads an exact memory of what that "
          + "action brought in the present observation; 0 for none, as published. It needs `counted` "
          + "input.",
        .count(0...LearnerLimits.units.upperBound), unit: "units", readBy: "the network"),
      .init(
        "lookahead",
        "How many transitions ahead that network looks, by what was observed after each action so far.",
        .count(0...1000), unit: "transitions", readBy: "the memory of actions"),
      .input,
      .cropRadius,
      .init(
        "epochs",
        "Passes over the trials in one update.",
        .count(LearnerLimits.passes), unit: "passes", readBy: "PPO"),
      .init(
        "minibatches",
        "Parts that the trials are divided into, one gradient step each.",
        .text("a divisor of trials"), unit: "gradient steps", readBy: "PPO"),
      .init(
        "discount",
        "γ, the weight of a reward one time step later; 0 to 1.",
        .share, readBy: "advantages"),
      .init(
        "lambda",
        "λ of generalised advantage estimation; 0 to 1.",
        .share, readBy: "advantages"),
      .init(
        "clipRange",
        "ε, how far the ratio of probabilities may usefully move.",
        .above(0), readBy: "PPO"),
      .learningRate,
      .finalLearningRate,
      .init(
        "entropyCoefficient",
        "c_H, the weight of the entropy at first.",
        .number(from: 0), readBy: "the loss"),
      .init(
        "finalEntropyCoefficient",
        "c_H at the end; it changes linearly.",
        .number(from: 0), readBy: "the loss"),
      .init(
        "valueCoefficient",
        "c_v, the weight of the value function's error.",
        .number(from: 0), readBy: "the loss"),
      .maximumGradientNorm,
      .init(
        "rewardScale",
        "What rewards are multiplied by for advantages and values; the network reads them as they are.",
        .above(0), readBy: "advantages and values"),
      .init(
        "noveltyBonus",
        "What the first sight of an observation in a trial is worth at first, beside scaled rewards; "
          + "it falls to zero with the last update. For discrete observations.",
        .number(from: 0), unit: "scaled rewards", readBy: "advantages in training"),
      .init(
        "normalizeAdvantages",
        "Whether advantages are given mean 0 and variance 1 over all trials of an update.",
        .flag, readBy: "advantages"),
      .init(
        "initialDeviation",
        "Standard deviation of a continuous policy at first, where 1 is half the action box.",
        .above(0), unit: "half an action box", readBy: "the policy, where actions are continuous"),
      .shardTrials,
    ]
  }
}
