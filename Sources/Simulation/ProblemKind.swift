/// The kind of problem that an environment poses of itself, and that an algorithm is made for.
public enum ProblemKind: String, Sendable, CaseIterable {
  /// Lanes of trials, whose rewards are what there is to learn from.
  case reinforcement
  /// Sets of labelled examples: some to adapt to, others to be judged by.
  case supervised
}
