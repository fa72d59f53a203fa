import Formats
import Simulation
import Trials

/// An evaluation as text: the returns of the agent above those of the agents to compare with.
public struct EvaluationReport {
  private let evaluation: Evaluation
  /// The episodes that each column stands for.
  private let columns: [Range<Int>]

  /// The most episodes that have a column each.
  static let columnLimit = 10

  /// A report of `evaluation`.
  public init(_ evaluation: Evaluation) {
    self.evaluation = evaluation
    columns = Self.columns(of: evaluation.episodes.count)
  }

  /// The episodes of a trial in columns: one each, or where there are many, a fifth each.
  static func columns(of count: Int, limit: Int = Self.columnLimit) -> [Range<Int>] {
    let columnCount = count <= limit ? count : 5
    return (0..<columnCount).map { count * $0 / columnCount..<count * ($0 + 1) / columnCount }
  }

  /// All lines, each ended by a newline.
  public var text: String { resultText + verdictText }

  /// What the agent gets, and how far that can be trusted.
  public var resultText: String {
    (heading + table + behavior + remarks + warnings).joined(separator: "\n") + "\n"
  }

  /// What the agent does with its experience, and what its training took; nothing where nothing was asked.
  public var verdictText: String {
    verdicts.isEmpty ? "" : verdicts.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let training = evaluation.iteration.map { " after \($0) iterations" } ?? ""
    let actions = evaluation.request.isGreedy ? ", most probable actions" : ""
    let runs = evaluation.runGroup.map { " of \($0.runs.count) runs" } ?? ""
    return [
      "\(evaluation.algorithm)\(runs)\(training) in \(evaluation.environment.name): "
        + "\(tasks) of split \(evaluation.request.split), seed \(evaluation.request.seed)\(actions)",
      "",
    ]
  }

  private var tasks: String {
    evaluation.distinctTasks.map { "\(evaluation.taskCount) trials in \($0)" }
      ?? "\(evaluation.taskCount) tasks"
  }

  private var table: [String] {
    let course = evaluation.course
    let label =
      course.isBetweenEpisodes
      ? "return after adaptation steps"
      : columns.contains { $0.count > 1 } ? "mean return of episodes" : "return of episode"
    var rows: [[String]] = [[label] + columns.map { Self.name($0, from: course.firstNumber) } + ["total"]]
    rows.append(row(evaluation.algorithm, evaluation.episodes.map(\.mean), evaluation.total.mean))
    rows.append(["  standard error"] + standardErrors)
    if let greedy = evaluation.greedyTotal, !evaluation.request.isGreedy {
      rows.append(["  most probable actions"] + columns.map { _ in "" } + [number(greedy)])
    }
    for run in evaluation.runGroup?.runs ?? [] { rows.append(row("  \(run.name)", run.episodes, run.total)) }
    for reference in evaluation.references.reversed() {
      let name = reference.name + (reference.isExact ? ", exact" : "")
      rows.append(row(name, reference.episodes, reference.total))
      guard let all = reference.ofAllTasks else { continue }
      rows.append(row("  exact, of all tasks", all, all.reduce(0, +)))
    }
    return aligned(rows)
  }

  /// What was counted of the agent's behaviour, beside the best agent's.
  private var behavior: [String] {
    guard !evaluation.behavior.isEmpty else { return [] }
    let isBest = evaluation.behavior == evaluation.bestBehavior
    let heading =
      ["behaviour", evaluation.algorithm, "of"] + (isBest ? [] : [evaluation.best?.name ?? "best"])
    let rows = evaluation.behavior.indices.map { index in
      let (mine, best) = (evaluation.behavior[index], evaluation.bestBehavior[index])
      return [mine.name, number(mine.share ?? .nan), "\(mine.total)"]
        + (isBest ? [] : [number(best.share ?? .nan)])
    }
    return [""] + aligned([heading] + rows)
  }

  private var remarks: [String] {
    var lines = [""]
    lines += score
    let total = evaluation.total
    let interval =
      total.hasInterval
      ? "95 % confidence interval \(number(total.lower)) to \(number(total.upper))"
      : "no confidence interval, as there is one trial"
    lines.append("total: \(interval), interquartile mean \(number(total.interquartileMean))")
    if let group = evaluation.runGroup, group.acrossRuns.hasInterval {
      lines.append(
        "for other seeds and tasks: \(number(group.acrossRuns.lower)) to \(number(group.acrossRuns.upper)); the standard "
          + "error is that over the runs")
    }
    if let count = evaluation.course.rolloutCount {
      lines.append("Each is the mean of \(count) rollouts after k adaptation steps, 0 before any.")
    }
    if let error = evaluation.beliefError {
      lines.append(
        "belief error: \(number(error)), the total variation between what the agent believes of the task and the exact "
          + "posterior, on average over the time steps")
    }
    lines += evaluation.transfer?.remarks ?? evaluation.trainingRemarks
    lines += evaluation.environment.simulator.shift(of: evaluation.request.split).remarks
    lines.append("The tasks have the hash \(evaluation.taskHash.prefix(16)).")
    if !evaluation.environment.source.isEmpty {
      lines.append("Source: \(printable(evaluation.environment.source))")
    }
    return lines
  }

  /// Where the agent stands between others.
  private var score: [String] {
    guard let best = evaluation.best else { return [] }
    guard let score = evaluation.score else {
      return evaluation.doubt.map { ["not normalized: \($0)"] } ?? []
    }
    let (value, lower, upper) = (number(score.value), number(score.lower), number(score.upper))
    let interval = score.lower.isFinite ? " (\(lower) to \(upper))" : ""
    let name = best.role == .oracle ? "oracle, which is told the task," : best.name
    let what = evaluation.scoresLastEpisode ? "last adaptation step" : "total"
    var lines = ["\(what) normalized: \(value)\(interval), where random is 0 and \(name) is 1"]
    if let blind = score.blind, let gained = score.gained, let gainable = score.gainable {
      lines.append(
        "blind, which does not react, is \(number(blind)): adaptation gained \(number(gained)) of \(number(gainable))"
      )
    }
    return lines
  }

  private var warnings: [String] {
    evaluation.warnings.isEmpty
      ? [] : ["Warnings of the training:"] + evaluation.warnings.map { "  \($0.description)" }
  }

  private var verdicts: [String] {
    guard !evaluation.judgements.isEmpty else { return [] }
    let heading =
      "Is it learning to learn? Differences with 95 % intervals; a margin is 5 % of what there is to gain."
    return ["", heading] + Judgement.lines(evaluation.judgements)
      + (evaluation.cost.map { ["  " + $0.text] } ?? [])
  }

  private func row(_ name: String, _ returns: [Double], _ total: Double) -> [String] {
    [name] + columns.map { number(Statistics.mean(Array(returns[$0]))) } + [number(total)]
  }

  private var standardErrors: [String] {
    columns.map { $0.count == 1 ? number(evaluation.episodes[$0.lowerBound].standardError) : "" }
      + [number(evaluation.total.standardError)]
  }

  /// The episodes of `range` as people count them: the first is `first`.
  private static func name(_ range: Range<Int>, from first: Int) -> String {
    let (least, greatest) = (range.lowerBound + first, range.upperBound - 1 + first)
    return range.count == 1 ? String(least) : "\(least)-\(greatest)"
  }

  private func number(_ value: Double) -> String {
    value.isFinite ? fixed(value, digits: 3) : "-"
  }
}

extension TrialShift {
  /// What is done to trials, in sentences.
  fileprivate var remarks: [String] {
    var lines: [String] = []
    if switchAfter > 0 {
      lines.append("After episode \(switchAfter) another task takes the place of the first.")
    }
    if permutesActions { lines.append("In every task the actions have changed places.") }
    return lines
  }
}
