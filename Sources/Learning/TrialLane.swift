import Autodiff
import Trials

/// One of several trials that lie side by side, as in the columns of a rollout and the inputs of a program:
/// `[T, lanes, width]`, the lanes of a time step together.
public struct TrialLane: Hashable, Sendable {
  /// Which of them it is.
  public let index: Int
  /// How many there are.
  public let count: Int

  /// The trial `index` of `count`.
  public init(_ index: Int, of count: Int) {
    precondition(index >= 0 && index < count, "lane \(index) of \(count)")
    self.index = index
    self.count = count
  }

  /// A trial that lies by itself, `[T, width]`.
  public static let single = TrialLane(0, of: 1)

  /// Copies the first `stepCount` time steps of this trial in `source`, of `width` numbers each, to where the trial
  /// `other` lies in `target`.
  public func copy(
    _ source: Span<Float>, to other: TrialLane, of target: inout MutableSpan<Float>, width: Int,
    stepCount: Int
  ) {
    precondition(
      stepCount * count * width <= source.count && stepCount * other.count * width <= target.count,
      "\(stepCount) time steps from \(source.count) numbers to \(target.count)")
    let (start, stride) = (index * width, count * width)
    let (otherStart, otherStride) = (other.index * width, other.count * width)
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for time in 0..<stepCount {
          (to + otherStart + time * otherStride).update(from: from + start + time * stride, count: width)
        }
      }
    }
  }
}

/// Where one trial of a batch is written: a lane of the inputs, `[T·B, width]`, of a program that reads trials side by
/// side.
public struct ProgramLane {
  /// What the program runs in.
  public let workspace: Workspace<Float>
  /// Which of the trials it is.
  public let lane: TrialLane
  /// T, the time steps that the program reads.
  public let stepCount: Int

  /// The lane `lane` of a program of `stepCount` time steps that runs in `workspace`.
  public init(_ lane: TrialLane, of workspace: Workspace<Float>, stepCount: Int) {
    self.workspace = workspace
    self.lane = lane
    self.stepCount = stepCount
  }

  /// Copies the trial `trial` of `values`, of `width` numbers a time step, to `input`.
  public func copy(_ values: Span<Float>, of trial: TrialLane, width: Int, to input: Int) {
    workspace.withInput(input) {
      trial.copy(values, to: lane, of: &$0, width: width, stepCount: stepCount)
    }
  }

  /// Writes `width` numbers of every time step to `input`, each of them what `value` gives next.
  public func write(_ input: Int, width: Int = 1, _ value: (_ time: Int) -> Float) {
    workspace.withInput(input) { target in
      for time in 0..<stepCount {
        let start = (time * lane.count + lane.index) * width
        for place in start..<start + width { target[place] = value(time) }
      }
    }
  }
}

extension Rollout {
  /// Copies the column `name` of the trial in lane `lane` to an input of a program.
  public func copy(_ name: Name, of lane: Int, to target: ProgramLane, input: Int) {
    let values = self[name]
    target.copy(
      values.span, of: TrialLane(lane, of: laneCount), width: values.count / (stepCount * laneCount),
      to: input)
  }
}
