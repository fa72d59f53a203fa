import Autodiff
import Learning
import Parallel

/// Gradients of a loss over batches of whole trials: the trials of a batch are dealt out in shards of equal size to all
/// threads and processes, and what the shards give is added in an order that depends on neither.
final class TrialGradients: @unchecked Sendable {
  /// How many trials one shard has.
  private let shardSize: Int
  private let pool: ThreadPool
  private let fullStepCount: Int
  private let program: (_ stepCount: Int, _ laneCount: Int) -> Program
  private var workers: [Int: [Worker]] = [:]
  /// Made for the first gradient: who only acts is spared the memory.
  private lazy var results = (0..<shardCount).map { _ in ShardResult(parameterCount: parameterCount) }
  private let (shardCount, parameterCount): (Int, Int)

  /// One thread's means to calculate gradients.
  private final class Worker: @unchecked Sendable {
    let workspace: Workspace<Float>
    /// The lanes of the program.
    let lanes: [ProgramLane]
    var isPrepared = false

    init(_ program: Program, shardSize: Int, stepCount: Int) {
      let workspace = Workspace<Float>(program)
      self.workspace = workspace
      lanes = (0..<shardSize).map {
        ProgramLane(TrialLane($0, of: shardSize), of: workspace, stepCount: stepCount)
      }
    }
  }

  /// Gradients of batches of `batchCount` trials of at most `stepCount` time steps.
  ///
  /// - Parameters:
  ///   - shardTrials: the most trials whose gradient one thread calculates together.
  ///   - program: for a number of time steps and of trials, the gradient of the sum over their time steps,
  ///     `[1, parameterCount]`, and statistics that are to be added up, `[1, at most 8]`.
  init(
    _ pool: ThreadPool, batchCount: Int, shardTrials: Int, stepCount: Int, parameterCount: Int,
    program: @escaping (_ stepCount: Int, _ laneCount: Int) -> Program
  ) {
    self.pool = pool
    shardSize = TrialShards.shardSize(of: batchCount, atMost: shardTrials)
    shardCount = batchCount / shardSize
    fullStepCount = stepCount
    self.parameterCount = parameterCount
    self.program = program
  }

  /// Calculates those of a batch whose longest trial takes `longest` time steps.
  ///
  /// - Parameters:
  ///   - prepare: writes what all trials have in common; each thread calls it once.
  ///   - load: writes the trial at a place of the batch to a lane of the program.
  func calculate(
    longest: Int, prepare: @Sendable (Workspace<Float>) -> Void,
    load: @Sendable (_ place: Int, ProgramLane) -> Void
  ) throws {
    let workers = workers(forSteps: longest)
    for worker in workers { worker.isPrepared = false }
    try pool.forEach(results, exchanging: { $0.move(by: &$1) }) { [results, shardSize] shard, thread in
      let worker = workers[thread]
      if !worker.isPrepared { prepare(worker.workspace) }
      worker.isPrepared = true
      for lane in worker.lanes { load(shard * shardSize + lane.lane.index, lane) }
      worker.workspace.run()
      results[shard].take(worker.workspace)
    }
    for result in results.dropFirst() { results[0].add(result) }
  }

  /// The gradient of the last batch.
  var gradient: [Float] { results[0].gradient }

  /// Adds the statistics of the last batch to `sums`.
  func addStatistics(to sums: inout SIMD8<Double>) {
    for result in results { sums += SIMD8<Double>(result.statistics) }
  }

  /// What the gradients of one batch take whose longest trial has `longest` time steps.
  func effort(longest: Int) -> Effort {
    var effort = Effort()
    effort.gradientEvaluations = shardCount * shardSize
    effort.operations =
      shardCount * workers(forSteps: longest)[0].workspace.program.productOperationCount
    return effort
  }

  /// Trials end early where tasks do; programs exist for quarters of the full length.
  private func workers(forSteps longest: Int) -> [Worker] {
    let quarters = (1...4).map { (fullStepCount * $0 + 3) / 4 }
    let stepCount = quarters.first { $0 >= longest } ?? fullStepCount
    if let workers = workers[stepCount] { return workers }
    let program = program(stepCount, shardSize)
    let made = (0..<pool.threadCount).map { _ in Worker(program, shardSize: shardSize, stepCount: stepCount) }
    workers[stepCount] = made
    return made
  }
}

/// The gradient and the statistics of one shard.
private final class ShardResult: @unchecked Sendable {
  var gradient: [Float]
  var statistics = SIMD8<Float>()

  init(parameterCount: Int) { gradient = Array(repeating: 0, count: parameterCount) }

  func take(_ workspace: Workspace<Float>) {
    workspace.copyOutput(0, to: &gradient)
    workspace.withOutput(1) { for index in 0..<$0.count { statistics[index] = $0[index] } }
  }

  func move(by transfer: inout ShardTransfer) {
    transfer.move(&gradient)
    transfer.move(&statistics)
  }

  func add(_ other: ShardResult) {
    let source = other.gradient
    Self.add(source.span, to: &gradient)
  }

  private static func add(_ source: Span<Float>, to target: inout [Float]) {
    var target = target.mutableSpan
    for index in 0..<source.count { target[index] += source[index] }
  }
}
