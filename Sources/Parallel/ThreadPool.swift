import Foundation
import Synchronization

/// Threads that stay: between two calls they spin for some microseconds and then sleep, so that handing
/// out work costs less than a microsecond in a busy loop and nothing when idle.
///
/// Which thread takes which index is left to chance; results must depend on the index alone.
public final class ThreadPool: @unchecked Sendable {
  /// How many threads work, the caller's among them.
  public let threadCount: Int
  /// The processes that this one trains together with.
  public let ranks: any Ranks

  private let shared: Shared
  private var threads: [pthread_t] = []

  /// A pool of `threadCount` threads, at least 1: the caller's and `threadCount` − 1 more, or as many as the system
  /// grants.
  public init(threadCount: Int, ranks: any Ranks = SingleRank()) {
    precondition(threadCount >= 1, "threadCount is \(threadCount)")
    self.ranks = ranks
    shared = Shared()
    for worker in 1..<max(threadCount, 1) {
      let start = Unmanaged.passRetained(WorkerStart(shared: shared, worker: worker))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
          start.shared.serve(worker: start.worker)
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    self.threadCount = 1 + threads.count
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body` once for every index of 0..<count, on all threads, and returns when all calls have
  /// returned. The second argument says which thread calls, 0..<threadCount, to choose its workspace.
  /// One thread at a time may call this, and `body` may not.
  ///
  /// Lending `body` to the other threads allocates one small object per call; a pool of one thread
  /// allocates nothing.
  public func forEach(_ count: Int, _ body: @Sendable (_ index: Int, _ thread: Int) -> Void) {
    guard threadCount > 1 && count > 1 else {
      for index in 0..<count { body(index, 0) }
      return
    }
    withoutActuallyEscaping(body) { shared.run(count, $0) }
  }
}

/// What one thread of the pool is given when it starts.
private final class WorkerStart: Sendable {
  let shared: Shared
  let worker: Int

  init(shared: Shared, worker: Int) {
    self.shared = shared
    self.worker = worker
  }
}

/// What the threads of a pool share.
private final class Shared: @unchecked Sendable {
  /// The state of the current call in one word, so that a thread that comes late can never take an index
  /// of a call it does not belong to: the call's number, its count, the next index to take.
  private let ticket = Atomic<UInt64>(0)
  private let finishedCount = Atomic<Int>(0)
  private let sleeperCount = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Written before a ticket is published and read only by who holds an index of that ticket.
  private var body: (@Sendable (Int, Int) -> Void)?

  private static let indexBits: UInt64 = 20
  private static let indexMask: UInt64 = (1 << indexBits) - 1
  private static let spinCount = 4000

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wakeUp)
    mutex.deallocate()
    wakeUp.deallocate()
  }

  func run(_ count: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
    precondition(count < Self.indexMask, "\(count) indices are more than one call can hand out")
    self.body = body
    finishedCount.store(0, ordering: .relaxed)
    let number = ticket.load(ordering: .relaxed) >> (2 * Self.indexBits) &+ 1
    ticket.store(
      number << (2 * Self.indexBits) | UInt64(count) << Self.indexBits, ordering: .sequentiallyConsistent)
    if sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    takeIndices(worker: 0)
    while finishedCount.load(ordering: .acquiring) < count { sched_yield() }
    self.body = nil
  }

  func serve(worker: Int) {
    var lastCall: UInt64 = 0
    while !isStopping.load(ordering: .acquiring) {
      lastCall = waitForCall(after: lastCall)
      takeIndices(worker: worker)
    }
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  private func takeIndices(worker: Int) {
    var current = ticket.load(ordering: .acquiring)
    while true {
      let (count, index) = ((current >> Self.indexBits) & Self.indexMask, current & Self.indexMask)
      if index >= count { return }
      let (isTaken, found) = ticket.weakCompareExchange(
        expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
      if isTaken {
        call(Int(index), worker: worker)
        finishedCount.add(1, ordering: .releasing)
        current = ticket.load(ordering: .acquiring)
      } else {
        current = found
      }
    }
  }

  /// A function of its own, so that this thread's reference to the body is gone before the index counts as
  /// finished: the caller, whose body it is, does not wait any longer than that.
  @inline(never)
  private func call(_ index: Int, worker: Int) { body?(index, worker) }

  /// Spins, then sleeps, until there is a call later than `lastCall` or the pool stops.
  private func waitForCall(after lastCall: UInt64) -> UInt64 {
    for _ in 0..<Self.spinCount {
      if let call = newCall(after: lastCall) { return call }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleeperCount.add(1, ordering: .sequentiallyConsistent)
    defer { sleeperCount.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      if let call = newCall(after: lastCall) { return call }
      if isStopping.load(ordering: .sequentiallyConsistent) { return lastCall }
      pthread_cond_wait(wakeUp, mutex)
    }
  }

  private func newCall(after lastCall: UInt64) -> UInt64? {
    let call = ticket.load(ordering: .sequentiallyConsistent) >> (2 * Self.indexBits)
    return call == lastCall ? nil : call
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wakeUp)
    pthread_mutex_unlock(mutex)
  }
}
