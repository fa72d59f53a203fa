import Formats
import Foundation
import Learning
import Runs
import Testing

/// What a learner replays lies beside its checkpoints, each record once.
@Suite struct CheckpointRecordsTests {
  private let directory: TemporaryDirectory
  private let store: CheckpointStore
  private let ring = RecordRing(width: 3, capacity: 10, batchCount: 4)

  init() throws {
    directory = try TemporaryDirectory()
    store = CheckpointStore(path: "\(directory.path)/checkpoints")
  }

  /// Saves a checkpoint after `count` more records, record n being n, n + ½, −n.
  private func save(_ iteration: Int, after count: Int) throws {
    for _ in 0..<count {
      let number = Float(ring.numbers.upperBound)
      ring.append { record in (record[0], record[1], record[2]) = (number, number + 0.5, -number) }
    }
    try store.save(
      Checkpoint(
        iteration: iteration, timeStepCount: 0, seed: 4, state: ring.state,
        records: CheckpointRecords(of: ring)))
  }

  private func files() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(store.path)/records")) ?? []).sorted()
  }

  private func read(_ checkpoint: Checkpoint) throws -> RecordRing {
    let read = RecordRing(width: 3, capacity: 10, batchCount: 4)
    read.restore(try read.numbers(in: checkpoint.state))
    try #require(checkpoint.records).fill(read)
    return read
  }

  @Test func aCheckpointWritesWhatIsNew() throws {
    try save(1, after: 4)
    let first = try directory.read("checkpoints/records/000000-000004.safetensors")
    try save(2, after: 3)
    try save(3, after: 0)
    #expect(files() == ["000000-000004.safetensors", "000004-000007.safetensors"])
    #expect(try directory.read("checkpoints/records/000000-000004.safetensors") == first)
    let read = try read(store.latest(withRecords: true) { Issue.record("\($0)") })
    #expect(read.numbers == 0..<7 && read.values(of: 0..<7) == ring.values(of: 0..<7))
  }

  @Test func whatNoCheckpointNeedsIsRemoved() throws {
    for iteration in 1...6 { try save(iteration, after: 4) }
    // The three that are kept have the records from 6, from 10 and from 14 on.
    #expect(files().first == "000004-000008.safetensors" && files().count == 5)
    let read = try read(store.last())
    #expect(read.numbers == 14..<24 && read.values(of: 14..<24) == ring.values(of: 14..<24))
    let before = try self.read(store.checkpoint(ofIteration: 4))
    #expect(before.numbers == 6..<16 && before.withRecord(6) { $0[1] } == 6.5)
  }

  /// Nothing is written or removed behind a link.
  @Test func aLinkIsNotFollowed() throws {
    try save(1, after: 4)
    let elsewhere = "\(directory.path)/elsewhere"
    try FileManager.default.moveItem(atPath: "\(store.path)/records", toPath: elsewhere)
    try FileManager.default.createSymbolicLink(
      atPath: "\(store.path)/records", withDestinationPath: elsewhere)
    try directory.write("mine", to: "elsewhere/mine.safetensors")
    #expect(throws: Failure.self) { try save(2, after: 3) }
    #expect(try store.iterations() == [1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).count == 2)
    #expect(throws: Failure.self) { try store.latest(withRecords: true) { _ in } }
  }

  @Test(arguments: [true, false]) func damageCountsForThoseThatGoOnLearning(isMissing: Bool) throws {
    for iteration in 1...3 { try save(iteration, after: 2) }
    let name = "checkpoints/records/000004-000006.safetensors"
    if isMissing {
      try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
    } else {
      var bytes = try directory.read(name)
      bytes[bytes.count - 2] ^= 1
      try DurableFile.write(bytes, to: "\(directory.path)/\(name)")
    }
    var warnings: [String] = []
    #expect(try store.latest(withRecords: true) { warnings.append($0) }.iteration == 2)
    #expect(warnings.count == 1 && warnings[0].contains("000003 is skipped: "))
    #expect(warnings[0].contains("000004-000006.safetensors"), "\(warnings)")
    #expect(try store.latest { Issue.record("\($0)") }.iteration == 3)
  }

  @Test(arguments: [
    #""files":[]"#, #""files":[{"first":2,"end":4,"sha256":"00"}]"#, #""files":3"#,
    #""files":[{"first":0,"end":2,"sha256":"00"},{"first":3,"end":4,"sha256":"00"}]"#,
  ])
  func aListThatMakesNoSenseIsDamage(segments: String) throws {
    try save(1, after: 2)
    try save(2, after: 2)
    let path = "checkpoints/000002/records.json"
    let text = String(decoding: try directory.read(path), as: UTF8.self)
    let start = try #require(text.range(of: #""files":"#)).lowerBound
    let end = try #require(text.range(of: "]", range: start..<text.endIndex)).upperBound
    try directory.write(text.replacingCharacters(in: start..<end, with: segments), to: path)
    var warnings: [String] = []
    #expect(try store.latest { warnings.append($0) }.iteration == 1)
    #expect(warnings.count == 1 && warnings[0].contains("records.json is not a list of the files of 0..<4"))
  }

  @Test func recordsAreThoseOfTheLearner() throws {
    try save(1, after: 4)
    let checkpoint = try store.last()
    let records = try #require(checkpoint.records)
    #expect(throws: InvalidParameter.self) {
      try records.fill(RecordRing(width: 2, capacity: 10, batchCount: 4))
    }
    #expect(throws: InvalidParameter.self) {
      try records.fill(RecordRing(width: 3, capacity: 10, batchCount: 4))
    }
  }

  /// A process that was killed between the records and the checkpoint has left a file that the next one writes again.
  @Test func whatAKilledProcessLeftIsWrittenAgain() throws {
    try save(1, after: 2)
    try directory.write("half", to: "checkpoints/records/000002-000004.safetensors")
    try directory.write("half", to: "checkpoints/records/.000002-000004.safetensors.tmp")
    try save(2, after: 2)
    #expect(try read(store.latest(withRecords: true) { Issue.record("\($0)") }).count == 4)
    #expect(files() == ["000000-000002.safetensors", "000002-000004.safetensors"])
  }
}
