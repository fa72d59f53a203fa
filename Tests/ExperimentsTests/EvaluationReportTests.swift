import Evaluation
import Simulation
import Testing

@Suite struct EvaluationReportTests {
  private func report(episodes: Int, split: TaskSplit = .test, tasks: Int = 4) throws -> [Substring] {
    let text = guessingFile.replacing("numbers = [2, 1]", with: "").replacing("numbers = [0]", with: "")
    let (directory, search) = try guessingSearch(text)
    let definition = try withExtendedLifetime(directory) { try search.definition("guess", catalogue: .toys) }
    var request = Evaluation.Request()
    request.episodeCount = episodes
    request.taskCount = tasks
    request.split = split
    let evaluation = try Evaluator(definition, request: request, threadCount: 1).evaluation(
      ofReference: "oracle")
    return EvaluationReport(evaluation).text.split(separator: "\n")
  }

  @Test func fewEpisodesHaveAColumnEach() throws {
    let lines = try report(episodes: 2)
    #expect(lines[0] == "oracle in guess: 4 trials in 3 tasks of split test, seed 0")
    #expect(lines[1] == "return of episode          1      2  total")
    #expect(lines[2] == "oracle                 1.000  1.000  2.000")
    #expect(lines[3] == "  standard error       0.000  0.000  0.000")
    // Four trials are no whole rounds of three tasks: the exact value is of other tasks than were played.
    #expect(lines[5].hasPrefix("random  "))
    #expect(lines[6] == "  exact, of all tasks  0.556  0.556  1.111")
    let whole = try report(episodes: 2, tasks: 300)
    #expect(
      whole.contains(
        "total normalized: 1.000 (1.000 to 1.000), where random is 0 and oracle, which is told the task, is 1"
      ))
    #expect(lines.contains("The tasks of split test are from the distribution of split train."))
    // The source is the last line of the evaluation itself; the verdicts on it follow.
    let source = try #require(lines.firstIndex(of: "Source: nowhere"))
    #expect(lines[source + 1].hasPrefix("Is it learning to learn?"))
  }

  @Test func manyEpisodesShareColumns() throws {
    let lines = try report(episodes: 23, split: .train)
    #expect(
      lines[1]
        == "mean return of episodes    1-4    5-9  10-13  14-18  19-23   total")
    #expect(lines[2].hasSuffix("1.000   23.000") || lines[2].hasSuffix("1.000  23.000"))
    #expect(!lines.contains("The tasks of split test are from the distribution of split train."))
  }
}
