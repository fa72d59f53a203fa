import Formats
import Runs

/// What the training of a run has cost so far.
public struct TrainingCost: Sendable {
  /// The updates done.
  public let iterationCount: Int
  /// The time steps of the environment.
  public let timeStepCount: Int
  /// The seconds that passed; nil where they were not measured.
  public let seconds: Double?
  /// The threads that worked, as the run began.
  public let threadCount: Int?
  /// The processor that it began on.
  public let processor: String?
  /// How many numbers the learner keeps as parameters.
  public let parameterCount: Int
  /// The gradients that were evaluated; nil where they were not counted.
  public let gradientCount: Double?
  /// The floating-point operations of matrix products; nil where they were not counted.
  public let operationCount: Double?
  /// The most memory that a process which trained has used, in bytes; nil where it was not measured.
  public let peakMemory: Int?

  /// The cost of `run` up to its latest checkpoint that is whole; `warn` hears of those that are not.
  public init(of run: RunDirectory, warn: (String) -> Void) throws {
    try self.init(of: run, upTo: run.checkpoints.latest(warn: warn))
  }

  /// The cost of `run` up to `checkpoint`.
  init(of run: RunDirectory, upTo checkpoint: Checkpoint) throws {
    let export = try RunExport(of: run)
    let manifest = try RunDirectory.document(run.manifestPath)
    iterationCount = checkpoint.iteration
    timeStepCount = checkpoint.timeStepCount
    seconds = export.seconds(upTo: checkpoint.iteration)
    threadCount = manifest?["threads"]?.integer
    processor = manifest?["processor"]?.string
    parameterCount = checkpoint.state.parameterCount
    gradientCount = export.sum(of: "gradientEvaluations", upTo: checkpoint.iteration)
    operationCount = export.sum(of: "operations", upTo: checkpoint.iteration)
    peakMemory = export.peakMemory
  }

  /// What does not depend on clock and machine, as JSON.
  var document: Value {
    .table([
      "iterations": .integer(iterationCount), "timeSteps": .integer(timeStepCount),
      "parameters": .integer(parameterCount), "gradientEvaluations": gradientCount.map(Value.number) ?? .null,
      "operations": operationCount.map(Value.number) ?? .null,
      "seconds": seconds.map(Value.number) ?? .null, "peakMemory": peakMemory.map(Value.integer) ?? .null,
    ])
  }

  /// The cost in a line.
  var text: String {
    let gradients = gradientCount.map { ", \(Self.short($0)) gradients" } ?? ""
    let operations = operationCount.map { ", \(Self.short($0)) operations of matrix products" } ?? ""
    let time = seconds.map { ", \(fixed($0, digits: 0)) s" } ?? ""
    let threads = threadCount.map { " with \($0) \($0 == 1 ? "thread" : "threads")" } ?? ""
    let memory = peakMemory.map { ", \(Self.short(Double($0)))B of memory" } ?? ""
    return "cost  \(Self.short(Double(timeStepCount))) time steps\(gradients)\(operations)\(time)\(threads), "
      + "\(parameterCount) parameters\(memory)"
  }

  /// A number in thousands, millions and so on.
  private static func short(_ value: Double) -> String {
    for (size, name) in [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= size {
      return fixed(value / size, digits: 1) + " " + name
    }
    return fixed(value, digits: 0)
  }
}
