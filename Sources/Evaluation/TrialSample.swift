import Foundation
import Simulation
import Trials

/// Which tasks the trials of an evaluation took place in, and so how far a mean over them may be from the mean over
/// all tasks of the split.
package struct TrialSample: Hashable, Sendable {
  /// The task of each trial, numbered from 0 in the order in which they first occur, `[trial]`.
  package let tasks: [Int]
  /// How many tasks the split has, where it is a finite set.
  package let memberCount: Int?

  /// Trials in `tasks`, of a split of `memberCount` tasks where it is a finite set.
  package init(tasks: [Int], memberCount: Int?) {
    self.tasks = tasks
    self.memberCount = memberCount
  }

  /// The trials in `tasks`, one each.
  init(_ tasks: TaskSet) {
    memberCount = tasks.memberCount
    self.tasks = tasks.count < tasks.memberCount ?? .max ? Array(tasks.numbers.indices) : tasks.numbers
  }

  /// How many trials there are.
  package var count: Int { tasks.count }
  /// How many tasks occur.
  package var taskCount: Int { memberCount.map { min($0, count) } ?? count }
  /// Whether every task of a finite set occurs equally often.
  package var isWhole: Bool { memberCount.map { count % $0 == 0 } ?? false }

  /// Whether the luck within tasks cannot be told from their differences, since they hardly occur twice.
  package var needsReplay: Bool { memberCount.map { count < 2 * $0 } ?? false }

  /// The trials of each task, `[task][trial]`.
  var trials: [[Int]] {
    var trials = Array(repeating: [Int](), count: taskCount)
    for (trial, task) in tasks.enumerated() { trials[task].append(trial) }
    return trials
  }

  /// The standard error of the mean of `values`, `[trial]`, as an estimate of the mean over all tasks; not a number for
  /// one trial of what is not a finite set.
  ///
  /// Of a finite set of M tasks, all of which occur k times and r of which once more, the error is
  /// (r (1 − r/M) S² + N W) / N², with the variance S² of the means of tasks, the variance W within tasks, and
  /// N = kM + r. Source: Cochran, "Sampling techniques", 1977, sections 2.5 and 10.3.
  /// - Parameter luck: the variance within tasks, where `needsReplay`.
  package func standardError(of values: [Double], luck: Double?) -> Double {
    let plain = Statistics.standardError(values)
    guard let memberCount, values.allSatisfy(\.isFinite) else { return plain }
    let groups = trials
    let within = luck ?? Self.varianceWithin(groups.map { $0.map { values[$0] } })
    guard let within else { return plain }
    let means = means(of: values)
    let noise = within * groups.reduce(0) { $0 + 1 / Double($1.count) } / Double(groups.count)
    let between = max(0, (groups.count > 1 ? Self.variance(means) : 0) - noise)
    let (rest, all, total) = (Double(count % memberCount), Double(memberCount), Double(count))
    return (rest * (1 - rest / all) * between + total * within).squareRoot() / total
  }

  /// The mean of `values`, `[trial]`, in each task, `[task]`.
  func means(of values: [Double]) -> [Double] {
    trials.map { group in group.reduce(0) { $0 + values[$1] } / Double(group.count) }
  }

  /// The variance within tasks of two plays of the same trials, `[trial]`.
  package static func luck(_ first: [Double], _ second: [Double]) -> Double? {
    guard !first.isEmpty else { return nil }
    return zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(2 * first.count)
  }

  private static func varianceWithin(_ groups: [[Double]]) -> Double? {
    let repeated = groups.filter { $0.count > 1 }
    let freedom = repeated.reduce(0) { $0 + $1.count - 1 }
    guard freedom > 0 else { return nil }
    return repeated.reduce(0) { $0 + variance($1) * Double($1.count - 1) } / Double(freedom)
  }

  private static func variance(_ values: [Double]) -> Double {
    let error = Statistics.standardError(values)
    return error * error * Double(values.count)
  }

  /// How many standard errors the 95 % interval of a mean of `count` values extends: the quantile of Student's law at
  /// 0.975 with `count` − 1 degrees of freedom, by its expansion in their reciprocal, or where they are too few for that,
  /// by bisection; not a number for one value.
  /// Source: Abramowitz and Stegun, "Handbook of mathematical functions", 26.7.5.
  package static func quantile(_ count: Int) -> Double {
    guard count > 1 else { return .nan }
    guard count > 12 else { return smallQuantile(count) }
    let (z, freedom) = (1.959964, Double(count - 1))
    let (cube, fifth) = (pow(z, 3), pow(z, 5))
    let seventh = pow(z, 7)
    return z + (cube + z) / (4 * freedom) + (5 * fifth + 16 * cube + 3 * z) / (96 * freedom * freedom)
      + (3 * seventh + 19 * fifth + 17 * cube - 15 * z) / (384 * freedom * freedom * freedom)
  }
}

extension TrialSample {
  /// Whether the mean of `gains`, `[trial]`, is above 0 by more than chance might make it, at 99.9 %: the test of
  /// Student, on one side. Of one trial nothing is known but its sign.
  package static func isGain(_ gains: [Double]) -> Bool {
    let (mean, error) = (Statistics.mean(gains), Statistics.standardError(gains))
    guard gains.count > 1 else { return mean > 0 }
    guard mean > 1e-9 else { return false }
    return error == 0 || tail(above: mean / error, count: gains.count) < 0.001
  }

  /// The same for few values.
  private static func smallQuantile(_ count: Int) -> Double {
    var (lower, upper) = (1.9, 13.0)
    for _ in 0..<60 {
      let middle = (lower + upper) / 2
      if tail(above: middle, count: count) > 0.025 { lower = middle } else { upper = middle }
    }
    return (lower + upper) / 2
  }

  /// The probability that a mean of `count` values, more than one, lies more than `value` of its standard errors above
  /// what it estimates, `value` being at least 0: Student's law with `count` − 1 degrees of freedom.
  /// Source: Abramowitz and Stegun, "Handbook of mathematical functions", 26.7.3 and 26.7.4.
  package static func tail(above value: Double, count: Int) -> Double {
    let freedom = count - 1
    let angle = atan(value / Double(freedom).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = freedom % 2 == 1
    var (term, sum) = (isOdd ? cosine : 1, 0.0)
    // The powers of the cosine up to `freedom` − 2, each with the quotient of factorials before it.
    for power in stride(from: isOdd ? 1 : 0, through: freedom - 2, by: 2) {
      sum += term
      term *= Double(power + 1) / Double(power + 2) * cosine * cosine
    }
    let inside = isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
    return (1 - inside) / 2
  }
}

/// A second play of some trials of an evaluation with other random numbers, which tells how much is luck.
struct Replay: Sendable {
  /// Which trials were played again.
  let trials: [Int]
  /// What came of them, `[index in trials, episode]`.
  let returns: [Double]

  /// The most trials that are played again.
  static let limit = 200

  /// Trials spread over `sample`, at most `limit`.
  static func trials(of sample: TrialSample) -> [Int] {
    let count = min(sample.count, limit)
    return (0..<count).map { $0 * sample.count / count }
  }
}

extension Statistics {
  /// The same with another standard error of the mean of `count` values, and a percentile interval that is as much wider
  /// about the mean; Student's quantile makes up for few values.
  func corrected(standardError error: Double, count: Int) -> Statistics {
    guard count > 1 else {
      return Statistics(
        mean: mean, standardError: .nan, interquartileMean: interquartileMean, lower: .nan, upper: .nan)
    }
    // The bootstrap's own spread is that of a population, not of a sample.
    let spread = standardError * (Double(count - 1) / Double(count)).squareRoot()
    let quantile = TrialSample.quantile(count)
    guard spread > 0 else {
      return Statistics(
        mean: mean, standardError: error, interquartileMean: interquartileMean,
        lower: mean - quantile * error,
        upper: mean + quantile * error)
    }
    let factor = error / spread * quantile / TrialSample.quantile(.max)
    return Statistics(
      mean: mean, standardError: error, interquartileMean: interquartileMean,
      lower: mean + (lower - mean) * factor, upper: mean + (upper - mean) * factor)
  }
}
