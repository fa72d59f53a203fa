import Scenes

extension Environment {
  /// Nothing: its parameters say it as well.
  public func words(for task: Task) -> String { "" }

  /// Nil: there is nothing to touch.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? { nil }

  /// None.
  public func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>] { [] }

  /// None.
  public func landmarks(in task: Task) -> [State] { [] }

  /// Nil: it is not computed.
  public func belief(over distribution: TaskDistribution) -> (any TaskBelief<Self>)? { nil }

  /// The drawing of `state`.
  public func scene(of state: State, in task: Task) -> Scene {
    var scene = Scene()
    draw(state, in: task, into: &scene)
    return scene
  }
}
