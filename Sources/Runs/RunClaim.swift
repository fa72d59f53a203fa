import Formats
import Foundation

/// A run that this process has to itself. The system ends the claim with the process, however that ends.
public final class RunClaim {
  /// The run.
  public private(set) var run: RunDirectory
  private let descriptor: Int32

  /// Claims `run`. Throws where another process has it.
  init(_ run: RunDirectory) throws {
    self.run = run
    let path = Self.lockPath(of: run)
    let descriptor = try DurableFile.openOwn(path, O_RDWR | O_CREAT, to: "create")
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      let failure = DurableFile.failure("lock", path)
      close(descriptor)
      throw isTaken ? Failure(.exists, "\(run.path) is in use\(Self.owner(path))") : failure
    }
    self.descriptor = descriptor
    guard ftruncate(descriptor, 0) == 0 else { throw DurableFile.failure("truncate", path) }
    try DurableFile.writeAll(Array("\(getpid())\n".utf8), to: descriptor, path: path)
  }

  deinit { close(descriptor) }

  /// Gives the run its final name. Throws where that is taken.
  fileprivate func rename(to path: String) throws {
    // A directory never replaces one that has files in it, as every run has.
    guard Foundation.rename(run.path, path) == 0 else {
      let isTaken = [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno)
      throw isTaken ? RunDirectory.exists(path) : DurableFile.failure("rename", run.path)
    }
    run = RunDirectory(path: path)
    try DurableFile.synchroniseDirectory(DurableFile.parent(of: path))
  }

  private static func lockPath(of run: RunDirectory) -> String { "\(run.path)/lock" }

  private static func owner(_ path: String) -> String {
    guard let bytes = try? DurableFile.readOwn(path, limit: 32),
      let process = Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
    else { return "" }
    return " by process \(process)"
  }
}

extension RunDirectory {
  /// Claims the run to train it. Throws where another process does.
  public func claim() throws -> RunClaim { try RunClaim(self) }

  /// A new run at `path` with the files that `populate` writes. It is there with all of them or not at all:
  /// it grows under a hidden name, and what killed processes left under such names is removed.
  package static func create(at path: String, populate: (RunDirectory) throws -> Void) throws -> RunClaim {
    let path = DurableFile.trimmed(path)
    try DurableFile.createDirectories(DurableFile.parent(of: path))
    guard access(path, F_OK) != 0 else { throw exists(path) }
    let claim = try hiddenRun(for: path)
    do {
      try populate(claim.run)
      try DurableFile.synchroniseDirectory(claim.run.path)
      try claim.rename(to: path)
      return claim
    } catch {
      claim.run.remove()
      throw error
    }
  }

  /// A new run in `runs` called `name`, or `name-2`, `name-3` and so on where that exists.
  package static func create(
    named name: String, in runs: String, populate: (RunDirectory) throws -> Void
  ) throws -> RunClaim {
    for number in 1... {
      do {
        return try create(at: "\(runs)/\(number == 1 ? name : "\(name)-\(number)")", populate: populate)
      } catch let failure as Failure where failure.kind == .exists { continue }
    }
    throw Failure(.exists, "there are too many runs called \(name)")
  }

  fileprivate static func exists(_ path: String) -> Failure {
    Failure(
      .exists, "\(path) exists; a new run needs a new directory. metarl train --resume goes on with one")
  }

  /// An empty claimed directory beside `path`. While it is made and others are swept, the directory that both
  /// are in is locked, so that nobody takes one that is being made for one that was left.
  private static func hiddenRun(for path: String) throws -> RunClaim {
    let (parent, name) = (DurableFile.parent(of: path), DurableFile.name(of: path))
    let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DurableFile.failure("open", parent) }
    defer { close(descriptor) }
    // A file system that cannot lock directories is not swept.
    if flock(descriptor, LOCK_EX) == 0 { sweepHiddenRuns(in: parent) }
    let hidden = "\(parent)/.\(name).\(UUID().uuidString.prefix(8))\(hiddenSuffix)"
    guard mkdir(hidden, 0o755) == 0 else { throw DurableFile.failure("create", hidden) }
    let run = RunDirectory(path: hidden)
    do {
      return try RunClaim(run)
    } catch {
      run.remove()
      throw error
    }
  }

  private static var hiddenSuffix: String { ".new-run" }

  private static func sweepHiddenRuns(in parent: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(hiddenSuffix) {
      let run = RunDirectory(path: "\(parent)/\(name)")
      guard (try? DurableFile.checkIsDirectory(run.path)) != nil else { continue }
      // Whoever still makes it has claimed it.
      if (try? RunClaim(run)) != nil { run.remove() }
    }
  }
}
