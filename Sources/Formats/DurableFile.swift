import Foundation

/// Files that are whole or not there, whatever happens to the machine or the disk.
package enum DurableFile {
  /// Puts `bytes` in the file at `path`: written under another name, synchronised, renamed, and the
  /// directory synchronised. Of several processes that write the same file the last one wins.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = "\(path).\(getpid()).tmp"
    // What has that name may be a link to another file.
    unlink(temporary)
    do {
      try writeSynchronised(bytes, to: temporary)
      try rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Whether `name`, of a file that is half written, is that of another process which may still write it.
  package static func isOfLivingProcess(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    guard parts.count > 2, parts[parts.count - 1] == "tmp", let process = pid_t(parts[parts.count - 2]) else {
      return false
    }
    return process > 0 && process != getpid() && (kill(process, 0) == 0 || errno == EPERM)
  }

  /// Puts `bytes` in a file and synchronises it; the name may not survive a crash.
  package static func writeSynchronised(
    _ bytes: [UInt8], to path: String, isSynchronised: Bool = true
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("create", path) }
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    try writeAll(bytes, to: descriptor, path: path)
    guard !isSynchronised || fsync(descriptor) == 0 else { throw failure("synchronise", path) }
    isOpen = false
    guard close(descriptor) == 0 else { throw failure("close", path) }
  }

  /// Gives a file or directory another name, for good where that is synchronised.
  package static func rename(_ path: String, to newPath: String, isSynchronised: Bool = true) throws {
    guard Foundation.rename(path, newPath) == 0 else { throw failure("rename", path) }
    if isSynchronised { try synchroniseDirectory(parent(of: newPath)) }
  }

  /// Makes the names in a directory survive a crash.
  package static func synchroniseDirectory(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("synchronise", path) }
  }

  /// Writes all of `bytes`; a short write is continued.
  package static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Foundation.write(
          descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("write", path) }
        written += count
      }
    }
  }

  /// The content of the file at `path`, which may have up to `limit` bytes.
  package static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    return try content(of: descriptor, path: path, limit: limit)
  }

  /// All that can be read from `descriptor`, up to `limit` bytes.
  static func content(of descriptor: Int32, path: String, limit: Int) throws -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure(.missing, "\(path) is a directory; a file is needed")
    }
    guard status.st_size <= limit else {
      throw Failure(.configuration, "\(path) has \(status.st_size) bytes; at most \(limit) are read")
    }
    return try readAll(descriptor, path: path, limit: limit, expectedCount: Int(status.st_size))
  }

  private static func readAll(
    _ descriptor: Int32, path: String, limit: Int, expectedCount: Int
  ) throws -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(expectedCount)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return content }
      content += chunk[..<count]
      guard content.count <= limit else {
        throw Failure(.configuration, "\(path) has more than the \(limit) bytes that are read")
      }
    }
  }

  /// Makes the directory at `path` and those above it, where they are not there yet.
  package static func createDirectories(_ path: String) throws {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, parent(of: path) != path else { throw failure("create", path) }
    try createDirectories(parent(of: path))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("create", path) }
  }

  /// The directory that `path` is in.
  ///
  /// `NSString.deletingLastPathComponent` is not used: with Swift 6.3 on Linux it traps on a path of one letter.
  package static func parent(of path: String) -> String {
    let trimmed = trimmed(path)
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    let parent = Self.trimmed(String(trimmed[..<slash]))
    return parent.isEmpty ? "/" : parent
  }

  /// The last part of `path`.
  package static func name(of path: String) -> String {
    let trimmed = trimmed(path)
    if trimmed == "/" { return trimmed }
    return trimmed.lastIndex(of: "/").map { String(trimmed[trimmed.index(after: $0)...]) } ?? trimmed
  }

  /// `name` in `directory`.
  package static func joined(_ directory: String, _ name: String) -> String {
    directory == "/" ? "/\(name)" : "\(directory)/\(name)"
  }

  /// Whether `text` can be the name of a file or directory that people see: one part of a path that is not hidden.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200 && !text.hasPrefix(".") && !text.contains("/")
      && printable(text) == text
  }

  /// `path` without slashes at its end.
  package static func trimmed(_ path: String) -> String {
    var result = path
    while result.count > 1, result.hasSuffix("/") { result.removeLast() }
    return result
  }

  /// The failure of the last system call, which was to `action` the file at `path`.
  package static func failure(_ action: String, _ path: String) -> Failure {
    let code = errno
    let isMissing = code == ENOENT && (action == "read" || action == "open")
    return Failure(
      isMissing ? .missing : .inputOutput, "cannot \(action) \(path): \(String(cString: strerror(code)))")
  }
}
