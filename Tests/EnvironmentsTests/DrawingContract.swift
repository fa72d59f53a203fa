import Randomness
import Simulation
import Testing

extension EnvironmentContractTests {
  /// A drawing is made of finite shapes within finite bounds that hold the agent at the start; equal moments
  /// look equal, tasks look different, and a touch leads to a task that can be drawn as well.
  func checkDrawing<Subject: Environment>(_ environment: Subject) {
    let tasks = sampledTasks(environment, count: 20)
    var scenes: [Scene] = []
    for task in tasks {
      var random = RandomKey(seed: 9).stream()
      let state = environment.initialState(of: task, using: &random)
      let scene = environment.scene(of: state, in: task)
      #expect(scene == environment.scene(of: state, in: task))
      scenes.append(scene)
      checkGeometry(of: scene)
      if let position = scene.position { #expect(scene.bounds.contains(position)) }
      let middle = Scene.Point(
        x: scene.bounds.x + scene.bounds.width / 2, y: scene.bounds.y + scene.bounds.height / 2)
      if let touched = environment.task(task, touchedAt: middle) {
        let state = environment.initialState(of: touched, using: &random)
        checkGeometry(of: environment.scene(of: state, in: touched))
      }
      for landmark in environment.landmarks(in: task) {
        #expect(environment.scene(of: landmark, in: task).position != nil)
      }
    }
    #expect(Set(scenes).count > 1, "all tasks look alike")
  }

  private func checkGeometry(of scene: Scene) {
    #expect(scene.bounds.width > 0 && scene.bounds.height > 0)
    #expect(!scene.shapes.isEmpty)
    let points = scene.actionPlaces + scene.shapes.flatMap(\.points)
    #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    #expect(scene.bounds.corners.allSatisfy { $0.x.isFinite && $0.y.isFinite })
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
