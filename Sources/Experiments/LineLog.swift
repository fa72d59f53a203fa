import Formats
import Foundation

/// A file that grows by whole lines: a line that cannot be written is taken back.
final class LineLog {
  /// The last of the lines that were kept; nil where there was none.
  let lastKeptLine: [UInt8]?
  private let path: String
  private let descriptor: Int32
  private var length: off_t

  private static let byteLimit = 1 << 34

  /// The file at `path` with its first `lineCount` lines; what stands after them is cut off. Throws where it
  /// has fewer.
  init(_ path: String, keeping lineCount: Int) throws {
    self.path = path
    let kept = try Self.beginning(of: path, lineCount: lineCount)
    length = off_t(kept.length)
    lastKeptLine = kept.lastLine
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("create", path) }
    guard ftruncate(descriptor, length) == 0 else {
      let failure = DurableFile.failure("truncate", path)
      close(descriptor)
      throw failure
    }
    self.descriptor = descriptor
  }

  /// A new file at `path` with the first `lineCount` lines of `source`.
  convenience init(copying source: String, to path: String, lineCount: Int) throws {
    if lineCount > 0 {
      let length = try Self.beginning(of: source, lineCount: lineCount).length
      let bytes = try DurableFile.read(source, limit: Self.byteLimit)
      try DurableFile.writeSynchronised(Array(bytes[..<length]), to: path)
    }
    try self.init(path, keeping: lineCount)
  }

  deinit { close(descriptor) }

  /// Appends one line.
  func append(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    do {
      try DurableFile.writeAll(bytes, to: descriptor, path: path)
    } catch {
      // The first failure is the one to report, whether or not the line can be taken back.
      _ = ftruncate(descriptor, length)
      throw error
    }
    length += off_t(bytes.count)
  }

  /// Makes all lines so far survive a crash.
  func synchronise() throws {
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("synchronise", path) }
  }

  private static func beginning(
    of path: String, lineCount: Int
  ) throws -> (length: Int, lastLine: [UInt8]?) {
    guard lineCount > 0 else { return (0, nil) }
    let bytes = try DurableFile.read(path, limit: byteLimit)
    var (position, start, count) = (0, 0, 0)
    while count < lineCount {
      start = position
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw Failure(
          .configuration, "\(path) has \(count) lines; the checkpoint was written after \(lineCount)")
      }
      position = end + 1
      count += 1
    }
    return (position, Array(bytes[start..<position - 1]))
  }
}
