import ArgumentParser
import Catalogue
import Evaluation
import Formats
import Simulation

/// `metarl check`: whether an environment keeps the rules that everything else relies on.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that an environment keeps the rules that agents and evaluations rely on.",
    discussion: "The exit code is 65 if the environment breaks a rule.")

  @Argument(
    help: ArgumentHelp("Use this environment: a file, or the name of a file in envs/.", valueName: "env"),
    completion: .environments)
  var env: String

  @Option(help: "Check only this rule. The option can be given several times.")
  var rule: [Int] = []

  @Option(help: "Draw all random numbers by this seed.")
  var seed = 0

  @Option(help: ArgumentHelp("Write the result as JUnit XML, for continuous integration.", valueName: "file"))
  var junit: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    try require("--seed", seed, atLeast: 0)
    for number in rule where ConformanceRule(rawValue: number) == nil {
      throw ValidationError(
        "--rule is \(number); a number from 1 to \(ConformanceRule.allCases.count) is needed.")
    }
  }

  func run() throws {
    let environment = try environmentSearch.definition(env, catalogue: .complete)
    let rules =
      rule.isEmpty ? ConformanceRule.allCases : rule.sorted().compactMap(ConformanceRule.init(rawValue:))
    let check = EnvironmentCheck(environment, seed: seed, rules: rules, catalogue: .complete)
    try junit.map(check.writeJUnit)
    try Console.write(.table(check.table), isJSON: json) { check.text }
    if check.brokenCount > 0 { throw RequestedExit(code: Failure.Kind.configuration.rawValue) }
  }
}
