import Scenes

/// An environment family whose states can be drawn, for recordings, pictures and the window.
public protocol Drawable: EnvironmentTypes {
  /// Draws `state`, and the parameters of `task` that matter, into an empty scene, and sets the bounds of the scene. The
  /// default writes both as text.
  func draw(_ state: State, in task: Task, into scene: inout Scene)
  /// The states in which the policy is worth showing, such as the cells of a grid; none by default. Their scenes must have
  /// positions.
  func landmarks(in task: Task) -> [State]
}

extension Drawable {
  /// Writes down the parameters of the task, and below them those of the state.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(x: 0, y: 0, width: 12, height: 2)
    scene.text("\(task)", at: Scene.Point(x: 6, y: 1.2), height: 0.3)
    scene.text("\(state)", at: Scene.Point(x: 6, y: 0.5), height: 0.3)
  }

  /// None.
  public func landmarks(in task: Task) -> [State] { [] }

  /// The drawing of `state`.
  public func scene(of state: State, in task: Task) -> Scene {
    var scene = Scene()
    draw(state, in: task, into: &scene)
    return scene
  }
}
