/// The total of an evaluation, 0 being that of the random agent and 1 that of another one, and how far it can be
/// trusted.
struct NormalizedMean {
  /// The mean.
  let mean: Double
  /// The square of its standard error.
  let variance: Double

  /// The mean of `evaluation` where `best` is 1; nil where an agent is not known or both get the same.
  ///
  /// Where the tasks are a finite set that is a sample of what there is, the tasks count and not the trials in them;
  /// where such a set is fixed, only what differs within each task counts.
  init?(of evaluation: Evaluation, best: String, isFixed: Bool) {
    guard let zero = evaluation.reference("random")?.total, let one = evaluation.reference(best)?.total,
      zero != one
    else { return nil }
    let count = evaluation.episodes.count
    let totals = stride(from: 0, to: evaluation.trialReturns.count, by: count).map { start in
      (evaluation.trialReturns[start..<start + count].reduce(0, +) - zero) / (one - zero)
    }
    mean = Statistics.mean(totals)
    variance = Self.variance(totals, distinctCount: evaluation.distinctTaskCount, isFixed: isFixed)
  }

  private static func variance(_ totals: [Double], distinctCount: Int?, isFixed: Bool) -> Double {
    guard let distinctCount, distinctCount < totals.count else {
      return square(Statistics.standardError(totals))
    }
    let tasks = (0..<distinctCount).map { task in
      stride(from: task, to: totals.count, by: distinctCount).map { totals[$0] }
    }
    guard isFixed else { return square(Statistics.standardError(tasks.map(Statistics.mean))) }
    let errors = tasks.map { $0.count > 1 ? square(Statistics.standardError($0)) : 0 }
    return errors.reduce(0, +) / Double(distinctCount * distinctCount)
  }

  private static func square(_ value: Double) -> Double { value.isFinite ? value * value : 0 }
}
