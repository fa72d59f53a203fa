/// A quantity of tasks that someone can change by hand, such as the strength of a wind.
public struct TaskQuantity<Task: Sendable>: Sendable {
  /// What it is, with its unit if it has one.
  public let name: String
  /// The values that make sense.
  public let range: ClosedRange<Float>
  /// How far possible values lie apart, from the lower end of the range on; nil where any number is possible.
  public let step: Float?
  let value: @Sendable (Task) -> Float
  let change: @Sendable (inout Task, Float) -> Void

  /// The quantity that `value` reads from a task and `change` writes into it.
  public init(
    _ name: String, in range: ClosedRange<Float>, step: Float? = nil,
    value: @escaping @Sendable (Task) -> Float, change: @escaping @Sendable (inout Task, Float) -> Void
  ) {
    self.name = name
    self.range = range
    self.step = step
    self.value = value
    self.change = change
  }

  /// The quantity at `path`.
  public init(
    _ name: String, at path: any WritableKeyPath<Task, Float> & Sendable, in range: ClosedRange<Float>,
    step: Float? = nil
  ) {
    self.init(name, in: range, step: step) {
      $0[keyPath: path]
    } change: {
      $0[keyPath: path] = $1
    }
  }

  /// The nearest possible value.
  func possible(_ value: Float) -> Float {
    guard value.isFinite else { return range.lowerBound }
    let inside = min(max(value, range.lowerBound), range.upperBound)
    guard let step else { return inside }
    return min(range.lowerBound + ((inside - range.lowerBound) / step).rounded() * step, range.upperBound)
  }
}

/// A quantity of one task and what it is there.
public struct TaskSetting: Hashable, Sendable {
  /// What it is, with its unit if it has one.
  public let name: String
  /// What it is in this task.
  public let value: Float
  /// The values that make sense.
  public let range: ClosedRange<Float>
  /// How far possible values lie apart; nil where any number is possible.
  public let step: Float?

  /// A quantity called `name`.
  public init(name: String, value: Float, range: ClosedRange<Float>, step: Float? = nil) {
    self.name = name
    self.value = value
    self.range = range
    self.step = step
  }
}
