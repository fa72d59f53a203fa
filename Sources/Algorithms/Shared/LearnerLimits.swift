/// How far the hyperparameters of all algorithms may go. What is more would end in numbers that the machine has not,
/// or never; what a machine has no memory for is refused later, when the environment is known as well.
enum LearnerLimits {
  /// Updates of the parameters.
  static let iterations = 1...1_000_000_000
  /// Trials, tasks and episodes that are played for one update.
  static let episodes = 1...1_000_000
  /// Units of a layer.
  static let units = 1...16_384
  /// Passes over what was played, and steps of a solver.
  static let passes = 1...1_000_000
}
