import Configuration
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Runs
import Scenes
import Simulation
import Trials

/// One agent, ready to be shown in any task: its trials are those that `Evaluator` plays with the same seed,
/// recorded.
public final class Demonstration: RecordingSource {
  /// The environment.
  public let environment: EnvironmentDefinition
  private let request: Evaluation.Request
  private let simulator: any SimulatedEnvironment
  private let tasks: TaskSet
  private let player: Player
  private let pool = ThreadPool(threadCount: 1)
  /// What was shown last, and may be touched: a task that has a number, or the only one of its set.
  private var shown: (tasks: TaskSet, number: Int?)
  private var knownReferences: [Int: [Recording.ReferenceReturns]] = [:]

  /// Who plays.
  private enum Player {
    case learner(TrainedLearner)
    case reference(String)
  }

  /// The agent of a run as it was at `checkpoint`, or at the latest that is whole; `warn` hears of those that
  /// are not.
  public convenience init(
    of run: RunDirectory, checkpoint: Int? = nil, request: Evaluation.Request, catalogue: Catalogue,
    warn: @escaping (String) -> Void
  ) throws {
    let configuration = try run.configuration(catalogue: catalogue)
    let learner = try TrainedLearner(run, configuration, iteration: checkpoint, warn: warn)
    try self.init(
      configuration.environment, .learner(learner),
      request.suited(to: learner.learner, in: configuration.environment))
  }

  /// The reference agent `name` of `environment`, or the best that it has.
  public convenience init(
    ofReference name: String?, in environment: EnvironmentDefinition, request: Evaluation.Request
  ) throws {
    try environment.checkSplit(request.split)
    if let name { try environment.checkReference(name, in: request.split) }
    let known = environment.simulator.standardReferences(of: request.split)
    let best = Evaluation.referenceNames(among: known).last
    try self.init(environment, .reference(name ?? best ?? ReferenceRole.random.name), request)
  }

  private init(
    _ environment: EnvironmentDefinition, _ player: Player, _ request: Evaluation.Request
  ) throws {
    try environment.checkSplit(request.split)
    self.environment = environment
    self.player = player
    self.request = request
    simulator = request.episodeCount.map(environment.simulator.with) ?? environment.simulator
    try PlayingCost.checkRecording(of: request.split, in: simulator)
    tasks = TaskSample.tasks(
      of: request.split, count: request.taskCount, seed: request.seed, in: simulator)
    shown = (tasks, 0)
  }

  /// How many tasks an evaluation plays.
  public var taskCount: Int { tasks.count }

  /// The trial in the task of number `number`, as the evaluation plays it.
  public func recording(ofTask number: Int) throws -> Recording {
    try check(number)
    shown = (tasks, number)
    var recording = play(in: tasks, at: number, key: trialKey(number))
    recording.caption.taskNumber = number
    return recording
  }

  /// The first of the first `count` tasks whose last episode gets the most more than the first one.
  public func mostInstructiveTask(among count: Int = 9) -> Int {
    let player = TrialPlayer(simulator: simulator, pool: pool)
    let outcome = try? player.outcomes(
      of: agents, in: tasks, at: Array(0..<min(count, taskCount)), key: key.child("trial"),
      modes: [PolicyMode(isGreedy: request.isGreedy)])
    guard let returns = outcome?[0].returns else { return 0 }
    let episodeCount = simulator.interface.episodeCount
    let gains = stride(from: 0, to: returns.count, by: episodeCount).map {
      returns[$0 + episodeCount - 1] - returns[$0]
    }
    return gains.indices.max { gains[$0] < gains[$1] || gains[$0] == gains[$1] && $0 > $1 } ?? 0
  }

  private var agents: AgentFactory {
    switch player {
    case .reference(let name): AgentFactory(reference: name, in: simulator)
    case .learner(let trained): trained.learner.agents
    }
  }

  /// The trial in the task of number `number` with someone else as the agent and the same luck.
  public func trialToPlay(inTask number: Int) throws -> PlayedTrial {
    try check(number)
    return PlayedTrial(in: simulator, on: tasks, at: number, key: trialKey(number))
  }

  /// The trial in the task that a touch of the last one makes.
  public func recording(touchedAt point: Scene.Point) throws -> Recording? {
    simulator.task(at: shown.number ?? 0, of: shown.tasks, touchedAt: point).map(recording)
  }

  /// The trial in the task that another value of a quantity makes of the last one.
  public func recording(setting quantity: Int, to value: Float) throws -> Recording {
    recording(in: simulator.task(at: shown.number ?? 0, of: shown.tasks, setting: quantity, to: value))
  }

  private func recording(in handmade: TaskSet) -> Recording {
    shown = (handmade, nil)
    return play(in: handmade, at: 0, key: key.child("touched"))
  }

  /// Takes over a later checkpoint, if there is one.
  public func refresh() throws -> Bool {
    guard case .learner(let learner) = player else { return false }
    return try learner.refresh()
  }

  private var key: RandomKey { TaskSample.key(seed: request.seed) }
  private func trialKey(_ number: Int) -> RandomKey { key.child("trial").child(number) }

  /// Throws where an evaluation plays no task of number `number`.
  public func check(_ number: Int) throws {
    guard (0..<taskCount).contains(number) else {
      throw Failure(.configuration, "task \(number) is not one of 0 to \(taskCount - 1)")
    }
  }

  /// What there is to say about every trial.
  public var caption: Recording.Caption {
    var caption = Recording.Caption()
    caption.environment = environment.name
    caption.summary = environment.summary
    caption.split = request.split.name
    caption.seed = request.seed
    return caption
  }

  private func play(in tasks: TaskSet, at index: Int, key: RandomKey) -> Recording {
    var recording = recording(in: tasks, at: index, key: key)
    let own = recording.caption
    recording.caption = caption
    (recording.caption.agent, recording.caption.iteration) = (own.agent, own.iteration)
    recording.caption.course = own.course
    let words = simulator.words(forTaskAt: index, of: tasks)
    recording.caption.task = words.isEmpty ? tasks.document(at: index) : words
    recording.settings = simulator.settings(at: index, of: tasks)
    recording.caption.isGreedy = request.isGreedy
    return recording
  }

  private func recording(in tasks: TaskSet, at index: Int, key: RandomKey) -> Recording {
    var recording = Recording(
      of: filmedAgents, isGreedy: request.isGreedy, in: simulator, on: tasks, at: index, key: key)
    switch player {
    case .reference(let name): recording.caption.agent = name
    case .learner(let trained):
      recording.caption.agent = trained.algorithm
      recording.caption.iteration = trained.iteration
    }
    return recording
  }

  /// An agent is made only once for all films of a learner.
  private var filmedAgents: AgentFactory {
    guard case .learner(let trained) = player else { return agents }
    return AgentFactory(course: trained.learner.course) { _, isGreedy in trained.agent(isGreedy: isGreedy) }
  }

  // MARK: References

  /// How many trials each reference agent plays in a task: short ones say less.
  private var referenceTrialCount: Int {
    max(32, min(512, 20_000 / simulator.interface.trialLength))
  }

  /// What other agents get in the task of the last trial.
  public func references() throws -> [Recording.ReferenceReturns] {
    guard let number = shown.number else {
      return try referenceReturns(in: shown.tasks, at: 0, key: key.child("touched").child("references"))
    }
    if let known = knownReferences[number] { return known }
    let returns = try referenceReturns(in: tasks, at: number, key: key.child("references").child(number))
    knownReferences[number] = returns
    return returns
  }

  private func referenceReturns(
    in tasks: TaskSet, at index: Int, key: RandomKey
  ) throws -> [Recording.ReferenceReturns] {
    let names = simulator.references(of: request.split).map(\.name)
    return try Evaluation.referenceNames.filter(names.contains).map { name in
      let keys = (0..<referenceTrialCount).map { key.child($0) }
      let lanes = simulator.beginTrial(in: tasks, at: keys.map { _ in index }, keys: keys)
      let agent = simulator.referenceAgent(name, for: lanes)
      agent.beginTrial(keys: keys)
      try lanes.play(agent, componentCount: simulator.interface.action.componentCount)
      let count = simulator.interface.episodeCount
      let means = (0..<count).map { episode in
        stride(from: episode, to: lanes.returns.count, by: count)
          .reduce(0) { $0 + Double(lanes.returns[$1]) } / Double(keys.count)
      }
      return Recording.ReferenceReturns(name: name, episodes: means)
    }
  }
}

/// The learner of a run with the parameters of one of its checkpoints.
private final class TrainedLearner {
  let algorithm: String
  let learner: any MetaLearner
  private(set) var iteration: Int
  private var agent: (any Agent)?
  private let run: RunDirectory
  private let configuration: RunConfiguration
  private let warn: (String) -> Void

  init(
    _ run: RunDirectory, _ configuration: RunConfiguration, iteration: Int?,
    warn: @escaping (String) -> Void
  ) throws {
    self.run = run
    self.warn = warn
    self.configuration = configuration
    algorithm = configuration.algorithm
    learner = try configuration.learner(pool: ThreadPool(threadCount: 1))
    let checkpoint =
      try iteration.map { try run.checkpoints.checkpoint(ofIteration: $0) }
      ?? run.checkpoints.last()
    self.iteration = checkpoint.iteration
    try restore(checkpoint)
  }

  func refresh() throws -> Bool {
    guard let last = try run.checkpoints.iterations().last, last > iteration else { return false }
    let checkpoint = try run.checkpoints.latest(warn: warn)
    guard checkpoint.iteration > iteration else { return false }
    try restore(checkpoint)
    iteration = checkpoint.iteration
    return true
  }

  /// An agent in one lane; it is made once for each checkpoint.
  func agent(isGreedy: Bool) -> any Agent {
    let agent = agent ?? learner.agent(laneCount: 1, isGreedy: isGreedy)
    self.agent = agent
    return agent
  }

  private func restore(_ checkpoint: Checkpoint) throws {
    agent = nil
    try run.restore(learner, to: checkpoint, warn: warn)
  }
}

extension TaskSet {
  /// The parameters of the task at `index` as one JSON document.
  func document(at index: Int) -> String {
    guard let all = try? JSON.parse(Array(json)), case .array(let tasks) = all else { return "" }
    return JSON.line(tasks[index])
  }
}
