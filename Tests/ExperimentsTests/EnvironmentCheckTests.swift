import Catalogue
import Configuration
import Evaluation
import Foundation
import Simulation
import Testing

@Suite struct EnvironmentCheckTests {
  /// The environment files of the repository.
  static let repository = EnvironmentSearch(
    directories: [URL(fileURLWithPath: #filePath).appendingPathComponent("../../../envs").standardized.path])

  @Test func thereAreEnvironmentFiles() { #expect(Self.repository.files.count >= 12) }

  @Test(arguments: repository.files.map(\.name))
  func everyFileKeepsAllRules(name: String) throws {
    let environment = try Self.repository.definition(name, catalogue: .complete)
    // What agents get in the longest trials takes seconds; their families are looked at in shorter ones.
    let isLong = environment.simulator.interface.trialLength >= 250
    let rules = ConformanceRule.allCases.filter {
      !isLong || ![.oracleBeatsRandom, .nobodyBeatsTheOracle, .exactReturnsHold].contains($0)
    }
    let check = EnvironmentCheck(environment, seed: 0, rules: rules, catalogue: .complete)
    #expect(check.brokenCount == 0, "\(check.text)")
    #expect(!environment.summary.isEmpty && !environment.source.isEmpty)
  }

  /// Where a reward is so rare that none is met, nothing is said of what happens.
  @Test func rareEventsBreakNoRule() throws {
    let text = """
      environment = "bandit"
      horizon = 1
      episodes = 1
      [constants]
      armCount = 3
      [tasks.train]
      alpha = 100
      beta = 1000000
      [tasks.test]
      alpha = 100
      beta = 1000000
      """
    let directory = try TemporaryDirectory()
    try directory.write(text, to: "rare.toml")
    let environment = try EnvironmentSearch(directories: [directory.path])
      .definition("rare", catalogue: .complete)
    let check = EnvironmentCheck(
      environment, seed: 0, rules: ConformanceRule.allCases, catalogue: .complete)
    #expect(check.brokenCount == 0, "\(check.text)")
    #expect(check.text.contains("all of 64 time steps bring the same"))
  }

  /// With one number to guess tasks do not differ; all else is in order.
  private func check(_ numbers: String, _ rules: [ConformanceRule] = ConformanceRule.allCases) throws
    -> EnvironmentCheck
  {
    let text = guessingFile.replacing("numbers = [0]", with: "numbers = [0\(numbers)]")
    let (directory, search) = try guessingSearch(text)
    return try withExtendedLifetime(directory) {
      let environment = try search.definition("guess", catalogue: .toys)
      return EnvironmentCheck(environment, seed: 4, rules: rules, catalogue: .toys)
    }
  }

  @Test func reportsInWordsAndAsADocument() throws {
    let check = try check("")
    #expect(check.brokenCount == 1)
    let lines = check.text.split(separator: "\n")
    #expect(lines.first == "guess, a guessing, seed 4")
    #expect(
      lines.contains(
        " 7  BROKEN  tasks differ, and in what happens: split train: 64 tasks drawn are all the same"))
    #expect(lines.last == "breaks 1 rule; metarl check guess --seed 4 finds the same again")
    #expect(check.table["broken"] == .integer(1))
    #expect(check.table["rules"]?[6]?["verdict"] == .string("broken"))
    #expect(check.table["rules"]?[0]?["verdict"] == .string("kept"))
  }

  @Test func aRuleCanBeAppliedAlone() throws {
    let check = try check("", [.rewardsAreFinite])
    #expect(check.rows.count == 1 && check.brokenCount == 0)
    #expect(check.text.hasSuffix("keeps all rules\n"))
  }

  @Test func writesWhatContinuousIntegrationReads() throws {
    let directory = try TemporaryDirectory()
    try check("").writeJUnit(to: "\(directory.path)/check.xml")
    let text = String(decoding: try directory.read("check.xml"), as: UTF8.self)
    #expect(
      text.contains("<testsuite name=\"metarl check guess\" tests=\"14\" failures=\"1\" skipped=\"0\">"))
    #expect(text.contains("<failure message=\"seed 4: split train: 64 tasks drawn are all the same\"/>"))
    #expect(text.count { $0 == "<" } == text.count { $0 == ">" })
  }
}
