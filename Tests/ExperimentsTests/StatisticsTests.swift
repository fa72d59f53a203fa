import Parallel
import Randomness
import Testing
import Trials

@Suite struct StatisticsTests {
  private let pool = ThreadPool(threadCount: 2)

  @Test func momentsByHand() {
    let values = [1.0, 2, 3, 4, 10]
    #expect(Statistics.mean(values) == 4)
    // Squares of the deviations −3, −2, −1, 0, 6: 50; divided by 4 and by 5: 2.5.
    #expect(abs(Statistics.standardError(values) - 2.5.squareRoot()) < 1e-15)
    #expect(Statistics.standardError([3]).isNaN)
  }

  @Test(
    arguments: [
      ([49.0, 1, 4, 0, 36, 9, 25, 16], 13.5), ([1, 2, 9], 4), ([7], 7), ([1, 2, 3, 100, 4], 3),
    ] as [([Double], Double)])
  func theMiddleHalfByHand(values: [Double], middle: Double) {
    #expect(Statistics.middleMean(values) == middle)
  }

  @Test func quantilesAreLinearBetweenNeighbours() {
    let values = [0.0, 10, 20, 30, 40]
    #expect(Statistics.quantile(0, ofSorted: values) == 0)
    #expect(Statistics.quantile(1, ofSorted: values) == 40)
    #expect(Statistics.quantile(0.5, ofSorted: values) == 20)
    #expect(abs(Statistics.quantile(0.025, ofSorted: values) - 1) < 1e-12)
    #expect(Statistics.quantile(0.3, ofSorted: [5]) == 5)
  }

  @Test func columnsAreTakenApart() {
    let rows = [1.0, 10, 2, 20, 3, 30]
    let columns = Statistics.ofColumns(rows, columnCount: 2, key: RandomKey(seed: 1), pool: pool)
    #expect(columns.map(\.mean) == [2, 20])
    // Rows are drawn as a whole, so one column is ten times the other in every resample.
    #expect(abs(columns[1].lower - 10 * columns[0].lower) < 1e-12)
    #expect(abs(columns[1].upper - 10 * columns[0].upper) < 1e-12)
  }

  @Test func theIntervalIsThatOfTheNormalLaw() {
    var random = RandomKey(seed: 2).stream()
    let values = (0..<1000).map { _ in Double(random.normal()) }
    let result = Statistics.ofColumns(
      values, columnCount: 1, key: RandomKey(seed: 3), pool: pool, resampleCount: 4000)[0]
    #expect(abs(result.lower - (result.mean - 1.96 * result.standardError)) < 0.15 * result.standardError)
    #expect(abs(result.upper - (result.mean + 1.96 * result.standardError)) < 0.15 * result.standardError)
  }

  @Test func threadsChangeNothing() {
    let values = (0..<50).map { Double($0 * $0 % 17) }
    let results = [1, 2, 3].map { count in
      Statistics.ofColumns(
        values, columnCount: 2, key: RandomKey(seed: 4), pool: ThreadPool(threadCount: count))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    let other = Statistics.ofColumns(values, columnCount: 2, key: RandomKey(seed: 5), pool: pool)
    #expect(other != results[0])
  }

  @Test func oneValueHasNoInterval() {
    let result = Statistics.ofColumns([3], columnCount: 1, key: RandomKey(seed: 1), pool: pool)[0]
    #expect(result.mean == 3 && !result.hasInterval && result.interquartileMean == 3)
  }
}
