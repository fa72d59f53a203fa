import Autodiff
import Learning
import Trials

/// How trials become the inputs of the loss program.
struct TrialBatch: Sendable {
  let rollouts: [Rollout]
  /// The trials of the batch, as they are drawn.
  let trials: ArraySlice<Int>
  let weight: Float
  /// What to subtract from advantages and then multiply them by.
  let (shift, scale): (Float, Float)

  /// Copies the trials of shard `shard` of `laneCount` trials.
  func load(shard: Int, laneCount: Int, _ worker: TrialGradients.Worker) {
    let first = trials.startIndex + shard * laneCount
    for (lane, trial) in trials[first..<first + laneCount].enumerated() {
      let rollout = rollouts[trial / rollouts[0].laneCount]
      let source = trial % rollout.laneCount
      for (name, port) in [
        (Rollout.Name.inputs, RecurrentPPOLoss.Port.inputs), (.choices, .choices),
        (.logProbabilities, .logProbabilities),
      ] {
        rollout.copy(
          name, ofLane: source, to: worker.workspace, port.rawValue, lane: lane, laneCount: laneCount,
          stepCount: worker.stepCount)
      }
      loadTargets(rollout, source, worker, lane, laneCount)
    }
  }

  private func loadTargets(
    _ rollout: Rollout, _ source: Int, _ worker: TrialGradients.Worker, _ lane: Int, _ laneCount: Int
  ) {
    let (advantages, values) = (rollout[.advantages], rollout[.values])
    let (from, length) = (rollout.laneCount, rollout.lengths[source])
    func write(_ port: RecurrentPPOLoss.Port, _ value: (Int) -> Float) {
      worker.workspace.withInput(port.rawValue) { input in
        for time in 0..<worker.stepCount { input[time * laneCount + lane] = value(time) }
      }
    }
    write(.advantages) { $0 < length ? (advantages[$0 * from + source] - shift) * scale : 0 }
    // Targets are of the advantages as estimated, not as normalised.
    write(.targets) { advantages[$0 * from + source] + values[$0 * from + source] }
    write(.weights) { $0 < length ? weight : 0 }
  }
}

extension Rollout {
  /// Copies the first `stepCount` time steps of a column in one lane to an input of `workspace`, `[T·B, width]`, as its
  /// lane `lane` of `laneCount`.
  fileprivate func copy(
    _ name: Rollout.Name, ofLane source: Int, to workspace: Workspace<Float>, _ port: Int, lane: Int,
    laneCount: Int, stepCount: Int
  ) {
    let values = self[name]
    let width = values.count / (self.stepCount * self.laneCount)
    workspace.withInput(port) { input in
      input.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { buffer in
          guard let to = target.baseAddress, let from = buffer.baseAddress else { return }
          for time in 0..<stepCount {
            (to + (time * laneCount + lane) * width)
              .update(from: from + (time * self.laneCount + source) * width, count: width)
          }
        }
      }
    }
  }
}

/// Sums over the gradient steps of one update.
struct Statistics {
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
