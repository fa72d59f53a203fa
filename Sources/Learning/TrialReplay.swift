import Autodiff
import Trials

/// Whole trials that a learner replays: the inputs of the network, the choices and the rewards of each time step. A record
/// is the trial's length, and then these three, each `[T, …]`.
public struct TrialReplay: Sendable {
  /// Where they are.
  public let ring: RecordRing
  private let stepCount: Int
  private let inputWidth: Int
  private let choiceCount: Int

  /// Room for `capacity` trials of at most `stepCount` time steps, of which one update brings at most `batchCount`.
  public init(stepCount: Int, inputWidth: Int, choiceCount: Int, capacity: Int, batchCount: Int) {
    self.stepCount = stepCount
    self.inputWidth = inputWidth
    self.choiceCount = choiceCount
    ring = RecordRing(
      width: 1 + stepCount * (inputWidth + choiceCount + 1), capacity: capacity, batchCount: batchCount)
  }

  private var choices: Int { 1 + stepCount * inputWidth }
  private var rewards: Int { choices + stepCount * choiceCount }

  /// Appends the trials of all lanes of `rollout`.
  public func append(_ rollout: Rollout) {
    let columns = [
      (Rollout.Name.inputs, inputWidth, 1), (.choices, choiceCount, choices), (.rewards, 1, rewards),
    ]
    for lane in 0..<rollout.laneCount {
      ring.append { record in
        record[0] = Float(rollout.lengths[lane])
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
  public func length(of number: Int) -> Int { ring.withRecord(number) { Int($0[0]) } }

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
        (ports.inputs, inputWidth, 1), (ports.choices, choiceCount, choices), (ports.rewards, 1, rewards),
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
