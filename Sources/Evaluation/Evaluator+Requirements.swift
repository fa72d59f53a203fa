import Formats
import Learning

extension Evaluator {
  /// Throws where the evaluation of an agent of `learner`, or of a reference agent where that is nil, will have no such
  /// numbers or verdicts as are required.
  func checkRequirements(of learner: (any MetaLearner)?) throws {
    guard !request.requirements.isEmpty else { return }
    let template = template(of: learner)
    for requirement in request.requirements where !requirement.mentions(Self.openEnded) {
      _ = try requirement.isMet(by: template)
    }
  }

  /// What an evaluation has where the run, the environment or the number of runs brings it along.
  private static let openEnded = ["behavior", "beliefError", "cost", "runs"]

  /// A document with the keys of the evaluation to come.
  private func template(of learner: (any MetaLearner)?) -> Table {
    let count = simulator.interface.episodeCount
    let statistics: [(String, Value)] = [
      ("mean", .number(0)), ("standardError", .number(0)), ("iqm", .number(0)), ("ci95", Self.zeros(2)),
    ]
    let references = Set(
      Evaluation.referenceNames
        + Evaluation.referenceNames(among: simulator.standardReferences(of: request.split)))
    var table: Table = [
      "tasks": .integer(0), "distinctTasks": .integer(0), "tasksOfSplit": .integer(0), "seed": .integer(0),
      "iteration": .integer(0),
      "episodes": .array((0..<count).map { Self.table([("index", .integer($0))] + statistics) }),
      "total": Self.table(statistics), "greedyTotal": .number(0), "rollouts": .integer(0),
      "references": Self.table(references.sorted().map { ($0, Self.zeros(count)) }),
      "exactOfAllTasks": Self.table(references.sorted().map { ($0, Self.zeros(count)) }),
      "normalized": .number(0), "normalizedCI95": Self.zeros(2), "normalizedBlind": .number(0),
    ]
    if request.verdicts != .nothing && !request.isUntrained { table["verdicts"] = Self.table(verdicts) }
    return table
  }

  /// The names of the verdicts to come.
  private var verdicts: [(String, Value)] {
    var names = ["memory", "support"]
    names += EvaluationReport.columns(of: simulator.interface.episodeCount, limit: 5).dropFirst().map {
      "episode\($0.lowerBound)"
    }
    if request.verdicts == .complete {
      names.append("generalisation")
      names += simulator.splits.map(Judgement.name(ofShiftTo:))
      names += (1...4).map { "group\($0)" }
    }
    return names.map { name in
      (
        name,
        Self.table([
          ("answer", .string("")), ("word", .string("")), ("estimate", .number(0)), ("ci95", Self.zeros(2)),
          ("margin", .number(0)),
        ])
      )
    }
  }

  private static func zeros(_ count: Int) -> Value { .array(Array(repeating: .number(0), count: count)) }

  private static func table(_ entries: [(String, Value)]) -> Value {
    var table = Table()
    for (key, value) in entries { table[key] = value }
    return .table(table)
  }
}
