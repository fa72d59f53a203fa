import Formats

/// Records of equal width, of which new ones come and the oldest are forgotten: what a learner replays.
///
/// They are numbered from 0 on in the order in which they came, and no number is given twice, so that checkpoints store
/// each record once. The records of a state stay as they are while those of one more update come: a learner that goes
/// back to its last state finds them, and so does whoever saves it meanwhile.
public final class RecordRing: @unchecked Sendable {
  /// The numbers of a record.
  public let width: Int
  /// How many are kept.
  public let capacity: Int
  private let slotCount: Int
  /// Made for the first record: whoever only acts is spared the memory.
  private var storage: UnsafeMutablePointer<Float>?
  /// The records that there are.
  public private(set) var numbers = 0..<0

  /// Room for `capacity` records, of which one update brings at most `batchCount`.
  public init(width: Int, capacity: Int, batchCount: Int) {
    self.width = width
    self.capacity = capacity
    slotCount = capacity + batchCount
  }

  deinit { storage?.deallocate() }

  /// The memory that so many records take.
  public var byteCount: Double { 4 * Double(slotCount) * Double(width) }

  /// How many there are.
  public var count: Int { numbers.count }

  private func record(_ number: Int) -> UnsafeMutablePointer<Float> {
    if let storage { return storage + number % slotCount * width }
    let made = UnsafeMutablePointer<Float>.allocate(capacity: slotCount * width)
    made.initialize(repeating: 0, count: slotCount * width)
    storage = made
    return made + number % slotCount * width
  }

  /// Appends a record that `write` fills, and forgets the oldest if there are too many.
  public func append(_ write: (inout MutableSpan<Float>) -> Void) {
    let end = numbers.upperBound + 1
    var span = MutableSpan(_unsafeStart: record(numbers.upperBound), count: width)
    write(&span)
    numbers = max(numbers.lowerBound, end - capacity)..<end
  }

  /// Reads record `number`.
  public func withRecord<Result>(_ number: Int, _ body: (Span<Float>) -> Result) -> Result {
    precondition(numbers.contains(number), "record \(number) is not among \(numbers)")
    return body(Span(_unsafeStart: UnsafePointer(record(number)), count: width))
  }

  // MARK: States

  private static let (first, end) = ("records.first", "records.end")

  /// Which records there are, as a part of a learner's state.
  public var state: LearnerState {
    LearnerState(counts: [
      NamedCount(name: Self.first, value: numbers.lowerBound),
      NamedCount(name: Self.end, value: numbers.upperBound),
    ])
  }

  /// The records that there are in `state`. Throws `InvalidParameter` where there cannot be such.
  public func numbers(in state: LearnerState) throws -> Range<Int> {
    let (first, end) = (try state.count(Self.first), try state.count(Self.end))
    guard first <= end, end - first <= capacity else {
      throw InvalidParameter(
        Self.end, "is \(end) with \(Self.first) = \(first); there are at most \(capacity) records")
    }
    return first..<end
  }

  /// Has the records `numbers`, which are those that it has had before the last update, or will be read.
  public func restore(_ numbers: Range<Int>) { self.numbers = numbers }

  /// The records `part`, one after another. It may be called while records are appended.
  public func values(of part: Range<Int>) -> [Float] {
    part.flatMap { number in
      let record = record(number)
      return (0..<width).map { record[$0] }
    }
  }

  /// Writes `values` to the records `part`, of which it must have room for all.
  public func fill(_ part: Range<Int>, _ values: [Float]) {
    precondition(values.count == part.count * width, "\(values.count) numbers for \(part.count) records")
    for (index, number) in part.enumerated() {
      let record = record(number)
      for place in 0..<width { record[place] = values[index * width + place] }
    }
  }

  /// `numbers` in parts that are handled one at a time, so that no second copy of all is needed.
  public static func parts(of numbers: Range<Int>, width: Int) -> [Range<Int>] {
    let length = max(1, (1 << 22) / max(width, 1))
    return stride(from: numbers.lowerBound, to: numbers.upperBound, by: length).map {
      $0..<min($0 + length, numbers.upperBound)
    }
  }
}
