import Configuration
import Evaluation
import Formats
import Foundation
import Runs
import Training
import Trials

/// A published table done again: trainings, evaluations and agents to compare with, in a directory where what is
/// finished stays, so that a reproduction that was stopped goes on.
public struct Reproduction {
  /// The table.
  public let table: PublishedTable
  /// How much is done.
  public let budget: PublishedTable.Budget
  /// Where it is done. Tables share what they train alike.
  public let path: String
  private let search: EnvironmentSearch
  private let catalogue: @Sendable () -> Catalogue
  private let threadCount: Int

  /// A reproduction of `table` in the directory `path`.
  public init(
    _ table: PublishedTable, budget: PublishedTable.Budget, at path: String, search: EnvironmentSearch,
    catalogue: @escaping @Sendable () -> Catalogue, threadCount: Int
  ) {
    self.table = table
    self.budget = budget
    self.path = DurableFile.trimmed(path)
    self.search = search
    self.catalogue = catalogue
    self.threadCount = threadCount
  }

  /// Does all that is not done yet and returns what came of it; `tell` hears of every step. With
  /// `isTraining` false only the agents play that need no training. Throws where `stop` is made.
  public func results(
    isTraining: Bool = true, stop: StopRequest, tell: @escaping @Sendable (String) -> Void
  ) throws -> ReproductionReport {
    try DurableFile.createDirectories(path)
    var agents: [ReproductionReport.AgentResult] = []
    for group in table.agents { agents += try played(group, stop: stop, tell: tell) }
    var cells: [ReproductionReport.CellResult] = []
    for training in isTraining ? table.trainings : [] {
      let (sweep, seconds) = try trained(training, stop: stop, tell: tell)
      for cell in table.cells where cell.training == training.name {
        cells.append(try measured(cell, in: sweep, seconds: seconds, stop: stop, tell: tell))
      }
    }
    return ReproductionReport(table: table, budget: budget, cells: cells, agents: agents)
  }

  // MARK: Training

  private func trained(
    _ training: PublishedTable.Training, stop: StopRequest, tell: @escaping @Sendable (String) -> Void
  ) throws -> (sweep: Sweep, seconds: Double) {
    let sweep = try sweep(training)
    let jobCount = min(sweep.names.count, threadCount)
    tell("training \(training.name), \(sweep.names.count) seeds")
    let outcomes = sweep.train(
      catalogue: catalogue, jobCount: jobCount, threadCount: max(1, threadCount / jobCount), stop: stop
    ) { tell("\(training.name): \($0)") }
    try check(stop)
    try sweep.check(outcomes, stop: stop)
    let seconds = try sweep.names.reduce(0) { sum, name in
      try sum + (RunExport(of: sweep.run(name)).secondsOfTraining ?? 0)
    }
    return (sweep, seconds)
  }

  private func sweep(_ training: PublishedTable.Training) throws -> Sweep {
    let seedCount = budget == .smoke ? 1 : budget == .laptop ? training.seedCount : training.fullSeedCount
    let settings = training.settings + (budget == .smoke ? training.smoke : [])
    let plan = try SweepPlan(["seed=1..\(seedCount)"] + settings)
    func configuration(_ point: SweepPlan.Point) throws -> RunConfiguration {
      var choices = RunConfiguration.Choices()
      choices.overrides = point.settings
      return try RunConfiguration(
        environment: training.environment, algorithm: training.algorithm, choices: choices, search: search,
        catalogue: catalogue())
    }
    let path = "\(path)/\(training.name)"
    guard FileManager.default.fileExists(atPath: path) else {
      return try Sweep(plan, at: path, configuration: configuration)
    }
    let sweep = try Sweep(resuming: path)
    let isSame =
      try sweep.names == plan.points.map(\.name)
      && plan.points.allSatisfy { point in
        let found = try DurableFile.read(sweep.configurationPath(point.name), limit: TOML.sizeLimit)
        return try found == Array(configuration(point).document.utf8)
      }
    guard isSame else {
      throw Failure(
        .exists, "\(path) was trained with other settings; --run names another directory to begin anew in")
    }
    return sweep
  }

  // MARK: Evaluation

  private func taskCount(_ count: Int) -> Int {
    switch budget {
    case .smoke: min(count, 50)
    case .laptop: count
    case .full: 5 * count
    }
  }

  private func measured(
    _ cell: PublishedTable.Cell, in sweep: Sweep, seconds: Double, stop: StopRequest,
    tell: (String) -> Void
  ) throws -> ReproductionReport.CellResult {
    try check(stop)
    var request = Evaluation.Request()
    request.split = cell.split
    request.episodeCount = cell.episodeCount
    request.taskCount = taskCount(cell.taskCount)
    let suffix = cell.episodeCount.map { "-\($0)-episodes" } ?? ""
    let document = try remembered(
      "\(sweep.path)/evaluation-\(cell.split)-\(request.taskCount ?? 0)-tasks\(suffix).json"
    ) {
      tell("evaluating \(DurableFile.name(of: sweep.path)), split \(cell.split)")
      return try evaluation(of: sweep, request: request, warn: tell)
    }
    func number(_ value: Value?) throws -> Double {
      guard let found = value?.at(cell.measure)?.double else {
        throw Failure(
          .configuration, "table \(table.name): cell \(cell.name): an evaluation has no \(cell.measure)")
      }
      return cell.offset + cell.factor * found
    }
    let errorPath = cell.measure.replacing(".mean", with: ".standardError")
    return ReproductionReport.CellResult(
      cell: cell, value: try number(document["together"]),
      standardError: abs(cell.factor) * (document["together"]?.at(errorPath)?.double ?? .nan),
      seeds: try (document["runs"]?.array ?? []).map { try number($0) }, seconds: seconds)
  }

  private func evaluation(
    of sweep: Sweep, request: Evaluation.Request, warn: (String) -> Void
  ) throws -> Table {
    let runs = sweep.names.map(sweep.run)
    let configuration = try runs[0].configuration(catalogue: catalogue())
    let evaluator = try Evaluator(configuration.environment, request: request, threadCount: threadCount)
    let evaluations = try runs.map { run in
      try evaluator.evaluation(of: run, configuration: configuration, warn: warn)
    }
    let together = evaluations.count == 1 ? evaluations[0] : evaluator.combined(evaluations, of: runs)
    return [
      "together": .table(together.table), "runs": .array(evaluations.map { .table($0.table) }),
    ]
  }

  private func played(
    _ group: PublishedTable.AgentGroup, stop: StopRequest, tell: (String) -> Void
  ) throws -> [ReproductionReport.AgentResult] {
    let environment = try search.definition(group.environment, catalogue: catalogue())
    var request = Evaluation.Request()
    request.taskCount = taskCount(group.taskCount)
    return try group.rows.map { row in
      try check(stop)
      let document = try remembered(
        "\(path)/\(group.environment)-\(row.agent)-\(request.taskCount ?? 0)-tasks.json"
      ) {
        tell("playing \(row.agent) in \(group.environment)")
        let clock = ContinuousClock()
        let start = clock.now
        let total = try Evaluator(environment, request: request, threadCount: threadCount)
          .totals(ofReference: row.agent)
        return [
          "mean": .number(Statistics.mean(total)), "standardError": .number(Statistics.standardError(total)),
          "seconds": .number((clock.now - start) / .seconds(1)),
        ]
      }
      return ReproductionReport.AgentResult(
        environment: group.environment, agent: row.agent,
        value: group.offset + group.factor * (document["mean"]?.double ?? .nan),
        standardError: abs(group.factor) * (document["standardError"]?.double ?? .nan),
        published: row.published, computed: row.computed, publishedError: group.standardError,
        seconds: document["seconds"]?.double ?? .nan)
    }
  }

  /// The document at `path`, which `make` makes where there is none yet.
  private func remembered(_ path: String, make: () throws -> Table) throws -> Value {
    if let document = try RunDirectory.document(path) { return document }
    let document = Value.table(try make())
    try DurableFile.write(Array((JSON.line(document) + "\n").utf8), to: path)
    // Numbers that JSON has no word for are read as it has them.
    return try RunDirectory.document(path) ?? document
  }

  private func check(_ stop: StopRequest) throws {
    guard stop.isMade else { return }
    throw Failure(stop.kind, "stopped; the same command goes on")
  }
}

extension Value {
  /// The value at a path such as `episodes[1].mean`.
  func at(_ path: String) -> Value? {
    path.split(separator: ".").reduce(Optional(self)) { value, part in
      let pieces = part.split(separator: "[")
      return pieces.dropFirst().reduce(value?[String(pieces[0])]) { value, piece in
        Int(piece.dropLast()).flatMap { value?[$0] }
      }
    }
  }
}
