import Formats
import Foundation
import Randomness
import Scenes

/// An environment with its splits and its trial, its types erased: what learners and evaluations work with.
///
/// Types are erased once per batch of lanes, never per lane.
public protocol Simulator: Sendable {
  /// What agents must know of the world.
  var interface: Interface { get }
  /// The names of discrete actions, such as `up`; none where they have none.
  var actionNames: [String] { get }
  /// The names of the task distributions, `train` and `test` among them.
  var splits: [String] { get }
  /// The same environment with another number of episodes per trial.
  func with(episodeCount: Int) -> any Simulator
  /// The same environment with fewer and shorter episodes where its trials have more than `stepCount` time steps.
  func abridged(toTrialLength stepCount: Int) -> any Simulator

  /// `count` tasks of `split`, drawn below `key`. A finite set gives all of its members in order, as often as `count`
  /// has room for them, and then members drawn without replacement. Nil stands for every member of a finite set once, or
  /// for 1,000 draws.
  func tasks(of split: String, count: Int?, key: RandomKey) -> TaskSet
  /// Lanes at the start of a trial, each in a task drawn from `split` below `keys[lane].child("task")`.
  func beginTrial(drawingFrom split: String, keys: [RandomKey]) -> any Lanes
  /// Lanes at the start of a trial in the given tasks.
  func beginTrial(in tasks: TaskSet, keys: [RandomKey]) -> any Lanes

  /// The share of the tasks of `split` that are among those to train on, where these are a finite set; otherwise 0.
  func trainedShare(of split: String) -> Double
  /// What `split` does to trials beside drawing their tasks.
  func shift(of split: String) -> TrialShift
  /// The same environment as it is after `episodeCount` episodes of a trial.
  func after(episodeCount: Int) -> any Simulator

  /// The agents to compare with that exist in every split, but for those splits that shift trials where others do not.
  var references: [ReferenceInformation] { get }
  /// The agents to compare with in `split`.
  func references(of split: String) -> [ReferenceInformation]
  /// The reference agent `name` for `lanes`, which are lanes of this simulator at the start of a trial.
  func referenceAgent(_ name: String, for lanes: any Lanes) -> any Agent
  /// The exact expected return per episode of the reference agent `name` in `split`, where it is known.
  func expectedReturns(of name: String, split: String) -> [Double]?
  /// Lanes at the start of a trial: lane i in the task at `indices[i]` of `tasks`.
  func beginTrial(in tasks: TaskSet, at indices: [Int], keys: [RandomKey]) -> any Lanes
  /// Lanes at the start of a trial that is not one: lane i is in the task at `indices[i]` of `tasks`, and when it
  /// comes to `episode`, at least 1, in that at `others[i]`, without being told.
  func beginTrial(
    in tasks: TaskSet, at indices: [Int], turningInto others: [Int], atEpisode episode: Int, keys: [RandomKey]
  ) -> any Lanes
  /// What the beginning of an episode in the task at `index` of `tasks` looks like.
  func scene(ofTaskAt index: Int, of tasks: TaskSet) -> Scene
  /// What distinguishes the task at `index` of `tasks`, in words; empty where the family has none.
  func words(forTaskAt index: Int, of tasks: TaskSet) -> String

  /// Whether the environment keeps `rule`, looked at below `key`.
  func verdict(on rule: ConformanceRule, key: RandomKey) -> Verdict
  /// Two splits, both finite sets, that share some of their tasks but not all.
  var overlap: OverlappingSplits? { get }
  /// The task that a touch of the drawing of one task at `point` makes of it, as a set of its own; nil where
  /// that means nothing.
  func task(at index: Int, of tasks: TaskSet, touchedAt point: Scene.Point) -> TaskSet?
  /// What someone can change of the task at `index` of `tasks`, and what it is now.
  func settings(at index: Int, of tasks: TaskSet) -> [TaskSetting]
  /// The task at `index` of `tasks` with another value of the quantity of number `quantity`, as a set of its own.
  func task(at index: Int, of tasks: TaskSet, setting quantity: Int, to value: Float) -> TaskSet
}

/// The name and nature of a reference agent.
public struct ReferenceInformation: Sendable {
  /// That of a role, or the name of a heuristic.
  public let name: String
  /// What it stands for; nil for a heuristic.
  public var role: ReferenceRole? { ReferenceRole(of: name) }
  /// How the agent decides, in one sentence.
  public let summary: String
  /// Whether every evaluation is compared with it where it is needed.
  public let isStandard: Bool
  /// The number that it is tuned by, where it has one.
  public let parameter: ReferenceParameter?
}

extension Simulator {
  /// The names of the agents that evaluations in `split` are compared with.
  public func standardReferences(of split: String) -> [String] {
    references(of: split).filter(\.isStandard).map(\.name)
  }
}

/// A batch of lanes, its types erased.
public protocol Lanes: AnyObject {
  /// What the agents see. Keeping a copy across a step makes that step allocate.
  var timeStep: TimeStep { get }
  /// The sum of rewards of each episode so far, `[lane, episode]`.
  var returns: [Float] { get }
  /// Someone to look on as lane `lane` is stepped, from the start of a trial on.
  func onlooker(ofLane lane: Int) -> any Onlooker
  /// Puts lane i at the start of a new trial in the task drawn below `taskKeys[i]`, without allocating;
  /// lanes with the same task key have the same task. Physics draws from below `keys[i]`.
  func restart(drawingFrom split: String, taskKeys: [RandomKey], keys: [RandomKey])
  /// Puts every lane at the start of a new trial in the task it has.
  func restart(keys: [RandomKey])
  /// Takes one action in every lane, `[lane, action]`.
  func step(taking actions: [Float])
  /// Begins to keep the observation that ends each episode, before the next one begins, as `TimeStep.endObservation`.
  func keepEndObservations()
  /// Begins to count what the agents do, at the start of a trial.
  func beginTally()
  /// What was counted since, over all lanes; nothing where the environment counts nothing.
  var behavior: [BehaviorShare] { get }
}

extension Lanes {
  /// Puts every lane at the start of a new trial in a newly drawn task, without allocating.
  public func restart(drawingFrom split: String, keys: [RandomKey]) {
    restart(drawingFrom: split, taskKeys: keys, keys: keys)
  }
}

/// The one simulator: any environment, any splits.
public struct EnvironmentSimulator<Subject: Environment>: Simulator {
  /// The physics.
  public let environment: Subject
  /// What agents must know of the world.
  public let interface: Interface
  let distributions: [String: Subject.TaskDistribution]
  let shifts: [String: TrialShift]
  /// The tasks of the splits that have less than their distributions.
  let pools: [String: [Subject.Task]]
  /// How many episodes of a trial have gone before those that are played.
  private var episodesBefore = 0

  /// A simulator of `environment`, whose trials are `episodeCount` episodes of at most `horizon` time steps. With a
  /// `trainingTaskCount` above 0 the split `train` has only so many tasks.
  public init(
    _ environment: Subject, distributions: [String: Subject.TaskDistribution],
    shifts: [String: TrialShift] = [:], horizon: Int, episodeCount: Int, trainingTaskCount: Int = 0
  ) {
    self.environment = environment
    self.distributions = distributions
    self.shifts = shifts
    pools = Self.pools(environment, distributions, trainingTaskCount: trainingTaskCount)
    interface = Interface(
      observation: environment.observation, action: environment.action, horizon: horizon,
      episodeCount: episodeCount, map: environment.observationMap)
  }

  private init(_ other: Self, episodeCount: Int, horizon: Int? = nil) {
    environment = other.environment
    distributions = other.distributions
    shifts = other.shifts
    pools = other.pools
    interface = Interface(
      observation: environment.observation, action: environment.action,
      horizon: horizon ?? other.interface.horizon,
      episodeCount: episodeCount, map: other.interface.map)
  }

  /// The names of discrete actions, such as `up`.
  public var actionNames: [String] { environment.actionNames }

  /// The names of the task distributions, sorted.
  public var splits: [String] { distributions.keys.sorted() }

  /// The same environment with another number of episodes per trial.
  public func with(episodeCount: Int) -> any Simulator {
    Self(self, episodeCount: episodeCount)
  }

  /// The same environment with fewer and shorter episodes where its trials have more than `stepCount` time steps; two
  /// episodes stay, and what a split does after some of them.
  public func abridged(toTrialLength stepCount: Int) -> any Simulator {
    let leastCount = min(interface.episodeCount, 2 + (shifts.values.map(\.switchAfter).max() ?? 0))
    let horizon = min(interface.horizon, max(1, stepCount / leastCount))
    let count = min(interface.episodeCount, max(leastCount, stepCount / horizon))
    return Self(self, episodeCount: count, horizon: horizon)
  }

  /// What `split` does to trials beside drawing their tasks.
  public func shift(of split: String) -> TrialShift { shifts[split] ?? TrialShift() }

  /// The same environment as it is after `episodeCount` episodes of a trial: where a split switches tasks by then,
  /// trials begin in the later task.
  public func after(episodeCount: Int) -> any Simulator {
    var later = self
    later.episodesBefore = episodeCount
    return later
  }

  func distribution(_ split: String) -> Subject.TaskDistribution {
    guard let distribution = distributions[split] else {
      preconditionFailure("split \(split) is not one of \(splits)")
    }
    return distribution
  }

  /// `count` tasks of `split`.
  public func tasks(of split: String, count: Int?, key: RandomKey) -> TaskSet {
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

  /// Lanes at the start of a trial in newly drawn tasks.
  public func beginTrial(drawingFrom split: String, keys: [RandomKey]) -> any Lanes {
    EnvironmentLanes(
      self, split: split, tasks: keys.map { drawTask(from: split, key: $0) }, taskKeys: keys, keys: keys)
  }

  /// Lanes at the start of a trial in the given tasks.
  public func beginTrial(in tasks: TaskSet, keys: [RandomKey]) -> any Lanes {
    beginTrial(in: tasks, at: Array(0..<tasks.count), keys: keys)
  }

  func drawTask(from split: String, key: RandomKey) -> Subject.Task {
    var random = key.child("task").stream()
    if let pool = pools[split] { return pool[random.integer(below: pool.count)] }
    return environment.sampleTask(from: distribution(split), using: &random)
  }

  /// Every task of `split`, where it is a finite set.
  func members(of split: String) -> [Subject.Task]? {
    pools[split] ?? environment.tasks(of: distribution(split))
  }

  /// Lanes at the start of a trial: lane i in the task at `indices[i]` of `tasks`.
  public func beginTrial(in tasks: TaskSet, at indices: [Int], keys: [RandomKey]) -> any Lanes {
    let members = members(of: tasks)
    // What is done to a task depends on its place in the set, so that all lanes in it are alike.
    let taskKeys = indices.map { RandomKey(seed: 0).child("shift").child($0) }
    return EnvironmentLanes(
      self, split: tasks.split, tasks: indices.map { members[$0] }, taskKeys: taskKeys, keys: keys)
  }

  /// Lanes at the start of a trial whose task changes when `episode` begins.
  public func beginTrial(
    in tasks: TaskSet, at indices: [Int], turningInto others: [Int], atEpisode episode: Int, keys: [RandomKey]
  ) -> any Lanes {
    precondition(episode >= 1, "the task of episode \(episode) is the first one")
    let members = members(of: tasks)
    let taskKeys = others.map { RandomKey(seed: 0).child("shift").child($0) }
    return EnvironmentLanes(
      self, split: tasks.split, tasks: indices.map { members[$0] }, taskKeys: taskKeys, keys: keys,
      turn: .init(tasks: others.map { members[$0] }, episode: Int32(episode)))
  }

  /// What the shift of `split` does to lanes whose tasks were drawn below `taskKeys`; nil where there is none.
  func shifts(of split: String, taskKeys: [RandomKey]) -> LaneShifts<Subject.Task>? {
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
