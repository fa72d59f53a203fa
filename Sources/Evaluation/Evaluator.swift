import Configuration
import Formats
import Learning
import Parallel
import Randomness
import Runs
import Simulation
import Trials

/// Evaluates trained agents and reference agents.
public struct Evaluator {
  let environment: EnvironmentDefinition
  let request: Evaluation.Request
  let pool: ThreadPool
  let simulator: any SimulatedEnvironment
  private let tasks: TaskSet
  /// What this evaluation will take, in words, where that is more than seconds.
  public let costNotice: String?
  /// The reference agents that have played.
  private let known = KnownPlays()

  /// An evaluation in `environment`. Throws where it has no such split.
  public init(_ environment: EnvironmentDefinition, request: Evaluation.Request, threadCount: Int) throws {
    try environment.checkSplit(request.split)
    self.environment = environment
    self.request = request
    pool = ThreadPool(threadCount: threadCount)
    simulator = request.episodeCount.map(environment.simulator.with) ?? environment.simulator
    let cost = PlayingCost(of: request.split, taskCount: request.taskCount, in: simulator)
    try cost.check()
    costNotice = cost.notice
    tasks = TaskSample.tasks(
      of: request.split, count: request.taskCount, seed: request.seed, in: simulator)
  }

  /// Evaluates the last checkpoint of `run`, or the one that is asked for, or the run untrained. Saves the evaluation in
  /// the run, unless it is of the untrained one or only for show: one of the usual request as its standard evaluation,
  /// another under its own name; `warn` hears where the run cannot be written to.
  public func evaluation(
    of run: RunDirectory, configuration: RunConfiguration, isSaved: Bool = true,
    whenPlayed: (Evaluation) throws -> Void = { _ in }, warn: (String) -> Void
  ) throws -> Evaluation {
    let batchCount = (tasks.count + TrialPlayer.shardSize - 1) / TrialPlayer.shardSize
    let learner = try configuration.learner(
      in: environment, pool: pool,
      use: .acting(
        threadCount: pool.threadCount, batchCount: batchCount,
        laneCount: min(tasks.count, TrialPlayer.shardSize)))
    let request = request.suited(to: learner, in: environment)
    guard request.episodeCount == self.request.episodeCount else {
      return try Evaluator(environment, request: request, threadCount: pool.threadCount).evaluation(
        of: run, configuration: configuration, isSaved: isSaved, whenPlayed: whenPlayed, warn: warn)
    }
    try checkRequirements(of: learner)
    if request.isUntrained, let from = configuration.from { try from.begin(learner) }
    let checkpoint =
      request.isUntrained ? nil : try restore(learner, from: run, warn: warn)
    if checkpoint != nil, let divergence = try TrainedRun(run, configuration).divergence {
      warn("\(run.path) \(divergence)")
    }
    var evaluation = try evaluation(
      of: learner, algorithm: configuration.algorithm, iteration: checkpoint?.iteration ?? 0)
    if let checkpoint {
      evaluation.warnings = try TrainingWarning.all(of: run, upTo: checkpoint.iteration)
    }
    try whenPlayed(evaluation)
    // What a run was before it was trained says nothing of the run.
    guard let checkpoint else { return evaluation }
    evaluation.judgements = try judge(
      evaluation, evaluatedAgent(learner.agents)
    ) { try of(split: $0).evaluation(of: learner, algorithm: configuration.algorithm, iteration: nil) }
    evaluation.cost = try TrainingCost(of: run, upTo: checkpoint)
    evaluation.isStandard =
      try request.isStandard(for: learner, in: environment)
      && checkpoint.iteration == run.checkpoints.iterations().last
    if isSaved { try run.save(evaluation, warn: warn) }
    return evaluation
  }

  /// Makes `learner` what the checkpoint of `run` that is asked for says, or the last one; returns it.
  private func restore(
    _ learner: any MetaLearner, from run: RunDirectory, warn: (String) -> Void
  ) throws -> Checkpoint {
    let checkpoint =
      try request.checkpoint.map { try run.checkpoints.checkpoint(ofIteration: $0.iteration(in: run).number) }
      ?? run.checkpoints.last()
    try run.restore(learner, to: checkpoint, warn: warn)
    return checkpoint
  }

  /// Evaluates the latest checkpoints of `runs`, which are of one algorithm in this environment, on the same
  /// tasks, and takes them together. Saves each evaluation in its run.
  public func evaluation(
    combining runs: [RunDirectory], catalogue: Catalogue, warn: (String) -> Void
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
    return combined(evaluations, of: runs)
  }

  /// `evaluations` of `runs` on the same tasks, taken together.
  package func combined(_ evaluations: [Evaluation], of runs: [RunDirectory]) -> Evaluation {
    Evaluation(
      combining: evaluations, names: runs.map(\.name), key: key.child("bootstrap"), pool: pool)
  }

  /// What the reference agent `name` earns in each trial, without anything to compare with.
  package func totals(ofReference name: String) throws -> [Double] {
    try environment.checkReference(name, in: request.split)
    let count = simulator.interface.episodeCount
    let returns = try naming(name) { try play(ofReference: name).outcome.returns }
    return (0..<tasks.count).map { returns[$0 * count..<($0 + 1) * count].reduce(0, +) }
  }

  /// Evaluates the reference agent `name` of the environment; `whenPlayed` is told before any question is asked.
  public func evaluation(
    ofReference name: String, whenPlayed: (Evaluation) throws -> Void = { _ in }
  ) throws -> Evaluation {
    try environment.checkReference(name, in: request.split)
    try checkRequirements(of: nil)
    var evaluation = try played(reference: name)
    try whenPlayed(evaluation)
    evaluation.judgements = try judge(
      evaluation,
      evaluatedAgent(agents(ofReference: name), mode: .sampled, isTold: ReferenceRole(of: name) == .oracle)
    ) { try of(split: $0).played(reference: name) }
    return evaluation
  }

  private func played(reference name: String) throws -> Evaluation {
    try naming(name) {
      let start = ContinuousClock.now
      let play = try play(ofReference: name)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      return try evaluation(
        play.outcome, of: .online, play.replay, algorithm: name, iteration: nil, seconds: seconds)
    }
  }

  private func evaluation(
    of learner: any MetaLearner, algorithm: String, iteration: Int?
  ) throws -> Evaluation {
    try naming(algorithm) {
      let start = ContinuousClock.now
      let outcomes = try player.outcomes(
        of: learner.agents, in: tasks, at: all, key: trialKey, modes: [.sampled, .greedy],
        measuresBelief: true)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let replay = try replay {
        try player.outcomes(of: learner.agents, in: tasks, at: $0, key: $1, modes: [mode])[0].returns
      }
      var evaluation = try evaluation(
        outcomes[request.isGreedy ? 1 : 0], of: learner.course, replay, algorithm: algorithm,
        iteration: iteration, seconds: seconds)
      evaluation.greedyTotal = outcomes[1].returns.reduce(0, +) / Double(tasks.count)
      return evaluation
    }
  }

  /// Names the agent that meets a number that is not finite.
  private func naming<Result>(_ agent: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as NonFiniteNumber {
      throw Failure(
        .diverged, "\(agent) in \(environment.name), split \(request.split), seed \(request.seed): \(error)")
    }
  }

  private func judge(
    _ evaluation: Evaluation, _ evaluatedAgent: EvaluatedAgent,
    evaluationOfSplit: @escaping (TaskSplit) throws -> Evaluation
  ) throws -> [Judgement] {
    try naming(evaluation.algorithm) {
      try Judge(
        evaluation: evaluation, simulator: simulator, evaluatedAgent: evaluatedAgent, tasks: tasks, key: key,
        evaluationOfSplit: evaluationOfSplit
      ).judgements(request.verdicts)
    }
  }

  /// The same evaluation in another split.
  private func of(split: TaskSplit) throws -> Evaluator {
    var request = request
    request.split = split
    return try Evaluator(environment, request: request, threadCount: pool.threadCount)
  }

  private var key: RandomKey { TaskSample.key(seed: request.seed) }
  private var trialKey: RandomKey { key.child("trial") }
  private var all: [Int] { Array(0..<tasks.count) }
  private var sample: TrialSample { TrialSample(tasks) }

  /// Some trials played again with other random numbers by `play`, where their luck cannot be told otherwise.
  private func replay(_ play: (_ trials: [Int], RandomKey) throws -> [Double]) throws -> Replay? {
    guard sample.needsReplay else { return nil }
    let trials = Replay.trials(of: sample)
    return Replay(trials: trials, returns: try play(trials, key.child("replay")))
  }

  private var mode: PolicyMode { PolicyMode(isGreedy: request.isGreedy) }

  private func agents(ofReference name: String) -> AgentFactory {
    AgentFactory(reference: name, in: simulator)
  }

  private func evaluatedAgent(
    _ agents: AgentFactory, mode: PolicyMode? = nil, isTold: Bool = false
  ) -> EvaluatedAgent {
    EvaluatedAgent(agents: agents, player: player, mode: mode ?? self.mode, isTold: isTold)
  }

  private var player: TrialPlayer { TrialPlayer(simulator: simulator, pool: pool) }

  /// What the reference agent `name` gets; it plays once, however often that is asked.
  private func play(ofReference name: String) throws -> KnownPlays.Play {
    try known.play(of: name) {
      func outcome(at indices: [Int], _ key: RandomKey) throws -> TrialPlayer.Outcome {
        try player.outcome(of: agents(ofReference: name), in: tasks, at: indices, key: key)
      }
      return KnownPlays.Play(
        outcome: try outcome(at: all, trialKey), replay: try replay { try outcome(at: $0, $1).returns })
    }
  }

  private func evaluation(
    _ outcome: TrialPlayer.Outcome, of course: TrialCourse, _ replay: Replay?, algorithm: String,
    iteration: Int?, seconds: Double
  ) throws -> Evaluation {
    var statistics = self.statistics(outcome.returns, replay)
    let total = statistics.removeLast()
    var evaluation = Evaluation(
      request: request, environment: environment, algorithm: algorithm, iteration: iteration,
      sample: sample, episodes: statistics, total: total, greedyTotal: nil, course: course,
      references: try references, trialReturns: outcome.returns,
      taskHash: TaskSample.hash(of: tasks, in: simulator))
    evaluation.replay = replay
    evaluation.playSeconds = seconds
    evaluation.behavior = outcome.behavior
    evaluation.beliefError = outcome.beliefError
    return evaluation
  }

  /// The statistics of every episode and, last, of the total.
  private func statistics(_ returns: [Double], _ replay: Replay?) -> [Statistics] {
    let count = simulator.interface.episodeCount
    let rows = Self.withTotals(returns, count)
    let again = replay.map { (trials: $0.trials, rows: Self.withTotals($0.returns, count)) }
    let luck = (0...count).map { column in
      again.flatMap { again in
        TrialSample.luck(
          again.trials.map { rows[$0 * (count + 1) + column] },
          again.trials.indices.map { again.rows[$0 * (count + 1) + column] })
      }
    }
    return Statistics.ofColumns(rows, columnCount: count + 1, key: key.child("bootstrap"), pool: pool)
      .enumerated().map { column, plain in
        let values = stride(from: column, to: rows.count, by: count + 1).map { rows[$0] }
        return plain.corrected(
          standardError: sample.standardError(of: values, luck: luck[column]), count: values.count)
      }
  }

  /// `returns`, `[trial, episode]`, with the total as the last column, so that its interval comes from the same resamples.
  private static func withTotals(_ returns: [Double], _ count: Int) -> [Double] {
    stride(from: 0, to: returns.count, by: count).flatMap { start in
      let episodes = returns[start..<start + count]
      return Array(episodes) + [episodes.reduce(0, +)]
    }
  }

  private var references: [Evaluation.ReferenceReturns] {
    get throws {
      try Evaluation.referenceNames(among: simulator.standardReferences(of: request.split)).map { name in
        try naming(name) { try reference(name) }
      }
    }
  }

  /// What the reference agent `name` gets in the same trials, and where it is known, exactly.
  private func reference(_ name: String) throws -> Evaluation.ReferenceReturns {
    let count = simulator.interface.episodeCount
    let play = try play(ofReference: name)
    let exact = simulator.expectedReturns(of: name, split: request.split).flatMap {
      $0.count == count ? $0 : nil
    }
    let means = (0..<count).map { episode in
      (0..<tasks.count).reduce(0) { $0 + play.outcome.returns[$1 * count + episode] } / Double(tasks.count)
    }
    return Evaluation.ReferenceReturns(
      name: name, episodes: sample.isWhole ? exact ?? means : means, isExact: sample.isWhole && exact != nil,
      ofAllTasks: sample.isWhole ? nil : exact, trials: play.outcome.returns,
      replay: play.replay?.returns, behavior: play.outcome.behavior)
  }
}

/// What reference agents got in the trials of an evaluation, each played once.
private final class KnownPlays {
  struct Play {
    let outcome: TrialPlayer.Outcome
    let replay: Replay?
  }

  private var plays: [String: Play] = [:]

  func play(of name: String, _ find: () throws -> Play) rethrows -> Play {
    if let known = plays[name] { return known }
    let play = try find()
    plays[name] = play
    return play
  }
}
