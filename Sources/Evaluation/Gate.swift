import Formats
import Trials

/// Requirements on an evaluation, and how they are told to continuous integration.
public struct Gate {
  private let evaluation: Evaluation
  private let document: Table
  private let results: [(requirement: Requirement, isMet: Bool)]

  /// Compares `evaluation` with `requirements`. Throws where it lacks a number that they need.
  public init(_ evaluation: Evaluation, requirements: [Requirement]) throws {
    self.evaluation = evaluation
    document = evaluation.table
    results = try requirements.map { [document] in ($0, try $0.isMet(by: document)) }
  }

  /// What is not met, with what was found instead.
  public var failures: [String] {
    results.filter { !$0.isMet }.map { "not met: \(described($0.requirement))" }
  }

  /// One test for each requirement, or one that says that there was an evaluation.
  public var junit: String {
    let group = "\(evaluation.algorithm).\(evaluation.environment.name)"
    let cases = results.map { requirement, isMet in
      TestSuite.Case(
        group: group, name: "\(requirement)",
        outcome: isMet ? .passed : .failed("found \(found(requirement))"))
    }
    let whole = TestSuite.Case(group: group, name: "total.mean is \(evaluation.total.mean)", outcome: .passed)
    return TestSuite(name: "metarl evaluate \(group)", cases: cases.isEmpty ? [whole] : cases).xml
  }

  /// Writes `junit` to `path`.
  public func writeJUnit(to path: String) throws { try DurableFile.write(Array(junit.utf8), to: path) }

  /// A summary in Markdown.
  public var markdown: String {
    var lines = [
      "### \(evaluation.algorithm) in \(evaluation.environment.name), split \(evaluation.request.split)", "",
      "| \(evaluation.course.isBetweenEpisodes ? "adaptation steps" : "episode") | mean | standard error |",
      "|---|---|---|",
    ]
    let first = evaluation.course.firstNumber
    lines += evaluation.episodes.enumerated().map { "| \($0 + first) \(Self.cells($1))" }
    lines.append("| total \(Self.cells(evaluation.total))")
    if let normalized = evaluation.normalized {
      lines += ["", "normalized \(fixed(normalized, digits: 3))"]
    }
    if !results.isEmpty { lines.append("") }
    lines += results.map { "- \($1 ? "met" : "**not met**"): `\($0)` (found \(found($0)))" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ statistics: Statistics) -> String {
    "| \(fixed(statistics.mean, digits: 3)) | \(fixed(statistics.standardError, digits: 3)) |"
  }

  private func found(_ requirement: Requirement) -> String { requirement.found(in: document) }
  private func described(_ requirement: Requirement) -> String {
    "\(requirement) (found \(found(requirement)))"
  }
}
