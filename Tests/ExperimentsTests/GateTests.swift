import Evaluation
import Foundation
import Testing

@Suite struct GateTests {
  private func gate(_ requirements: [String]) throws -> Gate {
    let (directory, search) = try guessingSearch()
    let definition = try withExtendedLifetime(directory) { try search.definition("guess", catalogue: .toys) }
    let evaluation = try Evaluator(definition, request: Evaluation.Request(), threadCount: 1)
      .evaluation(ofReference: "oracle")
    return try Gate(evaluation, requirements: requirements.map { try Requirement($0) })
  }

  @Test func everyRequirementIsATest() throws {
    let gate = try gate(["total.mean >= 3", "episode[0].mean < 1"])
    #expect(gate.failures == ["not met: episode[0].mean < 1 (found 1.0)"])
    #expect(gate.junit.contains("tests=\"2\" failures=\"1\" skipped=\"0\""))
    #expect(gate.junit.contains("<testcase classname=\"oracle.guess\" name=\"total.mean &gt;= 3\"/>"))
    #expect(gate.junit.contains("<failure message=\"found 1.0\"/>"))
    #expect(gate.markdown.contains("| total | 3.000 | 0.000 |"))
    #expect(gate.markdown.contains("- **not met**: `episode[0].mean < 1` (found 1.0)"))
  }

  @Test func withoutRequirementsTheEvaluationIsTheTest() throws {
    let gate = try gate([])
    #expect(gate.failures.isEmpty)
    #expect(gate.junit.contains("tests=\"1\" failures=\"0\""))
  }
}
