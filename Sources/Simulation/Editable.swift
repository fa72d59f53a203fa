import Scenes

/// A family whose tasks someone can change by hand while an agent plays; none of them by default.
public protocol Editable: EnvironmentTypes {
  /// What becomes of `task` when someone touches its drawing at `point`, such as moving the goal there; nil
  /// where that means nothing, which is the default.
  func task(_ task: Task, touchedAt point: Scene.Point) -> Task?
  /// What someone can change of tasks of `distribution` by hand, such as the strength of a wind; none by default.
  func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>]
}

extension Editable {
  /// Nil: there is nothing to touch.
  public func task(_ task: Task, touchedAt point: Scene.Point) -> Task? { nil }

  /// None.
  public func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>] { [] }
}
