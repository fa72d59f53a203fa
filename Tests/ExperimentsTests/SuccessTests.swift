import Catalogue
import Configuration
import Environments
import Evaluation
import Foundation
import Testing

/// Families that know what success is say how often agents succeed, and how soon.
@Suite struct SuccessTests {
  private static let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("envs").path

  private func shares(_ environment: String, _ agent: String, tasks: Int) throws -> [String: Double] {
    let definition = try EnvironmentSearch(directories: [Self.files])
      .definition(environment, catalogue: .complete)
    var request = Evaluation.Request()
    request.taskCount = tasks
    request.verdicts = .nothing
    let behavior = try Evaluator(definition, request: request, threadCount: 1)
      .evaluation(ofReference: agent).behavior
    return Dictionary(uniqueKeysWithValues: behavior.map { ($0.name, $0.share ?? .nan) })
  }

  /// The 21 goals are 96 steps away together, whoever knows the way.
  @Test func whoKnowsTheGoalTakesTheShortestWay() throws {
    let oracle = try shares("gridnavi", "oracle", tasks: 21)
    #expect(oracle["episodes solved"] == 1 && oracle["first episode solved"] == 1)
    #expect(oracle["mean steps where solved"].map { abs($0 - 96.0 / 21) < 1e-9 } == true)
    let searcher = try shares("gridnavi", "bayesOptimal", tasks: 21)
    #expect(searcher["last episode solved"] == 1)
    #expect((searcher["first episode solved"] ?? 1) < 1)
  }

  @Test(arguments: [
    "dark-key-to-door", "meta-frozen-lake", "meta-maze", "four-state-grid", "t-maze-passive", "room-navi",
    "rooms-empty",
  ])
  func whoKnowsTheTaskSucceedsMoreOften(environment: String) throws {
    let (oracle, random) = try (
      shares(environment, "oracle", tasks: 12), shares(environment, "random", tasks: 12)
    )
    let (most, least) = (oracle["episodes solved"] ?? 0, random["episodes solved"] ?? 1)
    #expect(most > 0.5 && most > least, "\(oracle) \(random)")
  }
}
