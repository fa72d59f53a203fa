import Parallel
import Simulation

/// What learners keep of trials, or of episodes, that were played side by side: columns by name, `[T, lanes, width]`.
///
/// Every rollout has the rewards, how long each trial was and how its episodes ended. A policy adds what it decided by, and
/// a learner what it calculates. Filling it again allocates nothing.
///
/// Row t is of time step t: what was observed and done in it, and what came of that. What columns hold after the end of a
/// lane's trial means nothing; after the end of all trials it is zero.
public final class Rollout: @unchecked Sendable {
  /// The name of a column.
  public struct Name: Hashable, Sendable {
    /// The name in messages, such as `reward`.
    public let text: String

    /// A name.
    public init(_ text: String) { self.text = text }

    /// The inputs of the network, as its encoder writes them.
    public static let inputs = Name("observation")
    /// The actions as the policy chose them, `[component]`.
    public static let choices = Name("action")
    /// log π of the actions.
    public static let logProbabilities = Name("logProbability")
    /// The rewards of the actions.
    public static let rewards = Name("reward")
    /// 1 where an action led to an observation that was new in its trial, else 0.
    public static let novelties = Name("novelty")
    /// The observation that an action led to, before a next episode began, `[observation]`; only lanes that keep the
    /// observations of ends can fill it.
    public static let reached = Name("reached")
    /// What a learner is rewarded by, where that is not the rewards as they are.
    public static let earnings = Name("scaledReward")
    /// The value function before each action.
    public static let values = Name("value")
    /// Advantages of the actions.
    public static let advantages = Name("advantage")
  }

  /// What a column holds.
  public struct Column: Hashable, Sendable {
    /// Its name.
    public let name: Name
    /// The numbers of a lane at a time step.
    public let width: Int
    /// Whether it is one row, `[width]`, that stays the same for all lanes and all time.
    public let isConstant: Bool

    /// A column.
    public init(_ name: Name, width: Int = 1, isConstant: Bool = false) {
      self.name = name
      self.width = width
      self.isConstant = isConstant
    }
  }

  /// The most time steps of a trial, T.
  public let stepCount: Int
  /// How many trials there are.
  public let laneCount: Int
  /// How many time steps each trial took, `[lanes]`.
  public private(set) var lengths: [Int]
  /// How the transition of each time step ended an episode, if it did, `[T, lanes]`.
  public private(set) var endings: [Ending]
  private let columns: [Column]
  private var values: [[Float]]
  private var seenObservations: SeenObservations?
  private var time = 0

  /// Room for `laneCount` trials of at most `stepCount` time steps, with rewards and `columns`.
  public init(stepCount: Int, laneCount: Int, columns: [Column]) {
    self.stepCount = stepCount
    self.laneCount = laneCount
    self.columns = columns + [Column(.rewards)]
    values = self.columns.map {
      Array(repeating: 0, count: $0.width * ($0.isConstant ? 1 : stepCount * laneCount))
    }
    lengths = Array(repeating: 0, count: laneCount)
    endings = Array(repeating: .none, count: stepCount * laneCount)
    if has(.novelties) {
      seenObservations = SeenObservations(laneCount: laneCount, trialLength: stepCount)
    }
  }

  // MARK: Columns

  /// Whether there is a column called `name`.
  public func has(_ name: Name) -> Bool { columns.contains { $0.name == name } }

  private func index(_ name: Name) -> Int {
    guard let index = columns.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("a rollout has no column \(name.text)")
    }
    return index
  }

  /// A column, `[T, lanes, width]`.
  public subscript(name: Name) -> [Float] { values[index(name)] }

  /// Changes a column in place.
  public func withColumn<Result>(_ name: Name, _ body: (inout [Float]) -> Result) -> Result {
    body(&values[index(name)])
  }

  /// Writes one time step of a column, `[lanes, width]`, or all of one that is constant; does nothing where there is no
  /// such column.
  public func write(_ name: Name, _ row: [Float], at time: Int) {
    write(name, at: time) { target in
      precondition(row.count == target.count, "\(row.count) numbers for \(target.count) of \(name.text)")
      row.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          to.update(from: from, count: source.count)
        }
      }
    }
  }

  /// Lets `fill` write one time step of a column.
  public func write(_ name: Name, at time: Int, _ fill: (inout MutableSpan<Float>) -> Void) {
    guard let index = columns.firstIndex(where: { $0.name == name }) else { return }
    let column = columns[index]
    let count = column.isConstant ? column.width : column.width * laneCount
    let start = column.isConstant ? 0 : time * count
    Self.change(&values[index], start..<start + count, fill)
  }

  private static func change(
    _ values: inout [Float], _ range: Range<Int>, _ fill: (inout MutableSpan<Float>) -> Void
  ) {
    var whole = values.mutableSpan
    var row = whole._mutatingExtracting(range)
    fill(&row)
  }

  // MARK: Filling

  /// Begins anew, with trials whose first moment is `timeStep`.
  public func begin(at timeStep: TimeStep) {
    time = 0
    for lane in 0..<laneCount { lengths[lane] = 0 }
    seenObservations?.restart(timeStep)
  }

  /// Notes what the actions before `timeStep` brought, and then what `policy` has decided on it.
  public func record(_ policy: any Policy, on timeStep: TimeStep) {
    precondition(time < stepCount, "more than \(stepCount) steps")
    recordOutcome(timeStep)
    let progress = timeStep.progress
    for lane in 0..<laneCount where !progress[lane].isTrialOver { lengths[lane] += 1 }
    policy.write(to: self, at: time)
    time += 1
  }

  /// Notes what the last actions brought, which is in `end`, and blanks the time steps that were not taken.
  public func finish(at end: TimeStep) {
    recordOutcome(end)
    for index in columns.indices where !columns[index].isConstant {
      let first = time * columns[index].width * laneCount
      values[index].withUnsafeMutableBufferPointer { $0[first...].update(repeating: 0) }
    }
    for place in time * laneCount..<stepCount * laneCount { endings[place] = .none }
  }

  private func recordOutcome(_ timeStep: TimeStep) {
    guard time > 0 else { return }
    let row = time - 1
    write(.rewards, timeStep.previousReward, at: row)
    for lane in 0..<laneCount {
      endings[row * laneCount + lane] =
        row < lengths[lane] ? timeStep.progress[lane].previousEnding : .none
    }
    if has(.reached) { recordReached(timeStep, row) }
    guard seenObservations != nil else { return }
    let novelties = index(.novelties)
    for lane in 0..<laneCount {
      let isNew = seenObservations?.meet(timeStep, lane) == true
      values[novelties][row * laneCount + lane] = isNew ? 1 : 0
    }
  }

  private func recordReached(_ timeStep: TimeStep, _ row: Int) {
    let (index, width) = (index(.reached), timeStep.observation.count / laneCount)
    precondition(
      timeStep.endObservation.count == timeStep.observation.count,
      "lanes do not keep the observations of ends")
    for lane in 0..<laneCount {
      let isEnd = timeStep.progress[lane].previousEnding != .none
      for component in lane * width..<(lane + 1) * width {
        values[index][row * laneCount * width + component] =
          isEnd ? timeStep.endObservation[component] : timeStep.observation[component]
      }
    }
  }

  // MARK: What it says

  /// The time steps taken in all trials together.
  public var timeStepCount: Int { lengths.reduce(0, +) }

  /// The mean over the trials of the sum of their rewards.
  public var meanReturn: Double {
    let rewards = self[.rewards]
    var sum = 0.0
    for lane in 0..<laneCount {
      for time in 0..<lengths[lane] { sum += Double(rewards[time * laneCount + lane]) }
    }
    return sum / Double(laneCount)
  }

  /// The first number of the columns `names`, as far as there are such, that is not finite, in the order of time and
  /// then as given, and the lane it is in.
  public func firstNonFinite(_ names: [Name]) -> (place: String, lane: Int)? {
    for name in names where has(name) && !isFinite(self[name]) { return search(names.filter(has).map(index)) }
    return nil
  }

  private func search(_ suspects: [Int]) -> (place: String, lane: Int)? {
    for time in 0..<stepCount {
      for index in suspects {
        let width = columns[index].width
        let row = values[index][time * laneCount * width..<(time + 1) * laneCount * width]
        if let place = row.firstIndex(where: { !$0.isFinite }) {
          return (columns[index].name.text, (place - row.startIndex) / width)
        }
      }
    }
    return nil
  }

  /// Moves all that other processes need.
  public func move(by transfer: inout ShardTransfer) {
    for index in values.indices { transfer.move(&values[index]) }
    transfer.move(&lengths)
    transfer.move(&endings)
  }
}
