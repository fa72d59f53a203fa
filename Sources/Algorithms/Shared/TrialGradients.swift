import Autodiff
import Parallel

/// Gradients of a loss over batches of whole trials: the trials of a batch are dealt out in shards of equal size to all
/// threads and processes, and what the shards give is added in an order that depends on neither.
final class TrialGradients: @unchecked Sendable {
  /// How many trials one shard has.
  let shardSize: Int
  private let pool: ThreadPool
  private let fullStepCount: Int
  private let program: (_ stepCount: Int) -> Program
  private var workers: [Int: [Worker]] = [:]
  /// Made for the first gradient: who only acts is spared the memory.
  private lazy var results = (0..<shardCount).map { _ in ShardResult(parameterCount: parameterCount) }
  private let (shardCount, parameterCount): (Int, Int)

  /// One thread's means to calculate gradients of trials of at most `stepCount` time steps.
  final class Worker: @unchecked Sendable {
    /// What the program runs in.
    let workspace: Workspace<Float>
    /// The time steps that the program has room for.
    let stepCount: Int
    fileprivate var isPrepared = false

    fileprivate init(_ program: Program, stepCount: Int) {
      workspace = Workspace(program)
      self.stepCount = stepCount
    }
  }

  /// Gradients of batches of `batchCount` trials of at most `stepCount` time steps.
  ///
  /// - Parameter program: for a number of time steps and `shardSize` trials, the gradient of the sum over their time steps,
  ///   `[1, parameterCount]`, and statistics that are to be added up, `[1, at most 8]`.
  init(
    _ pool: ThreadPool, batchCount: Int, shardSize: Int, stepCount: Int, parameterCount: Int,
    program: @escaping (_ stepCount: Int) -> Program
  ) {
    self.pool = pool
    self.shardSize = shardSize
    shardCount = batchCount / shardSize
    fullStepCount = stepCount
    self.parameterCount = parameterCount
    self.program = program
  }

  /// Calculates those of a batch whose longest trial takes `longest` time steps. Each thread is once asked to `prepare` with what all shards have in common, and before each of its shards
  /// to `load` the trials of that.
  func calculate(
    longest: Int, prepare: @Sendable (Worker) -> Void, load: @Sendable (_ shard: Int, Worker) -> Void
  ) throws {
    let workers = workers(forSteps: longest)
    for worker in workers { worker.isPrepared = false }
    try pool.forEach(results, exchanging: { $0.move(by: &$1) }) { [results] shard, thread in
      let worker = workers[thread]
      if !worker.isPrepared { prepare(worker) }
      worker.isPrepared = true
      load(shard, worker)
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

  /// The floating-point operations of the matrix products of one batch.
  func operationCount(longest: Int) -> Int {
    shardCount * workers(forSteps: longest)[0].workspace.program.productOperationCount
  }

  /// Trials end early where tasks do; programs exist for quarters of the full length.
  private func workers(forSteps longest: Int) -> [Worker] {
    let quarters = (1...4).map { (fullStepCount * $0 + 3) / 4 }
    let stepCount = quarters.first { $0 >= longest } ?? fullStepCount
    if let workers = workers[stepCount] { return workers }
    let program = program(stepCount)
    let made = (0..<pool.threadCount).map { _ in Worker(program, stepCount: stepCount) }
    workers[stepCount] = made
    return made
  }
}

/// The gradient and the statistics of one shard.
final class ShardResult: @unchecked Sendable {
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
