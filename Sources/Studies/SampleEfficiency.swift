import Configuration
import Evaluation
import Formats
import Foundation
import Parallel
import Randomness
import Runs
import Trials

/// How a measurement rises with the time steps of the environment, over several runs: the interquartile mean with its
/// 95 % interval.
///
/// Source: Agarwal et al. 2021, section 4.3.
public struct SampleEfficiency {
  /// One point of the curve.
  public struct Point: Sendable {
    /// The time steps of the environment so far.
    public let timeStepCount: Int
    /// The mean seconds of training so far; not a number where they are not known.
    public let seconds: Double
    /// The interquartile mean over the runs.
    public let estimate: Scores.Estimate
  }

  /// The curve, at equal distances, up to where the shortest run ends.
  public let points: [Point]

  /// The curve of the measurement `name` of `runs`, which differ in nothing but the seed.
  public init(
    of name: String, inSeeds runs: [RunDirectory], catalogue: Catalogue, pool: ThreadPool
  ) throws {
    try TrainedRun.checkSeeds(runs.map { try TrainedRun($0, catalogue: catalogue) })
    try self.init(of: name, in: runs, pool: pool)
    guard points.isEmpty else { return }
    throw Failure(
      .configuration,
      "\(runs.map(\.path).joined(separator: ", ")) have no measurements \(quoted(name)) at the same time steps"
    )
  }

  /// The curve of the measurement `name` of `runs`, at `pointCount` points. At each the value of a run is the mean
  /// of its measurements since the point before. One run has no interval.
  package init(
    of name: String, in runs: [RunDirectory], pointCount: Int = 50, pool: ThreadPool
  ) throws {
    let courses = try runs.map { try Course(of: name, in: $0) }
    let end = courses.map(\.end).min() ?? 0
    let key = RandomKey(seed: 0)
    var points: [Point] = []
    for index in 0..<pointCount {
      let range = end * index / pointCount + 1..<end * (index + 1) / pointCount + 1
      let values = courses.map { $0.value(in: range) }
      guard values.allSatisfy({ $0 != nil }) else { continue }
      let scores = Scores(values.compactMap { $0?.value }, taskCount: 1)
      points.append(
        Point(
          timeStepCount: range.upperBound - 1,
          seconds: Statistics.mean(values.map { $0?.seconds ?? .nan }),
          estimate: scores.estimate(key: key.child(index), pool: pool) { $0.interquartileMean }))
    }
    self.points = points
  }

  /// The curve of the return of `runs`; nil where one of them has not measured it.
  package static func ofReturn(in runs: [RunDirectory], pool: ThreadPool) throws -> SampleEfficiency? {
    let exports = try runs.map { try RunExport(of: $0) }
    guard exports.allSatisfy({ !$0.measurements("return").isEmpty }) else { return nil }
    return try SampleEfficiency(of: "return", in: runs, pool: pool)
  }

  /// Comma-separated values: time steps, seconds, interquartile mean, and the ends of its interval.
  public var csv: String {
    let rows = points.map { point in
      let numbers = [point.seconds, point.estimate.value, point.estimate.lower, point.estimate.upper]
      let cells = numbers.map { $0.isFinite ? "\($0)" : "" }
      return ([String(point.timeStepCount)] + cells).joined(separator: ",")
    }
    return (["totalTimeSteps,secondsSinceStart,iqm,lower,upper"] + rows).joined(separator: "\n") + "\n"
  }

  /// The measurements of one run, in order.
  private struct Course {
    var samples: [(timeStepCount: Int, seconds: Double, value: Double)] = []
    var end: Int { samples.last?.timeStepCount ?? 0 }

    init(of name: String, in run: RunDirectory) throws {
      let export = try RunExport(of: run)
      samples = export.measurements(name)
      guard !samples.isEmpty else {
        throw Failure(.configuration, "\(run.metricsPath): there is no measurement \(quoted(name))")
      }
    }

    /// The mean over the measurements at time steps in `range`, and the seconds at the last; nil where there is none.
    func value(in range: Range<Int>) -> (value: Double, seconds: Double)? {
      let found = samples.filter { range.contains($0.timeStepCount) }
      guard let last = found.last else { return nil }
      return (Statistics.mean(found.map(\.value)), last.seconds)
    }
  }
}
