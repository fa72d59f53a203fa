import Formats
import Foundation
import Learning

extension MemoryEstimate {
  /// Throws where this is more than this process may use; `subject` is what would take it, in words, and `advice` how
  /// it would take less.
  package func check(
    _ subject: String, advice: String, memory: @autoclosure () -> SystemMemory = SystemMemory()
  )
    throws
  {
    // What is little is not worth a look at files.
    guard byteCount > Self.little else { return }
    let memory = memory()
    guard byteCount > memory.available else { return }
    let largest = parts.sorted { $0.byteCount > $1.byteCount }.prefix(2)
      .map { "\(Self.words($0.byteCount)) for \($0.what)" }
    let limit =
      memory.available < memory.physical
      ? ", of which this process may use \(Self.words(memory.available))" : ""
    throw Failure(
      .configuration,
      "\(subject) would need about \(Self.words(byteCount)) of memory, \(largest.joined(separator: ", ")); this machine "
        + "has \(Self.words(memory.physical))\(limit). \(advice)")
  }

  private static let little = 64e6

  /// A number of bytes for people.
  static func words(_ byteCount: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (byteCount, 0)
    while value >= 1000 && unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    let tenths = (value * 10).rounded() / 10
    return tenths < 100 ? "\(tenths) \(units[unit])" : String(format: "%.3g", value) + " \(units[unit])"
  }
}
