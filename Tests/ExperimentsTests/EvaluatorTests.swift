import Evaluation
import Formats
import Foundation
import Runs
import Simulation
import Testing

@Suite struct EvaluatorTests {
  private func reference(
    _ name: String, text: String = guessingFile, threadCount: Int = 2,
    _ change: (inout Evaluation.Request) -> Void = { _ in }
  ) throws -> Evaluation {
    let (directory, search) = try guessingSearch(text)
    let definition = try withExtendedLifetime(directory) { try search.definition("guess", catalogue: .toys) }
    var request = Evaluation.Request()
    change(&request)
    return try Evaluator(definition, request: request, threadCount: threadCount).evaluation(ofReference: name)
  }

  private func trainedRun(_ directory: TemporaryDirectory) throws -> (RunDirectory, RunConfiguration) {
    let configuration = try guessingRun(["checkpointInterval=2"])
    let run = try trained(configuration, at: "\(directory.path)/r").run
    return (run, configuration)
  }

  /// Two guesses among three numbers are right with probability 1 − (2/3)² = 5/9.
  @Test func aGuesserGetsWhatIsExpected() throws {
    let evaluation = try reference("random")
    #expect(evaluation.taskCount == 1000)
    #expect(evaluation.distinctTaskCount == 2)
    #expect(evaluation.episodes.count == 3)
    for episode in evaluation.episodes {
      #expect(abs(episode.mean - 5.0 / 9) < 4 * episode.standardError)
      #expect(episode.lower < episode.mean && episode.mean < episode.upper)
    }
    let random = try #require(evaluation.references.first { $0.name == "random" })
    #expect(random.isExact)
    #expect(random.episodes.allSatisfy { abs($0 - 5.0 / 9) < 1e-12 })
    #expect(abs(evaluation.normalized ?? 1) < 0.1)
  }

  @Test func theOracleIsTheBestKnown() throws {
    let evaluation = try reference("oracle")
    #expect(evaluation.episodes.map(\.mean) == [1, 1, 1])
    #expect(evaluation.total.mean == 3)
    #expect(evaluation.total.standardError == 0)
    #expect(evaluation.normalized == 1)
    #expect(evaluation.best?.name == "oracle")
    #expect(evaluation.best?.isExact == false)
    let document = evaluation.table
    #expect(document["references"]?["bayesOptimal"] == .null)
    #expect(document["references"]?["oracle"] == .array([.number(1), .number(1), .number(1)]))
    #expect(document["normalized"] == .number(1) && document["normalizedBy"] == .string("oracle"))
    #expect(document["algorithm"] == .string("oracle"))
    #expect(document["episodes"]?[1]?["index"] == .integer(1))
  }

  @Test func choicesAreFollowed() throws {
    let evaluationHash = try reference("random") { _ in }.taskHash
    let evaluation = try reference("random") {
      $0.split = .train
      $0.taskCount = 70
      $0.episodeCount = 2
      $0.seed = 9
    }
    #expect(evaluation.taskCount == 70)
    #expect(evaluation.distinctTaskCount == 1)
    #expect(evaluation.episodes.count == 2)
    #expect(evaluation.table["seed"] == .integer(9))
    let hash = try #require(evaluation.table["taskHash"]?.string)
    #expect(hash.count == 64 && hash != evaluationHash)
    #expect(evaluation.table["split"] == .string("train"))
  }

  @Test func drawnTasksAreAThousand() throws {
    let text = guessingFile.replacing("bonus = 0.25", with: "manner = \"drawn\"")
    let evaluation = try reference("random", text: text)
    #expect(evaluation.taskCount == 1000)
    #expect(evaluation.distinctTaskCount == nil)
  }

  @Test func threadsChangeNothingAndSeedsDo() throws {
    let tables = try [1, 2, 3].map { try reference("random", threadCount: $0).table }
    #expect(tables[0] == tables[1] && tables[0] == tables[2])
    #expect(try reference("random") { $0.seed = 1 }.table["total"] != tables[0]["total"])
  }

  @Test func tasksAreCountedAmongThoseOfTheirSplit() throws {
    let part = try reference("random") { $0.taskCount = 1 }
    #expect(part.table["distinctTasks"] == .integer(1) && part.table["tasksOfSplit"] == .integer(2))
    #expect(EvaluationReport(part).text.contains("1 trials in 1 of 2 tasks"))
    #expect(part.table["exactReferences"] == .array([]))
    #expect(part.table["exactOfAllTasks"]?["random"]?[0]?.double.map { abs($0 - 5.0 / 9) < 1e-12 } == true)
    let row = try #require(part.references.first { $0.name == "random" })
    #expect(row.episodes == part.episodes.map(\.mean), "the references are not of the same trials")
  }

  @Test func thereIsNoScoreWhereThereIsNothingToGain() throws {
    let one = guessingFile.replacing("bonus = 0.25", with: "size = 1").replacing("[2, 1]", with: "[0]")
    for seed in 0..<3 {
      let evaluation = try reference("random", text: one) { $0.seed = seed }
      #expect(evaluation.normalized == nil)
      #expect(evaluation.table["normalized"] == .null)
      #expect(EvaluationReport(evaluation).text.contains("not normalized"))
    }
  }

  @Test func whatIsRequiredIsLookedAtBeforeAnythingIsPlayed() throws {
    for text in ["totel.mean > 0", "episode[3].mean > 0", "verdicts.generalisation == yes"] {
      var isPlayed = false
      let failure = caught {
        let (directory, search) = try guessingSearch(guessingFile)
        let definition = try withExtendedLifetime(directory) {
          try search.definition("guess", catalogue: .toys)
        }
        var request = Evaluation.Request()
        request.requirements = [try Requirement(text)]
        _ = try Evaluator(definition, request: request, threadCount: 1)
          .evaluation(ofReference: "random") { _ in isPlayed = true }
      }
      #expect(failure?.kind == .configuration && !isPlayed, "\(text)")
    }
  }

  @Test func refusesWhatIsNotKnown() throws {
    let agent = try #require(caught { _ = try reference("oracel") })
    #expect(
      agent.description == "guess has no agent \"oracel\". Did you mean \"oracle\"? Known: random, oracle.")
    let split = try #require(caught { _ = try reference("random") { $0.split = TaskSplit("tests") } })
    #expect(split.description == "guess has no split \"tests\". Did you mean \"test\"? Known: test, train.")
    #expect(split.kind == .configuration)
  }

  @Test func evaluatesTheLastCheckpointAndSavesWhatItFinds() throws {
    let directory = try TemporaryDirectory()
    let (run, configuration) = try trainedRun(directory)
    let evaluation = try Evaluator(configuration.environment, request: .init(), threadCount: 2)
      .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
    #expect(evaluation.iteration == 4)
    #expect(evaluation.algorithm == "drifting")
    // The greedy agent says 0 and the test tasks are 2 and 1.
    #expect(evaluation.greedyTotal == 0)
    #expect(abs(evaluation.total.mean - 5.0 / 3) < 4 * evaluation.total.standardError)
    #expect(try JSON.parse(directory.read("r/evaluation.json")) == .table(evaluation.table))
    var greedy = Evaluation.Request()
    greedy.isGreedy = true
    let still = try Evaluator(configuration.environment, request: greedy, threadCount: 1)
      .evaluation(of: run, configuration: configuration) { _ in }
    #expect(still.total.mean == 0)
    #expect(still.table["greedy"] == .boolean(true))
  }

  @Test func anUntrainedRunIsWhatItBeganAs() throws {
    let directory = try TemporaryDirectory()
    let (run, configuration) = try trainedRun(directory)
    var request = Evaluation.Request()
    request.isUntrained = true
    let evaluation = try Evaluator(configuration.environment, request: request, threadCount: 1)
      .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
    #expect(evaluation.iteration == 0 && evaluation.table["untrained"] == .boolean(true))
    #expect(!FileManager.default.fileExists(atPath: "\(run.path)/evaluation.json"))
    try directory.write("broken", to: "r/checkpoints/000004/learner.safetensors")
    let other = try Evaluator(configuration.environment, request: request, threadCount: 1)
      .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
    #expect(evaluation.total == other.total)
  }

  /// A result of another checkpoint would be taken for the run's.
  @Test func aBrokenCheckpointIsRefused() throws {
    let directory = try TemporaryDirectory()
    let (run, configuration) = try trainedRun(directory)
    try directory.write("broken", to: "r/checkpoints/000004/learner.safetensors")
    let failure = try #require(
      caught {
        _ = try Evaluator(configuration.environment, request: .init(), threadCount: 1)
          .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
      })
    #expect(failure.kind == .configuration && failure.description.hasSuffix("The last that can be read is 2"))
    #expect(!FileManager.default.fileExists(atPath: run.evaluationPath))
  }
}
