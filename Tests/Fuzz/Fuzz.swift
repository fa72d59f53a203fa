import Formats
import Foundation

/// Gives what libFuzzer comes up with to one of the readers of files, which the variable READER names. What a
/// reader accepts is written again and read again, and must be the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func read(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  switch reader {
  case "toml": readTOML(bytes)
  case "safetensors": readSafetensors(bytes)
  default: readLines(bytes)
  }
  return 0
}

private let reader = ProcessInfo.processInfo.environment["READER"] ?? "jsonl"

private func readTOML(_ bytes: [UInt8]) {
  guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0),
    let table = try? TOML.parse(text, file: "fuzzed")
  else { return }
  let again = try? TOML.parse(TOML.document(table), file: "again")
  precondition(again.map(sorted) == sorted(table), "\(TOML.document(table)) is not what was read")
}

/// `table` in the order of its keys: what is written puts tables behind all else.
private func sorted(_ table: Table) -> Table {
  var result = Table()
  for key in table.keys.sorted() { result[key] = table[key]?.table.map { .table(sorted($0)) } ?? table[key] }
  return result
}

private func readSafetensors(_ bytes: [UInt8]) {
  guard let read = try? Safetensors.decoded(bytes) else { return }
  let again = try? Safetensors.decoded(Safetensors.encoded(read.tensors, counts: read.counts))
  // Numbers that are none differ from themselves, so names and shapes are compared.
  precondition(
    again?.tensors.map(\.name) == read.tensors.map(\.name)
      && again?.tensors.map(\.shape) == read.tensors.map(\.shape) && again?.counts == read.counts,
    "tensors are not what was read")
}

private func readLines(_ bytes: [UInt8]) {
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    guard let value = try? JSON.parse(Array(line)) else { continue }
    precondition(
      (try? JSON.parse(Array(JSON.line(value).utf8))) == value, "\(JSON.line(value)) is not what was read")
  }
}
