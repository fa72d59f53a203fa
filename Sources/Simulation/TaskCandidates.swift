import Randomness
import Scenes

/// The belief about a task of a finite set, in a family where chance decides nothing but where episodes start: a task in
/// which something would have gone otherwise is ruled out, and those that are left are equally probable.
public struct TaskCandidates<Subject: Environment>: TaskBelief {
  private let environment: Subject
  private let tasks: [Subject.Task]
  private let isInPrior: [Bool]
  private var isPossible: [Bool]
  private var expected: [Float]
  private var random = RandomKey(seed: 0).stream()
  /// More tasks would be too many to try at every time step.
  private static var limit: Int { 1024 }

  /// The belief in `setting` of an `environment` whose tasks are all among `tasks`; nil where these are too many.
  public init?(
    _ environment: Subject, among tasks: [Subject.Task],
    in setting: ReferenceSetting<Subject.TaskDistribution>
  ) {
    guard (1...Self.limit).contains(tasks.count) else { return nil }
    self.environment = environment
    self.tasks = tasks
    let known = Set(setting.prior { environment.tasks(of: $0) ?? [] })
    isInPrior = tasks.map(known.contains)
    isPossible = isInPrior
    expected = Array(repeating: 0, count: environment.observation.componentCount)
  }

  /// One number for each task.
  public var width: Int { tasks.count }

  /// Writes the probability of each task relative to that of the most probable ones: 1 or 0.
  public func write(into numbers: inout MutableSpan<Float>) {
    for index in isPossible.indices { numbers[index] = isPossible[index] ? 1 : 0 }
  }

  /// Everything is possible that was before.
  public mutating func beginTrial() {
    for index in isPossible.indices { isPossible[index] = isInPrior[index] }
  }

  /// Rules out the tasks in which something else would be seen.
  public mutating func beginEpisode(in state: Subject.State, observing observation: Span<Float>) {
    ruleOut { task, environment, _, expected in
      environment.shows(observation, in: state, of: task, by: &expected)
    }
  }

  /// Rules out the tasks in which the action would have brought something else.
  public mutating func learn(
    from state: Subject.State, taking action: Span<Float>, to next: Subject.State, outcome: Outcome,
    observing observation: Span<Float>
  ) {
    ruleOut { task, environment, random, expected in
      var own = state
      let result = environment.step(&own, taking: action, in: task, using: &random)
      return result.reward == outcome.reward && result.isTerminated == outcome.isTerminated
        && environment.shows(observation, in: own, of: task, by: &expected)
    }
  }

  private mutating func ruleOut(
    unless fits: (Subject.Task, Subject, inout RandomStream, inout [Float]) -> Bool
  ) {
    var isAnyLeft = false
    for index in tasks.indices where isPossible[index] {
      isPossible[index] = fits(tasks[index], environment, &random, &expected)
      isAnyLeft = isAnyLeft || isPossible[index]
    }
    if !isAnyLeft { beginTrial() }
  }

  /// Draws nothing: tasks of every family are drawn in another way.
  public func draw(into scene: inout Scene) {}
}

extension Environment {
  /// Whether `observation` is what is seen in `state` in `task`; `expected` is room for what is.
  fileprivate func shows(
    _ observation: Span<Float>, in state: State, of task: Task, by expected: inout [Float]
  ) -> Bool {
    var span = expected.mutableSpan
    observe(state, in: task, into: &span)
    for index in 0..<observation.count where span[index] != observation[index] { return false }
    return true
  }
}
