import Scenes
import Simulation

extension RoomNavigation {
  /// All tasks are possible that no reward has ruled out.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> RoomBelief? {
    TaskCandidates(self, among: tasks(of: TaskDistribution()) ?? [], in: setting).map {
      RoomBelief(goals: $0)
    }
  }
}

/// Where the goals may be, and how many of them count already in the present episode, which rewards tell.
public struct RoomBelief: TaskBelief {
  /// Rooms with three goals.
  public typealias Subject = RoomNavigation
  private static let stageCount = 3
  private var goals: TaskCandidates<RoomNavigation>
  private var stage = 0

  init(goals: TaskCandidates<RoomNavigation>) { self.goals = goals }

  /// One number for each task and for each number of goals.
  public var width: Int { goals.width + Self.stageCount }

  /// Writes 1 for each task that is possible and for the number of goals, otherwise 0.
  public func write(into numbers: inout MutableSpan<Float>) {
    var tasks = numbers._mutatingExtracting(first: goals.width)
    goals.write(into: &tasks)
    for index in 0..<Self.stageCount { numbers[goals.width + index] = index == stage ? 1 : 0 }
  }

  /// Nothing is known.
  public mutating func beginTrial() {
    goals.beginTrial()
    stage = 0
  }

  /// No goal counts yet.
  public mutating func beginEpisode(in state: RoomNavigation.State, observing observation: Span<Float>) {
    stage = 0
  }

  /// Learns from the reward.
  public mutating func learn(
    from state: RoomNavigation.State, taking action: Span<Float>, to next: RoomNavigation.State,
    outcome: Outcome, observing observation: Span<Float>
  ) {
    goals.learn(from: state, taking: action, to: next, outcome: outcome, observing: observation)
    stage = Int(next.stage)
  }

  /// Nothing is drawn.
  public func draw(into scene: inout Scene) {}
}
