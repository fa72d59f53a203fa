import Formats
import Foundation
import Learning

/// A learner's state between two iterations.
public struct Checkpoint: Sendable {
  /// How many updates were done.
  public let iteration: Int
  /// How many time steps of the environment they took.
  public let timeStepCount: Int
  /// The seed of the training.
  public let seed: Int
  /// The learner's state.
  public let tensors: [NamedTensor]

  /// The state of a learner after `iteration` updates.
  public init(iteration: Int, timeStepCount: Int, seed: Int, tensors: [NamedTensor]) {
    self.iteration = iteration
    self.timeStepCount = timeStepCount
    self.seed = seed
    self.tensors = tensors
  }
}

/// The checkpoints of one run: directories named after iterations, the last few of which are kept.
package struct CheckpointStore {
  /// The directory that holds them.
  package let path: String
  /// How many are kept, at least 1.
  package let keptCount: Int

  /// The usual number of checkpoints to keep: one to go on from, and two should it be unreadable.
  static let usualKeptCount = 3

  /// The checkpoints in the directory at `path`.
  package init(path: String, keptCount: Int = Self.usualKeptCount) {
    self.path = path
    self.keptCount = keptCount
  }

  private static let byteLimit = 1 << 32

  /// Saves `checkpoint` so that it is whole or not there, and then removes the oldest beyond those kept.
  package func save(_ checkpoint: Checkpoint) throws {
    let name = Self.name(checkpoint.iteration)
    let temporary = "\(path)/.\(name).tmp"
    try createDirectory(path)
    do {
      try? FileManager.default.removeItem(atPath: temporary)
      try createDirectory(temporary)
      try write(checkpoint, to: temporary)
      try DurableFile.synchroniseDirectory(temporary)
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
      try DurableFile.rename(temporary, to: "\(path)/\(name)")
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
    for old in try iterations().dropLast(keptCount) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(Self.name(old))")
    }
  }

  /// The last checkpoint that is whole; `warn` hears of those that are not.
  package func latest(warn: (String) -> Void) throws -> Checkpoint {
    let iterations = try iterations()
    guard !iterations.isEmpty else { throw Failure(.missing, "there is no checkpoint in \(path)") }
    for iteration in iterations.reversed() {
      do {
        return try load(iteration)
      } catch {
        warn("checkpoint \(path)/\(Self.name(iteration)) is skipped: \(error)")
      }
    }
    throw Failure(.configuration, "no checkpoint in \(path) can be read")
  }

  /// Removes the checkpoints after `iteration`, which cannot be read; training makes them anew.
  func remove(after iteration: Int) throws {
    for later in try iterations() where later > iteration {
      try? FileManager.default.removeItem(atPath: "\(path)/\(Self.name(later))")
    }
  }

  /// Removes what a killed process left half written.
  func sweep() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(".tmp") {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  /// The checkpoint after `iteration` updates.
  package func checkpoint(ofIteration iteration: Int) throws -> Checkpoint {
    let known = try iterations()
    guard known.contains(iteration) else {
      let names = known.map(String.init).joined(separator: ", ")
      throw Failure(.missing, "there is no checkpoint \(iteration) in \(path). There are: \(names).")
    }
    do {
      return try load(iteration)
    } catch {
      throw Failure(.configuration, "checkpoint \(path)/\(Self.name(iteration)) cannot be read: \(error)")
    }
  }

  /// The iterations that there are checkpoints of, in order.
  package func iterations() throws -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }.compactMap { Int($0) }.sorted()
  }

  private func write(_ checkpoint: Checkpoint, to directory: String) throws {
    let bytes = Safetensors.encoded(
      checkpoint.tensors, metadata: [("format", "metarl"), ("iteration", String(checkpoint.iteration))])
    let state: Table = [
      "format": .integer(1), "iteration": .integer(checkpoint.iteration),
      "timeSteps": .integer(checkpoint.timeStepCount), "seed": .integer(checkpoint.seed),
      "sha256": .table(["learner.safetensors": .string(SHA256.hexadecimal(bytes))]),
    ]
    try DurableFile.writeSynchronised(bytes, to: "\(directory)/learner.safetensors")
    try DurableFile.writeSynchronised(
      Array((JSON.line(.table(state)) + "\n").utf8), to: "\(directory)/state.json")
  }

  private func load(_ iteration: Int) throws -> Checkpoint {
    let directory = "\(path)/\(Self.name(iteration))"
    let state = try JSON.parse(try DurableFile.read("\(directory)/state.json", limit: 1 << 20))
    guard state["format"] == .integer(1), state["iteration"] == .integer(iteration),
      let seed = state["seed"]?.integer, let timeStepCount = state["timeSteps"]?.integer
    else { throw Failure(.configuration, "state.json is not that of iteration \(iteration)") }
    let bytes = try DurableFile.read("\(directory)/learner.safetensors", limit: Self.byteLimit)
    guard state["sha256"]?["learner.safetensors"] == .string(SHA256.hexadecimal(bytes)) else {
      throw Failure(.configuration, "learner.safetensors does not have the checksum in state.json")
    }
    return Checkpoint(
      iteration: iteration, timeStepCount: timeStepCount, seed: seed, tensors: try Safetensors.decoded(bytes))
  }

  private func createDirectory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw DurableFile.failure("create", path) }
  }

  static func name(_ iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
