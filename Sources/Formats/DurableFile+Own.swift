import Foundation

/// Files that only this program has written, in directories that anybody may have filled: each is a regular file that
/// stands there under no other name, so that nothing is read without end and nothing elsewhere is changed.
extension DurableFile {
  /// Throws where `path` leads to something that is not a regular file; nothing there is well.
  package static func checkIsOwn(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    try check(status, path, isWritten: false)
  }

  /// Throws where `path` leads to something that is not a directory; nothing there is well.
  package static func checkIsDirectory(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return }
    throw Failure(.configuration, "\(path) is \(kind(status)); a directory is needed")
  }

  /// Opens a file with `flags`; `action` is what a failure says that it cannot do.
  package static func openOwn(_ path: String, _ flags: Int32, to action: String) throws -> Int32 {
    let descriptor = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let failure = failure(action, path)
      try checkIsOwn(path)
      throw failure
    }
    var status = stat()
    do {
      guard fstat(descriptor, &status) == 0 else { throw failure(action, path) }
      try check(status, path, isWritten: flags & O_ACCMODE != O_RDONLY)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// The content of the file at `path`, which may have up to `limit` bytes.
  package static func readOwn(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = try openOwn(path, O_RDONLY, to: "read")
    defer { close(descriptor) }
    return try content(of: descriptor, path: path, limit: limit)
  }

  private static func check(_ status: stat, _ path: String, isWritten: Bool) throws {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.configuration, "\(path) is \(kind(status)); a regular file is needed")
    }
    guard !isWritten || status.st_nlink <= 1 else {
      throw Failure(
        .configuration, "\(path) stands in \(status.st_nlink) places; a file that is nowhere else is needed")
    }
  }

  private static func kind(_ status: stat) -> String {
    switch status.st_mode & S_IFMT {
    case S_IFLNK: "a link"
    case S_IFDIR: "a directory"
    case S_IFIFO: "a pipe"
    case S_IFREG: "a file"
    default: "a device or socket"
    }
  }
}

/// The lines of a file of a run, one after the other, so that a file without end fills no memory.
package final class LineReader {
  /// How many bytes the lines so far had.
  package private(set) var position = 0
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// The most bytes that a line may have.
  private static let lineLimit = 1 << 20

  /// The lines of the file at `path`.
  package init(_ path: String) throws {
    self.path = path
    descriptor = try DurableFile.openOwn(path, O_RDONLY, to: "read")
  }

  deinit { close(descriptor) }

  /// The next line, and whether it is ended by a newline, which it is without; nil where there is none.
  package func next() throws -> (line: ArraySlice<UInt8>, isWhole: Bool)? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        position += end + 1 - start
        return (buffer[start..<end], true)
      }
      guard buffer.count - start <= Self.lineLimit else {
        throw Failure(
          .configuration, "\(path) has a line of more than the \(Self.lineLimit) bytes that are read")
      }
      buffer.removeFirst(start)
      (start, searched) = (0, buffer.count)
      guard try fill() else {
        guard !buffer.isEmpty else { return nil }
        defer { start = buffer.count }
        position += buffer.count
        return (buffer[...], false)
      }
    }
  }

  private func fill() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", path) }
      buffer += chunk[..<count]
      return count > 0
    }
  }
}
