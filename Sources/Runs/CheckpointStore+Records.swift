import Formats
import Foundation
import Learning

/// The records of learners that replay what they played. They lie in files beside the checkpoints, each record in one of
/// them: a checkpoint writes those that are new since the one before. Its `state.json` says which records it has, and its
/// `records.json` which files they are in, since that depends on when checkpoints were made.
extension CheckpointStore {
  /// The directory of these files.
  var recordsPath: String { "\(path)/records" }
  /// The key of `state.json`.
  static var recordsKey: String { "records" }
  /// The file of a checkpoint that names the others.
  static var segmentsName: String { "records.json" }

  /// One file.
  private struct Segment {
    let numbers: Range<Int>
    let hash: String

    var name: String {
      "\(CheckpointStore.name(numbers.lowerBound))-\(CheckpointStore.name(numbers.upperBound)).safetensors"
    }

    var table: Table {
      [
        "first": .integer(numbers.lowerBound), "end": .integer(numbers.upperBound),
        "sha256": .string(hash),
      ]
    }

    init(numbers: Range<Int>, hash: String) {
      self.numbers = numbers
      self.hash = hash
    }

    init?(_ value: Value) {
      guard let first = value["first"]?.integer, let end = value["end"]?.integer, 0 <= first, first < end,
        let hash = value["sha256"]?.string
      else { return nil }
      self.init(numbers: first..<end, hash: hash)
    }
  }

  private func segments(ofIteration iteration: Int) throws -> [Segment]? {
    guard let values = try document(Self.segmentsName, ofIteration: iteration)["files"]?.array else {
      return nil
    }
    let segments = values.compactMap(Segment.init)
    return segments.count == values.count ? segments : nil
  }

  /// Writes those of `records` that no checkpoint before `iteration` has; returns what `records.json` says of all.
  func store(_ records: CheckpointRecords, before iteration: Int, isHurried: Bool) throws -> Table {
    try createDirectory(recordsPath)
    try DurableFile.checkIsDirectory(recordsPath)
    let last = try iterations().last { $0 < iteration }
    let known = last.flatMap { try? self.segments(ofIteration: $0) } ?? []
    var segments = known.filter { $0.numbers.overlaps(records.numbers) }
    let first = segments.last?.numbers.upperBound ?? records.numbers.lowerBound
    if first < records.numbers.upperBound {
      for part in RecordRing.parts(of: first..<records.numbers.upperBound, width: records.width) {
        segments.append(try write(part, of: records, isHurried: isHurried))
      }
      if !isHurried { try DurableFile.synchroniseDirectory(recordsPath) }
    }
    return ["files": .array(segments.map { .table($0.table) })]
  }

  private func write(_ part: Range<Int>, of records: CheckpointRecords, isHurried: Bool) throws -> Segment {
    let tensor = NamedTensor(
      name: Self.recordsKey, shape: [part.count, records.width], values: try records.values(part))
    let bytes = Safetensors.encoded([tensor])
    let segment = Segment(numbers: part, hash: SHA256.hexadecimal(bytes))
    let temporary = "\(recordsPath)/.\(segment.name).tmp"
    do {
      try DurableFile.writeSynchronised(bytes, to: temporary, isSynchronised: !isHurried)
      try DurableFile.rename(temporary, to: "\(recordsPath)/\(segment.name)", isSynchronised: false)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
    return segment
  }

  /// The records of the checkpoint that `state` describes; nil where it has none. Throws where what it says of them makes
  /// no sense; their files are read when they are asked for.
  func records(in state: Value, ofIteration iteration: Int) throws -> CheckpointRecords? {
    guard let table = state[Self.recordsKey] else { return nil }
    guard let width = table["width"]?.integer, width > 0, let first = table["first"]?.integer,
      let end = table["end"]?.integer, 0 <= first, first <= end
    else { throw Failure(.configuration, "\(Self.recordsKey) of state.json are not a range") }
    guard let segments = try self.segments(ofIteration: iteration), Self.covers(segments, first..<end) else {
      throw Failure(.configuration, "\(Self.segmentsName) is not a list of the files of \(first)..<\(end)")
    }
    return CheckpointRecords(width: width, numbers: first..<end) { part in
      try segments.filter { $0.numbers.overlaps(part) }.flatMap { segment in
        let values = try self.values(of: segment, width: width)
        let common = segment.numbers.clamped(to: part)
        let start = segment.numbers.lowerBound
        return values[(common.lowerBound - start) * width..<(common.upperBound - start) * width]
      }
    }
  }

  private static func covers(_ segments: [Segment], _ numbers: Range<Int>) -> Bool {
    guard let first = segments.first, let last = segments.last else { return numbers.isEmpty }
    return first.numbers.lowerBound <= numbers.lowerBound && last.numbers.upperBound == numbers.upperBound
      && zip(segments, segments.dropFirst()).allSatisfy { $0.numbers.upperBound == $1.numbers.lowerBound }
  }

  private func values(of segment: Segment, width: Int) throws -> [Float] {
    try DurableFile.checkIsDirectory(recordsPath)
    let bytes = try DurableFile.readOwn("\(recordsPath)/\(segment.name)", limit: Self.byteLimit)
    guard segment.hash == SHA256.hexadecimal(bytes) else {
      throw Failure(
        .configuration,
        "\(Self.recordsKey)/\(segment.name) does not have the checksum in \(Self.segmentsName)")
    }
    guard let tensor = try Safetensors.decoded(bytes).tensors.first,
      tensor.shape == [segment.numbers.count, width]
    else { throw Failure(.configuration, "\(Self.recordsKey)/\(segment.name) is not of its records") }
    return tensor.values
  }

  /// Removes the files that no checkpoint names. Where one cannot be read, nothing is removed.
  func removeOldRecords() throws {
    var needed: Set<String> = []
    for iteration in try iterations() {
      guard let segments = try? self.segments(ofIteration: iteration) else { return }
      needed.formUnion(segments.map(\.name))
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: recordsPath)) ?? []
    where name.hasSuffix(".safetensors") && !needed.contains(name) {
      try? FileManager.default.removeItem(atPath: "\(recordsPath)/\(name)")
    }
  }
}

extension CheckpointRecords {
  /// Reads everything once. Throws where a file is damaged or missing.
  func check() throws {
    for part in RecordRing.parts(of: numbers, width: width) { _ = try values(part) }
  }
}
