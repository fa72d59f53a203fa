import Configuration
import Evaluation
import Runs
import Studies
import Trials

/// Runs that differ in nothing but their seed, evaluated together.
public struct Entry {
  /// What it is called in figures and tables.
  public var label: String
  /// The colour of its curves.
  public var ink: Ink
  /// The runs.
  public let runs: [RunDirectory]
  /// Their configurations.
  public let configurations: [RunConfiguration]
  /// What became of each.
  public let evaluations: [Evaluation]
  /// What became of them together.
  public let evaluation: Evaluation
  /// What became of them in the tasks that they were trained on, where it is asked how many it needs.
  public let trainingEvaluation: Evaluation?
  /// The return while they were trained; nil where it was not measured.
  public let curve: SampleEfficiency?
  /// What each training took.
  public let costs: [TrainingCost]

  /// How many tasks there were to train on; 0 where all of the distribution.
  var trainingTaskCount: Int { configurations[0].environment.trainingTaskCount }
  /// The algorithm.
  var algorithm: String { evaluation.algorithm }
  /// How the agent runs through a trial.
  var course: TrialCourse { evaluation.course }
}

/// The runs of a report that are in one environment.
public struct Chapter {
  /// The environment.
  public let environment: EnvironmentDefinition
  /// The runs by what was trained.
  public let entries: [Entry]
  /// Where the goals of the tasks are, and the returns of each entry there; nil where tasks have no place.
  public let places: [TaskPlaces?]
}
