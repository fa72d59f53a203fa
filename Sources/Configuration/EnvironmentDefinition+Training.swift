import Formats
import Simulation

extension EnvironmentDefinition {
  /// Whether the test tasks are those that were trained on, or drawn from their distribution.
  public var testsOnTrainingDistribution: Bool { isTrained(on: .test) }

  /// Whether the tasks of `split` are those that were trained on, or drawn from their distribution, so that nothing can
  /// be said of others.
  package func isTrained(on split: TaskSplit) -> Bool {
    split == .train || isOfTrainingDistribution(split) || simulator.trainedShare(of: split) == 1
  }

  /// What `split` has in common with what was trained on, in a sentence; nil where that is nothing.
  public func trainingRemark(of split: TaskSplit) -> String? {
    guard split != .train else { return nil }
    if isOfTrainingDistribution(split) {
      return "The tasks of split \(split) are from the distribution of split train."
    }
    let share = simulator.trainedShare(of: split)
    guard share > 0 else { return nil }
    guard share < 1 else {
      return "The \(split == .test ? "test tasks" : "tasks of split \(split)") are the training tasks."
    }
    return "\(fixed(100 * share, digits: 1)) % of the tasks of split \(split) are training tasks."
  }

  /// Whether training and `split` draw from one distribution, of which training has all.
  private func isOfTrainingDistribution(_ split: TaskSplit) -> Bool {
    trainingTaskCount == 0 && tasks[TaskSplit.train.name] == tasks[split.name]
  }
}
