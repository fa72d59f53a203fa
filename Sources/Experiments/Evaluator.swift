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

  /// Evaluates the latest checkpoint of `run` that is whole; `warn` hears of those that are not. Saves the
  /// evaluation in the run.
  public func evaluation(
    of run: RunDirectory, configuration: RunConfiguration, warn: (String) -> Void
  ) throws -> Evaluation {
    let checkpoint = try run.checkpoints.latest(warn: warn)
    let learner = try configuration.learner(pool: pool)
    try locating(in: "checkpoint of iteration \(checkpoint.iteration) of \(run.path)") {
      try learner.restore(checkpoint.tensors)
    }
    let returns = returns(of: learner)
    let greedyTotal = returns.greedy.reduce(0, +) / Double(tasks.count)
    let evaluation = evaluation(
      request.isGreedy ? returns.greedy : returns.sampled, algorithm: configuration.algorithm,
      iteration: checkpoint.iteration, greedyTotal: greedyTotal, rolloutCount: returns.rolloutCount)
    run.sweepEvaluations()
    try DurableFile.write(
      Array((JSON.line(.table(evaluation.table)) + "\n").utf8), to: run.evaluationPath)
    return evaluation
  }

  /// Evaluates the reference agent `name` of the environment.
  public func evaluation(ofReference name: String) throws -> Evaluation {
    try environment.checkReference(name)
    return evaluation(
      simulatedReturns(of: name), algorithm: name, iteration: nil, greedyTotal: nil, rolloutCount: nil)
  }

  private var key: RandomKey { TaskSample.key(seed: request.seed) }

  /// The return of every episode, `[task, episode]`, with actions drawn from the policy and with the most
  /// probable ones.
  private typealias Returns = (sampled: [Double], greedy: [Double], rolloutCount: Int?)

  private func returns(of learner: any MetaLearner) -> Returns {
    if let agent = learner.agent(laneCount: 1, isGreedy: false) as? any AdaptiveAgent {
      return adaptationReturns(of: learner, rolloutCount: agent.rolloutCount)
    }
    return (returns(of: learner, isGreedy: false), returns(of: learner, isGreedy: true), nil)
  }

  private func returns(of learner: any MetaLearner, isGreedy: Bool) -> [Double] {
    player.returns(in: tasks, key: key.child("trial")) { lanes in
      learner.agent(laneCount: lanes.timeStep.laneCount, isGreedy: isGreedy)
    }.map(Double.init)
  }

  /// Of a gradient-based learner, episode k is the one after k adaptation steps, the mean over its rollouts.
  private func adaptationReturns(of learner: any MetaLearner, rolloutCount: Int) -> Returns {
    let curve = AdaptationCurve(
      of: { makeAdaptiveAgent(learner, rolloutCount) }, in: simulator, on: tasks,
      stepCount: simulator.interface.episodeCount - 1, key: key.child("trial"), pool: pool)
    return (curve.returns.flatMap { $0 }, curve.greedyReturns.flatMap { $0 }, rolloutCount)
  }

  private func makeAdaptiveAgent(_ learner: any MetaLearner, _ laneCount: Int) -> any AdaptiveAgent {
    guard let agent = learner.agent(laneCount: laneCount, isGreedy: false) as? any AdaptiveAgent else {
      preconditionFailure("an algorithm makes agents that adapt and agents that do not")
    }
    return agent
  }

  private var player: TrialPlayer { TrialPlayer(simulator: simulator, pool: pool) }

  private func simulatedReturns(of reference: String) -> [Double] {
    player.returns(in: tasks, key: key.child("trial")) { lanes in
      simulator.referenceAgent(reference, for: lanes)
    }.map(Double.init)
  }

  private func evaluation(
    _ returns: [Double], algorithm: String, iteration: Int?, greedyTotal: Double?,
    rolloutCount: Int?
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
    return Evaluation(
      request: request, environment: environment, algorithm: algorithm, iteration: iteration,
      taskCount: tasks.count, distinctTaskCount: tasks.distinctCount, episodes: statistics, total: total,
      greedyTotal: greedyTotal, rolloutCount: rolloutCount, references: references,
      taskHash: SHA256.hexadecimal(tasks.json))
  }

  private var references: [Evaluation.ReferenceReturns] {
    Evaluation.referenceNames(among: simulator.references.map(\.name)).map { name in
      let count = simulator.interface.episodeCount
      let exact = simulator.expectedReturns(of: name, split: request.split)
      if let exact, exact.count == count {
        return Evaluation.ReferenceReturns(name: name, episodes: exact, isExact: true)
      }
      let returns = simulatedReturns(of: name)
      let means = (0..<count).map { episode in
        (0..<tasks.count).reduce(0) { $0 + returns[$1 * count + episode] } / Double(tasks.count)
      }
      return Evaluation.ReferenceReturns(name: name, episodes: means, isExact: false)
    }
  }
}

extension EnvironmentDefinition {
  /// Throws where there is no split called `name`.
  func checkSplit(_ name: String) throws {
    try check(name, "split", among: simulator.splits)
  }

  /// Throws where there is no reference agent called `name`.
  func checkReference(_ name: String) throws {
    try check(name, "agent", among: simulator.references.map(\.name))
  }

  private func check(_ name: String, _ kind: String, among names: [String]) throws {
    guard !names.contains(name) else { return }
    throw Failure(
      .configuration,
      "\(self.name) has no \(kind) \(quoted(name)).\(Spelling.suggestion(for: name, among: names)) "
        + "Known: \(names.joined(separator: ", ")).")
  }
}
