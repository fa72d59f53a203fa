import Formats
import Foundation

/// A file that grows by whole lines: a line that cannot be written is taken back.
package final class LineLog {
  /// The last of the lines that were kept; nil where there was none.
  package let lastKeptLine: [UInt8]?
  private let path: String
  private let descriptor: Int32
  private var length: off_t

  /// The file at `path` with its first `lineCount` lines; what stands after them is cut off. Throws where it
  /// has fewer.
  package init(_ path: String, keeping lineCount: Int) throws {
    self.path = path
    var last: [UInt8]?
    length = off_t(try Self.read(path, lineCount: lineCount) { last = Array($0) })
    lastKeptLine = last
    let descriptor = try DurableFile.openOwn(path, O_WRONLY | O_CREAT | O_APPEND, to: "create")
    guard ftruncate(descriptor, length) == 0 else {
      let failure = DurableFile.failure("truncate", path)
      close(descriptor)
      throw failure
    }
    self.descriptor = descriptor
  }

  /// A new file at `path` with the first `lineCount` lines of `source`.
  package convenience init(copying source: String, to path: String, lineCount: Int) throws {
    if lineCount > 0 {
      var bytes: [UInt8] = []
      _ = try Self.read(source, lineCount: lineCount) { bytes += $0 + [UInt8(ascii: "\n")] }
      try DurableFile.writeSynchronised(bytes, to: path)
    }
    try self.init(path, keeping: lineCount)
  }

  deinit { close(descriptor) }

  /// Appends one line.
  package func append(_ line: String) throws {
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
  package func synchronise() throws {
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("synchronise", path) }
  }

  /// Hands the first `lineCount` lines to `body`; returns how many bytes they have.
  private static func read(
    _ path: String, lineCount: Int, _ body: (ArraySlice<UInt8>) -> Void
  ) throws -> Int {
    guard lineCount > 0 else { return 0 }
    let reader = try LineReader(path)
    for count in 0..<lineCount {
      guard let (line, isWhole) = try reader.next(), isWhole else {
        throw Failure(
          .configuration, "\(path) has \(count) lines; the checkpoint was written after \(lineCount)")
      }
      body(line)
    }
    return reader.position
  }
}
