import Autodiff
import Randomness
import Trials

/// Whole trials that a learner replays: the inputs of the network, the choices and the rewards of each time step. A record
/// is the trial's length, the sum of its rewards, and then these three, each `[T, …]`.
public final class TrialReplay: @unchecked Sendable {
  /// Where they are.
  public let ring: RecordRing
  private let stepCount: Int
  private let inputWidth: Int
  private let choiceCount: Int
  /// For each trial, the sum over those up to it of how much their returns are above the least.
  private var cumulative: [Double]

  /// Room for `capacity` trials of at most `stepCount` time steps, of which one update brings at most `batchCount`.
  public init(stepCount: Int, inputWidth: Int, choiceCount: Int, capacity: Int, batchCount: Int) {
    self.stepCount = stepCount
    self.inputWidth = inputWidth
    self.choiceCount = choiceCount
    cumulative = Array(repeating: 0, count: capacity)
    ring = RecordRing(
      width: Self.inputs + stepCount * (inputWidth + choiceCount + 1), capacity: capacity,
      batchCount: batchCount)
  }

  /// Where the parts of a record begin.
  private static let (length, sum, inputs) = (0, 1, 2)
  private var choices: Int { Self.inputs + stepCount * inputWidth }
  private var rewards: Int { choices + stepCount * choiceCount }

  /// Appends the trials of all lanes of `rollout`.
  public func append(_ rollout: Rollout) {
    let (lengths, played) = (rollout.lengths, rollout[.rewards])
    let columns = [
      (Rollout.Name.inputs, inputWidth, Self.inputs), (.choices, choiceCount, choices),
      (.rewards, 1, rewards),
    ]
    for lane in 0..<rollout.laneCount {
      ring.append { record in
        record[Self.length] = Float(lengths[lane])
        record[Self.sum] = (0..<lengths[lane]).reduce(0) { $0 + played[$1 * rollout.laneCount + lane] }
        for (name, width, start) in columns {
          let values = rollout[name]
          for time in 0..<stepCount {
            for place in 0..<width {
              record[start + time * width + place] = values[(time * rollout.laneCount + lane) * width + place]
            }
          }
        }
      }
    }
  }

  /// How many time steps the trial `number` took.
  public func length(of number: Int) -> Int { ring.withRecord(number) { Int($0[Self.length]) } }

  // MARK: Drawing

  /// Looks at the returns of all trials, by which they are drawn from then on.
  public func weigh() {
    let least = ring.numbers.reduce(Float.infinity) { min($0, returned(by: $1)) }
    var sum = 0.0
    for (place, number) in ring.numbers.enumerated() {
      sum += Double(returned(by: number) - least)
      cumulative[place] = sum
    }
  }

  private func returned(by number: Int) -> Float { ring.withRecord(number) { $0[Self.sum] } }

  /// The number of a trial: with probability `fraction` drawn in proportion to how much its return is above the least, else
  /// evenly.
  public func draw(prioritizedFraction fraction: Double, using random: inout RandomStream) -> Int {
    let count = ring.count
    let isPrioritized = fraction > 0 && Double(random.uniform()) < fraction && cumulative[count - 1] > 0
    guard isPrioritized else { return ring.numbers.lowerBound + random.integer(below: count) }
    let goal = Double(random.uniform()) * cumulative[count - 1]
    var (first, end) = (0, count - 1)
    while first < end {
      let middle = (first + end) / 2
      if cumulative[middle] > goal { end = middle } else { first = middle + 1 }
    }
    return ring.numbers.lowerBound + first
  }

  /// The inputs of a program that trials are copied to, `[T·B, …]`.
  public struct Ports: Sendable {
    let (inputs, choices, rewards): (Int, Int, Int)

    /// The numbers of the program's inputs.
    public init(inputs: Int, choices: Int, rewards: Int) {
      (self.inputs, self.choices, self.rewards) = (inputs, choices, rewards)
    }
  }

  /// Copies the first `stepCount` time steps of the trial `number` to lane `lane` of `laneCount` in `workspace`.
  public func copy(
    _ number: Int, to workspace: Workspace<Float>, _ ports: Ports, lane: Int, laneCount: Int, stepCount: Int
  ) {
    ring.withRecord(number) { record in
      for (port, width, start) in [
        (ports.inputs, inputWidth, Self.inputs), (ports.choices, choiceCount, choices),
        (ports.rewards, 1, rewards),
      ] {
        workspace.withInput(port) { input in
          for time in 0..<stepCount {
            for place in 0..<width {
              input[(time * laneCount + lane) * width + place] = record[start + time * width + place]
            }
          }
        }
      }
    }
  }
}
