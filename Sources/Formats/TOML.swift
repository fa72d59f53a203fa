/// Reading and writing TOML documents.
package enum TOML {
  /// The most bytes that a document may have.
  package static let sizeLimit = 1 << 20

  /// The document in `text`; `file` names it in errors. Duplicate keys, dates and numbers that are not
  /// finite are refused.
  package static func parse(_ text: String, file: String) throws -> Table {
    var reader = TOMLReader(text, file: file)
    return try reader.document()
  }

  /// The document in the file at `path`.
  package static func read(_ path: String) throws -> Table {
    try parse(try text(DurableFile.read(path, limit: sizeLimit), file: path), file: path)
  }

  /// The text of a document that is `bytes`; `file` names it in errors.
  package static func text(_ bytes: [UInt8], file path: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw Failure(.configuration, "\(path): is not text in UTF-8")
    }
    return text
  }

  /// `table` as a document.
  package static func document(_ table: Table) -> String {
    var lines: [String] = []
    write(table, path: "", to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// `value` as it stands behind an equals sign.
  package static func inline(_ value: Value) -> String {
    switch value {
    case .null: "\"\""
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): number.description
    case .string(let text): quoted(text)
    case .array(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
    case .table(let table):
      "{" + table.entries.map { "\(bare($0.key)) = \(inline($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  private static func write(_ table: Table, path: String, to lines: inout [String]) {
    for (key, value) in table.entries where value.table == nil && value != .null {
      lines.append("\(bare(key)) = \(inline(value))")
    }
    for (key, value) in table.entries {
      guard let child = value.table else { continue }
      let path = path.isEmpty ? bare(key) : "\(path).\(bare(key))"
      let hasOwnLines = child.entries.contains { $0.value.table == nil } || child.keys.isEmpty
      if hasOwnLines { lines += ["", "[\(path)]"] }
      write(child, path: path, to: &lines)
    }
  }

  private static func bare(_ key: String) -> String {
    !key.isEmpty && key.utf8.allSatisfy(isBare) ? key : quoted(key)
  }

  /// Whether `byte` may stand in a key without quotes.
  static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
