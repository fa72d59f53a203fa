import Formats
import Simulation

/// Support and query sets: labelled examples of tasks, of which some are to be adapted to and others to judge by.
public struct SupervisedProblem: LearningProblem {
  /// Supervised.
  public static let kind = ProblemKind.supervised
  /// Where examples are from.
  public let examples: any ExampleSource
  /// How agents are shown them in trials; an episode is a set of `horizon` examples.
  public let interface: Interface

  /// Throws `InvalidParameter` where the environment has no examples.
  public init(_ simulator: any Simulator) throws {
    guard let examples = simulator as? any ExampleSource else {
      throw InvalidParameter(
        "environment",
        "has no labelled examples, which this algorithm learns from; a supervised one is needed")
    }
    self.examples = examples
    interface = simulator.interface
  }
}
