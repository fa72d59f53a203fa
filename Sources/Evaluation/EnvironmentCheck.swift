import Configuration
import Formats
import Randomness
import Runs
import Simulation

/// The rules of conformance applied to one environment file.
public struct EnvironmentCheck: Sendable {
  /// What one rule found.
  public struct Row: Sendable {
    /// The rule.
    public let rule: ConformanceRule
    /// Whether the environment keeps it.
    public let verdict: Verdict
    /// The time that took, in seconds.
    public let seconds: Double
  }

  /// The environment.
  public let environment: EnvironmentDefinition
  /// The seed that finds the same again.
  public let seed: Int
  /// The trials that were looked at: shorter ones than the environment's where those are very long.
  private let examined: Interface
  private static let longestTrial = 20_000
  /// What the rules found, in their order.
  public private(set) var rows: [Row] = []

  /// Applies `rules` to `environment`; whatever is random is drawn below the address of `seed`.
  public init(
    _ environment: EnvironmentDefinition, seed: Int, rules: [ConformanceRule] = ConformanceRule.allCases,
    catalogue: Catalogue
  ) {
    self.environment = environment
    self.seed = seed
    let key = RandomKey(seed: UInt64(seed)).child("check")
    let simulator = environment.simulator.abridged(toTrialLength: Self.longestTrial)
    examined = simulator.interface
    let clock = ContinuousClock()
    for rule in rules {
      let start = clock.now
      let verdict =
        rule == .fileRoundTrips
        ? Self.roundTrip(of: environment, catalogue: catalogue)
        : simulator.verdict(on: rule, key: key.child(rule.rawValue))
      rows.append(Row(rule: rule, verdict: verdict, seconds: (clock.now - start) / .seconds(1)))
    }
  }

  /// How many rules are broken.
  public var brokenCount: Int { rows.filter(\.verdict.isBroken).count }

  private static func roundTrip(of environment: EnvironmentDefinition, catalogue: Catalogue) -> Verdict {
    do {
      let text = TOML.document(environment.table)
      let copy = try EnvironmentDefinition(
        TOML.parse(text, file: environment.name), name: environment.name, file: environment.name,
        catalogue: catalogue)
      guard TOML.document(copy.table) == text else {
        return .broken("written and read, it says something else")
      }
      for split in environment.simulator.splits {
        let tasks = [environment, copy].map {
          TaskSample.tasks(of: split, count: 50, seed: 0, in: $0.simulator).json
        }
        guard tasks[0] == tasks[1] else { return .broken("written and read, split \(split) has other tasks") }
      }
      return .kept("\(text.utf8.count) bytes")
    } catch {
      return .broken("written, it cannot be read: \(error)")
    }
  }
}

extension EnvironmentCheck {
  /// One line for each rule.
  public var text: String {
    let isAbridged = examined.trialLength < environment.simulator.interface.trialLength
    let cut =
      isAbridged ? ", trials cut to \(examined.episodeCount) episodes of \(examined.horizon) time steps" : ""
    let heading = "\(environment.name), a \(environment.family), seed \(seed)\(cut)"
    let lines = rows.map { row in
      let number = row.rule.rawValue < 10 ? " \(row.rule.rawValue)" : "\(row.rule.rawValue)"
      let (word, detail) = row.verdict.words
      let line = "\(number)  \(word)  \(row.rule.summary)"
      return detail.isEmpty ? line : "\(line): \(detail)"
    }
    let conclusion =
      brokenCount == 0
      ? "keeps all rules"
      : "breaks \(brokenCount) rule\(brokenCount == 1 ? "" : "s"); "
        + "metarl check \(environment.name) --seed \(seed) finds the same again"
    return ([heading] + lines + [conclusion]).joined(separator: "\n") + "\n"
  }

  /// The same as one document.
  public var table: Table {
    [
      "environment": .string(environment.name), "family": .string(environment.family),
      "seed": .integer(seed), "broken": .integer(brokenCount),
      "rules": .array(
        rows.map { row in
          .table([
            "number": .integer(row.rule.rawValue), "rule": .string(row.rule.summary),
            "verdict": .string(row.verdict.name), "detail": .string(row.verdict.words.detail),
          ])
        }),
    ]
  }

  /// Writes the same as a test suite of JUnit to `path`.
  public func writeJUnit(to path: String) throws {
    let cases = rows.map { row in
      let outcome: TestSuite.Outcome =
        switch row.verdict {
        case .kept: .passed
        case .broken(let place): .failed("seed \(seed): \(place)")
        case .notApplicable(let reason): .skipped(reason)
        }
      return TestSuite.Case(
        group: environment.name, name: "\(row.rule.rawValue) \(row.rule.summary)", seconds: row.seconds,
        outcome: outcome)
    }
    let suite = TestSuite(name: "metarl check \(environment.name)", cases: cases)
    try DurableFile.write(Array(suite.xml.utf8), to: path)
  }
}

extension Verdict {
  /// The name in documents.
  fileprivate var name: String {
    switch self {
    case .kept: "kept"
    case .broken: "broken"
    case .notApplicable: "notApplicable"
    }
  }

  fileprivate var words: (word: String, detail: String) {
    switch self {
    case .kept(let detail): ("kept  ", detail)
    case .broken(let detail): ("BROKEN", detail)
    case .notApplicable(let detail): ("-     ", detail)
    }
  }
}
