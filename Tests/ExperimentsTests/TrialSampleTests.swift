import Evaluation
import Randomness
import Testing

/// Means over some tasks of a finite set as estimates of the mean over all.
@Suite struct TrialSampleTests {
  /// Of 4 tasks with the returns 0, 1, 2, 6, two drawn without replacement: the variance of their mean is
  /// (1 − 2/4) S² / 2 = 0.25 · 20.75/3.
  @Test func fewTasksOfASetMissTheOthers() {
    let sample = TrialSample(tasks: [0, 1], memberCount: 4)
    let error = sample.standardError(of: [0, 6], luck: 0)
    #expect(abs(error * error - 0.25 * 18) < 1e-12)
    #expect(sample.needsReplay && !sample.isWhole)
  }

  @Test func allTasksOfASetLeaveOnlyLuck() {
    let once = TrialSample(tasks: [0, 1, 2], memberCount: 3)
    #expect(once.standardError(of: [1, 5, 9], luck: 0) == 0)
    #expect(abs(once.standardError(of: [1, 5, 9], luck: 3) - 1) < 1e-12)
    // Two trials in each of two tasks, whose variances within are 2 and 0.
    let twice = TrialSample(tasks: [0, 1, 0, 1], memberCount: 2)
    #expect(!twice.needsReplay)
    #expect(abs(twice.standardError(of: [1, 7, 3, 7], luck: nil) - 0.5) < 1e-12)
  }

  @Test func tasksThatAreDrawnAreASampleAsUsual() {
    let sample = TrialSample(tasks: [0, 1, 2], memberCount: nil)
    #expect(abs(sample.standardError(of: [1, 2, 3], luck: nil) - 1 / 3.0.squareRoot()) < 1e-12)
  }

  /// Student's quantiles as in tables.
  @Test(arguments: [
    (2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (10, 2.262), (12, 2.201), (13, 2.179), (20, 2.093),
    (100, 1.984), (1_000_000, 1.960),
  ])
  func quantilesAreStudents(count: Int, quantile: Double) {
    #expect(abs(TrialSample.quantile(count) - quantile) < 0.001)
  }

  /// Student's law at 99.9 % on one side as in tables, for few values as for many.
  @Test(arguments: [
    (2, 318.31), (3, 22.327), (5, 7.173), (10, 4.297), (11, 4.144), (101, 3.174), (200_000, 3.090),
  ])
  func tailsAreStudents(count: Int, quantile: Double) {
    #expect(abs(TrialSample.tail(above: quantile, count: count) - 0.001) < 2e-6)
    #expect(abs(TrialSample.tail(above: 0, count: count) - 0.5) < 1e-12)
  }

  /// Where there is nothing to gain, one test in 1,000 finds a gain, of few trials as of many.
  @Test(arguments: [3, 10])
  func aGainByChanceIsRare(count: Int) {
    var random = RandomKey(seed: 5).child(count).stream()
    let foundCount = (0..<5000).filter { _ in
      TrialSample.isGain((0..<count).map { _ in Double(random.normal()) })
    }.count
    #expect((0...15).contains(foundCount), "\(foundCount) of 5,000")
    #expect(TrialSample.isGain([1, 1]) && TrialSample.isGain([2]) && !TrialSample.isGain([0, 0, 0]))
  }

  /// 30 tasks whose returns are half luck, 20 of them played: the interval holds the mean of all in 95 % of samples.
  @Test func intervalsHoldTheMeanOfAllTasks() {
    var random = RandomKey(seed: 3).stream()
    let means = (0..<30).map { _ in Double(random.normal()) }
    let all = means.reduce(0, +) / 30
    let heldCount = (0..<1000).filter { _ in
      let tasks = random.permutation(of: 30).prefix(20)
      let values = tasks.map { means[$0] + Double(random.normal()) }
      let again = tasks.map { means[$0] + Double(random.normal()) }
      let sample = TrialSample(tasks: Array(0..<20), memberCount: 30)
      let error = sample.standardError(of: values, luck: TrialSample.luck(values, again))
      return abs(values.reduce(0, +) / 20 - all) <= error * TrialSample.quantile(20)
    }.count
    #expect((930...975).contains(heldCount), "\(heldCount) of 1000")
  }
}
