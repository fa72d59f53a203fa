import Formats
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
  public let state: LearnerState
  /// The records that the learner replays; nil where it has none.
  package let records: CheckpointRecords?
  /// The hash of the configuration of its run; nil where an earlier version wrote it.
  public let configurationHash: String?

  /// The state of a learner after `iteration` updates.
  public init(
    iteration: Int, timeStepCount: Int, seed: Int, state: LearnerState, records: CheckpointRecords? = nil,
    configurationHash: String? = nil
  ) {
    self.iteration = iteration
    self.timeStepCount = timeStepCount
    self.seed = seed
    self.state = state
    self.records = records
    self.configurationHash = configurationHash
  }
}

/// The records of a checkpoint: which they are, and where they can be read.
public struct CheckpointRecords: Sendable {
  /// The numbers of a record.
  let width: Int
  /// Which records.
  let numbers: Range<Int>
  /// Reads the records of a part, one after another.
  let values: @Sendable (_ part: Range<Int>) throws -> [Float]

  init(width: Int, numbers: Range<Int>, values: @escaping @Sendable (_ part: Range<Int>) throws -> [Float]) {
    self.width = width
    self.numbers = numbers
    self.values = values
  }

  /// Which they are, as `state.json` says it.
  var table: Table {
    [
      "width": .integer(width), "first": .integer(numbers.lowerBound), "end": .integer(numbers.upperBound),
    ]
  }

  /// The present records of `ring`, until it has been through one more update.
  public init(of ring: RecordRing) {
    self.init(width: ring.width, numbers: ring.numbers) { ring.values(of: $0) }
  }

  /// Makes them the records of `ring`. Throws where they are others than a learner of its configuration has.
  package func fill(_ ring: RecordRing) throws {
    guard width == ring.width, numbers == ring.numbers else {
      throw InvalidParameter(
        "records", "are \(numbers) of width \(width); \(ring.numbers) of width \(ring.width) are needed")
    }
    for part in RecordRing.parts(of: numbers, width: width) { ring.fill(part, try values(part)) }
  }
}
