import Catalogue
import Configuration
import Evaluation
import Foundation
import Reports
import Runs
import Testing
import Training

/// Whole reports of small runs.
@Suite struct ReportTests {
  /// A name that would end elements and begin a program, were it not escaped.
  private static let hostile = "x\" onload='alert(1)'><script>alert(2)</script>&amp;"

  private let directory = NSTemporaryDirectory() + "metarl-reports-" + UUID().uuidString

  /// Runs of `algorithm`, one for each of `seeds`.
  private func runs(
    _ algorithm: String, seeds: [Int], _ overrides: [String], world: String = Self.grid
  ) throws -> [RunDirectory] {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try world.write(toFile: "\(directory)/world.toml", atomically: false, encoding: .utf8)
    return try seeds.map { seed in
      var choices = RunConfiguration.Choices()
      choices.overrides = overrides
      choices.seed = seed
      choices.iterationCount = 3
      let configuration = try RunConfiguration(
        environment: "world", algorithm: algorithm, choices: choices,
        search: EnvironmentSearch(directories: [directory]), catalogue: .complete)
      let trainer = try Trainer(configuration, threadCount: 1)
      let name = UUID().uuidString + Self.hostile.replacing("/", with: "")
      let claim = try trainer.begin(at: "\(directory)/\(name)", commandLine: ["metarl"])
      _ = try trainer.train(
        claim, reporter: ProgressReporter(.none) { _ in }, warn: { Issue.record("\($0)") })
      return claim.run
    }
  }

  private func report(of runs: [RunDirectory], taskCount: Int = 40, isLast: Bool = true) throws -> Report {
    defer { if isLast { try? FileManager.default.removeItem(atPath: directory) } }
    var request = Evaluation.Request()
    request.taskCount = taskCount
    return try Report(
      of: runs, request: request, catalogue: .complete, threadCount: 1,
      commandLine: ["metarl", Self.hostile], warn: { Issue.record("\($0)") })
  }

  private static let grid = """
    environment = "grid-navigation"
    description = '<script>alert(3)</script> "quoted" & more'
    source = "</p><iframe src='x'>"
    horizon = 6
    episodes = 3
    [constants]
    width = 3
    height = 3
    [tasks.train]
    excluded = [[0, 0]]
    [tasks.test]
    excluded = [[0, 0]]
    """

  private static let rl2 = ["trials=4", "network.hiddenUnits=4", "ppo.minibatches=1"]

  @Test func aPageIsWellFormedAndNeedsNothingElse() throws {
    let report = try report(of: runs("rl2", seeds: [1, 2], Self.rl2))
    let page = try Reader(report.html)
    #expect(!page.elements.contains { ["script", "iframe", "link", "img", "object"].contains($0) })
    #expect(!page.attributes.contains { ["src", "href", "onload", "style"].contains($0.name) })
    #expect(!report.html.contains("url(") && !report.html.contains("@import"))
    #expect(page.text.contains("<script>alert(3)</script> \"quoted\" & more"))
    #expect(page.text.contains("</p><iframe src='x'>"))
    for heading in [
      "Results", "Curves and maps", "Is it learning to learn?", "Cost of training", "Configuration",
    ] {
      #expect(page.text.contains(heading))
    }
  }

  @Test func runsThatDifferInTheirSeedAreTakenTogether() throws {
    let report = try report(of: runs("rl2", seeds: [1, 2], Self.rl2))
    #expect(report.chapters.count == 1)
    let entries = report.chapters[0].entries
    #expect(entries.count == 1 && entries[0].runs.count == 2)
    #expect(entries[0].evaluation.runGroup?.runs.count == 2)
    // The curve of episodes, that of training, and the maps of the first and the last episode.
    #expect(report.figures.count == 4)
    for figure in report.figures { _ = try Reader(figure.svg) }
  }

  @Test func settingsNameWhatTheyTellApart() throws {
    let usual = try runs("rl2", seeds: [1], Self.rl2)
    let other = try runs("rl2", seeds: [1], Self.rl2 + ["optimizer.learningRate=0.01"])
    let labels = try report(of: usual + other).chapters[0].entries.map(\.label)
    #expect(labels.count == 2 && labels[1] == "rl2 optimizer.learningRate=0.01")
  }

  /// Many settings would fill a heading and every legend: there the names of the runs stand, and settings in a table.
  @Test func runsThatDifferInMuchAreCalledByTheirNames() throws {
    let settings = ["ppo.epochs=2", "optimizer.learningRate=0.01", "entropy.coefficient=0.5", "discount=0.5"]
    let runs = try runs("rl2", seeds: [1], Self.rl2) + self.runs("rl2", seeds: [1], Self.rl2 + settings)
    let report = try report(of: runs)
    #expect(report.chapters[0].entries.map(\.label) == runs.map(\.name))
    let page = try Reader(report.html)
    #expect(page.text.contains("2 runs of world"))
    #expect(page.text.contains("What differs") && page.text.contains("hyperparameters.entropy.coefficient"))
    // No legend is cut before the end of a name.
    #expect(!report.figures.contains { $0.svg.contains("…</text>") })
  }

  /// With a request of few trials, which is not of all tasks.
  @Test func aPageSaysOfHowManyTasksItIsAndHowSure() throws {
    let runs = try runs("rl2", seeds: [1], Self.rl2)
    let few = try Reader(report(of: runs, taskCount: 5, isLast: false).html).text
    #expect(few.contains("5 trials of 3 episodes in 5 of 8 tasks of split test"), "\(few)")
    let report = try report(of: runs)
    let page = try Reader(report.html).text
    #expect(page.contains("in 8 tasks of split test"))
    let score = try #require(report.chapters[0].entries[0].evaluation.score)
    #expect(page.contains("Normalized, with the 95 % interval") && score.upper > score.lower)
    #expect(report.html.contains(String(format: " to %.3f)</td>", score.upper).replacing("-", with: "−")))
    #expect(!page.contains("does not hold 0") && page.contains("above the margin"))
    #expect(!page.contains("bootstrap intervals") && page.contains("Student's quantile"))
  }

  /// In an environment of one episode, too, of which adaptation needs more.
  @Test func algorithmsThatAdaptInOtherWaysStandInOneTable() throws {
    let maze = """
      environment = "t-maze"
      horizon = 15
      episodes = 1
      [tasks.train]
      [tasks.test]
      """
    let maml = ["hyperparameters.tasks=2", "rollouts=2", "network.hiddenUnits=4", "evaluationRollouts=2"]
    let runs =
      try self.runs("rl2", seeds: [1], Self.rl2, world: maze)
      + self.runs("maml", seeds: [1], maml, world: maze)
      + self.runs("maml", seeds: [1], maml + ["adaptation.steps=2"], world: maze)
    let report = try report(of: runs)
    #expect(report.chapters.map { $0.entries.map(\.evaluation.episodes.count) } == [[3, 3, 3]])
    _ = try Reader(report.html)
  }

  @Test func theNumberOfTrainingTasksHasACurve() throws {
    let runs = try [2, 4].flatMap {
      try self.runs("rl2", seeds: [1], Self.rl2 + ["trainingTasks=\($0)"])
    }
    let report = try report(of: runs)
    #expect(report.figures.contains { $0.title == "Return by the number of training tasks" })
  }

  @Test func aTaskWithoutAPlaceHasNoMap() throws {
    let bandit = """
      environment = "bandit"
      horizon = 1
      episodes = 12
      [tasks.train]
      [tasks.test]
      """
    let report = try report(of: runs("rl2", seeds: [1], Self.rl2, world: bandit))
    #expect(report.figures.count == 2)
    _ = try Reader(report.html)
  }
}
