import Foundation

/// A file that grows by whole lines: a line that cannot be written is taken back.
final class LineLog {
  private let path: String
  private let descriptor: Int32
  private var length: off_t = 0

  /// A new file at `path`.
  init(creating path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("create", path) }
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
}
