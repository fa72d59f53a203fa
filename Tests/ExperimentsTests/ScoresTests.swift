import Evaluation
import Parallel
import Randomness
import Studies
import Testing

/// The numbers are those of `rliable` 1.2 for the same scores.
@Suite struct ScoresTests {
  private let pool = ThreadPool(threadCount: 2)
  private let few = Scores(rows: [[0.1, 0.9, 1.4, 0.3], [0.2, 0.7, 1.1, -0.4], [0.6, 0.95, 1.9, 0.0]])
  private let many = Scores(rows: [
    [0.15, 0.9, 1.0, 0.3], [0.2, 0.8, 1.2, -0.4], [0.1, 0.5, 1.1, 0.1], [0.7, 0.2, 2.5, 0.05],
    [0.6, 0.6, 0.6, 0.6],
  ])

  private func isClose(_ number: Double, _ other: Double, within tolerance: Double = 1e-12) -> Bool {
    abs(number - other) <= tolerance
  }

  @Test func pointsAreThoseOfRliable() {
    let expected = [
      (few, [0.6458333333333334, 0.575, 0.6083333333333334, 0.4708333333333333]),
      (many, [0.59, 0.475, 0.51, 0.5]),
    ]
    for (scores, numbers) in expected {
      let found = [scores.mean, scores.median, scores.interquartileMean, scores.optimalityGap()]
      #expect(zip(found, numbers).allSatisfy { isClose($0, $1) }, "\(found)")
    }
  }

  @Test func profilesCountWhatIsAbove() {
    // Scores equal to a threshold are not above it.
    #expect(few.shares(above: [-1, 0, 0.6, 1, 2]).elementsEqual([1, 10.0 / 12, 0.5, 0.25, 0]))
    #expect(many.shares(above: [-1, 0, 0.6, 1, 2]).elementsEqual([1, 0.95, 0.35, 0.15, 0.05]))
  }

  @Test func improvementCountsPairsAndTiesHalf() {
    #expect(isClose(few.probabilityOfImprovement(over: many), 0.575))
    #expect(isClose(many.probabilityOfImprovement(over: few), 0.425))
    #expect(few.probabilityOfImprovement(over: few) == 0.5)
  }

  @Test func scoresAreNormalized() {
    #expect(Scores([1, 3, 2], taskCount: 3).normalized(from: 1, to: 3).values == [0, 1, 0.5])
  }

  @Test func intervalsAreThoseOfRliable() {
    let key = RandomKey(seed: 1)
    let expected = [
      (few, [(0.5083, 0.7833), (0.475, 0.725)]), (many, [(0.425, 0.775), (0.35, 0.67)]),
    ]
    for (scores, intervals) in expected {
      let found = scores.estimates(key: key, pool: pool, resampleCount: 8000) {
        [$0.mean, $0.interquartileMean]
      }
      for (estimate, interval) in zip(found, intervals) {
        #expect(isClose(estimate.lower, interval.0, within: 0.02), "\(estimate)")
        #expect(isClose(estimate.upper, interval.1, within: 0.02), "\(estimate)")
      }
    }
    let improvement = few.improvement(over: many, key: key, pool: pool, resampleCount: 8000)
    #expect(isClose(improvement.value, 0.575))
    #expect(isClose(improvement.lower, 0.39166667, within: 0.02), "\(improvement)")
    #expect(isClose(improvement.upper, 0.75833333, within: 0.02), "\(improvement)")
  }

  /// With equal tasks, runs within tasks average out over the tasks, and whole runs do not.
  @Test func wholeRunsDrawnAgainKeepWhatTheirTasksShare() {
    let rows = [0.0, 1, 2, 3].map { Array(repeating: $0, count: 100) }
    let scores = Scores(rows: rows)
    let key = RandomKey(seed: 2)
    let within = scores.estimate(key: key, pool: pool) { $0.mean }
    let whole = scores.estimate(by: .runsAndTasks, key: key, pool: pool) { $0.mean }
    // The standard deviation of a run is √1.25, of the mean of four 0.559, of the mean of 400 draws 0.056.
    #expect(isClose(within.upper - within.lower, 2 * 1.96 * 0.0559, within: 0.02), "\(within)")
    #expect(isClose(whole.upper - whole.lower, 2 * 1.96 * 0.559, within: 0.4), "\(whole)")
  }

  /// Of one run the tasks are drawn again; of one run on one task nothing, and no interval has no width.
  @Test func whereNothingCanBeDrawnAgainThereIsNoInterval() throws {
    let (row, single) = (Scores([0.1, 0.9, 0.4], taskCount: 3), Scores([0.5], taskCount: 1))
    let key = RandomKey(seed: 6)
    let overTasks = row.estimate(by: row.usualResampling, key: key, pool: pool) { $0.mean }
    #expect(overTasks.lower < overTasks.value && overTasks.value < overTasks.upper)
    #expect(!row.estimate(key: key, pool: pool) { $0.mean }.hasInterval)
    #expect(!single.estimate(by: single.usualResampling, key: key, pool: pool) { $0.mean }.hasInterval)
    #expect(!single.improvement(over: single, by: .runsAndTasks, key: key, pool: pool).hasInterval)
    func summary(_ scores: Scores, target: Double?) throws -> ScoreSummary {
      try ScoreSummary(
        of: [("a", scores)], thresholds: [], target: target, resampleCount: 50, key: key, pool: pool)
    }
    let one = try summary(row, target: nil)
    #expect(one.document["algorithms"]?["a"]?["intervalOver"] == .string("tasks"))
    #expect(one.document["algorithms"]?["a"]?["optimalityGap"] == .null)
    #expect(try summary(few, target: 1).document["algorithms"]?["a"]?["intervalOver"] == .string("runs"))
    let none = try summary(single, target: 1)
    #expect(none.document["algorithms"]?["a"]?["mean"]?["ci95"] == .null)
    #expect(none.text.contains("0.500 [-]"))
  }

  @Test func threadsChangeNothingAndKeysDo() {
    let found = [1, 3].map { count in
      few.estimate(key: RandomKey(seed: 3), pool: ThreadPool(threadCount: count)) { $0.mean }
    }
    #expect(found[0] == found[1])
    let other = few.estimate(key: RandomKey(seed: 4), pool: pool, resampleCount: 50) { $0.interquartileMean }
    let again = few.estimate(key: RandomKey(seed: 5), pool: pool, resampleCount: 50) { $0.interquartileMean }
    #expect(other != again)
  }
}
