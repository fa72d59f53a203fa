import Configuration
import Formats
import Learning
import Randomness

/// The run and the checkpoint whose parameters a training begins with. All else begins anew: the optimizer, the
/// schedules of step sizes and weights, the random numbers.
public struct StartingPoint: Hashable, Sendable {
  /// The directory of the run.
  public let run: String
  /// The updates that the parameters have had there.
  public let iteration: Int
  /// The SHA-256 of the parameters.
  public let hash: String

  /// The checkpoint of `run` that `choice` means, or the latest that is whole; `warn` hears of those that are not.
  init(of run: RunDirectory, at choice: CheckpointChoice?, warn: (String) -> Void) throws {
    let checkpoint =
      try choice.map { try run.checkpoints.checkpoint(ofIteration: $0.iteration(in: run).number) }
      ?? run.checkpoints.latest(warn: warn)
    self.run = run.path
    iteration = checkpoint.iteration
    hash = Self.hash(of: Self.parameters(in: checkpoint.state))
  }

  private static let keys = ["run", "iteration", "sha256"]

  /// What `table` says, which is `[from]` of a file. Throws `InvalidParameter`.
  init(_ table: Table) throws {
    for key in table.keys where !Self.keys.contains(key) {
      throw Settings.unknown(key, path: "from", allowed: Self.keys)
    }
    guard let run = table["run"]?.string, let iteration = table["iteration"]?.integer, iteration >= 0,
      let hash = table["sha256"]?.string
    else {
      throw InvalidParameter("from", "needs run, a text, iteration, a whole number of at least 0, and sha256")
    }
    (self.run, self.iteration, self.hash) = (run, iteration, hash)
  }

  /// The same as `[from]` of a file.
  var table: Table {
    ["run": .string(run), "iteration": .integer(iteration), "sha256": .string(hash)]
  }

  /// Makes the parameters of `learner` those. Throws where they are no longer there, or do not fit.
  package func begin(_ learner: any MetaLearner) throws {
    let checkpoint = try RunDirectory.find(run).checkpoints.checkpoint(ofIteration: iteration)
    let parameters = Self.parameters(in: checkpoint.state)
    guard Self.hash(of: parameters) == hash else {
      throw Failure(
        .configuration,
        "the parameters of iteration \(iteration) of \(run) are not those that are to begin with")
    }
    try locating(in: "iteration \(iteration) of \(run)") {
      var state = learner.state
      state.tensors = state.tensors.map { tensor in parameters.first { $0.name == tensor.name } ?? tensor }
      try learner.restore(state)
    }
  }

  /// What of a state is not the optimizer's.
  private static func parameters(in state: LearnerState) -> [NamedTensor] {
    state.tensors.filter { !$0.name.hasPrefix("optimizer.") }
  }

  private static func hash(of tensors: [NamedTensor]) -> String {
    SHA256.hexadecimal(Safetensors.encoded(tensors, metadata: []))
  }
}

extension RunConfiguration {
  /// A new training of the algorithm of `run` that begins with the parameters of one of its checkpoints: with its
  /// settings but for `choices`, in its environment or in the one that `environment` stands for. Throws where agents
  /// of one cannot act in the other.
  public init(
    from run: RunDirectory, at checkpoint: CheckpointChoice?, in environment: String?, choices: Choices,
    search: EnvironmentSearch, catalogue: Catalogue, warn: (String) -> Void
  ) throws {
    let before = try run.configuration(catalogue: catalogue)
    var table = before.table
    table["from"] = .table(try StartingPoint(of: run, at: checkpoint, warn: warn).table)
    if let environment {
      table["environment"] = .table(try search.definition(environment, catalogue: catalogue).table)
    }
    try self.init(table, file: run.configurationPath, choices: choices, catalogue: catalogue)
    let (old, new) = (before.environment.simulator.interface, self.environment.simulator.interface)
    for (name, isSame) in [
      ("observations", old.observation == new.observation), ("actions", old.action == new.action),
    ] where !isSame {
      throw Failure(
        .configuration,
        "\(run.path) was trained in \(before.environment.name), whose \(name) are not those of "
          + "\(self.environment.name)")
    }
  }
}
