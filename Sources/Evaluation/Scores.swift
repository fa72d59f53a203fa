import Formats
import Parallel
import Randomness
import Trials

/// What several runs of one algorithm scored on several tasks, and what that says about the algorithm.
///
/// Every number is that of the Python library `rliable`, with which `.ci/peers-statistics.py` compares them.
///
/// Source: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021.
public struct Scores: Hashable, Sendable {
  /// The scores, `[run, task]`.
  public let values: [Double]
  /// How many tasks there are.
  public let taskCount: Int
  /// How many runs there are.
  public var runCount: Int { values.count / taskCount }

  /// The scores `values`, `[run, task]`, of at least one run on at least one task.
  public init(_ values: [Double], taskCount: Int) {
    precondition(
      taskCount > 0 && !values.isEmpty && values.count % taskCount == 0,
      "\(values.count) scores of \(taskCount) tasks")
    self.values = values
    self.taskCount = taskCount
  }

  /// The scores of the runs `rows`, each `[task]`.
  public init(rows: [[Double]]) {
    precondition(Set(rows.map(\.count)).count == 1, "runs on \(rows.map(\.count)) tasks")
    self.init(rows.flatMap { $0 }, taskCount: rows[0].count)
  }

  // MARK: Points

  /// The mean of all scores.
  public var mean: Double { Statistics.mean(values) }

  /// The median over the tasks of the mean over the runs.
  public var median: Double {
    Statistics.quantile(0.5, ofSorted: (0..<taskCount).map { Statistics.mean(column($0)) }.sorted())
  }

  /// The mean of the middle half of all scores together.
  public var interquartileMean: Double { Statistics.middleMean(values) }

  /// How far the scores stay below `target` on average, where more than the target does not count.
  public func optimalityGap(to target: Double = 1) -> Double {
    target - values.reduce(0) { $0 + Swift.min($1, target) } / Double(values.count)
  }

  /// The performance profile: the share of scores above each of `thresholds`.
  public func shares(above thresholds: [Double]) -> [Double] {
    let sorted = values.sorted()
    return thresholds.map { threshold in
      // The first score above the threshold.
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] > threshold { high = middle } else { low = middle + 1 }
      }
      return Double(sorted.count - low) / Double(sorted.count)
    }
  }

  /// The probability that a run of these scores higher than a run of `others` on the same task, ties counting
  /// one half; the mean over the tasks.
  ///
  /// It is the statistic of Mann and Whitney divided by the number of pairs.
  public func probabilityOfImprovement(over others: Scores) -> Double {
    precondition(taskCount == others.taskCount, "\(taskCount) tasks against \(others.taskCount)")
    return (0..<taskCount).reduce(0) { sum, task in
      sum + Self.probability(of: column(task), exceeding: others.column(task))
    } / Double(taskCount)
  }

  /// The scores with 0 where `zero` is and 1 where `one` is.
  public func normalized(from zero: Double, to one: Double) -> Scores {
    Scores(values.map { ($0 - zero) / (one - zero) }, taskCount: taskCount)
  }

  private static func probability(of values: [Double], exceeding others: [Double]) -> Double {
    let sorted = others.sorted()
    var (wins, below, upTo) = (0.0, 0, 0)
    for value in values.sorted() {
      while below < sorted.count && sorted[below] < value { below += 1 }
      while upTo < sorted.count && sorted[upTo] <= value { upTo += 1 }
      wins += Double(below) + 0.5 * Double(upTo - below)
    }
    return wins / Double(values.count * others.count)
  }

  private func column(_ task: Int) -> [Double] {
    stride(from: task, to: values.count, by: taskCount).map { values[$0] }
  }

  // MARK: Intervals

  /// What is drawn again to find how far a number can be trusted.
  public enum Resampling: Sendable {
    /// In each task as many runs as there are: the runs within each task are independent, the tasks are fixed.
    case runsWithinTasks
    /// As many whole runs and as many tasks as there are: as runs of other seeds on other tasks would differ.
    ///
    /// Source: Owen, "The pigeonhole bootstrap", 2007, which shows that such intervals are not too short.
    case runsAndTasks
  }

  /// What can be drawn again where `runCount` runs were on `taskCount` tasks: the runs, as `rliable` does; of one run
  /// the tasks; of one run on one task nothing.
  static func usualResampling(runCount: Int, taskCount: Int) -> Resampling? {
    runCount > 1 ? .runsWithinTasks : taskCount > 1 ? .runsAndTasks : nil
  }

  /// What the intervals of these scores are drawn from.
  public var usualResampling: Resampling? {
    Self.usualResampling(runCount: runCount, taskCount: taskCount)
  }

  /// A number with an interval that holds it with 95 % confidence.
  public struct Estimate: Hashable, Sendable {
    /// The number.
    public let value: Double
    /// The lower end of the interval: the percentile bootstrap; not a number where nothing could be drawn again.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// Whether there is an interval.
    public var hasInterval: Bool { lower.isFinite && upper.isFinite }

    /// The same as JSON.
    package var document: Value {
      .table([
        "value": .number(value),
        "ci95": hasInterval ? .array([.number(lower), .number(upper)]) : .null,
      ])
    }
  }

  /// `measure` of these scores, with an interval where there is more than one of what is drawn again. Randomness is from
  /// below `key`.
  public func estimate(
    by resampling: Resampling? = .runsWithinTasks, key: RandomKey, pool: ThreadPool,
    resampleCount: Int = 2000, of measure: @Sendable (Scores) -> Double
  ) -> Estimate {
    estimates(by: resampling, key: key, pool: pool, resampleCount: resampleCount) { [measure($0)] }[0]
  }

  /// All numbers that `measures` finds in these scores, each with an interval, from the same resamples.
  public func estimates(
    by resampling: Resampling? = .runsWithinTasks, key: RandomKey, pool: ThreadPool,
    resampleCount: Int = 2000, of measures: @Sendable (Scores) -> [Double]
  ) -> [Estimate] {
    guard let resampling, canResample(resampling) else {
      return measures(self).map { Estimate(value: $0, lower: .nan, upper: .nan) }
    }
    return Self.estimates(values: measures(self), key: key, pool: pool, resampleCount: resampleCount) {
      random in
      measures(resampled(by: resampling, using: &random))
    }
  }

  /// Whether what is drawn again can come out otherwise.
  private func canResample(_ resampling: Resampling) -> Bool {
    runCount > 1 || resampling == .runsAndTasks && taskCount > 1
  }

  /// What is drawn again for a comparison with `others`: runs where there are several on both sides, or else tasks.
  public func usualResampling(against others: Scores) -> Resampling? {
    Self.usualResampling(runCount: Swift.min(runCount, others.runCount), taskCount: taskCount)
  }

  /// The probability of improvement over `others`, with an interval where there is something to draw again: both are.
  public func improvement(
    over others: Scores, by resampling: Resampling? = .runsWithinTasks, key: RandomKey, pool: ThreadPool,
    resampleCount: Int = 2000
  ) -> Estimate {
    let value = probabilityOfImprovement(over: others)
    guard let resampling, canResample(resampling) || others.canResample(resampling) else {
      return Estimate(value: value, lower: .nan, upper: .nan)
    }
    return Self.estimates(values: [value], key: key, pool: pool, resampleCount: resampleCount) { random in
      // The same tasks in both, or else a task would be compared with another.
      let tasks = resampling == .runsAndTasks ? Self.drawn(taskCount, using: &random) : nil
      let mine = resampled(in: tasks, using: &random)
      return [mine.probabilityOfImprovement(over: others.resampled(in: tasks, using: &random))]
    }[0]
  }

  private static func estimates(
    values: [Double], key: RandomKey, pool: ThreadPool, resampleCount: Int,
    resample: @Sendable (inout RandomStream) -> [Double]
  ) -> [Estimate] {
    let results = (0..<resampleCount).map { _ in Resample() }
    pool.forEach(resampleCount) { index, _ in
      var random = key.child(index).stream()
      results[index].values = resample(&random)
    }
    return values.indices.map { index in
      let sorted = results.map { $0.values[index] }.sorted()
      return Estimate(
        value: values[index], lower: Statistics.quantile(0.025, ofSorted: sorted),
        upper: Statistics.quantile(0.975, ofSorted: sorted))
    }
  }

  private func resampled(by resampling: Resampling, using random: inout RandomStream) -> Scores {
    resampled(
      in: resampling == .runsAndTasks ? Self.drawn(taskCount, using: &random) : nil, using: &random)
  }

  /// Scores of runs drawn again: in each task anew, or where `tasks` are given whole runs on those.
  private func resampled(in tasks: [Int]?, using random: inout RandomStream) -> Scores {
    var drawn = values
    for run in 0..<runCount {
      let whole = tasks == nil ? nil : random.integer(below: runCount)
      for task in 0..<taskCount {
        let source = whole ?? random.integer(below: runCount)
        drawn[run * taskCount + task] = values[source * taskCount + (tasks?[task] ?? task)]
      }
    }
    return Scores(drawn, taskCount: taskCount)
  }

  private static func drawn(_ count: Int, using random: inout RandomStream) -> [Int] {
    (0..<count).map { _ in random.integer(below: count) }
  }

  /// What one resample came to, written by one thread.
  private final class Resample: @unchecked Sendable {
    var values: [Double] = []
  }
}
