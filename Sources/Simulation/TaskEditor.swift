import Randomness
import Scenes

/// A simulator that shows its tasks to people, who can change them by hand.
public protocol TaskEditor: Sendable {
  /// The names of discrete actions, such as `up`; empty where actions have no names.
  var actionNames: [String] { get }
  /// The scene at the beginning of an episode in the task at `index` of `tasks`.
  func scene(ofTaskAt index: Int, of tasks: TaskSet) -> Scene
  /// What distinguishes the task at `index` of `tasks`, in words; empty where the family has none.
  func words(forTaskAt index: Int, of tasks: TaskSet) -> String
  /// The changed task after someone has touched the drawing of the task at `point`, as a set of its own; nil where a touch
  /// there changes nothing.
  func task(at index: Int, of tasks: TaskSet, touchedAt point: Scene.Point) -> TaskSet?
  /// The quantities of the task at `index` of `tasks` that can be changed, with their present values.
  func settings(at index: Int, of tasks: TaskSet) -> [TaskSetting]
  /// The task at `index` of `tasks` after its quantity number `quantity` was set to `value`, as a set of its own.
  func task(at index: Int, of tasks: TaskSet, setting quantity: Int, to value: Float) -> TaskSet
}

extension EnvironmentSimulator {
  /// The names of discrete actions, such as `up`.
  public var actionNames: [String] { environment.actionNames }

  /// The task that a touch of the drawing of one task at `point` makes of it, as a set of its own; nil where
  /// that means nothing.
  public func task(at index: Int, of tasks: TaskSet, touchedAt point: Scene.Point) -> TaskSet? {
    environment.task(members(of: tasks)[index], touchedAt: point).map {
      TaskSet(tasks: [$0], split: tasks.split, numbers: [0], json: json([$0]))
    }
  }

  /// What the beginning of an episode in the task at `index` of `tasks` looks like.
  public func scene(ofTaskAt index: Int, of tasks: TaskSet) -> Scene {
    let task = members(of: tasks)[index]
    var random = RandomKey(seed: 0).child("scene").stream()
    return environment.scene(of: environment.initialState(of: task, using: &random), in: task)
  }

  /// What distinguishes the task at `index` of `tasks`, in words.
  public func words(forTaskAt index: Int, of tasks: TaskSet) -> String {
    environment.words(for: members(of: tasks)[index])
  }

  /// What someone can change of the task at `index` of `tasks`, and what it is now.
  public func settings(at index: Int, of tasks: TaskSet) -> [TaskSetting] {
    let task = members(of: tasks)[index]
    return environment.quantities(of: distribution(tasks.split)).map {
      TaskSetting(name: $0.name, value: $0.value(task), range: $0.range, step: $0.step)
    }
  }

  /// The task at `index` of `tasks` with another value of the quantity of number `quantity`, as a set of its own.
  public func task(at index: Int, of tasks: TaskSet, setting quantity: Int, to value: Float) -> TaskSet {
    var task = members(of: tasks)[index]
    let quantity = environment.quantities(of: distribution(tasks.split))[quantity]
    quantity.change(&task, quantity.possible(value))
    return TaskSet(tasks: [task], split: tasks.split, numbers: [0], json: json([task]))
  }
}
