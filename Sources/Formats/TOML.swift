import Foundation
import TOMLKit

/// Reading and writing TOML documents.
package enum TOML {
  /// The most bytes that a document may have.
  package static let sizeLimit = 1 << 20

  /// The document in `text`; `file` names it in errors. Duplicate keys, dates and numbers that are not
  /// finite are refused.
  package static func parse(_ text: String, file: String) throws -> Table {
    var precheck = TOMLPrecheck(text)
    if let fault = precheck.firstFault() {
      throw Failure(.configuration, "\(file): line \(fault.line): \(fault.reason)")
    }
    do {
      let parsed = try TOMLTable(string: text)
      return try withExtendedLifetime(parsed) { try table(parsed, path: "", file: file) }
    } catch let error as TOMLParseError {
      throw Failure(.configuration, "\(file): line \(error.source.begin.line): \(error.description)")
    }
  }

  /// The document in the file at `path`.
  package static func read(_ path: String) throws -> Table {
    let bytes = try DurableFile.read(path, limit: sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw Failure(.configuration, "\(path): is not text in UTF-8")
    }
    return try parse(text, file: path)
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
    let isBare =
      !key.isEmpty
      && key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    return isBare ? key : quoted(key)
  }

  private static func table(_ parsed: TOMLTable, path: String, file: String) throws -> Table {
    var result = Table()
    for key in parsed.keys {
      let path = joined(path, key)
      guard let value = parsed[key] else { throw Failure(.configuration, "\(file): \(path) cannot be read") }
      result[key] = try self.value(value, path: path, file: file)
    }
    return result
  }

  private static func value(_ parsed: any TOMLValueConvertible, path: String, file: String) throws -> Value {
    if let flag = parsed.bool { return .boolean(flag) }
    if let number = parsed.int { return .integer(number) }
    if let number = parsed.double {
      guard number.isFinite else {
        throw Failure(.configuration, "\(file): \(path) is \(number); a finite number is needed")
      }
      return .number(number)
    }
    if let text = parsed.string { return .string(text) }
    if let child = parsed.table { return .table(try table(child, path: path, file: file)) }
    if let elements = parsed.array {
      return .array(
        try elements.indices.map { try value(elements[$0], path: "\(path)[\($0)]", file: file) })
    }
    throw Failure(.configuration, "\(file): \(path) is a date or a time; none is needed anywhere")
  }
}
