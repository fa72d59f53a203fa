import Catalogue
import Configuration
import Evaluation
import Runs
import Scenes
import Testing

@Suite struct DemonstrationTests {
  private static let grid = """
    environment = "grid-navigation"
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

  private static let point = """
    environment = "point-navigation"
    horizon = 8
    episodes = 3
    [tasks.train]
    [tasks.test]
    """

  /// Trains for one update and saves the run.
  private func run(
    _ text: String, _ algorithm: String, _ overrides: [String], in directory: TemporaryDirectory
  )
    throws -> RunDirectory
  {
    try directory.write(text, to: "world.toml")
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides + ["iterations=1"]
    let configuration = try RunConfiguration(
      environment: "world", algorithm: algorithm, choices: choices,
      search: EnvironmentSearch(directories: [directory.path]), catalogue: .complete)
    return try trained(configuration, at: "\(directory.path)/run").run
  }

  /// What is shown is what is evaluated: the means over all tasks of the recorded returns are the means of
  /// the evaluation, to the last bit.
  @Test(arguments: [false, true])
  func recurrentAgentsGetTheReturnsOfTheEvaluation(isGreedy: Bool) throws {
    let directory = try TemporaryDirectory()
    let run = try run(Self.grid, "rl2", ["trials=4", "network.hiddenUnits=8"], in: directory)
    try check(run, isGreedy: isGreedy)
  }

  @Test(arguments: [false, true])
  func adaptiveAgentsGetTheReturnsOfTheEvaluation(isGreedy: Bool) throws {
    let directory = try TemporaryDirectory()
    let run = try run(
      Self.point, "maml",
      ["hyperparameters.tasks=2", "rollouts=3", "evaluationRollouts=4", "network.hiddenUnits=8"],
      in: directory
    )
    try check(run, isGreedy: isGreedy)
  }

  /// In an environment of one episode, too, what was learnt shows after the adaptation steps.
  @Test(arguments: [("maml", 2, 3), ("maml", 1, 2), ("pretraining", 0, 2)])
  func adaptationIsShownWhateverTheEpisodes(algorithm: String, steps: Int, episodes: Int) throws {
    let directory = try TemporaryDirectory()
    let run = try run(
      Self.wind, algorithm,
      [
        "hyperparameters.tasks=2", "rollouts=3", "evaluationRollouts=4", "network.hiddenUnits=8",
        "adaptation.steps=\(steps)",
      ], in: directory)
    #expect(try check(run, isGreedy: false).episodes.count == episodes)
    // Who asks for a number gets it.
    var request = Evaluation.Request()
    request.episodeCount = 1
    let show = try Demonstration(of: run, request: request, catalogue: .complete) { _ in }
    #expect(try show.completeRecording(ofTask: 0).returns.count == 1)
  }

  @Test func runsThatAdaptInOtherWaysAreNotTakenTogether() throws {
    let directories = try [TemporaryDirectory(), TemporaryDirectory()]
    let runs = try zip([1, 2], directories).map { steps, directory in
      try run(
        Self.wind, "maml",
        [
          "hyperparameters.tasks=2", "rollouts=3", "evaluationRollouts=4", "network.hiddenUnits=8",
          "adaptation.steps=\(steps)",
        ], in: directory)
    }
    let environment = try runs[0].configuration(catalogue: .complete).environment
    let failure = withExtendedLifetime(directories) {
      caught {
        _ = try Evaluator(environment, request: .init(), threadCount: 2)
          .evaluation(combining: runs, catalogue: .complete) { _ in }
      }
    }
    #expect(failure?.description.contains("hyperparameters.adaptation.steps") == true)
  }

  @discardableResult
  private func check(_ run: RunDirectory, isGreedy: Bool) throws -> Evaluation {
    var request = Evaluation.Request()
    request.taskCount = 5
    request.seed = 7
    request.isGreedy = isGreedy
    let configuration = try run.configuration(catalogue: .complete)
    let evaluation = try Evaluator(configuration.environment, request: request, threadCount: 2)
      .evaluation(of: run, configuration: configuration) { _ in }
    let show = try Demonstration(of: run, request: request, catalogue: .complete) { _ in }
    let recordings = try (0..<5).map { try show.completeRecording(ofTask: $0) }
    for (episode, statistics) in evaluation.episodes.enumerated() {
      #expect(recordings.reduce(0) { $0 + $1.returns[episode] } / 5 == statistics.mean)
    }
    #expect(recordings[0].caption.iteration == 1 && recordings[0].references.count >= 2)
    // Showing a task again shows the same.
    let again = try show.completeRecording(ofTask: 2)
    #expect(again.returns == recordings[2].returns && again.references == recordings[2].references)
    return evaluation
  }

  @Test func aTouchMakesATaskOfItsOwn() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.grid, to: "world.toml")
    let environment = try EnvironmentSearch(directories: [directory.path])
      .definition("world", catalogue: .complete)
    let show = try Demonstration(ofReference: "oracle", in: environment, request: .init())
    _ = try show.recording(ofTask: 0)
    let touched = try #require(try show.recording(touchedAt: Scene.Point(x: 2.5, y: 1.5)))
    #expect(touched.caption.task == "the goal is in column 3, row 2")
    #expect(touched.caption.taskNumber == nil)
    // The oracle needs 3 moves: 2 steps that cost 0.1 and 4 rewards.
    #expect(touched.returns.allSatisfy { abs($0 - 3.8) < 1e-5 })
    #expect(try show.recording(touchedAt: Scene.Point(x: 9, y: 9)) == nil)
  }

  private static let wind = """
    environment = "point-dynamics"
    horizon = 30
    episodes = 1
    [tasks.train]
    [tasks.test]
    """

  /// The oracle has to fight a wind that someone turns up; the other quantity stays.
  @Test func aSliderMakesATaskOfItsOwn() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.wind, to: "world.toml")
    let environment = try EnvironmentSearch(directories: [directory.path])
      .definition("world", catalogue: .complete)
    let show = try Demonstration(ofReference: "oracle", in: environment, request: .init())
    let first = try show.recording(ofTask: 0)
    let turned = try show.recording(setting: 1, to: -0.08)
    #expect(turned.settings[1].value == -0.08 && turned.settings[0] == first.settings[0])
    #expect(turned.caption.taskNumber == nil && turned.returns != first.returns)
    // A second quantity changes the task that the first one made.
    let again = try show.recording(setting: 0, to: 0)
    #expect(again.settings.map(\.value) == [0, -0.08])
    #expect(try show.references().map(\.name) == ["random", "oracle"])
  }

  /// Every slider of every file can be moved to both ends, stands there, and leads to a trial.
  @Test(arguments: ["wind", "point-mass-friction", "point-rotation", "point-flips", "point-delay"])
  func slidersReachTheirEnds(name: String) throws {
    let environment = try EnvironmentCheckTests.repository.definition(name, catalogue: .complete)
    let show = try Demonstration(ofReference: "oracle", in: environment, request: .init())
    let settings = try show.recording(ofTask: 0).settings
    #expect(!settings.isEmpty)
    for (quantity, setting) in settings.enumerated() {
      for end in [setting.range.lowerBound, setting.range.upperBound] {
        let recording = try show.recording(setting: quantity, to: end)
        #expect(recording.settings[quantity].value == end && recording.returns.allSatisfy(\.isFinite))
      }
    }
  }

  /// A person who does what the agent of the evaluation does gets what it gets.
  @Test func aPersonHasTheLuckOfTheAgent() throws {
    let directory = try TemporaryDirectory()
    let run = try run(Self.grid, "rl2", ["trials=4", "network.hiddenUnits=8"], in: directory)
    let show = try Demonstration(of: run, request: .init(), catalogue: .complete) { _ in }
    let recording = try show.recording(ofTask: 3)
    let trial = try show.trialToPlay(inTask: 3)
    for frame in recording.episodes.flatMap(\.frames) where !frame.action.isEmpty { trial.take(frame.action) }
    #expect(trial.isOver && trial.recording.returns == recording.returns)
  }

  @Test func mistakesAreNamed() throws {
    let directory = try TemporaryDirectory()
    let run = try run(Self.grid, "rl2", ["trials=4", "network.hiddenUnits=8"], in: directory)
    let missing = caught {
      _ = try Demonstration(of: run, checkpoint: 9, request: .init(), catalogue: .complete) { _ in }
    }
    #expect(missing?.kind == .missing && missing?.description.contains("0, 1") == true)
    let show = try Demonstration(of: run, request: .init(), catalogue: .complete) { _ in }
    #expect(caught { _ = try show.recording(ofTask: 100_000) }?.kind == .configuration)
    #expect(caught { _ = try show.refresh() } == nil)
  }
}
