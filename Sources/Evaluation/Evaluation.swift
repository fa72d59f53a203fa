import Configuration
import Formats
import Learning
import Parallel
import Runs
import Simulation
import Trials

/// How well an agent does on tasks of one split, episode by episode, beside the agents to compare with.
public struct Evaluation: Sendable {
  /// What was asked for.
  public let request: Request
  /// The environment.
  public let environment: EnvironmentDefinition
  /// The algorithm, or the reference agent.
  public let algorithm: String
  /// The updates that the agent was trained with; nil for a reference agent.
  public let iteration: Int?
  /// Which tasks the trials were in.
  package let sample: TrialSample
  /// The return of every episode.
  public let episodes: [Statistics]
  /// The sum of the returns of a trial.
  public let total: Statistics
  /// The mean sum of returns with the most probable actions; nil for a reference agent.
  public internal(set) var greedyTotal: Double?
  /// How the agent runs through a trial.
  public let course: TrialCourse
  /// The agents to compare with.
  public let references: [ReferenceReturns]
  /// The return of every episode of every trial, `[trial, episode]`, the mean over the runs.
  public let trialReturns: [Double]
  /// Some of the trials played again, where their luck cannot be told otherwise.
  var replay: Replay?
  /// The runs that were evaluated together; none where there was one.
  public var runGroup: RunGroup?
  /// What was counted of the agent's behaviour; nothing where the environment counts nothing.
  public var behavior: [BehaviorShare] = []
  /// The same of the best agent known.
  public var bestBehavior: [BehaviorShare] { best?.behavior ?? [] }
  /// How far what the agent believes is from what can be known of the task, from 0 to 1; nil where it does not say it or it
  /// is not known.
  public var beliefError: Double?

  /// How long the agent took to play, in seconds; nothing that is printed or saved.
  var playSeconds = 0.0

  /// What the agent does with its experience, and where what it has learnt holds; empty where nothing was asked.
  public internal(set) var judgements: [Judgement] = []
  /// What was warned of in its training.
  public internal(set) var warnings: [TrainingWarning] = []
  /// What its training took; nil for a reference agent.
  public internal(set) var cost: TrainingCost?

  /// Whether this is the standard evaluation of a run, which lists of runs show; nil where it is not of one run.
  public internal(set) var isStandard: Bool?
  /// Where the agent was trained, if not in this environment.
  public internal(set) var transfer: Transfer?

  /// What to evaluate.
  public struct Request: Sendable {
    /// The split that tasks are from.
    public var split = TaskSplit.test
    /// The number of trials; nil for about 1,000.
    public var taskCount: Int?
    /// The episodes of a trial; nil for the environment's, or one more than a gradient-based learner takes
    /// adaptation steps, if that is more.
    public var episodeCount: Int?
    /// The seed of tasks, physics and actions.
    public var seed = 0
    /// Whether the agent takes its most probable actions.
    public var isGreedy = false
    /// Whether a run is evaluated as it was before its first update: what the same agent learns from scratch.
    public var isUntrained = false
    /// Which checkpoint of a run is evaluated; nil for the latest that is whole.
    public var checkpoint: CheckpointChoice?
    /// How much is asked about what was learnt.
    public var verdicts = Judgement.Scope.quick

    /// What must hold; the evaluation is refused where it will have no such numbers, before anything is played.
    public var requirements: [Requirement] = []

    /// The usual evaluation.
    public init() {}

    /// The same with as many episodes as it takes to see what `learner` learns in `environment`.
    func suited(to learner: any MetaLearner, in environment: EnvironmentDefinition) -> Request {
      var request = self
      let needed = learner.course.episodeCount(atLeast: environment.episodeCount)
      if request.episodeCount == nil && needed > environment.episodeCount { request.episodeCount = needed }
      return request
    }

    /// The same with as many episodes as it takes to see what every one of `runs` learns, which are in trials alike.
    package func suited(to runs: [RunConfiguration]) throws -> Request {
      var request = self
      let pool = ThreadPool(threadCount: 1)
      request.episodeCount = try runs.compactMap { run in
        try suited(to: run.learner(pool: pool), in: run.environment).episodeCount
      }.max()
      return request
    }
  }

  /// The mean return per episode of an agent to compare with, in the tasks of the evaluation.
  public struct ReferenceReturns: Sendable {
    /// Who it is.
    public let name: String
    /// What it stands for; nil for a heuristic.
    public var role: ReferenceRole? { ReferenceRole(of: name) }
    /// The mean return of each episode.
    public let episodes: [Double]
    /// Whether these are exact expectations, not averages over the trials of the evaluation.
    public let isExact: Bool
    /// The exact expectation of each episode over all tasks of the split, where it is known and the evaluation is of
    /// other tasks.
    public let ofAllTasks: [Double]?
    /// The return of every episode of every trial of the evaluation, `[trial, episode]`.
    let trials: [Double]
    /// The same of the trials that were played again, where some were.
    let replay: [Double]?
    /// What was counted of its behaviour; nothing where the environment counts nothing.
    let behavior: [BehaviorShare]

    /// The sum over the episodes.
    public var total: Double { episodes.reduce(0, +) }
    /// The same of the trials that were played.
    package var meanTotal: Double { trials.reduce(0, +) * Double(episodes.count) / Double(trials.count) }
  }

  /// The number of trials, each in a task of its own or in one of a finite set.
  public var taskCount: Int { sample.count }
  /// How many tasks differ, where they are of a finite set.
  public var distinctTaskCount: Int? { sample.memberCount == nil ? nil : sample.taskCount }
  /// The same in words, with how many there are of which some were not played.
  package var distinctTasks: String? {
    guard let memberCount = sample.memberCount, let count = distinctTaskCount else { return nil }
    return count < memberCount
      ? "\(count) of \(memberCount) tasks" : count == 1 ? "1 task" : "\(count) tasks"
  }

  /// The hash of the tasks: evaluations with the same hash are of the same tasks.
  public let taskHash: String

  /// The names of the agents that every evaluation is compared with, where the environment has them.
  static let referenceNames = [ReferenceRole.random, .oracle, .bayesOptimal].map(\.name)

  /// Of the agents `known`, those to compare with, the weakest first: where nobody knows the Bayes-optimal agent,
  /// the heuristics too.
  static func referenceNames(among known: [String]) -> [String] {
    let optimal = known.filter { ReferenceRole(of: $0) == .bayesOptimal }
    let heuristics = optimal.isEmpty ? known.filter { ReferenceRole(of: $0) == nil } : []
    return [ReferenceRole.random, .blind, .oracle].map(\.name).filter(known.contains) + heuristics + optimal
  }

  /// The best agent known that is not told the task: the Bayes-optimal one, or else the best heuristic; where there
  /// is neither, the one that is told.
  public var best: ReferenceReturns? {
    let heuristics = references.filter { $0.role == nil }
    return reference(.bayesOptimal) ?? heuristics.max { scored($0.episodes) < scored($1.episodes) }
      ?? reference(.oracle)
  }

  /// (agent − random) / (best known − random) of what is scored, where there is something to gain.
  public var normalized: Double? { score?.value }

  package func reference(_ role: ReferenceRole) -> ReferenceReturns? { references.first { $0.role == role } }

  /// What the agent called `name` got, if it was compared with.
  package func reference(named name: String) -> ReferenceReturns? { references.first { $0.name == name } }

  /// The same as one document.
  public var table: Table {
    var references = Table()
    for name in Self.referenceNames {
      references[name] = .null
    }
    for reference in self.references {
      references[reference.name] = .array(reference.episodes.map(Value.number))
    }
    let exact = self.references.filter(\.isExact).map { Value.string($0.name) }
    var ofAllTasks = Table()
    for reference in self.references {
      ofAllTasks[reference.name] = reference.ofAllTasks.map { .array($0.map(Value.number)) }
    }
    let score = score
    var table: Table = [
      "environment": .string(environment.name), "algorithm": .string(algorithm),
      "split": .string(request.split.name), "tasks": .integer(taskCount),
      "distinctTasks": distinctTaskCount.map(Value.integer) ?? .null,
      "tasksOfSplit": sample.memberCount.map(Value.integer) ?? .null, "seed": .integer(request.seed),
      "iteration": iteration.map(Value.integer) ?? .null, "greedy": .boolean(request.isGreedy),
      "untrained": .boolean(request.isUntrained),
      "episodes": .array(episodes.enumerated().map(Self.episode)), "total": total.value,
      "greedyTotal": greedyTotal.map(Value.number) ?? .null,
      "rollouts": course.rolloutCount.map(Value.integer) ?? .null, "references": .table(references),
      "exactReferences": .array(exact), "exactOfAllTasks": .table(ofAllTasks),
      "normalized": score.map { .number($0.value) } ?? .null,
      "normalizedCI95": score.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null,
      "normalizedBy": score.map { .string($0.best) } ?? .null,
      "normalizedOf": .string(scoresLastEpisode ? "lastEpisode" : "total"),
      "normalizedBlind": score?.blind.map(Value.number) ?? .null,
      "taskHash": .string(taskHash),
    ]
    if let isStandard { table["standard"] = .boolean(isStandard) }
    if let transfer { table["trainedIn"] = transfer.document }
    if let runGroup { table["runs"] = runGroup.document }
    if let beliefError { table["beliefError"] = .number(beliefError) }
    if !behavior.isEmpty { table["behavior"] = .array(behavior.map(Self.share)) }
    if !judgements.isEmpty { table["verdicts"] = Judgement.document(judgements) }
    if !warnings.isEmpty { table["warnings"] = .array(warnings.map(\.document)) }
    if let cost { table["cost"] = cost.document }
    return table
  }

  private static func share(_ share: BehaviorShare) -> Value {
    .table([
      "name": .string(share.name), "share": share.share.map(Value.number) ?? .null,
      "count": .integer(share.count), "of": .integer(share.total),
    ])
  }

  private static func episode(_ index: Int, _ statistics: Statistics) -> Value {
    var table: Table = ["index": .integer(index)]
    for (key, value) in statistics.value.table?.entries ?? [] { table[key] = value }
    return .table(table)
  }
}
