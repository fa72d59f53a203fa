import Learning

/// What the keys mean that learners which play whole trials have in common.
extension SettingDocumentation {
  static let iterations = Self(
    "iterations", "Updates of the parameters, at least 1.", .count(LearnerLimits.iterations), unit: "updates",
    readBy: "the training")
  static let trials = Self(
    "trials", "Trials played for one update.", .count(LearnerLimits.episodes), unit: "trials",
    readBy: "the training")
  static let memory = Self(
    "memory",
    "What the recurrent network remembers with: a gated recurrent unit or a long short-term memory.",
    .word(of: MemoryKind.self), readBy: "the network")
  static let hiddenUnits = Self(
    "hiddenUnits", "Units of the recurrent network.", .count(LearnerLimits.units), unit: "units",
    readBy: "the network")
  static let memorySpan = Self(
    "memorySpan",
    "Up to how many time steps the units of the network keep what they hold at first; at least 1.",
    .number(from: 1), unit: "time steps", readBy: "the first parameters of the network")
  static let input = Self(
    "input",
    "How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy "
      + "is trained for all tasks, which cannot adapt.",
    .word(of: NetworkInput.Form.self), readBy: "the input of the network")
  static let cropRadius = Self(
    "cropRadius",
    "Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 "
      + "for as it is observed.", .count(0...64), unit: "cells", readBy: "the input of the network")
  static let learningRate = Self(
    "learningRate", "Step size of Adam at first.", .above(0), readBy: "Adam")
  static let finalLearningRate = Self(
    "finalLearningRate", "Step size of Adam at the end; it changes linearly.", .number(from: 0),
    readBy: "Adam")
  static let maximumGradientNorm = Self(
    "maximumGradientNorm", "The longest gradient; longer ones are scaled down to this norm.", .above(0),
    readBy: "Adam")
  static let shardTrials = Self(
    "shardTrials", "The most trials that one thread works on together.", .count(LearnerLimits.episodes),
    unit: "trials", readBy: "the division of the work, whose sums it rounds otherwise")
}
