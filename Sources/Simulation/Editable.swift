import Scenes

/// An environment family whose tasks people can change by hand while an agent plays. By default nothing can be changed.
public protocol Editable: EnvironmentTypes {
  /// The changed task after someone has touched the drawing of `task` at `point`, such as one with the goal there; nil, the
  /// default, where a touch changes nothing.
  func task(_ task: Task, touchedAt point: Scene.Point) -> Task?
  /// The quantities of tasks of `distribution` that can be changed, such as the strength of a wind; none by default.
  func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>]
}

extension Editable {
  /// Nil: there is nothing to touch.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? { nil }

  /// None.
  public func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>] { [] }
}
