import Randomness
import Trials

/// Whole trials that a learner replays: some columns of each time step, such as the inputs of the network and the choices,
/// and the rewards. A record is the trial's length, the sum of its rewards, and then the columns, each `[T, width]`.
public final class TrialReplay: @unchecked Sendable {
  /// Where they are.
  public let ring: RecordRing
  private let stepCount: Int
  /// The columns, and where each begins in a record.
  private let columns: [(column: Rollout.Column, start: Int)]
  private let prioritizedFraction: Double
  /// For each trial, the sum over those up to it of how much their returns are above the least.
  private var cumulative: [Double]

  /// Where the parts of a record begin.
  private static let (length, sum, firstColumn) = (0, 1, 2)

  /// Room for `capacity` trials of at most `stepCount` time steps, of which one update brings at most `batchCount`.
  ///
  /// - Parameters:
  ///   - columns: what is kept of them beside the rewards.
  ///   - prioritizedFraction: the fraction of the trials drawn that is drawn in proportion to how much more a trial
  ///     brought than the worst one.
  public init(
    stepCount: Int, columns: [Rollout.Column], capacity: Int, batchCount: Int,
    prioritizedFraction: Double = 0
  ) {
    self.stepCount = stepCount
    self.prioritizedFraction = prioritizedFraction
    var (parts, width): ([(Rollout.Column, Int)], Int) = ([], Self.firstColumn)
    for column in columns + [Rollout.Column(.rewards)] {
      parts.append((column, width))
      width += stepCount * column.width
    }
    self.columns = parts
    cumulative = Array(repeating: 0, count: capacity)
    ring = RecordRing(width: width, capacity: capacity, batchCount: batchCount)
  }

  /// Appends the trials of all lanes of `rollouts`.
  public func append(_ rollouts: [Rollout]) {
    for rollout in rollouts { append(rollout) }
    weigh()
  }

  private func append(_ rollout: Rollout) {
    let (lengths, rewards) = (rollout.lengths, rollout[.rewards])
    for lane in 0..<rollout.laneCount {
      ring.append { record in
        record[Self.length] = Float(lengths[lane])
        record[Self.sum] = (0..<lengths[lane]).reduce(0) { $0 + rewards[$1 * rollout.laneCount + lane] }
        for (column, start) in columns {
          var part = record._mutatingExtracting(start..<start + stepCount * column.width)
          TrialLane(lane, of: rollout.laneCount).copy(
            rollout[column.name].span, to: .single, of: &part, width: column.width, stepCount: stepCount)
        }
      }
    }
  }

  /// Copies columns of the trial `number`, each to an input of a program.
  public func copy(_ number: Int, to target: ProgramLane, _ inputs: KeyValuePairs<Rollout.Name, Int>) {
    ring.withRecord(number) { record in
      for (name, input) in inputs {
        guard let (column, start) = columns.first(where: { $0.column.name == name }) else {
          preconditionFailure("no column \(name.text) is replayed")
        }
        let part = record.extracting(start..<start + stepCount * column.width)
        target.copy(part, of: .single, width: column.width, to: input)
      }
    }
  }

  /// How many time steps the trial `number` took.
  public func length(of number: Int) -> Int { ring.withRecord(number) { Int($0[Self.length]) } }

  // MARK: Drawing

  /// Trials that one gradient step is of.
  public struct Batch: Sendable {
    /// Their numbers, as they are drawn.
    public let numbers: [Int]
    /// The time steps of the longest.
    public let longest: Int
    /// The time steps of all of them together.
    public let timeStepCount: Int
  }

  /// Draws `count` trials with replacement: with the probability `prioritizedFraction` in proportion to how much their
  /// return is above the least, else evenly.
  public func drawBatch(of count: Int, using random: inout RandomStream) -> Batch {
    let numbers = (0..<count).map { _ in draw(using: &random) }
    let lengths = numbers.lazy.map { self.length(of: $0) }
    return Batch(
      numbers: numbers, longest: lengths.reduce(0, max), timeStepCount: lengths.reduce(0, +))
  }

  /// Looks at the returns of all trials, by which they are drawn from then on. `append` does so; who restores trials
  /// and draws before more have come must.
  public func weigh() {
    guard prioritizedFraction > 0 else { return }
    let least = ring.numbers.reduce(Float.infinity) { min($0, returned(by: $1)) }
    var sum = 0.0
    for (place, number) in ring.numbers.enumerated() {
      sum += Double(returned(by: number) - least)
      cumulative[place] = sum
    }
  }

  private func returned(by number: Int) -> Float { ring.withRecord(number) { $0[Self.sum] } }

  private func draw(using random: inout RandomStream) -> Int {
    let count = ring.count
    let isPrioritized =
      prioritizedFraction > 0 && Double(random.uniform()) < prioritizedFraction && cumulative[count - 1] > 0
    guard isPrioritized else { return ring.numbers.lowerBound + random.integer(below: count) }
    let goal = Double(random.uniform()) * cumulative[count - 1]
    var (first, end) = (0, count - 1)
    while first < end {
      let middle = (first + end) / 2
      if cumulative[middle] > goal { end = middle } else { first = middle + 1 }
    }
    return ring.numbers.lowerBound + first
  }
}
