/// The file format for tensors: the length of a header, the header in JSON, the numbers. It holds no code.
///
/// Source: https://github.com/huggingface/safetensors, "Format".
/// Differs: only 32-bit floats, and single whole numbers of 64 bits, are read and written; duplicate keys are refused.
package enum Safetensors {
  /// The most bytes that a header may have.
  package static let headerLimit = 1 << 20

  /// What a file holds, each in the order of its bytes.
  package struct Contents: Hashable, Sendable {
    package let tensors: [NamedTensor]
    package let counts: [NamedCount]
  }

  /// A file of `counts` and `tensors`, whose bytes depend on nothing but them.
  package static func encoded(
    _ tensors: [NamedTensor], counts: [NamedCount] = [], metadata: [(key: String, value: String)] = []
  ) -> [UInt8] {
    var header = Table()
    if !metadata.isEmpty {
      var table = Table()
      for (key, value) in metadata { table[key] = .string(value) }
      header["__metadata__"] = .table(table)
    }
    var offset = 0
    func describe(_ name: String, _ type: NumberType, _ shape: [Int], count: Int) {
      let end = offset + type.byteCount * count
      header[name] = .table([
        "dtype": .string(type.rawValue), "shape": .array(shape.map(Value.integer)),
        "data_offsets": .array([.integer(offset), .integer(end)]),
      ])
      offset = end
    }
    // The longer numbers first, so that each begins at a multiple of its length.
    for count in counts { describe(count.name, .integer, [], count: 1) }
    for tensor in tensors { describe(tensor.name, .float, tensor.shape, count: tensor.values.count) }
    var text = Array(JSON.line(.table(header)).utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + offset)
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes += $0 }
    bytes += text
    for count in counts { withUnsafeBytes(of: Int64(count.value).littleEndian) { bytes += $0 } }
    for tensor in tensors {
      for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    }
    return bytes
  }

  /// What a file holds. Nothing is allocated for a tensor before its sizes agree with the file.
  package static func decoded(_ bytes: [UInt8]) throws(Corruption) -> Contents {
    let (header, start) = try header(of: bytes)
    var parts: [Part] = []
    for (name, value) in header.entries {
      if name == "__metadata__" { try checkMetadata(value) } else { parts.append(try Part(name, value)) }
    }
    parts.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var end = 0
    for part in parts {
      guard part.begin == end else { throw Corruption("\(part.name) begins at \(part.begin), not at \(end)") }
      end = part.end
    }
    guard end == bytes.count - start else {
      throw Corruption("the header describes \(end) bytes of numbers; there are \(bytes.count - start)")
    }
    func word(_ position: Int) -> UInt32 {
      UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2]) << 16
        | UInt32(bytes[position + 3]) << 24
    }
    var (tensors, counts): ([NamedTensor], [NamedCount]) = ([], [])
    for part in parts {
      let begin = start + part.begin
      switch part.type {
      case .float:
        let values = (0..<(part.end - part.begin) / 4).map { Float(bitPattern: word(begin + 4 * $0)) }
        tensors.append(NamedTensor(name: part.name, shape: part.shape, values: values))
      case .integer:
        let pattern = UInt64(word(begin)) | UInt64(word(begin + 4)) << 32
        counts.append(NamedCount(name: part.name, value: Int(truncatingIfNeeded: pattern)))
      }
    }
    return Contents(tensors: tensors, counts: counts)
  }

  private static func header(of bytes: [UInt8]) throws(Corruption) -> (Table, start: Int) {
    guard bytes.count >= 8 else { throw Corruption("\(bytes.count) bytes are too few for a header") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(headerLimit), Int(length) <= bytes.count - 8 else {
      throw Corruption("the header claims \(length) bytes; the file has \(bytes.count)")
    }
    let start = 8 + Int(length)
    guard length > 0, bytes[8] == UInt8(ascii: "{") else {
      throw Corruption("the header does not begin with {")
    }
    do {
      guard let table = try JSON.parse(Array(bytes[8..<start])).table else {
        throw Corruption("the header is not an object")
      }
      return (table, start)
    } catch let error as JSON.SyntaxError {
      throw Corruption("the header is not JSON: \(error)")
    } catch {
      throw Corruption("the header is not an object")
    }
  }

  private static func checkMetadata(_ value: Value) throws(Corruption) {
    guard let table = value.table, table.entries.allSatisfy({ $0.value.string != nil }) else {
      throw Corruption("the metadata is not a map of strings")
    }
  }

  /// What is wrong with a file.
  package struct Corruption: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
  }

  /// The types of numbers, by the names that the format has for them.
  private enum NumberType: String {
    case float = "F32"
    case integer = "I64"

    var byteCount: Int { self == .float ? 4 : 8 }
  }

  /// What the header says of one tensor.
  private struct Part {
    let name: String
    let type: NumberType
    let shape: [Int]
    let begin: Int
    let end: Int

    init(_ name: String, _ value: Value) throws(Corruption) {
      guard let table = value.table, Set(table.keys) == ["dtype", "shape", "data_offsets"] else {
        throw Corruption("\(name) does not have exactly dtype, shape and data_offsets")
      }
      guard let type = table["dtype"]?.string.flatMap(NumberType.init) else {
        throw Corruption("\(name) is not of type F32 or I64")
      }
      self.type = type
      let offsets = try Self.sizes(table["data_offsets"], "data_offsets of \(name)")
      shape = try Self.sizes(table["shape"], "shape of \(name)")
      guard offsets.count == 2, offsets[0] <= offsets[1] else {
        throw Corruption("data_offsets of \(name) are not a range")
      }
      self.name = name
      (begin, end) = (offsets[0], offsets[1])
      guard type == .float || shape.isEmpty else { throw Corruption("\(name) of type I64 is not one number") }
      var byteCount = type.byteCount
      for length in shape {
        let (product, isOverflowing) = byteCount.multipliedReportingOverflow(by: length)
        guard !isOverflowing else { throw Corruption("shape of \(name) is too large") }
        byteCount = product
      }
      guard byteCount == end - begin else {
        throw Corruption("\(name) has \(end - begin) bytes; its shape \(shape) needs \(byteCount)")
      }
    }

    private static func sizes(_ value: Value?, _ name: String) throws(Corruption) -> [Int] {
      var sizes: [Int] = []
      for element in value?.array ?? [.null] {
        guard let size = element.integer, size >= 0 else {
          throw Corruption("\(name): a size is not a whole number")
        }
        sizes.append(size)
      }
      return sizes
    }
  }
}
