import Formats
import Foundation
import Learning
import Runs
import Testing

@Suite struct CheckpointTests {
  private func checkpoint(_ iteration: Int) -> Checkpoint {
    Checkpoint(
      iteration: iteration, timeStepCount: 10 * iteration, seed: 4,
      state: LearnerState(
        tensors: [NamedTensor(name: "parameters", shape: [1], values: [Float(iteration)])],
        counts: [NamedCount(name: "optimizer.stepCount", value: 1 << 40 + iteration)]))
  }

  private func store(_ iterations: [Int]) throws -> (directory: TemporaryDirectory, store: CheckpointStore) {
    let directory = try TemporaryDirectory()
    let store = CheckpointStore(path: "\(directory.path)/checkpoints")
    for iteration in iterations { try store.save(checkpoint(iteration)) }
    return (directory, store)
  }

  @Test func keepsTheLastFew() throws {
    let (directory, store) = try store([0, 5, 10, 15, 1_000_000])
    #expect(try store.iterations() == [10, 15, 1_000_000])
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/checkpoints").sorted()
    #expect(names == ["000010", "000015", "1000000"])
    let latest = try store.latest { Issue.record("\($0)") }
    #expect(latest.iteration == 1_000_000)
    #expect(latest.timeStepCount == 10_000_000)
    #expect(latest.seed == 4)
    #expect(latest.state == checkpoint(1_000_000).state)
  }

  @Test(arguments: ["learner.safetensors", "state.json"])
  func fallsBackToTheOneBefore(file: String) throws {
    let (directory, store) = try store([5, 10])
    let name = "checkpoints/000010/\(file)"
    let bytes = try directory.read(name)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      try DurableFile.write(changed, to: "\(directory.path)/\(name)")
      var warnings: [String] = []
      let latest = try store.latest { warnings.append($0) }
      // The time steps in state.json are for display; all else is checked.
      if latest.iteration == 10 && file == "state.json" { continue }
      #expect(latest.iteration == 5)
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("000010 is skipped: ") == true)
    }
    try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
    #expect(try store.latest { _ in }.iteration == 5)
  }

  @Test func saysWhatIsNotThere() throws {
    let (directory, store) = try store([])
    #expect(caught { _ = try store.latest { _ in } }?.kind == .missing)
    try store.save(checkpoint(3))
    try directory.write("{}", to: "checkpoints/000003/state.json")
    #expect(caught { _ = try store.latest { _ in } }?.kind == .configuration)
  }

  @Test func savesOverWhatACrashLeft() throws {
    let (directory, store) = try store([2])
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/checkpoints/.000003.tmp", withIntermediateDirectories: false)
    try directory.write("half", to: "checkpoints/.000003.tmp/learner.safetensors")
    #expect(try store.latest { _ in }.iteration == 2)
    try store.save(checkpoint(3))
    #expect(try store.latest { _ in }.iteration == 3)
    #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/checkpoints/.000003.tmp"))
  }

  @Test func numbersThatAreNotFiniteAreNoDamage() throws {
    let (directory, store) = try store([5])
    try store.save(
      Checkpoint(
        iteration: 10, timeStepCount: 0, seed: 4,
        state: LearnerState(tensors: [NamedTensor(name: "parameters", shape: [1], values: [.nan])])))
    let reads: [() throws -> Checkpoint] = [{ try store.latest { _ in } }, { try store.last() }]
    for read in reads {
      let failure = try #require(caught { _ = try read() })
      #expect(failure.kind == .diverged)
      #expect(failure.description.contains("\(directory.path)/checkpoints/000010: parameters holds numbers"))
    }
  }

  @Test(arguments: ["checkpoints", "checkpoints/000010", "checkpoints/000010/state.json"])
  func linksAreNotFollowed(path: String) throws {
    let (directory, store) = try store([5, 10])
    let place = "\(directory.path)/\(path)"
    try FileManager.default.moveItem(atPath: place, toPath: "\(directory.path)/elsewhere")
    try FileManager.default.createSymbolicLink(
      atPath: place, withDestinationPath: "\(directory.path)/elsewhere")
    let failure = try #require(caught { _ = try store.latest { _ in } })
    #expect(failure.kind == .configuration && failure.description.contains("\(path) is a link"))
  }

  /// Format 1 held whole numbers in single precision.
  @Test(arguments: [(Float(12), true), (0.5, false), (-1, true)])
  func theFirstFormatIsRead(steps: Float, isRead: Bool) throws {
    let (directory, store) = try store([])
    let tensors = [
      NamedTensor(name: "parameters", shape: [1], values: [3]),
      NamedTensor(name: "optimizer.stepCount", shape: [], values: [steps]),
    ]
    let bytes = Safetensors.encoded(tensors)
    try DurableFile.createDirectories("\(directory.path)/checkpoints/000003")
    try DurableFile.write(bytes, to: "\(directory.path)/checkpoints/000003/learner.safetensors")
    try directory.write(
      #"{"format":1,"iteration":3,"timeSteps":30,"seed":4,"sha256":{"learner.safetensors":"\#(SHA256.hexadecimal(bytes))"}}"#,
      to: "checkpoints/000003/state.json")
    let state = try store.last().state
    #expect(state.tensors == (isRead ? [tensors[0]] : tensors))
    #expect(state.counts == (isRead ? [NamedCount(name: "optimizer.stepCount", value: Int(steps))] : []))
  }

  /// There has never been a format 0.
  @Test(arguments: [0, -1]) func noFormatIsDamage(format: Int) throws {
    let (directory, store) = try store([2, 3])
    let path = "checkpoints/000003/state.json"
    let text = String(decoding: try directory.read(path), as: UTF8.self)
    try directory.write(
      text.replacingOccurrences(of: #""format":2"#, with: #""format":\#(format)"#), to: path)
    #expect(try store.latest { _ in }.iteration == 2)
  }

  /// What a process that is about to be killed saves is what it could go on from.
  @Test func aSafePointIsSavedOnce() throws {
    let directory = try TemporaryDirectory()
    let run = RunDirectory(path: directory.path)
    let safePoint = SafePoint()
    var isEnded = false
    safePoint.save { isEnded = true }
    #expect(isEnded && !FileManager.default.fileExists(atPath: run.checkpoints.path))
    try safePoint.move(to: checkpoint(7), of: run)
    try safePoint.move(to: nil, of: run)
    for _ in 0..<2 { safePoint.save {} }
    #expect(
      try run.checkpoints.iterations() == [7] && run.checkpoints.last().state == checkpoint(7).state)
  }
}
