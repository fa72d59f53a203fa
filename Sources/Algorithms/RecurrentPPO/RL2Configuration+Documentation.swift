import Learning

extension RL2.Configuration {
  /// What its keys mean, in the words of their comments.
  public static var documentation: [SettingDocumentation] {
    [
      .init(
        "iterations",
        "Updates of the parameters, at least 1.",
        .count(LearnerLimits.iterations), unit: "updates", readBy: "the training"),
      .init(
        "trials",
        "Trials played for one update.",
        .count(LearnerLimits.episodes), unit: "trials", readBy: "the training"),
      .init(
        "memory",
        "What the recurrent network remembers with: a gated recurrent unit or a long short-term memory.",
        .word(of: MemoryKind.self), readBy: "the network"),
      .init(
        "hiddenUnits",
        "Units of the recurrent network.",
        .count(LearnerLimits.units), unit: "units", readBy: "the network"),
      .init(
        "separateValue",
        "Whether the value function has a recurrent network of its own.",
        .flag, readBy: "the network"),
      .init(
        "memorySpan",
        "Up to how many time steps the units of the network keep what they hold at first; at least 1.",
        .number(from: 1), unit: "time steps", readBy: "the first parameters of the network"),
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
      .init(
        "input",
        "How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy "
          + "is trained for all tasks, which cannot adapt.",
        .word(of: NetworkInput.Form.self), readBy: "the input of the network"),
      .init(
        "cropRadius",
        "Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 "
          + "for as it is observed.",
        .count(0...64), unit: "cells", readBy: "the input of the network"),
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
      .init(
        "learningRate",
        "Step size of Adam at first.",
        .above(0), readBy: "Adam"),
      .init(
        "finalLearningRate",
        "Step size of Adam at the end; it changes linearly.",
        .number(from: 0), readBy: "Adam"),
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
      .init(
        "maximumGradientNorm",
        "The longest gradient; longer ones are scaled down to this norm.",
        .above(0), readBy: "Adam"),
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
      .init(
        "shardTrials",
        "The most trials that one thread works on together.",
        .count(LearnerLimits.episodes), unit: "trials",
        readBy: "the division of the work, whose sums it rounds otherwise"),
    ]
  }
}
