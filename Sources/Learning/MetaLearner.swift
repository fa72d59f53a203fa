import Formats
import Parallel
import Randomness
import Simulation
import Trials

/// A meta-learning algorithm that trains on one task distribution. It has a configuration, parameters, and a state with
/// everything that a checkpoint must hold.
public protocol MetaLearner: AnyObject {
  /// The hyperparameters.
  associatedtype Configuration: LearnerConfiguration
  /// What it learns on.
  associatedtype Problem: LearningProblem

  /// The name, nature and source of the algorithm.
  static var information: AlgorithmInformation { get }

  /// A learner before its first update. Its parameters are drawn below `key`; the threads of `pool` do its work.
  /// Throws `InvalidParameter` where the configuration does not suit the problem.
  init(_ configuration: Configuration, for problem: Problem, key: RandomKey, pool: ThreadPool) throws

  /// The memory that such a learner takes for `use`, estimated without making the learner. Throws `InvalidParameter` where the
  /// configuration does not suit the problem.
  static func memory(
    of configuration: Configuration, for problem: Problem, use: LearnerUse
  ) throws -> MemoryEstimate

  /// One change of the parameters (the outer loop), from trials in the tasks of the split `train`. All
  /// randomness is from below `key`, so an update depends only on `state`, `iteration` and `key`.
  func update(iteration: Int, key: RandomKey) throws -> Metrics

  /// Everything that the next update depends on; restoring it, with the records that it numbers, makes a learner go on
  /// as if never stopped.
  var state: LearnerState { get }
  /// Takes over a state. Throws `InvalidParameter` where a part is missing or of another shape.
  func restore(_ state: LearnerState) throws
  /// The trials that it replays; nil by default, for learners that keep no trials. `state` has the numbers of the records.
  var records: RecordRing? { get }

  /// How many time steps of the environment one update takes; where that varies, the number of the last update.
  var timeStepsPerUpdate: Int { get }

  /// The order in which its agents play and learn in a trial; `online` by default.
  var course: TrialCourse { get }
  /// An agent with the present parameters; it keeps them while the learner goes on. A greedy agent takes
  /// the most probable action, another one draws from the policy.
  func agent(laneCount: Int, isGreedy: Bool) -> any Agent
}

extension MetaLearner {
  /// A learner of the problem that `simulator` poses. Throws `InvalidParameter` where that is of another kind, too.
  public init(
    _ configuration: Configuration, for simulator: any Simulator, key: RandomKey, pool: ThreadPool
  ) throws {
    try self.init(configuration, for: Problem(simulator), key: key, pool: pool)
  }

  /// The memory of a learner of the problem that `simulator` poses. Throws `InvalidParameter` as `init` does.
  public static func memory(
    of configuration: Configuration, for simulator: any Simulator, use: LearnerUse
  ) throws -> MemoryEstimate {
    try memory(of: configuration, for: Problem(simulator), use: use)
  }

  /// The kind of problem that it learns on.
  public static var problemKind: ProblemKind { Problem.kind }

  /// None.
  public var records: RecordRing? { nil }

  /// Agents learn while they act.
  public var course: TrialCourse { .online }

  /// Agents with the present parameters.
  public var agents: AgentFactory {
    AgentFactory(course: course) { [self] lanes, isGreedy in
      agent(laneCount: lanes.timeStep.laneCount, isGreedy: isGreedy)
    }
  }
}

/// The hyperparameters of an algorithm; every stored property is a key that files and the command line set.
public protocol LearnerConfiguration: Codable, Sendable {
  /// The defaults.
  init()
  /// How many updates a training takes.
  var iterations: Int { get set }
  /// Throws `InvalidParameter` for values that make no sense; by default for those outside the documented ranges.
  func validate() throws
  /// The meaning of each key and the values that it may have, in order; empty by default, which explains no key.
  static var documentation: [SettingDocumentation] { get }
  /// The keys that have no effect with the present values, for agents of `interface`; none by default.
  func unusedSettings(in interface: Interface) -> [UnusedSetting]
}

extension LearnerConfiguration {
  /// None.
  public static var documentation: [SettingDocumentation] { [] }

  /// None: every key has an effect.
  public func unusedSettings(in interface: Interface) -> [UnusedSetting] { [] }

  /// Throws `InvalidParameter` for values outside the documented ranges.
  public func validate() throws { try validateRanges() }

  /// Throws `InvalidParameter` for the first value, in the order of the keys, that is outside its documented range.
  public func validateRanges() throws {
    let table = try ValueEncoder.table(of: self)
    for entry in Self.documentation {
      if let value = table.value(at: entry.key), let reason = entry.range.refusal(of: value) {
        throw InvalidParameter(entry.key, reason)
      }
    }
  }

  /// The present value of what changes linearly from `first` at the beginning of a training to `last` at its end.
  public func scheduled(_ first: Double, _ last: Double, _ iteration: Int) -> Double {
    let progress = min(Double(iteration) / Double(max(iterations, 1)), 1)
    return first + (last - first) * progress
  }
}

/// The name, nature and source of an algorithm.
public struct AlgorithmInformation: Sendable {
  /// The name on the command line.
  public let name: String
  /// What it is, in one sentence.
  public let summary: String
  /// The publication.
  public let source: String

  /// A description of an algorithm.
  public init(name: String, summary: String, source: String) {
    self.name = name
    self.summary = summary
    self.source = source
  }
}

/// The measurements of one update, in the order to print them.
public struct Metrics: Sendable {
  /// Names, such as `return`, `entropy`, `gradientNorm`, and values.
  public var entries: [(name: String, value: Double)] = []

  /// No measurements yet.
  public init() {}

  /// The value called `name`; nil removes it or says that there is none.
  public subscript(name: String) -> Double? {
    get { entries.first { $0.name == name }?.value }
    set {
      entries.removeAll { $0.name == name }
      if let newValue { entries.append((name, newValue)) }
    }
  }
}

/// What the mathematics of an update takes, whatever the machine: it depends on the configuration and on the course
/// of the update, not on threads and processes.
public struct Effort: Hashable, Sendable {
  /// How often the gradient of a loss over what was played in one task was calculated.
  public var gradientEvaluations = 0
  /// The floating-point operations of the matrix products, those of playing included, which is counted as if no episode
  /// ended early.
  public var operations = 0

  /// No effort yet.
  public init() {}

  /// Adds what else was done.
  public static func += (effort: inout Self, other: Self) {
    effort.gradientEvaluations += other.gradientEvaluations
    effort.operations += other.operations
  }

  /// Adds both numbers to `metrics`.
  public func write(to metrics: inout Metrics) {
    metrics["gradientEvaluations"] = Double(gradientEvaluations)
    metrics["operations"] = Double(operations)
  }
}

/// A number that is not finite; training stops before it spreads.
public struct Divergence: Error, CustomStringConvertible, Sendable {
  /// Where it was found, such as `gradient` or `parameters`.
  public let place: String
  /// The task of the update's batch that it was found in; nil where it belongs to none.
  public let task: Int?
  /// The updates that were done before the one it was found in.
  public let iteration: Int

  /// A divergence of `place` in update `iteration`.
  public init(place: String, task: Int? = nil, iteration: Int) {
    self.place = place
    self.task = task
    self.iteration = iteration
  }

  /// What happened, in one sentence; the first iteration is 1.
  public var description: String {
    "\(place) is not finite in \(task.map { "task \($0) of " } ?? "")iteration \(iteration + 1)"
  }
}
