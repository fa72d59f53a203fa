import Formats
import Learning
import Randomness
import Simulation

/// Evaluates trained agents and reference agents.
public struct Evaluator {
  private let environment: EnvironmentDefinition
  private let request: Evaluation.Request
  private let pool: ThreadPool
  private let simulator: any Simulator
  private let tasks: TaskSet
  private let knownReferences = Remembered<[Evaluation.ReferenceReturns]>()

  /// An evaluation in `environment`. Throws where it has no such split.
  public init(_ environment: EnvironmentDefinition, request: Evaluation.Request, threadCount: Int) throws {
    try environment.checkSplit(request.split)
    self.environment = environment
    self.request = request
    pool = ThreadPool(threadCount: threadCount)
    simulator = request.episodeCount.map(environment.simulator.with) ?? environment.simulator
    tasks = TaskSample.tasks(
      of: request.split, count: request.taskCount, seed: request.seed, in: simulator)
  }

  /// Evaluates the latest checkpoint of `run` that is whole, or the run untrained where that is asked; `warn` hears of
  /// those that are not. Saves the evaluation in the run, unless it is of the untrained one or only for show: one of the
  /// usual request as its standard evaluation, another under its own name.
  public func evaluation(
    of run: RunDirectory, configuration: RunConfiguration, isSaved: Bool = true, warn: (String) -> Void
  ) throws -> Evaluation {
    let learner = try configuration.learner(pool: pool)
    let request = request.suited(to: learner, in: environment)
    guard request.episodeCount == self.request.episodeCount else {
      return try Evaluator(environment, request: request, threadCount: pool.threadCount).evaluation(
        of: run, configuration: configuration, isSaved: isSaved, warn: warn)
    }
    let checkpoint = request.isUntrained ? nil : try restore(learner, from: run, warn: warn)
    var evaluation = evaluation(
      of: learner, algorithm: configuration.algorithm, iteration: checkpoint?.iteration ?? 0)
    // What a run was before it was trained says nothing of the run.
    guard let checkpoint else { return evaluation }
    evaluation.judgements = try judge(
      evaluation, Examinee(learner, isGreedy: request.isGreedy, in: simulator, pool: pool)
    ) { try of(split: $0).evaluation(of: learner, algorithm: configuration.algorithm, iteration: nil) }
    evaluation.cost = try TrainingCost(of: run, upTo: checkpoint)
    evaluation.isStandard =
      try request.isStandard(for: learner, in: environment)
      && checkpoint.iteration == run.checkpoints.iterations().last
    if isSaved { try run.save(evaluation, warn: warn) }
    return evaluation
  }

  /// Makes `learner` what the latest whole checkpoint of `run` says; returns the checkpoint.
  private func restore(
    _ learner: any MetaLearner, from run: RunDirectory, warn: (String) -> Void
  ) throws -> Checkpoint {
    let checkpoint = try run.checkpoints.latest(warn: warn)
    try locating(in: "checkpoint of iteration \(checkpoint.iteration) of \(run.path)") {
      try learner.restore(checkpoint.tensors)
    }
    return checkpoint
  }

  /// Evaluates the latest checkpoints of `runs`, which are of one algorithm in this environment, on the same
  /// tasks, and takes them together. Saves each evaluation in its run.
  public func evaluation(
    pooling runs: [RunDirectory], catalogue: Catalogue, warn: (String) -> Void
  ) throws -> Evaluation {
    let trained = try runs.map { try TrainedRun($0, catalogue: catalogue) }
    if let other = trained.first(where: { !$0.configuration.environment.hasSameTrials(as: environment) }) {
      throw Failure(
        .configuration,
        "\(other.run.path) is of another environment than \(runs[0].path): "
          + other.configuration.environment.name)
    }
    if let other = trained.first(where: { $0.configuration.algorithm != trained[0].configuration.algorithm })
    {
      throw Failure(
        .configuration,
        "\(other.run.path) is of \(other.configuration.algorithm) and \(runs[0].path) of "
          + "\(trained[0].configuration.algorithm); metarl runs compare sets them side by side")
    }
    try TrainedRun.checkSeeds(trained)
    let evaluations = try trained.map {
      try evaluation(of: $0.run, configuration: $0.configuration, warn: warn)
    }
    return pooled(evaluations, of: runs)
  }

  /// `evaluations` of `runs` on the same tasks, taken together.
  package func pooled(_ evaluations: [Evaluation], of runs: [RunDirectory]) -> Evaluation {
    Evaluation(
      pooling: evaluations, names: runs.map(\.name), key: key.child("bootstrap"), threads: pool)
  }

  /// What the reference agent `name` earns in each trial, without anything to compare with.
  func totals(ofReference name: String) throws -> [Double] {
    try environment.checkReference(name, in: request.split)
    let (returns, count) = (outcome(ofReference: name).returns, simulator.interface.episodeCount)
    return (0..<tasks.count).map { returns[$0 * count..<($0 + 1) * count].reduce(0) { $0 + Double($1) } }
  }

  /// Evaluates the reference agent `name` of the environment.
  public func evaluation(ofReference name: String) throws -> Evaluation {
    try environment.checkReference(name, in: request.split)
    var evaluation = played(reference: name)
    evaluation.judgements = try judge(
      evaluation, Examinee(reference: name, in: simulator, pool: pool)
    ) { try of(split: $0).played(reference: name) }
    return evaluation
  }

  private func played(reference name: String) -> Evaluation {
    let outcome = outcome(ofReference: name)
    return evaluation(
      outcome.returns.map(Double.init), algorithm: name, iteration: nil, greedyTotal: nil, rolloutCount: nil,
      behavior: outcome.behavior)
  }

  private func evaluation(of learner: any MetaLearner, algorithm: String, iteration: Int?) -> Evaluation {
    let returns = returns(of: learner)
    return evaluation(
      request.isGreedy ? returns.greedy : returns.sampled, algorithm: algorithm, iteration: iteration,
      greedyTotal: returns.greedy.reduce(0, +) / Double(tasks.count), rolloutCount: returns.rolloutCount,
      behavior: request.isGreedy ? returns.greedyBehavior : returns.behavior)
  }

  private func judge(
    _ evaluation: Evaluation, _ examinee: Examinee, evaluationOfSplit: @escaping (String) throws -> Evaluation
  ) throws -> [Judgement] {
    try Judge(
      evaluation: evaluation, examinee: examinee, tasks: tasks, key: key, evaluationOfSplit: evaluationOfSplit
    ).judgements(request.verdicts)
  }

  /// The same evaluation in another split.
  private func of(split: String) throws -> Evaluator {
    var request = request
    request.split = split
    return try Evaluator(environment, request: request, threadCount: pool.threadCount)
  }

  private var key: RandomKey { TaskSample.key(seed: request.seed) }

  /// The return of every episode, `[task, episode]`, with actions drawn from the policy and with the most
  /// probable ones.
  private typealias Returns = (
    sampled: [Double], greedy: [Double], rolloutCount: Int?, behavior: [BehaviorShare],
    greedyBehavior: [BehaviorShare]
  )

  private func returns(of learner: any MetaLearner) -> Returns {
    if let agent = learner.agent(laneCount: 1, isGreedy: false) as? any AdaptiveAgent {
      return adaptationReturns(of: learner, rolloutCount: agent.rolloutCount)
    }
    let (sampled, greedy) = (outcome(of: learner, isGreedy: false), outcome(of: learner, isGreedy: true))
    return (
      sampled.returns.map(Double.init), greedy.returns.map(Double.init), nil, sampled.behavior,
      greedy.behavior
    )
  }

  private func outcome(
    of learner: any MetaLearner, isGreedy: Bool
  ) -> (returns: [Float], behavior: [BehaviorShare]) {
    player.outcome(in: tasks, key: key.child("trial")) { lanes in
      learner.agent(laneCount: lanes.timeStep.laneCount, isGreedy: isGreedy)
    }
  }

  /// Of a gradient-based learner, episode k is the one after k adaptation steps, the mean over its rollouts.
  private func adaptationReturns(of learner: any MetaLearner, rolloutCount: Int) -> Returns {
    let curve = AdaptationCurve(
      of: { makeAdaptiveAgent(learner, rolloutCount) }, in: simulator, on: tasks,
      stepCount: simulator.interface.episodeCount - 1, key: key.child("trial"), pool: pool)
    return (curve.returns.flatMap { $0 }, curve.greedyReturns.flatMap { $0 }, rolloutCount, [], [])
  }

  private func makeAdaptiveAgent(_ learner: any MetaLearner, _ laneCount: Int) -> any AdaptiveAgent {
    guard let agent = learner.agent(laneCount: laneCount, isGreedy: false) as? any AdaptiveAgent else {
      preconditionFailure("an algorithm makes agents that adapt and agents that do not")
    }
    return agent
  }

  private var player: TrialPlayer { TrialPlayer(simulator: simulator, pool: pool) }

  private func outcome(ofReference name: String) -> (returns: [Float], behavior: [BehaviorShare]) {
    player.outcome(in: tasks, key: key.child("trial")) { simulator.referenceAgent(name, for: $0) }
  }

  private func evaluation(
    _ returns: [Double], algorithm: String, iteration: Int?, greedyTotal: Double?,
    rolloutCount: Int?, behavior: [BehaviorShare]
  ) -> Evaluation {
    let count = simulator.interface.episodeCount
    // The last column is the total, so that its interval comes from the same resamples.
    let rows = (0..<tasks.count).flatMap { task in
      let episodes = returns[task * count..<(task + 1) * count]
      return Array(episodes) + [episodes.reduce(0, +)]
    }
    var statistics = Statistics.ofColumns(
      rows, columnCount: count + 1, key: key.child("bootstrap"), pool: pool)
    let total = statistics.removeLast()
    let known = simulator.references(of: request.split)
    let best = known.contains { $0.name == "bayesOptimal" } ? "bayesOptimal" : "oracle"
    var evaluation = Evaluation(
      request: request, environment: environment, algorithm: algorithm, iteration: iteration,
      taskCount: tasks.count, distinctTaskCount: tasks.distinctCount, episodes: statistics, total: total,
      greedyTotal: greedyTotal, rolloutCount: rolloutCount,
      references: knownReferences.value { references }, trialReturns: returns,
      taskHash: SHA256.hexadecimal(tasks.json))
    evaluation.behavior = behavior
    if !behavior.isEmpty { evaluation.bestBehavior = outcome(ofReference: best).behavior }
    return evaluation
  }

  private var references: [Evaluation.ReferenceReturns] {
    Evaluation.referenceNames(among: simulator.standardReferences(of: request.split)).map { name in
      let count = simulator.interface.episodeCount
      let exact = simulator.expectedReturns(of: name, split: request.split)
      if let exact, exact.count == count {
        return Evaluation.ReferenceReturns(name: name, episodes: exact, isExact: true)
      }
      let returns = outcome(ofReference: name).returns
      let means = (0..<count).map { episode in
        (0..<tasks.count).reduce(0) { $0 + Double(returns[$1 * count + episode]) } / Double(tasks.count)
      }
      return Evaluation.ReferenceReturns(name: name, episodes: means, isExact: false)
    }
  }
}

/// A value that is found once.
private final class Remembered<Value> {
  private var known: Value?

  func value(_ find: () -> Value) -> Value {
    if let known { return known }
    let value = find()
    known = value
    return value
  }
}

extension EnvironmentDefinition {
  /// Whether trials in `other` are trials in this environment, whatever else its file says.
  package func hasSameTrials(as other: EnvironmentDefinition) -> Bool {
    family == other.family && constants == other.constants && tasks == other.tasks
      && horizon == other.horizon && episodeCount == other.episodeCount
      && trainingTaskCount == other.trainingTaskCount
  }

  /// Throws where there is no split called `name`.
  func checkSplit(_ name: String) throws {
    try check(name, "split", among: simulator.splits)
  }

  /// Throws where `split` has no reference agent called `name`, or where `name:value` sets a parameter wrongly.
  func checkReference(_ name: String, in split: String) throws {
    try checkSplit(split)
    let request = ReferenceRequest(name)
    let references = simulator.references(of: split)
    if simulator.references.contains(where: { $0.name == request.name }),
      !references.contains(where: { $0.name == request.name })
    {
      throw Failure(
        .configuration,
        "split \(quoted(split)) of \(self.name) has no agent \(quoted(request.name)), which knows of no shift. "
          + "Known: \(references.map(\.name).joined(separator: ", ")).")
    }
    try check(request.name, "agent", among: references.map(\.name))
    guard let value = request.value else { return }
    let parameter = references.first { $0.name == request.name }?.parameter
    guard let parameter else {
      throw Failure(
        .configuration, "agent \(request.name) of \(self.name) has no parameter to set to \(value)")
    }
    guard parameter.range.contains(value) else {
      throw Failure(
        .configuration,
        "agent \(request.name) of \(self.name): \(parameter.meaning) is \(value); a number from "
          + "\(parameter.range.lowerBound) to \(parameter.range.upperBound) is needed")
    }
  }

  private func check(_ name: String, _ kind: String, among names: [String]) throws {
    guard !names.contains(name) else { return }
    throw Failure(
      .configuration,
      "\(self.name) has no \(kind) \(quoted(name)).\(Spelling.suggestion(for: name, among: names)) "
        + "Known: \(names.joined(separator: ", ")).")
  }
}
