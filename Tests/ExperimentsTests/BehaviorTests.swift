import Catalogue
import Evaluation
import Foundation
import Testing

/// What evaluations tell of behaviour beside returns: in the two-step task, when agents stay with their choice.
@Suite struct BehaviorTests {
  private func evaluation(of agent: String, tasks: Int = 400) throws -> Evaluation {
    let environment = try EnvironmentCheckTests.repository.definition("two-step", catalogue: .complete)
    var request = Evaluation.Request()
    request.taskCount = tasks
    return try Evaluator(environment, request: request, threadCount: 2).evaluation(ofReference: agent)
  }

  /// Who plans with the model stays after rewards that came the common way and after failures that came the rare way.
  @Test func theBayesOptimalAgentIsModelBased() throws {
    let shares = try evaluation(of: "bayesOptimal").behavior.map { $0.share ?? .nan }
    #expect(shares.count == 4)
    #expect(shares[0] > 0.95 && shares[1] < shares[0] - 0.02, "\(shares)")
    #expect(shares[3] > 0.95 && shares[2] < shares[3] - 0.02, "\(shares)")
  }

  /// Random choices are the same as the last in half of all cases; 99 of 100 rounds have one before them, of which
  /// three quarters led the common way and half were rewarded.
  @Test func randomChoicesStayHalfOfTheTime() throws {
    let shares = try evaluation(of: "random").behavior
    for share in shares { #expect(abs((share.share ?? 0) - 0.5) < 0.03, "\(share)") }
    let totals = shares.map { Double($0.total) }
    #expect(totals.reduce(0, +) == 400 * 99)
    #expect(abs((totals[0] + totals[2]) / (400 * 99) - 0.75) < 0.02)
    #expect(abs((totals[0] + totals[1]) / (400 * 99) - 0.5) < 0.02)
  }

  @Test func reportsAndDocumentsHaveIt() throws {
    let evaluation = try evaluation(of: "random", tasks: 20)
    let text = EvaluationReport(evaluation).text
    #expect(text.contains("\nbehaviour "))
    #expect(text.contains("\nstays after reward, common way "))
    #expect(evaluation.table["behavior"]?[3]?["name"] == .string("stays after none, rare way"))
    #expect(evaluation.table["behavior"]?[0]?["of"]?.integer == evaluation.behavior[0].total)
    let grid = try EnvironmentCheckTests.repository.definition("bandit-n10-k5", catalogue: .complete)
    var request = Evaluation.Request()
    request.taskCount = 21
    let other = try Evaluator(grid, request: request, threadCount: 1).evaluation(ofReference: "random")
    #expect(other.table["behavior"] == nil && !EvaluationReport(other).text.contains("behaviour"))
  }
}
