import Autodiff
import Learning
import Parallel
import Randomness
import Simulation
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
        featureCount: 14, memory: GatedRecurrentUnit(unitCount: hiddenCount), distribution: distribution,
        hasSeparateValue: false, initialDeviation: 1)
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

/// Trials played from beginning to end by one thread: policy and environments step together in that thread's cache.
final class TrialShard: @unchecked Sendable {
  /// What was played last.
  let rollout: Rollout
  /// The return of each episode, `[lanes, episode]`.
  private(set) var returns: [Float]
  private let actor: Actor
  private let lanes: any Lanes
  private var actions: [Float]
  private var keys: [RandomKey]

  /// Room for trials of `simulator` in tasks of the split `train`.
  init(_ simulator: any Simulator, _ acting: ActingProgram, isScaled: Bool, looksForNovelties: Bool) {
    let (interface, laneCount) = (simulator.interface, acting.laneCount)
    actor = Actor(acting)
    var columns = actor.columns + [Rollout.Column(.advantages)]
    if looksForNovelties { columns.append(Rollout.Column(.novelties)) }
    if looksForNovelties || isScaled { columns.append(Rollout.Column(.earnings)) }
    rollout = Rollout(stepCount: interface.trialLength, laneCount: laneCount, columns: columns)
    keys = Array(repeating: RandomKey(seed: 0), count: laneCount)
    lanes = simulator.beginTrial(drawingFrom: "train", keys: keys)
    actions = Array(repeating: 0, count: laneCount * interface.action.componentCount)
    returns = Array(repeating: 0, count: laneCount * interface.episodeCount)
  }

  /// Plays one trial in every lane, lane i in a task and with randomness from below `key.child(firstLane + i)`.
  func play(parameters: [Float], key: RandomKey, firstLane: Int) {
    for lane in keys.indices { keys[lane] = key.child(firstLane + lane) }
    lanes.restart(drawingFrom: "train", keys: keys)
    actor.setParameters(parameters)
    actor.beginTrial(keys: keys)
    lanes.collect(actor, into: rollout, actions: &actions)
    let played = lanes.returns
    for index in returns.indices { returns[index] = played[index] }
  }

  /// Moves what was played to the other processes.
  func move(by transfer: inout ShardTransfer) {
    rollout.move(by: &transfer)
    transfer.move(&returns)
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
    _ trials: ArraySlice<Int>, of rollouts: [Rollout], weight: Float, shift: Float, scale: Float,
    entropyCoefficient: Float
  ) {
    for (lane, trial) in trials.enumerated() {
      let rollout = rollouts[trial / rollouts[0].laneCount]
      let source = trial % rollout.laneCount
      gather(.inputs, of: rollout, source, to: .inputs, lane)
      gather(.choices, of: rollout, source, to: .choices, lane)
      gather(.logProbabilities, of: rollout, source, to: .logProbabilities, lane)
      loadTargets(rollout, source, lane, weight: weight, shift: shift, scale: scale)
    }
    workspace.withInput(RL2.Port.entropyCoefficient.rawValue) { $0[0] = entropyCoefficient }
  }

  private func gather(
    _ name: Rollout.Name, of rollout: Rollout, _ trial: Int, to port: RL2.Port, _ lane: Int
  ) {
    let values = rollout[name]
    let width = values.count / (rollout.stepCount * rollout.laneCount)
    workspace.withInput(port.rawValue) { input in
      input.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { source in
          guard let to = target.baseAddress, let from = source.baseAddress else { return }
          for time in 0..<stepCount {
            (to + (time * laneCount + lane) * width)
              .update(from: from + (time * rollout.laneCount + trial) * width, count: width)
          }
        }
      }
    }
  }

  private func loadTargets(
    _ rollout: Rollout, _ source: Int, _ lane: Int, weight: Float, shift: Float, scale: Float
  ) {
    let (advantages, values) = (rollout[.advantages], rollout[.values])
    let (from, length) = (rollout.laneCount, rollout.lengths[source])
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
