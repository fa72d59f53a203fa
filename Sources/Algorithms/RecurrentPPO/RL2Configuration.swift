import Formats
import Learning

extension RL2 {
  /// The hyperparameters of RL².
  public struct Configuration: LearnerConfiguration {
    /// Updates of the parameters, at least 1.
    public var iterations = 500
    /// Trials played for one update.
    public var trials = 512
    /// What the recurrent network remembers with: a gated recurrent unit or a long short-term memory.
    public var memory = MemoryKind.gru
    /// Units of the recurrent network.
    public var hiddenUnits = 128
    /// Whether the value function has a recurrent network of its own.
    public var separateValue = false
    /// Up to how many time steps the units of the network keep what they hold at first; at least 1.
    public var memorySpan = 1.0
    /// Units of a layer between the memory and what reads it, policy and value, which sees the input once more; 0 for
    /// none, as published.
    public var readoutUnits = 0
    /// Units of a network that is the same for every action and reads an exact memory of what that action brought in the
    /// present observation; 0 for none, as published. It needs `counted` input.
    public var actionUnits = 0
    /// How many transitions ahead that network looks, by what was observed after each action so far.
    public var lookahead = 0
    /// How the previous transition is read: see `NetworkInput.Form`. With `observation` one policy is trained for all
    /// tasks, which cannot adapt.
    public var input = NetworkInput.Form.separate
    /// Up to how many cells away a grid that is observed whole is read, as seen from the agent; 0 for as it is observed.
    public var cropRadius = 0
    /// Passes over the trials in one update.
    public var epochs = 4
    /// Parts that the trials are divided into, one gradient step each.
    public var minibatches = 4
    /// γ, the weight of a reward one time step later; 0 to 1.
    public var discount = 0.99
    /// λ of generalised advantage estimation; 0 to 1.
    public var lambda = 0.95
    /// ε, how far the ratio of probabilities may usefully move.
    public var clipRange = 0.2
    /// Step size of Adam at first.
    public var learningRate = 1e-3
    /// Step size of Adam at the end; it changes linearly.
    public var finalLearningRate = 0.0
    /// c_H, the weight of the entropy at first.
    public var entropyCoefficient = 0.01
    /// c_H at the end; it changes linearly.
    public var finalEntropyCoefficient = 0.01
    /// c_v, the weight of the value function's error.
    public var valueCoefficient = 0.5
    /// The longest gradient; longer ones are scaled down to this norm.
    public var maximumGradientNorm = 0.5
    /// What rewards are multiplied by for advantages and values; the network reads them as they are.
    public var rewardScale = 1.0
    /// What the first sight of an observation in a trial is worth at first, beside scaled rewards; it falls to zero with
    /// the last update. For discrete observations.
    public var noveltyBonus = 0.0
    /// Whether advantages are given mean 0 and variance 1 over all trials of an update.
    public var normalizeAdvantages = true
    /// Standard deviation of a continuous policy at first, where 1 is half the action box.
    public var initialDeviation = 0.5
    /// The most trials that one thread works on together.
    public var shardTrials = 32

    /// The defaults.
    public init() {}

    /// Throws `InvalidParameter` for values that make no sense.
    public func validate() throws {
      try LearnerLimits.require([("iterations", iterations)], in: LearnerLimits.iterations)
      try LearnerLimits.require(
        [("trials", trials), ("minibatches", minibatches), ("shardTrials", shardTrials)],
        in: LearnerLimits.episodes)
      try LearnerLimits.require([("hiddenUnits", hiddenUnits)], in: LearnerLimits.units)
      try LearnerLimits.require([("epochs", epochs)], in: LearnerLimits.passes)
      try LearnerLimits.requireShares([("discount", discount), ("lambda", lambda)])
      let positive = [
        ("clipRange", clipRange), ("learningRate", learningRate),
        ("maximumGradientNorm", maximumGradientNorm),
        ("rewardScale", rewardScale), ("initialDeviation", initialDeviation),
      ]
      try LearnerLimits.requirePositive(positive)
      let notNegative = [
        ("finalLearningRate", finalLearningRate), ("entropyCoefficient", entropyCoefficient),
        ("finalEntropyCoefficient", finalEntropyCoefficient), ("valueCoefficient", valueCoefficient),
        ("noveltyBonus", noveltyBonus),
      ]
      try LearnerLimits.requireNotNegative(notNegative)
      try LearnerLimits.requireSinglePrecision(positive + notNegative + [("memorySpan", memorySpan)])
      for (key, value, most) in [
        ("readoutUnits", readoutUnits, LearnerLimits.units.upperBound),
        ("actionUnits", actionUnits, LearnerLimits.units.upperBound), ("lookahead", lookahead, 1000),
        ("cropRadius", cropRadius, 64),
      ] {
        if value < 0 { throw InvalidParameter(key, "is \(value); it must not be negative") }
        try require(key, value, in: 0...most)
      }
      if lookahead > 0 && actionUnits == 0 {
        throw InvalidParameter("lookahead", "is \(lookahead), which needs actionUnits")
      }
      if !(memorySpan >= 1) { throw InvalidParameter("memorySpan", "is \(memorySpan); at least 1 is needed") }
      if trials % minibatches != 0 {
        throw InvalidParameter("minibatches", "is \(minibatches); \(trials) trials cannot be divided by it")
      }
    }
  }
}
