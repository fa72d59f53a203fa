import Configuration
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Runs

/// Training in several processes, of which the first has the files and the others calculate along.
extension Trainer {
  /// Calculates along with the process that has the run, which sends all that there is to know, until the
  /// training ends. Throws what that process throws.
  public static func follow(
    _ ranks: any Ranks, catalogue: Catalogue, threadCount: Int, stop: StopRequest = StopRequest()
  ) throws {
    var document: [UInt8] = []
    try ranks.broadcastAll(&document)
    let configuration = try RunConfiguration(
      document: String(decoding: document, as: UTF8.self), file: "the configuration of the first process",
      catalogue: catalogue)
    let trainer = try Trainer(configuration, threadCount: threadCount, ranks: ranks)
    var status = try trainer.broadcast(
      TrainingStatus(
        iteration: 0, iterationCount: configuration.hyperparameters.iterationCount, timeStepCount: 0,
        seconds: 0, metrics: []))
    try trainer.calculateAlong(&status, stop)
  }

  private func calculateAlong(_ status: inout TrainingStatus, _ stop: StopRequest) throws {
    var isStopping = try agree(on: stop, status)
    while status.iteration < status.iterationCount && !isStopping {
      do {
        isStopping = try advance(&status, stop)
      } catch let divergence as Divergence {
        throw Failure(.diverged, "\(configuration.algorithm) diverged: \(divergence)")
      }
    }
    if status.iteration < status.iterationCount {
      throw Failure(stop.kind, "stopped after iteration \(status.iteration) of \(status.iterationCount)")
    }
  }

  /// One iteration; whether any process is asked to stop. Throws `LostRank` where one is lost, with everything as it
  /// was before.
  func advance(_ status: inout TrainingStatus, _ stop: StopRequest) throws -> Bool {
    let before = (status: status, state: ranks.count > 1 ? learner.state : LearnerState())
    do {
      try update(&status)
      return try agree(on: stop, status)
    } catch let lost as LostRank {
      status = before.status
      try learner.restore(before.state)
      throw lost
    }
  }

  /// Where `stop` finds what to save when this process, which has the files of one of several, is told to end: at once,
  /// since the launcher does not wait for an iteration.
  func safePoint(_ status: TrainingStatus, of run: RunDirectory, _ stop: StopRequest) throws -> SafePoint {
    let safePoint = SafePoint()
    guard ranks.count > 1 else { return safePoint }
    try safePoint.move(to: checkpoint(status, of: run), of: run)
    stop.onTermination { safePoint.save { _exit(Failure.Kind.stoppedEarly.rawValue) } }
    return safePoint
  }

  /// Gives all processes the configuration of the first, for those that follow.
  func broadcastConfiguration() throws {
    guard ranks.count > 1 else { return }
    var document = Array(configuration.document.utf8)
    try ranks.broadcastAll(&document)
  }

  /// Gives all processes the learner's state and where the training stands; returns where the first one's does.
  func broadcast(_ status: TrainingStatus) throws -> TrainingStatus {
    guard ranks.count > 1 else { return status }
    try requireEqualPrograms()
    var (status, state) = (status, learner.state)
    var counts = [status.iteration, status.timeStepCount] + state.counts.map(\.value)
    try ranks.broadcast(&counts)
    (status.iteration, status.timeStepCount) = (counts[0], counts[1])
    state.counts = zip(state.counts, counts.dropFirst(2)).map { NamedCount(name: $0.name, value: $1) }
    state.tensors = try state.tensors.map { tensor in
      var values = tensor.values
      try ranks.broadcast(&values)
      return NamedTensor(name: tensor.name, shape: tensor.shape, values: values)
    }
    try learner.restore(state)
    if let ring = learner.records {
      for part in RecordRing.parts(of: ring.numbers, width: ring.width) {
        var values = ring.values(of: part)
        try ranks.broadcast(&values)
        ring.fill(part, values)
      }
    }
    return status
  }

  /// Other instructions or another compiler may round otherwise, in the steps that all take for themselves.
  private func requireEqualPrograms() throws {
    let program = "\(version), \(compilerVersion), \(Manifest.instructionSet)"
    let hashes = try ranks.all(Fingerprint(Array(program.utf8)).value)
    guard hashes.allSatisfy({ $0 == hashes[0] }) else {
      throw Failure(
        .configuration,
        "the processes do not have the same program or their processors not the same instructions; this one is "
          + program)
    }
  }

  /// Whether any process is asked to stop. Throws where their learners are not equal, as they always are.
  func agree(on stop: StopRequest, _ status: TrainingStatus) throws -> Bool {
    guard ranks.count > 1 else { return stop.isMade }
    var fingerprint = Fingerprint()
    let state = learner.state
    for tensor in state.tensors { fingerprint.combine(tensor.values) }
    fingerprint.combine(state.counts.map(\.value))
    let words = try ranks.all(SIMD2(UInt64(stop.number), fingerprint.value))
    guard words.allSatisfy({ $0[1] == words[0][1] }) else {
      throw Failure(
        .internalError, "the processes have different parameters after iteration \(status.iteration)")
    }
    if let signal = words.map({ $0[0] }).max(), signal != 0 { stop.adopt(Int32(signal)) }
    return stop.isMade
  }
}

extension Ranks {
  /// Gives all processes the bytes of process 0, however many there are.
  fileprivate func broadcastAll(_ bytes: inout [UInt8]) throws {
    var count = [bytes.count]
    try broadcast(&count)
    if !isFirst { bytes = Array(repeating: 0, count: count[0]) }
    try broadcast(&bytes)
  }
}

extension Fingerprint {
  fileprivate init(_ bytes: [UInt8]) {
    self.init()
    for byte in bytes { combine(word: UInt64(byte)) }
  }

  fileprivate mutating func combine(_ values: [Float]) {
    for value in values { combine(word: UInt64(value.bitPattern)) }
  }

  fileprivate mutating func combine(_ values: [Int]) {
    for value in values { combine(word: UInt64(truncatingIfNeeded: value)) }
  }
}
