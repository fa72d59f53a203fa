import Randomness
import Scenes

extension Examination {
  /// Drawings are made of finite shapes, in finite bounds that hold the agent at the start of an episode; equal
  /// moments look equal, tasks look different, and a touch leads to a task that can be drawn as well.
  var verdictOnDrawings: Verdict {
    var count = 0
    for split in simulator.splits {
      let tasks = tasks(of: split, count: 20)
      var scenes: Set<Scene> = []
      for (index, task) in tasks.enumerated() {
        var random = key.child("drawing").child(index).stream()
        let state = environment.initialState(of: task, using: &random)
        let scene = environment.scene(of: state, in: task)
        let wrong =
          violation(of: scene) ?? violationOfRepetition(scene, of: state, in: task)
          ?? violationOfTouch(scene, in: task, using: &random)
        if let wrong { return .broken("split \(split), task \(index): \(wrong)") }
        scenes.insert(scene)
        count += 1
      }
      guard scenes.count > 1 || Set(tasks).count == 1 else {
        return .broken("split \(split): all tasks look alike")
      }
    }
    return .kept("\(count) drawings")
  }

  private func violation(of scene: Scene) -> String? {
    guard !scene.shapes.isEmpty else { return "the drawing is empty" }
    guard scene.bounds.width > 0 && scene.bounds.height > 0 else { return "the bounds are empty" }
    let points = scene.bounds.corners + scene.actionPlaces + scene.shapes.flatMap(\.points)
    guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return "a shape is not finite" }
    if let position = scene.position, !scene.bounds.contains(position) {
      return "the agent at (\(position.x), \(position.y)) is out of bounds"
    }
    return nil
  }

  private func violationOfRepetition(
    _ scene: Scene, of state: Subject.State, in task: Subject.Task
  ) -> String? {
    let before = environment.observation(of: state, in: task)
    guard scene == environment.scene(of: state, in: task) else { return "drawn again, it looks different" }
    guard before.elementsEqual(environment.observation(of: state, in: task)) else {
      return "drawing changes the state"
    }
    let isPlaced = environment.landmarks(in: task).allSatisfy {
      environment.scene(of: $0, in: task).position != nil
    }
    return isPlaced ? nil : "a landmark has no position"
  }

  private func violationOfTouch(
    _ scene: Scene, in task: Subject.Task, using random: inout RandomStream
  ) -> String? {
    let middle = Scene.Point(
      x: scene.bounds.x + scene.bounds.width / 2, y: scene.bounds.y + scene.bounds.height / 2)
    guard let touched = environment.task(task, touchedAt: middle) else { return nil }
    let state = environment.initialState(of: touched, using: &random)
    return violation(of: environment.scene(of: state, in: touched)).map { "touched in the middle, \($0)" }
  }
}

extension Scene.Rectangle {
  fileprivate var corners: [Scene.Point] {
    [Scene.Point(x: x, y: y), Scene.Point(x: x + width, y: y + height)]
  }

  fileprivate func contains(_ point: Scene.Point) -> Bool {
    point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height
  }
}

extension Scene.Shape {
  /// All points that say where the shape is, sizes among them.
  fileprivate var points: [Scene.Point] {
    switch self {
    case .circle(let center, let radius, _, _): [center, Scene.Point(x: radius, y: radius)]
    case .rectangle(let rectangle, _, _), .heatMap(_, _, let rectangle): rectangle.corners
    case .polygon(let points, _, _): points
    case .path(let points, _, let width): points + [Scene.Point(x: width ?? 0, y: 0)]
    case .arrow(let start, let end, _, let width): [start, end, Scene.Point(x: width ?? 0, y: 0)]
    case .text(_, let point, let height, _, _): [point, Scene.Point(x: height, y: height)]
    }
  }
}
