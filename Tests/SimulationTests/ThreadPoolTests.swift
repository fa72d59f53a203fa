import Formats
import Foundation
import Parallel
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  static let threadCounts = [1, 2, 3, 8]

  /// How often each index of 0..<count is called.
  private func calls(_ pool: ThreadPool, _ count: Int) -> [Int] {
    let calls = Locked(Array(repeating: 0, count: count))
    pool.forEach(count) { index, _ in calls.withLock { $0[index] += 1 } }
    return calls.withLock { $0 }
  }

  @Test(arguments: threadCounts) func everyIndexIsCalledOnce(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    for count in [0, 1, 2, 3, 7, 64, 1000, 0, 5] {
      #expect(calls(pool, count) == Array(repeating: 1, count: count))
    }
  }

  @Test(arguments: threadCounts) func callsFollowEachOtherQuickly(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    let total = Atomic<Int>(0)
    for _ in 0..<20_000 {
      pool.forEach(4) { index, _ in total.add(index + 1, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 20_000 * 10)
  }

  @Test(arguments: threadCounts) func sleepingThreadsWakeUp(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    for _ in 0..<4 {
      Thread.sleep(forTimeInterval: 0.05)
      #expect(calls(pool, 16) == Array(repeating: 1, count: 16))
    }
  }

  /// Bodies that wait for each other return only if as many threads as there are bodies are at work.
  @Test(arguments: threadCounts) func allThreadsWork(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    for _ in 0..<3 {
      let arrivedCount = Atomic<Int>(0)
      let seen = Locked(Set<Int>())
      pool.forEach(threadCount) { _, thread in
        arrivedCount.add(1, ordering: .sequentiallyConsistent)
        while arrivedCount.load(ordering: .sequentiallyConsistent) < threadCount { sched_yield() }
        _ = seen.withLock { $0.insert(thread) }
      }
      #expect(seen.withLock { $0 } == Set(0..<threadCount))
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Threads may keep workspaces by their number because no two threads have the same one at a time.
  @Test(arguments: threadCounts) func aThreadNumberBelongsToOneThread(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    let isBusy = Locked(Array(repeating: false, count: threadCount))
    let clashCount = Atomic<Int>(0)
    pool.forEach(5000) { _, thread in
      let wasBusy = isBusy.withLock { busy in
        defer { busy[thread] = true }
        return busy[thread]
      }
      if wasBusy { clashCount.add(1, ordering: .relaxed) }
      sched_yield()
      isBusy.withLock { $0[thread] = false }
    }
    #expect(clashCount.load(ordering: .relaxed) == 0)
  }

  /// What was written before a call is seen in it, and what is written in it is seen after it.
  @Test(arguments: threadCounts) func writesAreSeenAcrossCalls(_ threadCount: Int) {
    let pool = ThreadPool(threadCount: threadCount)
    var values = Array(repeating: 0, count: 100)
    for round in 1...200 {
      values[0] = round
      values.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = buffer
        pool.forEach(99) { index, _ in buffer[index + 1] = buffer[0] + index }
      }
      #expect(values == [round] + (0..<99).map { round + $0 })
    }
  }

  @Test func resultsOfShardsDoNotDependOnTheThreads() {
    let results = Self.threadCounts.map { threadCount in
      let sums = Locked(Array(repeating: Float(0), count: 32))
      let simulator = driftSimulator(lifetimes: [0, 2])
      ThreadPool(threadCount: threadCount).forEach(32) { shard, _ in
        let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys(3, seed: UInt64(shard)))
        _ = lanes.trace()
        sums.withLock { $0[shard] = lanes.returns.reduce(0, +) }
      }
      return sums.withLock { $0 }
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test func poolsComeAndGo() {
    for round in 0..<200 {
      let pool = ThreadPool(threadCount: 1 + round % 4)
      if round % 3 > 0 { #expect(calls(pool, 5) == [1, 1, 1, 1, 1]) }
    }
  }
}

/// A value behind a lock that the thread sanitizer knows; it does not know `Mutex` and would report races.
private final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
