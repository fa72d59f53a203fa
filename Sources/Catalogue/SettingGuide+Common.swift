import Formats
import Learning

extension SettingGuide {
  /// The keys that every run and every environment file has.
  static let common: [Entry] =
    runKeys.map { Entry(kind: "run", owners: [], documentation: $0.0, defaults: [$0.1]) }
    + environmentKeys.map {
      Entry(kind: "environment file", owners: [], documentation: $0.0, defaults: [$0.1])
    }

  private static let runKeys: [(SettingDocumentation, Value)] = [
    (
      .init(
        "seed", "The seed of all random numbers of a training; equal seeds give equal bytes.",
        .whole(from: 0), readBy: "the training"), .integer(0)
    ),
    (
      .init(
        "checkpointInterval", "How many updates lie between two checkpoints.", .whole(from: 1),
        unit: "updates", readBy: "the training; no number depends on it"), .integer(50)
    ),
    (
      .init(
        "checkpointsKept", "How many of the last checkpoints are kept.", .whole(from: 1),
        unit: "checkpoints", readBy: "the training; no number depends on it"), .integer(3)
    ),
    (
      .init(
        "evaluateEvery",
        "After how many updates each the learner is evaluated in tasks of the split test, into metrics.jsonl, TensorBoard "
          + "and progress; 0 for never. The trained agent does not depend on it.", .whole(from: 0),
        unit: "updates", readBy: "the training"), .integer(0)
    ),
    (
      .init(
        "evaluateTasks", "In how many tasks it is then evaluated.", .whole(from: 1), unit: "tasks",
        readBy: "the training, with evaluateEvery"), .integer(40)
    ),
  ]

  private static let environmentKeys: [(SettingDocumentation, Value)] = [
    (
      .init(
        "environment", "The family of environments, whose constants and tasks the file sets.",
        .text("a name that metarl list envs shows in its second column"), readBy: "everything"), .null
    ),
    (
      .init(
        "description", "What the environment is, in one sentence.", .text("a text"), readBy: "people"), .null
    ),
    (
      .init(
        "source", "Where the environment was published, and what differs.", .text("a text"),
        readBy: "people"), .null
    ),
    (
      .init(
        "horizon", "The time limit of an episode.", .text("a whole number from 1 to 1000000"),
        unit: "time steps", readBy: "the simulation"), .null
    ),
    (
      .init(
        "episodes", "The episodes of a trial, all in one task.", .text("a whole number from 1 to 1000000"),
        unit: "episodes", readBy: "the simulation, in training and evaluation"), .null
    ),
    (
      .init(
        "trainingTasks",
        "How many tasks of the split train there are to train on; the others test where the tasks are a finite set; "
          + "0 for all.", .text("a whole number from 0 to 1000000"), unit: "tasks", readBy: "the simulation"),
      .integer(0)
    ),
    (
      .init(
        "permutesActions", "Of a split, tasks.SPLIT: whether the actions change places in every task.", .flag,
        readBy: "the simulation"), .boolean(false)
    ),
    (
      .init(
        "switchAfter",
        "Of a split, tasks.SPLIT: after how many episodes of a trial another task takes the place of the first; 0 "
          + "for never.", .whole(from: 0), unit: "episodes", readBy: "the simulation"), .integer(0)
    ),
  ]
}
