import Runs
import Scenes

/// Where the goals of evaluated tasks are, and what an agent gets there.
public struct TaskPlaces: Sendable {
  /// The goal of each task, in world units.
  public let goals: [Scene.Rectangle]
  /// Whether goals are drawn as rectangles, such as cells of a grid.
  public let areCells: Bool
  /// The part of the world that all drawings show.
  public let bounds: Scene.Rectangle
  /// The mean return of each episode in each task, `[task][episode]`.
  public let returns: [[Double]]

  /// The most tasks that are drawn.
  private static let limit = 2000

  /// The places of the tasks of `evaluation`; nil where a task is not drawn with exactly one goal, or
  /// the goal is an action, such as the best arm of a bandit.
  public init?(of evaluation: Evaluation) {
    let simulator = evaluation.environment.simulator
    let tasks = TaskSample.tasks(
      of: evaluation.request.split, count: evaluation.request.taskCount, seed: evaluation.request.seed,
      in: simulator)
    let trials = evaluation.sample.trials
    var goals: [Scene.Rectangle] = []
    var bounds: Scene.Rectangle?
    var cellCount = 0
    for index in trials.prefix(Self.limit).map({ $0[0] }) {
      let scene = simulator.scene(ofTaskAt: index, of: tasks)
      let found = scene.shapes.compactMap(\.goal)
      guard found.count == 1, scene.actionPlaces.isEmpty else { return nil }
      goals.append(found[0].place)
      cellCount += found[0].isRectangle ? 1 : 0
      bounds = bounds.map { $0.union(scene.bounds) } ?? scene.bounds
    }
    guard let bounds, Set(goals).count > 1 else { return nil }
    self.goals = goals
    self.bounds = bounds
    areCells = cellCount == goals.count
    returns = goals.indices.map { Self.means(of: evaluation, trials: trials[$0]) }
  }

  private static func means(of evaluation: Evaluation, trials: [Int]) -> [Double] {
    let width = evaluation.episodes.count
    return (0..<width).map { episode in
      trials.reduce(0) { $0 + evaluation.trialReturns[$1 * width + episode] } / Double(trials.count)
    }
  }
}

extension Scene.Shape {
  /// The place of what is worth reaching; nil for other shapes.
  fileprivate var goal: (place: Scene.Rectangle, isRectangle: Bool)? {
    switch self {
    case .circle(let center, let radius, .goal, _): (Scene.Rectangle(around: center, reach: radius), false)
    case .rectangle(let rectangle, .goal, _): (rectangle, true)
    default: nil
    }
  }
}

extension Scene.Rectangle {
  /// The smallest rectangle around both.
  fileprivate func union(_ other: Scene.Rectangle) -> Scene.Rectangle {
    let (left, low) = (min(x, other.x), min(y, other.y))
    let (right, high) = (max(x + width, other.x + other.width), max(y + height, other.y + other.height))
    return Scene.Rectangle(x: left, y: low, width: right - left, height: high - low)
  }
}
