import Configuration
import Formats
import Runs
import Simulation

/// That an agent was trained in another environment than it is evaluated in.
public struct Transfer: Sendable {
  /// The environment that it was trained in.
  public let environment: String
  /// The keys in which the environments differ.
  public let differences: [String]

  /// What is between the environment `trained` and `other`.
  init(from trained: EnvironmentDefinition, to other: EnvironmentDefinition) {
    environment = trained.name
    differences = TrainedRun.differences([Self.trials(in: trained), Self.trials(in: other)])
  }

  private static func trials(in environment: EnvironmentDefinition) -> Table {
    var table = environment.table
    for key in ["name", "description", "source"] { table[key] = nil }
    return table
  }

  var document: Value {
    .table(["environment": .string(environment), "differences": .array(differences.map(Value.string))])
  }

  var remarks: [String] {
    let difference =
      differences.isEmpty ? "which is the same" : "which differs in \(differences.joined(separator: ", "))"
    return ["The agent was trained in \(environment), \(difference). This is not saved in its run."]
  }
}

extension Evaluation {
  /// What the tasks have in common with those that were trained on.
  public var trainingRemarks: [String] {
    environment.trainingRemark(of: request.split).map { [$0] } ?? []
  }
}

extension Evaluator {
  /// Evaluates the agent of `run`, as it was trained, in this environment, which need not be its own. Nothing is saved.
  /// Throws where observations or actions are others than those that it was trained with.
  public func evaluation(
    transferring run: RunDirectory, catalogue: Catalogue, warn: (String) -> Void
  ) throws -> Evaluation {
    let configuration = try run.configuration(catalogue: catalogue)
    try environment.checkSpaces(of: configuration.environment, in: run)
    var evaluation = try evaluation(of: run, configuration: configuration, isSaved: false, warn: warn)
    evaluation.isStandard = nil
    evaluation.transfer = Transfer(from: configuration.environment, to: environment)
    evaluation.judgements = evaluation.judgements.map { judgement in
      guard judgement.name == "generalisation" else { return judgement }
      return .notApplicable(judgement.name, "the agent was trained in another environment")
    }
    return evaluation
  }
}

extension EnvironmentDefinition {
  /// Throws where agents of `trained`, the environment of `run`, cannot act here.
  fileprivate func checkSpaces(of trained: EnvironmentDefinition, in run: RunDirectory) throws {
    let (here, there) = (simulator.interface, trained.simulator.interface)
    for (kind, mine, its) in [
      ("observations", here.observation, there.observation), ("actions", here.action, there.action),
    ] where mine != its {
      throw Failure(
        .configuration,
        "the agent of \(run.path) cannot act in \(name): its \(kind) are \(its.text), and here they are \(mine.text)"
      )
    }
    guard here.map == there.map else {
      throw Failure(
        .configuration,
        "the agent of \(run.path) cannot act in \(name): observations show another map than in \(trained.name)"
      )
    }
  }
}

extension Space {
  /// The space in a few words.
  fileprivate var text: String {
    switch self {
    case .discrete(let counts):
      counts.count == 1
        ? "one of \(counts[0])" : "\(counts.count) whole numbers below \(Self.range(counts.map { "\($0)" }))"
    case .box(let lower, let upper):
      "\(lower.count) numbers from \(Self.range(lower.map { "\($0)" })) to \(Self.range(upper.map { "\($0)" }))"
    }
  }

  /// `bounds`, where all are one that one, otherwise the first few.
  private static func range(_ bounds: [String]) -> String {
    if let first = bounds.first, bounds.allSatisfy({ $0 == first }) { return first }
    return bounds.prefix(8).joined(separator: ", ") + (bounds.count > 8 ? ", …" : "")
  }
}

extension EnvironmentSearch {
  /// The environment `name` with values in place of its own, each `key=value` with a dotted key of the file.
  public func definition(
    _ name: String, changing settings: [String], catalogue: Catalogue
  ) throws -> EnvironmentDefinition {
    guard !settings.isEmpty else { return try definition(name, catalogue: catalogue) }
    let path = try path(of: name)
    var table = try Self.table(path)
    var changed: [String] = []
    for change in try settings.map(Override.init) {
      let keys =
        change.path.count > 1 && change.path[0] == "environment"
        ? Array(change.path.dropFirst()) : change.path
      try table.set(keys, to: change.value)
      changed.append(keys.joined(separator: "."))
    }
    return try EnvironmentDefinition(
      table, name: Self.name(of: path),
      file: "\(path) with \(changed.joined(separator: ", ")) from the command line",
      catalogue: catalogue)
  }
}
