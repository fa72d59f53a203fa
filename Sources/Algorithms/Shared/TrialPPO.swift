import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// Proximal policy optimisation on the trials of one update: advantages are estimated over each whole trial, and gradient
/// steps are taken on minibatches of whole trials. The loss is that of `TrialPPOLoss`.
///
/// Source: Schulman et al. 2017, "Proximal policy optimization algorithms".
final class TrialPPO<Configuration: TrialPPOConfiguration>: @unchecked Sendable {
  private let configuration: Configuration
  private let loss: TrialPPOLoss
  private let gradients: TrialGradients
  private var minibatches: TrialMinibatches

  /// Steps on `loss` for trials of at most `stepCount` time steps.
  init(_ configuration: Configuration, _ loss: TrialPPOLoss, stepCount: Int, pool: ThreadPool) {
    self.configuration = configuration
    self.loss = loss
    minibatches = TrialMinibatches(of: configuration.trials, count: configuration.ppo.minibatches)
    gradients = TrialGradients(
      pool, batchCount: minibatches.size,
      shardTrials: configuration.shardTrials, stepCount: stepCount,
      parameterCount: loss.network.layout.count, program: loss.program)
  }

  // MARK: Playing

  /// Plays the trials of an update with the parameters of the actor, and estimates advantages. Throws `Divergence` where
  /// what came of it is not finite.
  func play(_ shards: TrialShards, parameters: [Float], iteration: Int, key: RandomKey, pool: ThreadPool)
    throws
  {
    let configuration = configuration
    let explorationBonus = scheduled(configuration.exploration.bonus, 0, iteration)
    try shards.play(parameters: parameters, key: key, pool: pool) { rollout in
      rollout.calculateEarnings(
        scale: Float(configuration.rewardScale), explorationBonus: explorationBonus,
        uncreditedCount: configuration.creditFrom)
      rollout.estimateAdvantages(
        discount: Float(configuration.discount), lambda: Float(configuration.advantages.lambda))
    }
    try shards.requireFinite(
      [.inputs, .context, .choices, .logProbabilities, .values, .rewards, .earnings], iteration)
  }

  private func scheduled(_ first: Double, _ last: Double, _ iteration: Int) -> Float {
    Float(configuration.scheduled(first, last, iteration))
  }

  // MARK: Learning

  /// Takes `epochs · minibatches` steps on the trials of `shards`. Returns what was measured, and the effort of playing and
  /// of the steps. Throws `Divergence` where a loss or a gradient is not finite.
  func improve(
    _ parameters: inout ParameterGroup, on shards: TrialShards, iteration: Int, key: RandomKey
  ) throws -> (metrics: Metrics, effort: Effort) {
    let stepSize = Float(configuration.optimizer.learningRate(in: iteration, of: configuration))
    let entropyCoefficient = scheduled(
      configuration.entropy.coefficient, configuration.entropy.finalCoefficient, iteration)
    let (shift, scale) = advantageNormalization(shards)
    guard (shift * scale).isFinite else { throw Divergence(place: "advantage", iteration: iteration) }
    let longest = shards.longest
    var (statistics, effort) = (TrialPPOStatistics(), shards.effort)
    minibatches.begin()
    for epoch in 0..<configuration.ppo.epochs {
      minibatches.shuffle(key.child("order").child(epoch))
      for index in 0..<minibatches.count {
        let batch = TrialPPOBatch(
          shards.rollouts, minibatches[index], shift: shift, scale: scale, loss: loss)
        try calculateGradients(
          of: batch, longest: longest, parameters: parameters.values, entropyCoefficient: entropyCoefficient)
        effort += gradients.effort(longest: longest)
        gradients.addStatistics(to: &statistics.sums)
        if let loss = statistics.firstNonFinite { throw Divergence(place: loss, iteration: iteration) }
        let norm = parameters.step(
          gradient: gradients.gradient, learningRate: stepSize,
          maximumNorm: Float(configuration.optimizer.maximumGradientNorm))
        guard norm.isFinite else { throw Divergence(place: "gradient", iteration: iteration) }
        statistics.gradientNorm += Double(norm)
      }
    }
    var metrics = shards.metrics
    statistics.write(to: &metrics, stepCount: configuration.ppo.epochs * minibatches.count)
    metrics["learningRate"] = Double(stepSize)
    return (metrics, effort)
  }

  /// What to subtract from advantages and then multiply them by.
  private func advantageNormalization(_ shards: TrialShards) -> (shift: Float, scale: Float) {
    guard configuration.advantages.normalize else { return (0, 1) }
    var (sum, squares) = (0.0, 0.0)
    for rollout in shards.rollouts {
      // After the end of a trial advantages are zero and add nothing.
      for advantage in rollout[.advantages] {
        sum += Double(advantage)
        squares += Double(advantage) * Double(advantage)
      }
    }
    let count = Double(shards.timeStepCount)
    let mean = sum / count
    let variance = max(squares / count - mean * mean, 0)
    return (Float(mean), Float(1 / (variance.squareRoot() + 1e-8)))
  }

  private func calculateGradients(
    of batch: TrialPPOBatch, longest: Int, parameters: [Float], entropyCoefficient: Float
  ) throws {
    try gradients.calculate(
      longest: longest,
      prepare: { workspace in
        workspace.setInput(TrialPPOLoss.Port.parameters.rawValue, parameters)
        workspace.withInput(TrialPPOLoss.Port.entropyCoefficient.rawValue) { $0[0] = entropyCoefficient }
      },
      load: { place, lane in batch.load(place, to: lane) })
  }
}
