import Foundation

/// Tasks of one environment, its types erased.
public struct TaskSet: Sendable {
  let tasks: any Sendable
  /// The split that they are of.
  public let split: TaskSplit
  /// The number of each task among the members of its split, or of tasks that were drawn the index of the first that is
  /// the same, `[task]`: equal numbers are equal tasks.
  public let numbers: [Int]
  /// How many members the split has, where it is a finite set.
  public let memberCount: Int?
  /// The tasks as JSON with sorted keys, for display and for hashing.
  public let json: Data

  init(tasks: any Sendable, split: TaskSplit, numbers: [Int], memberCount: Int? = nil, json: Data) {
    self.tasks = tasks
    self.split = split
    self.numbers = numbers
    self.memberCount = memberCount
    self.json = json
  }

  /// How many tasks there are.
  public var count: Int { numbers.count }

  /// The index of a task that differs from the one at each index, half of the set away where that does, `[task]`; nil
  /// where all are the same.
  public var others: [Int]? {
    let half = max(1, min(count, memberCount ?? count) / 2)
    let others = numbers.indices.map { index in
      (0..<count).lazy.map { (index + half + $0) % count }.first { numbers[$0] != numbers[index] }
    }
    return others.contains(nil) ? nil : others.compactMap { $0 }
  }
}
