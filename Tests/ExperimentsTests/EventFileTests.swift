import Formats
import Foundation
import Testing
import Training

@Suite struct EventFileTests {
  @Test func theChecksumIsCastagnolis() {
    #expect(Checksum.castagnoli("123456789".utf8) == 0xE306_9283)
    #expect(Checksum.castagnoli([]) == 0)
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  /// Records that TensorBoard reads as an event of a version, of a number and of a new beginning.
  @Test func recordsAreThoseThatTensorBoardReads() {
    var version = ProtocolMessage()
    version.append(1_700_000_000.0, field: 1)
    version.append("brain.Event:2", field: 3)
    #expect(
      Self.hexadecimal(EventFile.record(version.bytes))
        == "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d")
    var number = ProtocolMessage()
    number.append(1_700_000_001.0, field: 1)
    number.append(1, field: 2)
    number.append(field: 5) { summary in
      summary.append(field: 1) { value in
        value.append("ret", field: 1)
        value.append(Float(1.5), field: 2)
      }
    }
    #expect(
      Self.hexadecimal(EventFile.record(number.bytes))
        == "19000000000000008bf108280900004040fc54d94110012a0c0a0a0a03726574150000c03f4ec9f348")
    var start = ProtocolMessage()
    start.append(1_700_000_002.0, field: 1)
    start.append(7, field: 2)
    start.append(field: 7) { $0.append(1, field: 1) }
    #expect(
      Self.hexadecimal(EventFile.record(start.bytes))
        == "0f000000000000006d532b090900008040fc54d94110073a020801d1e17c88")
  }

  @Test func largeNumbersTakeSeveralBytes() {
    var message = ProtocolMessage()
    message.append(300, field: 1)
    #expect(message.bytes == [0x08, 0xAC, 0x02])
    message.append(-1, field: 20)
    #expect(message.bytes.count == 3 + 2 + 10)
  }

  /// The records of a file, each with its checksums right.
  private func records(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var (records, rest) = ([[UInt8]](), bytes[...])
    while !rest.isEmpty {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let data = Array(rest.dropFirst(12).prefix(length))
      let record = EventFile.record(data)
      try #require(Array(rest.prefix(record.count)) == record)
      records.append(data)
      rest = rest.dropFirst(record.count)
    }
    return records
  }

  @Test func aResumedRunBeginsAFileThatComesAfter() throws {
    let directory = try TemporaryDirectory()
    for step in [1, 8] {
      let file = try EventFile(
        in: directory.path, firstStep: step,
        hyperparameters: ["rate": .number(0.5), "mode": .string("calm")],
        now: { 1_700_000_000 })
      try file.append(
        TrainingStatus(
          iteration: step, iterationCount: 9, timeStepCount: 10, seconds: 1, metrics: [("return", 2)]))
      try file.append(TrainingPicture(width: 3, height: 2, png: [1, 2, 3]), step: step)
      try file.finish(isSuccess: true)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    #expect(
      names.map { $0.prefix(29) } == ["events.out.tfevents.170000000", "events.out.tfevents.170000000"])
    #expect(names[0].contains(".1700000000.") && names[1].contains(".1700000001."))
    let (first, second) = (try records(directory.read(names[0])), try records(directory.read(names[1])))
    #expect(first.count == 6)
    // The start of a session at step 8 follows the version.
    #expect(second.count == 7)
    #expect(second[1].suffix(6) == [0x10, 0x08, 0x3A, 0x02, 0x08, 0x01])
    let image: [UInt8] = [0x08, 2, 0x10, 3, 0x18, 4, 0x22, 3, 1, 2, 3]
    #expect(Array(first[4].suffix(image.count)) == image)
    #expect(String(decoding: first[3], as: UTF8.self).contains("train/return"))
  }
}
