import Formats
import Foundation
import Learning
import Trials

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

  static let byteLimit = 1 << 30
  private static let (stateName, learnerName) = ("state.json", "learner.safetensors")
  /// Format 1 had all numbers in single precision.
  private static let (format, firstFormat) = (2, 1)

  /// Saves `checkpoint` so that it is whole or not there, and then removes the oldest beyond those kept. Saved in a
  /// hurry, it survives the end of the process but perhaps not that of the machine.
  package func save(_ checkpoint: Checkpoint, isHurried: Bool = false) throws {
    let name = Self.name(checkpoint.iteration)
    let temporary = "\(path)/.\(name).tmp"
    try createDirectory(path)
    do {
      try? FileManager.default.removeItem(atPath: temporary)
      let segments = try checkpoint.records.map {
        try store($0, before: checkpoint.iteration, isHurried: isHurried)
      }
      try createDirectory(temporary)
      try write(checkpoint, segments, to: temporary, isHurried: isHurried)
      if !isHurried { try DurableFile.synchroniseDirectory(temporary) }
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
      try DurableFile.rename(temporary, to: "\(path)/\(name)", isSynchronised: !isHurried)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
    for old in try iterations().dropLast(keptCount) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(Self.name(old))")
    }
    if checkpoint.records != nil { try removeOldRecords() }
  }

  /// The last checkpoint. Throws where it is damaged, and then names the last that is not.
  package func last() throws -> Checkpoint {
    var damage: [String] = []
    let checkpoint: Checkpoint
    do {
      checkpoint = try latest { damage.append($0) }
    } catch {
      guard damage.isEmpty else { throw Failure(.configuration, damage[0]) }
      throw error
    }
    guard damage.isEmpty else {
      throw Failure(.configuration, "\(damage[0]). The last that can be read is \(checkpoint.iteration)")
    }
    return checkpoint
  }

  /// The last checkpoint that is whole; `warn` hears of those that are damaged. Throws where the last one that is not
  /// is of a later format or has numbers that are not finite, since that is no damage.
  ///
  /// - Parameter withRecords: whether those without which a learner cannot go on are a part of what must be whole.
  package func latest(withRecords: Bool = false, warn: (String) -> Void) throws -> Checkpoint {
    let iterations = try iterations()
    guard !iterations.isEmpty else { throw Failure(.missing, "there is no checkpoint in \(path)") }
    for iteration in iterations.reversed() {
      do {
        let checkpoint = try load(iteration)
        if withRecords { try checkpoint.records?.check() }
        return checkpoint
      } catch let refusal as Refusal {
        throw refusal.failure
      } catch {
        warn("checkpoint \(path)/\(Self.name(iteration)) is skipped: \(error)")
      }
    }
    throw Failure(.configuration, "no checkpoint in \(path) can be read")
  }

  /// Gives the checkpoints after `iteration`, which cannot be read, other names; training makes them anew.
  package func setAside(after iteration: Int) throws {
    for later in try iterations() where later > iteration {
      let name = "\(path)/\(Self.name(later))"
      var number = 1
      while access("\(name).damaged-\(number)", F_OK) == 0 { number += 1 }
      try DurableFile.rename(name, to: "\(name).damaged-\(number)")
    }
  }

  /// Removes what a killed process left half written.
  func sweep() {
    for directory in [path, recordsPath] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      where name.hasPrefix(".") && name.hasSuffix(".tmp") {
        try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
      }
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
    } catch let refusal as Refusal {
      throw refusal.failure
    } catch {
      throw Failure(.configuration, "checkpoint \(path)/\(Self.name(iteration)) cannot be read: \(error)")
    }
  }

  /// The iterations that there are checkpoints of, in order.
  package func iterations() throws -> [Int] {
    try DurableFile.checkIsDirectory(path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }.compactMap { Int($0) }.sorted()
  }

  private func write(
    _ checkpoint: Checkpoint, _ segments: Table?, to directory: String, isHurried: Bool
  ) throws {
    let bytes = Safetensors.encoded(
      checkpoint.state.tensors, counts: checkpoint.state.counts,
      metadata: [("format", "metarl"), ("iteration", String(checkpoint.iteration))])
    var state: Table = [
      "format": .integer(Self.format), "iteration": .integer(checkpoint.iteration),
      "timeSteps": .integer(checkpoint.timeStepCount), "seed": .integer(checkpoint.seed),
      "sha256": .table([Self.learnerName: .string(SHA256.hexadecimal(bytes))]),
    ]
    if let hash = checkpoint.configurationHash { state["configuration"] = .string(hash) }
    if let records = checkpoint.records { state[Self.recordsKey] = .table(records.table) }
    func line(_ table: Table) -> [UInt8] { Array((JSON.line(.table(table)) + "\n").utf8) }
    for (name, bytes) in [
      (Self.learnerName, bytes), (Self.segmentsName, segments.map(line)), (Self.stateName, line(state)),
    ] {
      guard let bytes else { continue }
      try DurableFile.writeSynchronised(bytes, to: "\(directory)/\(name)", isSynchronised: !isHurried)
    }
  }

  private func load(_ iteration: Int) throws -> Checkpoint {
    let directory = "\(path)/\(Self.name(iteration))"
    try refusing {
      try DurableFile.checkIsDirectory(directory)
      for name in [Self.stateName, Self.learnerName] { try DurableFile.checkIsOwn("\(directory)/\(name)") }
    }
    let state = try document(Self.stateName, ofIteration: iteration)
    try refusing { try Self.checkFormat(state, directory) }
    guard let format = state["format"]?.integer, format >= Self.firstFormat,
      state["iteration"] == .integer(iteration),
      let seed = state["seed"]?.integer, let timeStepCount = state["timeSteps"]?.integer
    else { throw Failure(.configuration, "\(Self.stateName) is not that of iteration \(iteration)") }
    let bytes = try DurableFile.readOwn("\(directory)/\(Self.learnerName)", limit: Self.byteLimit)
    guard state["sha256"]?[Self.learnerName] == .string(SHA256.hexadecimal(bytes)) else {
      throw Failure(
        .configuration, "\(Self.learnerName) does not have the checksum in \(Self.stateName)")
    }
    let contents = try Safetensors.decoded(bytes)
    var learner = LearnerState(tensors: contents.tensors, counts: contents.counts)
    if format == Self.firstFormat { learner.adoptCounts() }
    try refusing { try Self.checkNumbers(learner.tensors, directory) }
    return Checkpoint(
      iteration: iteration, timeStepCount: timeStepCount, seed: seed, state: learner,
      records: try records(in: state, ofIteration: iteration),
      configurationHash: state["configuration"]?.string)
  }

  /// The document `name` in the checkpoint after `iteration` updates.
  func document(_ name: String, ofIteration iteration: Int) throws -> Value {
    try JSON.parse(try DurableFile.readOwn("\(path)/\(Self.name(iteration))/\(name)", limit: 1 << 20))
  }

  private static func checkFormat(_ state: Value, _ directory: String) throws {
    guard let found = state["format"]?.integer, found > format else { return }
    throw Failure(
      .configuration,
      "checkpoint \(directory) is of format \(found), which a later version of metarl wrote; this one reads "
        + "format \(format)")
  }

  private static func checkNumbers(_ tensors: [NamedTensor], _ directory: String) throws {
    for tensor in tensors where !isFinite(tensor.values) {
      throw Failure(.diverged, "checkpoint \(directory): \(tensor.name) holds numbers that are not finite")
    }
  }

  /// Runs `body`, what it throws being no damage that another checkpoint can stand in for.
  private func refusing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw Refusal(failure: failure) }
  }

  private struct Refusal: Error { let failure: Failure }

  func createDirectory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw DurableFile.failure("create", path) }
  }

  static func name(_ iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

extension LearnerState {
  /// Makes counts of the whole numbers that checkpoints of the first format hold in single precision.
  fileprivate mutating func adoptCounts() {
    for tensor in tensors where tensor.name.hasSuffix(".stepCount") && tensor.shape.isEmpty {
      guard let value = Int(exactly: tensor.values[0]) else { continue }
      counts.append(NamedCount(name: tensor.name, value: value))
    }
    tensors.removeAll { tensor in counts.contains { $0.name == tensor.name } }
  }
}
