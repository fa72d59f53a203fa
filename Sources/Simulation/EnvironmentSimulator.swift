import Foundation
import Randomness

/// A simulator with every capability: what an environment file stands for.
public protocol SimulatedEnvironment: Simulator, ReferenceSource, TaskEditor, Examinable {}

/// The one simulator: any environment, any splits.
public struct EnvironmentSimulator<Subject: Environment>: SimulatedEnvironment {
  /// The physics.
  public let environment: Subject
  /// What agents must know of the world.
  public let interface: Interface
  let distributions: [TaskSplit: Subject.TaskDistribution]
  let shifts: [TaskSplit: TrialShift]
  /// The tasks of the splits that have less than their distributions.
  let taskSets: [TaskSplit: [Subject.Task]]
  /// How many episodes of a trial have gone before those that are played.
  private var episodesBefore = 0

  /// A simulator of `environment`, whose trials are `episodeCount` episodes of at most `horizon` time steps. With a
  /// `trainingTaskCount` above 0 the split `train` has only so many tasks.
  public init(
    _ environment: Subject, distributions: [TaskSplit: Subject.TaskDistribution],
    shifts: [TaskSplit: TrialShift] = [:], horizon: Int, episodeCount: Int, trainingTaskCount: Int = 0
  ) {
    self.environment = environment
    self.distributions = distributions
    self.shifts = shifts
    taskSets = Self.taskSets(environment, distributions, trainingTaskCount: trainingTaskCount)
    interface = Interface(
      observation: environment.observation, action: environment.action, horizon: horizon,
      episodeCount: episodeCount, map: environment.observationMap)
  }

  private init(_ other: Self, episodeCount: Int, horizon: Int? = nil) {
    environment = other.environment
    distributions = other.distributions
    shifts = other.shifts
    taskSets = other.taskSets
    interface = Interface(
      observation: environment.observation, action: environment.action,
      horizon: horizon ?? other.interface.horizon,
      episodeCount: episodeCount, map: other.interface.map)
  }

  /// The task distributions, in the order of their names.
  public var splits: [TaskSplit] { distributions.keys.sorted() }

  /// How many numbers say what can be known of a task; 0 where that is not computed.
  public var beliefWidth: Int { environment.belief(in: setting(.train))?.width ?? 0 }

  /// The observations whose rewards the numbers of a belief are about; none where no belief is computed.
  public var rewardedObservations: [[Float]] { beliefWidth > 0 ? environment.rewardedObservations : [] }

  /// The same environment with another number of episodes per trial.
  public func with(episodeCount: Int) -> Self {
    Self(self, episodeCount: episodeCount)
  }

  /// The same environment with fewer and shorter episodes where its trials have more than `stepCount` time steps; two
  /// episodes stay, and what a split does after some of them.
  public func abridged(toTrialLength stepCount: Int) -> Self {
    let leastCount = min(interface.episodeCount, 2 + (shifts.values.map(\.switchAfter).max() ?? 0))
    let horizon = min(interface.horizon, max(1, stepCount / leastCount))
    let count = min(interface.episodeCount, max(leastCount, stepCount / horizon))
    return Self(self, episodeCount: count, horizon: horizon)
  }

  /// What `split` does to trials beside drawing their tasks.
  public func shift(of split: TaskSplit) -> TrialShift { shifts[split] ?? TrialShift() }

  /// The same environment as it is after `episodeCount` episodes of a trial: where a split switches tasks by then,
  /// trials begin in the later task.
  public func after(episodeCount: Int) -> Self {
    var later = self
    later.episodesBefore = episodeCount
    return later
  }

  func distribution(_ split: TaskSplit) -> Subject.TaskDistribution {
    guard let distribution = distributions[split] else {
      preconditionFailure("split \(split) is not one of \(splits)")
    }
    return distribution
  }

  /// `count` tasks of `split`.
  public func tasks(of split: TaskSplit, count: Int?, key: RandomKey) -> TaskSet {
    guard let members = members(of: split) else {
      let tasks = (0..<(count ?? 1000)).map { drawTask(from: split, key: key.child($0)) }
      return TaskSet(tasks: tasks, split: split, numbers: Self.numbers(tasks), json: json(tasks))
    }
    let numbers = Self.numbers(count ?? members.count, of: members.count, key: key)
    let tasks = numbers.map { members[$0] }
    return TaskSet(
      tasks: tasks, split: split, numbers: numbers, memberCount: members.count, json: json(tasks))
  }

  /// Whole rounds of `0..<memberCount` in order, and then a random part of a round, itself in order.
  private static func numbers(_ count: Int, of memberCount: Int, key: RandomKey) -> [Int] {
    let (roundCount, restCount) = count.quotientAndRemainder(dividingBy: memberCount)
    var random = key.child("part").stream()
    let rest = restCount == 0 ? [] : random.permutation(of: memberCount).prefix(restCount).sorted()
    return (0..<roundCount).flatMap { _ in 0..<memberCount } + rest
  }

  /// The index of the first task that is equal, for each of `tasks`.
  private static func numbers(_ tasks: [Subject.Task]) -> [Int] {
    var first: [Subject.Task: Int] = [:]
    return tasks.indices.map { index in
      if let known = first[tasks[index]] { return known }
      first[tasks[index]] = index
      return index
    }
  }

  func json(_ tasks: [Subject.Task]) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do { return try encoder.encode(tasks) } catch {
      preconditionFailure("tasks of \(Subject.name) have no JSON: \(error)")
    }
  }

  /// `task` for messages: its values by name, cut off where there are many.
  func words(_ task: Subject.Task) -> String {
    let text = String(decoding: json([task]), as: UTF8.self).dropFirst().dropLast()
    return text.count <= 200 ? String(text) : text.prefix(200) + " …"
  }

  /// As many lanes as there are keys, at the start of a trial in `tasks`.
  public func beginTrial(in tasks: LaneTasks, keys: [RandomKey]) -> any Lanes {
    switch tasks {
    case .drawn(let split):
      return EnvironmentLanes(
        self, split: split, tasks: keys.map { drawTask(from: split, key: $0) }, taskKeys: keys, keys: keys)
    case .members(let set, let indices, let turn):
      let members = members(of: set)
      // What is done to a task depends on its place in the set, so that all lanes in it are alike.
      let taskKeys = (turn?.indices ?? indices).map { RandomKey(seed: 0).child("shift").child($0) }
      return EnvironmentLanes(
        self, split: set.split, tasks: indices.map { members[$0] }, taskKeys: taskKeys, keys: keys,
        turn: turn.map { .init(tasks: $0.indices.map { members[$0] }, episode: Int32($0.episode)) })
    }
  }

  func drawTask(from split: TaskSplit, key: RandomKey) -> Subject.Task {
    var random = key.child("task").stream()
    if let taskSet = taskSets[split] { return taskSet[random.integer(below: taskSet.count)] }
    return environment.sampleTask(from: distribution(split), using: &random)
  }

  /// Every task of `split`, where it is a finite set.
  func members(of split: TaskSplit) -> [Subject.Task]? {
    taskSets[split] ?? environment.tasks(of: distribution(split))
  }

  func members(of tasks: TaskSet) -> [Subject.Task] {
    guard let members = tasks.tasks as? [Subject.Task] else {
      preconditionFailure("the tasks are not tasks of \(Subject.name)")
    }
    return members
  }

  /// What the shift of `split` does to lanes whose tasks were drawn below `taskKeys`; nil where there is none.
  func shifts(of split: TaskSplit, taskKeys: [RandomKey]) -> LaneShifts<Subject.Task>? {
    let shift = shift(of: split)
    guard !shift.isNone else { return nil }
    return LaneShifts(shift, interface: interface, taskKeys: taskKeys) {
      drawTask(from: split, key: $0)
    }
  }

  /// Whether a trial begins after `shift` has switched tasks.
  func beginsSwitched(_ shift: TrialShift) -> Bool {
    shift.switchAfter > 0 && episodesBefore >= shift.switchAfter
  }
}
