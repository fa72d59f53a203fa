import Algorithms
import Environments
import Kernels
import Parallel
import Randomness
import Simulation

extension Benchmark {
  /// The work that gradient-based meta-learners are compared on: one update of MAML with TRPO in 2D
  /// navigation, 20 tasks × 20 episodes × 100 steps before and after one inner step, a network of 2 × 100
  /// hyperbolic tangents, 10 conjugate-gradient steps.
  static func metaUpdate(curvatureStride: Int) -> MAMLConfiguration {
    var configuration = MAMLConfiguration()
    configuration.network.activation = .hyperbolicTangent
    configuration.trpo.curvatureStride = curvatureStride
    return configuration
  }

  /// Times whole updates, with every step and with every fourth in the Fisher information, each with 1 thread
  /// and with `threads`; returns updates per second, and the share of the cores' peak.
  public mutating func measureMetaUpdates(threads: Int, report: (Row) -> Void) throws {
    var result: Float = 0
    let peak = Self.medianRate(repetitions: 5) { metarl_peak_f32(4_000_000, &result) }
    let simulator = EnvironmentSimulator(
      PointNavigation(), distributions: [.train: .init()], horizon: 100, episodeCount: 1)
    for stride in [1, 4] {
      let work = "maml 2d-navigation, 20 × 20 × 100, 2 × 100 units, Fisher of every step / \(stride)"
      for count in threads > 1 ? [1, threads] : [1] {
        let learner = try MAML(
          Self.metaUpdate(curvatureStride: stride), for: simulator, key: RandomKey(seed: 1),
          pool: ThreadPool(threadCount: count))
        var (iteration, operationCount) = (0, 0.0)
        func update() throws {
          iteration += 1
          let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
          operationCount = metrics["operations"] ?? 0
        }
        try update()
        let rate = try Self.medianRate(repetitions: 5) {
          for _ in 0..<stride { try update() }
          return stride
        }
        append(Row(work: work, threads: count, value: rate, unit: "updates/s"), report)
        let share = rate * operationCount / (peak * Double(count))
        append(Row(work: "\(work), share of peak", threads: count, value: share, unit: ""), report)
      }
    }
  }
}
