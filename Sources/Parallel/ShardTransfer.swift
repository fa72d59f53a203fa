/// Moves what the other processes need of a shard between it and the bytes that they exchange. One function of a
/// shard names its parts, and serves for both directions.
public struct ShardTransfer {
  private enum Direction { case measuring, packing, unpacking }

  private let direction: Direction
  private let bytes: UnsafeMutableRawBufferPointer
  /// How many bytes were moved.
  private var offset: Int

  private init(_ direction: Direction, _ bytes: UnsafeMutableRawBufferPointer, from offset: Int) {
    self.direction = direction
    self.bytes = bytes
    self.offset = offset
  }

  /// Moves numbers, of which all processes have as many.
  public mutating func move<Value: BitwiseCopyable>(_ values: inout [Value]) {
    values.withUnsafeMutableBytes { move($0) }
  }

  /// Moves a number.
  public mutating func move<Value: BitwiseCopyable>(_ value: inout Value) {
    withUnsafeMutableBytes(of: &value) { move($0) }
  }

  private mutating func move(_ part: UnsafeMutableRawBufferPointer) {
    let place = offset..<offset + part.count
    offset = place.upperBound
    switch direction {
    case .measuring: return
    case .packing: UnsafeMutableRawBufferPointer(rebasing: bytes[place]).copyMemory(from: .init(part))
    case .unpacking: part.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place]))
    }
  }

  /// Gives all processes what `transfer` moves of all shards.
  static func exchange<Shard>(
    _ shards: [Shard], among ranks: any Ranks, _ transfer: (Shard, inout Self) -> Void
  ) throws {
    var ruler = Self(.measuring, UnsafeMutableRawBufferPointer(start: nil, count: 0), from: 0)
    let starts =
      [0]
      + shards.map { shard in
        transfer(shard, &ruler)
        return ruler.offset
      }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: ruler.offset, alignment: 64)
    defer { bytes.deallocate() }
    func move(_ direction: Direction, _ indices: Range<Int>) {
      for index in indices {
        var mover = Self(direction, bytes, from: starts[index])
        transfer(shards[index], &mover)
      }
    }

    let parts = (0..<ranks.count).map { ranks.part(of: shards.count, rank: $0) }
    let own = parts[ranks.index]
    move(.packing, own)
    try ranks.gather(bytes, parts: parts.map { starts[$0.lowerBound]..<starts[$0.upperBound] })
    move(.unpacking, 0..<own.lowerBound)
    move(.unpacking, own.upperBound..<shards.count)
  }
}

extension ThreadPool {
  /// Calls `body` once for every index of 0..<count that is this process's, as `forEach` does.
  public func forEachOwn(of count: Int, _ body: @Sendable (_ index: Int, _ thread: Int) -> Void) {
    guard ranks.count > 1 else { return forEach(count, body) }
    let own = ranks.part(of: count, rank: ranks.index)
    forEach(own.count) { index, thread in body(own.lowerBound + index, thread) }
  }

  /// Calls `body` once for every index of `shards`, in one of the processes, and then gives all processes what
  /// `transfer` moves of every shard. Throws `LostRank` where a process is lost.
  public func forEach<Shard>(
    _ shards: [Shard], exchanging transfer: (Shard, inout ShardTransfer) -> Void,
    _ body: @Sendable (_ index: Int, _ thread: Int) -> Void
  ) throws {
    forEachOwn(of: shards.count, body)
    if ranks.count > 1 { try ShardTransfer.exchange(shards, among: ranks, transfer) }
  }
}
