import Algorithms
import Configuration
import Environments
import Formats
import Foundation
import Kernels
import Parallel
import Randomness
import Simulation

/// The speeds that `metarl bench` prints; each is measured, none is remembered.
public struct Benchmark: Sendable {
  /// One measured work.
  public struct Row: Sendable {
    /// What was done.
    public let work: String
    /// How many threads did it.
    public let threads: Int
    /// The rate, the median of several measurements.
    public let value: Double
    /// What the rate counts.
    public let unit: String

    /// The row in words.
    public var line: String { "\(work), \(threads) thread\(threads == 1 ? "" : "s"): \(number) \(unit)" }
    var number: String {
      value < 10
        ? String(format: "%.3f", value)
        : value < 1000
          ? String(format: "%.1f", value)
          : String(format: "%.0f", value)
    }
  }

  /// All measurements as one document.
  public var document: Value {
    .table([
      "instructionSet": .string(instructionSet),
      "rows": .array(
        rows.map {
          .table([
            "work": .string($0.work), "threads": .integer($0.threads), "value": .number($0.value),
            "unit": .string($0.unit),
          ])
        }),
    ])
  }

  /// All measurements as a table.
  public var text: String {
    let width = rows.map(\.work.count).max() ?? 0
    let lines = rows.map { row in
      let name = row.work.padding(toLength: width, withPad: " ", startingAt: 0)
      let number = String(repeating: " ", count: max(12 - row.number.count, 0)) + row.number
      return "\(name)  \(row.threads)  \(number) \(row.unit)"
    }
    return (["kernels for \(instructionSet)"] + lines).joined(separator: "\n") + "\n"
  }

  /// The instruction set of the kernels.
  public let instructionSet: String
  /// The measurements.
  public private(set) var rows: [Row] = []

  /// Nothing measured yet.
  public init() { instructionSet = String(cString: metarl_instruction_set()) }

  /// One training to time.
  struct Training {
    let name: String
    let simulator: any Simulator
    let configuration: RL2.Configuration
    let iterations: Int
  }

  static var trainings: [Training] {
    func configuration(_ trials: Int, _ hidden: Int, epochs: Int) -> RL2.Configuration {
      var configuration = RL2.Configuration()
      configuration.trials = trials
      configuration.network.hiddenUnits = hidden
      configuration.ppo.epochs = epochs
      configuration.ppo.minibatches = 4
      return configuration
    }
    var bandit = Bandit()
    bandit.armCount = 10
    let arms = EnvironmentSimulator(bandit, distributions: [.train: .init()], horizon: 1, episodeCount: 100)
    let grid = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init()], horizon: 15, episodeCount: 4)
    return [
      Training(
        name: "rl2 bandit k=10 n=100, 512 trials, GRU 256, 4 epochs × 4 minibatches", simulator: arms,
        configuration: configuration(512, 256, epochs: 4), iterations: 2),
      Training(
        name: "rl2 gridnavi, 512 trials, GRU 64, 2 epochs × 4 minibatches", simulator: grid,
        configuration: configuration(512, 64, epochs: 2), iterations: 12),
      Training(
        name: "rl2 gridnavi, 16 trials, GRU 64, 2 epochs × 4 minibatches", simulator: grid,
        configuration: configuration(16, 64, epochs: 2), iterations: 200),
    ]
  }

  /// Times whole updates, each with 1 thread and with `threads`; returns environment steps per second.
  public mutating func measureTraining(threads: Int, report: (Row) -> Void) throws {
    for training in Self.trainings {
      for count in threads > 1 ? [1, threads] : [1] {
        let learner = try RL2(
          training.configuration, for: training.simulator, key: RandomKey(seed: 1),
          pool: ThreadPool(threadCount: count))
        var iteration = 0
        func update() throws -> Int {
          iteration += 1
          _ = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
          return learner.timeStepsPerUpdate
        }
        _ = try update()
        let rate = try Self.medianRate(repetitions: 5) {
          try (0..<training.iterations).reduce(0) { sum, _ in try sum + update() }
        }
        append(Row(work: training.name, threads: count, value: rate, unit: "environment steps/s"), report)
      }
    }
  }

  /// Measures the core's peak and what part of it the gradient of a trial with 256 units reaches.
  public mutating func measurePeakShare(report: (Row) -> Void) {
    let peak = Self.medianRate(repetitions: 7) {
      var result: Float = 0
      return metarl_peak_f32(4_000_000, &result)
    }
    append(Row(work: "multiply-adds in registers", threads: 1, value: peak / 1e9, unit: "GFLOP/s"), report)
    let update = GradientBenchmark(hiddenCount: 256, stepCount: 100, laneCount: 32)
    update.run()
    let rate = Self.medianRate(repetitions: 7) {
      update.run()
      return update.operationCount
    }
    append(
      Row(work: "rl2 gradient, GRU 256, products", threads: 1, value: rate / 1e9, unit: "GFLOP/s"), report)
    append(
      Row(work: "rl2 gradient, GRU 256, share of peak", threads: 1, value: rate / peak, unit: ""), report)
  }

  /// Steps 4,096 lanes of every family with its published constants: new tasks after 200 time steps, or 100 episodes
  /// where those are over before.
  public mutating func measureFamilies(of catalogue: Catalogue, report: (Row) -> Void) {
    for type in catalogue.environments { measureFamily(type, report) }
    measureAgainstPlainC(report)
  }

  private mutating func measureFamily<Subject: Environment>(_ type: Subject.Type, _ report: (Row) -> Void) {
    let simulator = EnvironmentSimulator(
      type.init(), distributions: [.train: .init()], horizon: 100, episodeCount: 100)
    let stepper = RandomStepper(simulator, laneCount: 4096, trialLength: 200)
    // Once before, so that caches and the clock of the core are where they stay.
    _ = stepper.run(stepCount: 300)
    let rate = Self.medianRate(repetitions: 15) { stepper.run(stepCount: 300) }
    append(Row(work: type.name, threads: 1, value: rate, unit: "environment steps/s"), report)
  }

  /// Steps 4,096 lanes with random actions, observations written.
  public mutating func measureEnvironments(report: (Row) -> Void) {
    let grid = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init()], horizon: 15, episodeCount: 4)
    let point = EnvironmentSimulator(
      PointNavigation(), distributions: [.train: .init()], horizon: 100, episodeCount: 2)
    for (name, simulator) in [("grid-navigation", grid as any Simulator), ("point-navigation", point)] {
      let stepper = RandomStepper(simulator, laneCount: 4096)
      let rate = Self.medianRate(repetitions: 9) { stepper.run(stepCount: 600) }
      append(
        Row(
          work: "\(name), 4096 lanes, random actions", threads: 1, value: rate, unit: "environment steps/s"),
        report)
    }
  }

  mutating func append(_ row: Row, _ report: (Row) -> Void) {
    rows.append(row)
    report(row)
  }

  /// The median of `repetitions` measurements of how much `body` does in a second; it returns the amount.
  static func medianRate(repetitions: Int, _ body: () throws -> Int) rethrows -> Double {
    var rates: [Double] = []
    for _ in 0..<repetitions {
      let start = ContinuousClock.now
      let amount = try body()
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      rates.append(Double(amount) / elapsed)
    }
    return rates.sorted()[repetitions / 2]
  }
}
