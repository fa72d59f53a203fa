import Environments
import Evaluation
import Formats
import Foundation
import Studies
import Testing

/// Agents in other environments than their own, and runs whose environment is no longer their own.
@Suite struct TransferTests {
  @Test func anotherEnvironmentIsPlayedAndNotSaved() throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(), at: "\(directory.path)/r").run
    let (files, search) = try guessingSearch()
    let other = try withExtendedLifetime(files) {
      try search.definition("guess", changing: ["horizon=3", "constants.bonus=0.5"], catalogue: .toys)
    }
    let evaluation = try Evaluator(other, request: .init(), threadCount: 1)
      .evaluation(transferring: run, catalogue: .toys) { Issue.record("\($0)") }
    #expect(evaluation.transfer?.differences == ["horizon", "constants.bonus"])
    #expect(evaluation.table["trainedIn"]?["environment"] == .string("guess"))
    #expect(evaluation.table["standard"] == nil)
    #expect(
      EvaluationReport(evaluation).text.contains(
        "The agent was trained in guess, which differs in horizon, constants.bonus. This is not saved in its run."
      ))
    #expect(!FileManager.default.fileExists(atPath: "\(run.path)/evaluation.json"))
    #expect(run.otherEvaluationNames.isEmpty)
  }

  @Test func otherSpacesAreRefused() throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(), at: "\(directory.path)/r").run
    for (change, words) in [
      ("constants.size=4", "its actions are one of 3, and here they are one of 4"),
      ("constants.isTold=true", "its observations are"),
    ] {
      let (files, search) = try guessingSearch()
      let other = try withExtendedLifetime(files) {
        try search.definition("guess", changing: [change], catalogue: .toys)
      }
      let failure = caught {
        _ = try Evaluator(other, request: .init(), threadCount: 1)
          .evaluation(transferring: run, catalogue: .toys) { _ in }
      }
      #expect(failure?.kind == .configuration)
      #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test func aRunWhoseConfigurationWasEditedIsRefused() throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(), at: "\(directory.path)/r").run
    let text = String(decoding: try directory.read("r/config.toml"), as: UTF8.self)
    let edited = text.replacing("bonus = 0.25", with: "bonus = 10.0")
    #expect(edited != text)
    try directory.write(edited, to: "r/config.toml")
    let failure = caught { _ = try run.configuration(catalogue: .toys) }
    #expect(failure?.kind == .configuration && failure?.description.contains("has been changed") == true)
    #expect(
      caught { _ = try Demonstration(of: run, request: .init(), catalogue: .toys, warn: { _ in }) }?.kind
        == .configuration)
    #expect(
      Listing.runs(in: directory.path, catalogue: .toys)[0]?["error"]?.string?.contains("changed") == true)
    // Runs of before that was written down are taken as they are.
    let manifest = try JSON.parse(directory.read("r/manifest.json"))
    var table = try #require(manifest.table)
    table["configuration"] = nil
    try directory.write(JSON.line(.table(table)), to: "r/manifest.json")
    _ = try run.configuration(catalogue: .toys)
  }

  /// What is trained on is told by the sets of tasks, not by the words of the file.
  @Test(arguments: [
    ("numbers = [0, 1]", "numbers = [1, 0]", 2, "The test tasks are the training tasks."),
    ("numbers = [0, 1]", "numbers = [0, 1]", 1_000_000, "The test tasks are the training tasks."),
    (
      "numbers = [0, 1]", "numbers = [0, 1]", 0,
      "The tasks of split test are from the distribution of split train."
    ),
    ("numbers = [0, 1]", "numbers = [0, 1]", 1, nil), ("numbers = [0]", "numbers = [2, 1]", 0, nil),
  ])
  func trainingOnTheTestTasksIsSaid(train: String, test: String, count: Int, remark: String?) throws {
    let text = guessingFile.replacing("numbers = [0]", with: train).replacing("numbers = [2, 1]", with: test)
    let definition = try guessingRun(["trainingTasks=\(count)"], text: text).environment
    #expect(definition.trainingRemark(of: .test) == remark)
    #expect(definition.testsOnTrainingDistribution == (remark != nil))
    #expect(definition.trainingRemark(of: .train) == nil)
  }

  @Test func drawnTasksThatAreAllTrainedOnAreTold() throws {
    let text = guessingFile.replacing("bonus = 0.25", with: "bonus = 0.25\nmanner = \"drawn\"")
      .replacing("numbers = [0]", with: "numbers = [1, 2]")
    let definition = try guessingRun(["trainingTasks=100"], text: text).environment
    #expect(definition.trainingRemark(of: .test) == "The test tasks are the training tasks.")
  }
}
