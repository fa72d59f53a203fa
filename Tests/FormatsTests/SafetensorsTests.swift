import Formats
import Testing

@Suite struct SafetensorsTests {
  private let tensors = [
    NamedTensor(name: "b", shape: [2, 1], values: [1, -0.5]),
    NamedTensor(name: "a", shape: [], values: [.nan]),
    NamedTensor(name: "none", shape: [0, 3], values: []),
  ]
  private let counts = [
    NamedCount(name: "more than a float can hold", value: 1 << 53 + 1), NamedCount(name: "c", value: -1),
    NamedCount(name: "least", value: .min), NamedCount(name: "greatest", value: .max),
  ]

  /// A file put together by hand.
  private func file(_ header: String, _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let count = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + text + data
  }

  @Test func writesTheBytesOfTheFormat() {
    let header = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let bytes = file(padded, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    #expect(Safetensors.encoded([NamedTensor(name: "w", shape: [2], values: [1, -2])]) == bytes)
    #expect(bytes.prefix(8) == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0])
  }

  /// Whole numbers stand before the tensors, where a file of them alone would have them.
  @Test func writesWholeNumbersInEightBytes() {
    let header =
      #"{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(
      Safetensors.encoded(
        [NamedTensor(name: "w", shape: [], values: [1])], counts: [NamedCount(name: "n", value: -2)])
        == file(padded, [0xFE] + Array(repeating: 0xFF, count: 7) + [0, 0, 0x80, 0x3F]))
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    let contents = try Safetensors.decoded(
      Safetensors.encoded(tensors, counts: counts, metadata: [("key", "value")]))
    #expect(contents.counts == counts)
    let read = contents.tensors
    #expect(Set(read.map(\.name)) == ["a", "b", "none"])
    for tensor in tensors {
      let copy = try #require(read.first { $0.name == tensor.name })
      #expect(copy.shape == tensor.shape)
      #expect(copy.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func readsAFileOfOtherHands() throws {
    let header =
      #" {"x":{"data_offsets":[4,8],"dtype":"F32","shape":[1,1]},"y":{"shape":[],"dtype":"F32","data_offsets":[0,4]}}"#
    let read = try Safetensors.decoded(file(String(header.dropFirst()), [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
    #expect(
      read.tensors == [
        NamedTensor(name: "y", shape: [], values: [1]), NamedTensor(name: "x", shape: [1, 1], values: [2]),
      ])
  }

  @Test(arguments: [
    (#"{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}"#, "w is not of type F32 or I64"),
    (#"{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,4]}}"#, "w of type I64 is not one number"),
    (#"{"w":{"dtype":"I64","shape":[],"data_offsets":[0,4]}}"#, "its shape [] needs 8"),
    (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "w has 4 bytes; its shape [2] needs 8"),
    (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "not a range"),
    (#"{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "not a whole number"),
    (#"{"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "not a whole number"),
    (#"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "too large"),
    (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}}"#, "does not have exactly"),
    (#"{"w":{"dtype":"F32","shape":[1]}}"#, "does not have exactly"),
    (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "begins at 4, not at 0"),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      "begins at 0, not at 4"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      "is there already"
    ),
    (#"{}"#, "the header describes 0 bytes of numbers; there are 4"), (#"[]"#, "does not begin with {"),
    (#" {}"#, "does not begin with {"), (#"{"w":3}"#, "does not have exactly"), (#"{"#, "is not JSON"),
    (
      #"{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      "not a map of strings"
    ),
  ])
  func refusesAHeaderThatLies(header: String, message: String) {
    do {
      _ = try Safetensors.decoded(file(header, [0, 0, 0, 0]))
      Issue.record("accepted")
    } catch {
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test(arguments: [UInt64(0), 3, 1 << 20, 1 << 40, .max])
  func refusesALengthThatLies(length: UInt64) {
    #expect(throws: Safetensors.Corruption.self) { try Safetensors.decoded(file("{}  ", length: length)) }
  }

  @Test func refusesAFileThatIsCutOrLonger() {
    let bytes = Safetensors.encoded(tensors, counts: counts)
    for count in bytes.indices {
      #expect(throws: Safetensors.Corruption.self) { try Safetensors.decoded(Array(bytes[..<count])) }
    }
    #expect(throws: Safetensors.Corruption.self) { try Safetensors.decoded(bytes + [0]) }
  }

  @Test func everyOneByteChangeIsReadOrRefused() {
    let bytes = Safetensors.encoded(tensors, counts: counts)
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        _ = try? Safetensors.decoded(changed)
      }
    }
  }
}
