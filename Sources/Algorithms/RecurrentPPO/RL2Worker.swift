import Autodiff
import Learning
import Parallel
import Randomness
import Trials

extension RL2 {
  /// The gradient of one shard of trials, to be timed.
  public final class GradientBenchmark {
    private let worker: GradientWorker
    private let result: ShardResult

    /// A shard of `laneCount` trials of `stepCount` pulls of one of ten arms.
    public init(hiddenCount: Int, stepCount: Int, laneCount: Int) {
      let distribution = ActionDistribution(.discrete([10]))
      let inputWidth = 10
      let network = RecurrentNetwork(
        featureCount: 14, hiddenCount: hiddenCount, distribution: distribution, hasSeparateValue: false,
        initialDeviation: 1)
      let program = RL2.lossProgram(
        network, distribution, inputWidth: inputWidth, stepCount: stepCount, laneCount: laneCount,
        clipRange: 0.2,
        valueCoefficient: 0.5)
      worker = GradientWorker(program, stepCount: stepCount, laneCount: laneCount)
      worker.setParameters(network.layout.initialValues(RandomKey(seed: 1)))
      result = ShardResult(parameterCount: network.layout.count)
    }

    /// The floating-point operations of the matrix products of one run.
    public var operationCount: Int { worker.operationCount }

    /// Calculates the gradient once.
    public func run() { worker.run(into: result) }
  }
}

/// The gradient and the statistics of one shard.
final class ShardResult: @unchecked Sendable {
  var gradient: [Float]
  var statistics = SIMD8<Float>()

  init(parameterCount: Int) { gradient = Array(repeating: 0, count: parameterCount) }

  func move(by transfer: inout ShardTransfer) {
    transfer.move(&gradient)
    transfer.move(&statistics)
  }

  func add(_ other: ShardResult) {
    Self.add(other.gradient.span, to: &gradient)
    statistics += other.statistics
  }

  private static func add(_ source: Span<Float>, to target: inout [Float]) {
    var target = target.mutableSpan
    for index in 0..<source.count { target[index] += source[index] }
  }
}

/// One thread's means to calculate gradients.
final class GradientWorker: @unchecked Sendable {
  var hasParameters = false
  /// The floating-point operations of the matrix products of one run.
  let operationCount: Int
  private let workspace: Workspace<Float>
  private let stepCount: Int
  private let laneCount: Int

  init(_ program: Program, stepCount: Int, laneCount: Int) {
    workspace = Workspace(program)
    operationCount = program.productOperationCount
    self.stepCount = stepCount
    self.laneCount = laneCount
  }

  func setParameters(_ parameters: [Float]) {
    workspace.setInput(RL2.Port.parameters.rawValue, parameters, isHeld: true)
    hasParameters = true
  }

  /// Copies the trials into the inputs of the program.
  func load(
    _ trials: ArraySlice<Int>, of recorders: [TrialRecorder], weight: Float, shift: Float, scale: Float,
    entropyCoefficient: Float
  ) {
    for (lane, trial) in trials.enumerated() {
      let recorder = recorders[trial / recorders[0].laneCount]
      let source = trial % recorder.laneCount
      gather(recorder.inputs, .inputs, recorder, source, lane)
      gather(recorder.choices, .choices, recorder, source, lane)
      gather(recorder.logProbabilities, .logProbabilities, recorder, source, lane)
      loadTargets(recorder, source, lane, weight: weight, shift: shift, scale: scale)
    }
    workspace.withInput(RL2.Port.entropyCoefficient.rawValue) { $0[0] = entropyCoefficient }
  }

  private func gather(
    _ values: [Float], _ port: RL2.Port, _ recorder: TrialRecorder, _ trial: Int, _ lane: Int
  ) {
    let width = values.count / (recorder.stepCount * recorder.laneCount)
    workspace.withInput(port.rawValue) { input in
      input.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { source in
          guard let to = target.baseAddress, let from = source.baseAddress else { return }
          for time in 0..<stepCount {
            (to + (time * laneCount + lane) * width)
              .update(from: from + (time * recorder.laneCount + trial) * width, count: width)
          }
        }
      }
    }
  }

  private func loadTargets(
    _ recorder: TrialRecorder, _ source: Int, _ lane: Int, weight: Float, shift: Float, scale: Float
  ) {
    let (advantages, values) = (recorder.advantages, recorder.values)
    let (from, length) = (recorder.laneCount, recorder.lengths[source])
    write(.advantages, lane) { $0 < length ? (advantages[$0 * from + source] - shift) * scale : 0 }
    // Targets are of the advantages as estimated, not as normalised.
    write(.targets, lane) { advantages[$0 * from + source] + values[$0 * from + source] }
    write(.weights, lane) { $0 < length ? weight : 0 }
  }

  private func write(_ port: RL2.Port, _ lane: Int, _ value: (Int) -> Float) {
    workspace.withInput(port.rawValue) { input in
      for time in 0..<stepCount { input[time * laneCount + lane] = value(time) }
    }
  }

  func run(into result: ShardResult) {
    workspace.run()
    workspace.copyOutput(0, to: &result.gradient)
    workspace.withOutput(1) { for index in 0..<$0.count { result.statistics[index] = $0[index] } }
  }
}

/// Sums over the gradient steps of one update.
struct Statistics {
  var sums = SIMD8<Double>()
  var gradientNorm = 0.0

  private static let names = ["policyLoss", "valueLoss", "entropy", "approximateDivergence", "clipFraction"]

  /// The name of the first sum that is not finite.
  var firstNonFinite: String? {
    Self.names.indices.first { !sums[$0].isFinite }.map { Self.names[$0] }
  }

  mutating func add(_ results: [ShardResult]) {
    for result in results { sums += SIMD8<Double>(result.statistics) }
  }

  func write(to metrics: inout Metrics, stepCount: Int) {
    for (index, name) in Self.names.enumerated() { metrics[name] = sums[index] / Double(stepCount) }
    metrics["gradientNorm"] = gradientNorm / Double(stepCount)
  }
}
