import Formats
import Foundation
import Parallel

/// One of several processes that train together, played by a thread.
public final class ThreadRank: Ranks {
  /// Which one it is.
  public let index: Int
  /// How many there are.
  public let count: Int
  private let table: Table

  fileprivate init(index: Int, count: Int, table: Table) {
    self.index = index
    self.count = count
    self.table = table
  }

  /// Lays the own part on the table and takes the others'.
  public func gather(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) throws {
    let own = [UInt8](UnsafeRawBufferPointer(rebasing: bytes[parts[index]]))
    for (rank, part) in try table.exchange(own, by: index).enumerated() where rank != index {
      UnsafeMutableRawBufferPointer(rebasing: bytes[parts[rank]]).copyBytes(from: part)
    }
  }
}

/// What `body` comes to in each of `count` threads that play processes, which wait `patience` seconds for each other.
public func processGroup<Result: Sendable>(
  of count: Int, patience: Double = 60, _ body: @escaping @Sendable (ThreadRank) throws -> Result
) -> [Swift.Result<Result, any Error>] {
  let table = Table(count: count, patience: patience)
  let results = Results<Result>(count: count)
  for index in 0..<count {
    let thread = Thread {
      let rank = ThreadRank(index: index, count: count, table: table)
      results.put(.init { try body(rank) }, at: index)
    }
    thread.stackSize = 1 << 23
    thread.start()
  }
  return results.all()
}

/// Where the threads meet.
private final class Table: @unchecked Sendable {
  private let condition = NSCondition()
  private let patience: Double
  private var laid: [[UInt8]?]
  private var taken: [[UInt8]] = []
  private var round = 0

  init(count: Int, patience: Double) {
    laid = Array(repeating: nil, count: count)
    self.patience = patience
  }

  func exchange(_ bytes: [UInt8], by index: Int) throws -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    laid[index] = bytes
    let (present, own) = (laid.compactMap { $0 }, round)
    if present.count == laid.count {
      taken = present
      laid = Array(repeating: nil, count: laid.count)
      round += 1
      condition.broadcast()
    }
    let end = Date(timeIntervalSinceNow: patience)
    while round == own {
      guard condition.wait(until: end) else { throw LostRank("nobody came for \(patience) seconds") }
    }
    return taken
  }
}

/// What has come of the threads.
private final class Results<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var values: [Result<Value, any Error>?]

  init(count: Int) { values = Array(repeating: nil, count: count) }

  func put(_ value: Result<Value, any Error>, at index: Int) {
    condition.lock()
    values[index] = value
    condition.signal()
    condition.unlock()
  }

  func all() -> [Result<Value, any Error>] {
    condition.lock()
    defer { condition.unlock() }
    while values.contains(where: { $0 == nil }) { condition.wait() }
    return values.compactMap { $0 }
  }
}
