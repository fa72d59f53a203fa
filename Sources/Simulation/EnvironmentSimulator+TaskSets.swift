import Randomness

extension EnvironmentSimulator {
  /// The splits when there are only `trainingTaskCount` tasks to train on, which are drawn once and the first of which
  /// are the same for every count. Splits that are the same finite set as the training split keep its other tasks.
  static func taskSets(
    _ environment: Subject, _ distributions: [TaskSplit: Subject.TaskDistribution], trainingTaskCount: Int
  ) -> [TaskSplit: [Subject.Task]] {
    guard trainingTaskCount > 0, let training = distributions[.train] else { return [:] }
    let key = RandomKey(seed: 0).child("trainingTasks")
    guard let members = environment.tasks(of: training) else {
      let tasks = (0..<trainingTaskCount).map { index in
        var random = key.child(index).stream()
        return environment.sampleTask(from: training, using: &random)
      }
      return [.train: tasks]
    }
    guard trainingTaskCount < members.count else { return [:] }
    var random = key.stream()
    let chosen = Set(random.permutation(of: members.count).prefix(trainingTaskCount))
    var taskSets = [TaskSplit.train: members.indices.filter(chosen.contains).map { members[$0] }]
    let rest = members.indices.filter { !chosen.contains($0) }.map { members[$0] }
    for (split, distribution) in distributions where split != .train {
      guard let others = environment.tasks(of: distribution), Set(others) == Set(members) else { continue }
      taskSets[split] = rest
    }
    return taskSets
  }

  /// The share of the tasks of `split` that are among those to train on, where these are a finite set; otherwise 0. Of a
  /// split that is no finite set 1,000 tasks are looked at.
  public func trainedShare(of split: TaskSplit) -> Double {
    guard shift(of: split) == shift(of: .train), let training = members(of: .train) else { return 0 }
    let known = Set(training)
    let key = RandomKey(seed: 0).child("trainedShare")
    let tasks = members(of: split) ?? (0..<1000).map { drawTask(from: split, key: key.child($0)) }
    return Double(tasks.count { known.contains($0) }) / Double(tasks.count)
  }
}
