import Randomness
import Scenes

extension PlayedTrial {
  /// What a person can press.
  public enum Key: Hashable, Sendable {
    /// The arrow keys.
    case up, right, down, left
    /// The space bar.
    case stay
    /// A digit: the action of that number.
    case digit(Int)
    /// The key for a new task.
    case newTask
  }

  /// The action that a key stands for, `[action]`; nil where it means nothing here.
  public func action(for key: Key) -> [Float]? {
    switch interface.action {
    case .discrete(let counts):
      guard counts.count == 1 else { return nil }
      if case .digit(let number) = key { return number < counts[0] ? [Float(number)] : nil }
      return actionNames.firstIndex(of: Self.name(of: key)).map { [Float($0)] }
    case .box(let lower, let upper):
      guard lower.count == 2 else { return nil }
      switch key {
      case .up: return [0, upper[1]]
      case .right: return [upper[0], 0]
      case .down: return [0, lower[1]]
      case .left: return [lower[0], 0]
      case .stay: return [0, 0]
      case .digit, .newTask: return nil
      }
    }
  }

  private static func name(of key: Key) -> String {
    switch key {
    case .up: "up"
    case .right: "right"
    case .down: "down"
    case .left: "left"
    case .stay: "stay"
    case .digit, .newTask: ""
    }
  }

  /// The action that pointing at `point` stands for, `[action]`: the one that takes place there, a move in that direction,
  /// or where an action is a single number, the height of the point. It knows nothing of the task that the person does not know. Nil where pointing means nothing.
  public func action(toward point: Scene.Point) -> [Float]? {
    let scene = view.episodes.last?.frames.last?.scene ?? Scene()
    if let nearest = scene.actionPlaces.indices.min(by: {
      abs(scene.actionPlaces[$0].x - point.x) < abs(scene.actionPlaces[$1].x - point.x)
    }) {
      return [Float(nearest)]
    }
    if case .box(let lower, let upper) = interface.action, lower.count == 1 {
      return [min(max(point.y, lower[0]), upper[0])]
    }
    guard let position = scene.position else { return nil }
    let (x, y) = (point.x - position.x, point.y - position.y)
    switch interface.action {
    case .discrete: return action(for: abs(x) > abs(y) ? (x > 0 ? .right : .left) : (y > 0 ? .up : .down))
    case .box(let lower, let upper):
      guard lower.count == 2 else { return nil }
      return thrust(x, y, lower, upper)
    }
  }

  /// As strong as can be, but for a point that lies nearer than such a thrust has led so far.
  private func thrust(_ x: Float, _ y: Float, _ lower: [Float], _ upper: [Float]) -> [Float]? {
    let distance = (x * x + y * y).squareRoot()
    guard distance > 0 else { return [0, 0] }
    let unit = (x: x / distance, y: y / distance)
    let limit =
      [
        unit.x > 0 ? upper[0] / unit.x : unit.x < 0 ? lower[0] / unit.x : .infinity,
        unit.y > 0 ? upper[1] / unit.y : unit.y < 0 ? lower[1] / unit.y : .infinity,
      ].min() ?? 0
    let strength = farthestPerThrust > 0 ? min(limit, distance / farthestPerThrust) : limit
    return [max(lower[0], min(upper[0], unit.x * strength)), max(lower[1], min(upper[1], unit.y * strength))]
  }

  /// How far a thrust of 1 has led in the trial so far, at most; 0 where none has led anywhere.
  private var farthestPerThrust: Float {
    var most: Float = 0
    for episode in view.episodes {
      for (frame, next) in zip(episode.frames, episode.frames.dropFirst()) {
        guard let from = frame.scene.position, let to = next.scene.position else { continue }
        let thrust = frame.action.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let (x, y) = (to.x - from.x, to.y - from.y)
        if thrust > 0 { most = max(most, (x * x + y * y).squareRoot() / thrust) }
      }
    }
    return most
  }
}

/// Draws the task of each trial that a person plays, so that it cannot be guessed.
public struct TaskSampler: Sendable {
  private let key: RandomKey
  private let taskCount: Int

  /// Draws among `taskCount` tasks.
  public init(seed: Int, taskCount: Int) {
    key = RandomKey(seed: UInt64(seed)).child("play")
    self.taskCount = taskCount
  }

  /// The number of the task of trial `trial`.
  public func taskNumber(ofTrial trial: Int) -> Int {
    var random = key.child(trial).stream()
    return random.integer(below: taskCount)
  }
}
