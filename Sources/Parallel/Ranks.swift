/// The process group that trains together, as this process sees it (what MPI calls a communicator). Each process calculates
/// its own shards. Then the results are exchanged, and every process goes on with all of them in the order of shards, so that
/// the number of processes changes no byte.
public protocol Ranks: Sendable {
  /// The rank of this process, 0..<count. Only process 0 reads and writes files.
  var index: Int { get }
  /// How many processes there are.
  var count: Int { get }
  /// Exchanges bytes, so that every process has those of all (MPI's allgather). `parts[i]` of `bytes` comes from process i and
  /// is overwritten in the others. All processes must call this in the same order with the same parts. Throws `LostRank` where
  /// another process does not do so in time.
  func gather(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) throws
}

/// One process alone.
public struct SingleRank: Ranks {
  /// The first of one.
  public let index = 0
  /// One.
  public let count = 1

  /// A process that trains by itself.
  public init() {}

  /// Does nothing: there is no other process.
  public func gather(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) {}
}

/// Another process that did not answer in time.
public struct LostRank: Error, CustomStringConvertible {
  /// What happened, in one sentence.
  public let description: String

  /// A process that was lost in the way that `description` tells.
  public init(_ description: String) { self.description = description }
}

extension Ranks {
  /// Whether this is the process that has the files.
  public var isFirst: Bool { index == 0 }

  /// Those of 0..<shardCount that process `rank` calculates; neighbours stay together.
  public func part(of shardCount: Int, rank: Int) -> Range<Int> {
    shardCount * rank / count..<shardCount * (rank + 1) / count
  }

  /// Gives all processes the values of process 0. All have as many of them.
  public func broadcast<Value: BitwiseCopyable>(_ values: inout [Value]) throws {
    guard count > 1 else { return }
    try values.withUnsafeMutableBytes { bytes in
      let parts = (0..<count).map { $0 == 0 ? 0..<bytes.count : bytes.count..<bytes.count }
      try gather(bytes, parts: parts)
    }
  }

  /// What every process says, in their order.
  public func all<Value: BitwiseCopyable>(_ value: Value) throws -> [Value] {
    var values = Array(repeating: value, count: count)
    let size = MemoryLayout<Value>.stride
    try values.withUnsafeMutableBytes { bytes in
      try gather(bytes, parts: (0..<count).map { $0 * size..<($0 + 1) * size })
    }
    return values
  }
}
