import Learning
import Trials

/// How trials become the inputs of the loss program.
struct TrialPPOBatch: Sendable {
  private let rollouts: [Rollout]
  /// The trials of the batch, as they are drawn.
  private let trials: ArraySlice<Int>
  private let weight: Float
  /// What to subtract from advantages and then multiply them by.
  private let (shift, scale): (Float, Float)
  private let copied: [(Rollout.Name, TrialPPOLoss.Port)]

  /// The trials of `rollouts` numbered `trials`, to be read by `loss`.
  init(
    _ rollouts: [Rollout], _ trials: ArraySlice<Int>, shift: Float, scale: Float, loss: TrialPPOLoss
  ) {
    (self.rollouts, self.trials, self.shift, self.scale) = (rollouts, trials, shift, scale)
    weight = 1 / Float(rollouts.timeStepCount(of: trials))
    copied =
      [(.inputs, .inputs), (.choices, .choices), (.logProbabilities, .logProbabilities)]
      + (loss.readsContext ? [(.context, .context)] : [])
  }

  /// Writes the trial at `place` of the batch to `lane`.
  func load(_ place: Int, to lane: ProgramLane) {
    let (rollout, source) = rollouts.trial(trials[trials.startIndex + place])
    for (name, port) in copied { rollout.copy(name, of: source, to: lane, input: port.rawValue) }
    loadTargets(rollout, source, lane)
  }

  private func loadTargets(_ rollout: Rollout, _ source: Int, _ lane: ProgramLane) {
    let (advantages, values) = (rollout[.advantages], rollout[.values])
    let (from, length) = (rollout.laneCount, rollout.lengths[source])
    func write(_ port: TrialPPOLoss.Port, _ value: (Int) -> Float) { lane.write(port.rawValue, value) }
    write(.advantages) { $0 < length ? (advantages[$0 * from + source] - shift) * scale : 0 }
    // Targets are of the advantages as estimated, not as normalised.
    write(.targets) { advantages[$0 * from + source] + values[$0 * from + source] }
    write(.weights) { $0 < length ? weight : 0 }
  }
}

/// Sums over the gradient steps of one update.
struct TrialPPOStatistics {
  var sums = SIMD8<Double>()
  var gradientNorm = 0.0

  private static let names = ["policyLoss", "valueLoss", "entropy", "approximateKL", "clipFraction"]

  /// The name of the first sum that is not finite.
  var firstNonFinite: String? {
    Self.names.indices.first { !sums[$0].isFinite }.map { Self.names[$0] }
  }

  func write(to metrics: inout Metrics, stepCount: Int) {
    for (index, name) in Self.names.enumerated() { metrics[name] = sums[index] / Double(stepCount) }
    metrics["gradientNorm"] = gradientNorm / Double(stepCount)
  }
}
