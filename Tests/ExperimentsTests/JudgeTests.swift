import Catalogue
import Configuration
import Evaluation
import Runs
import Testing
import Trials

/// Verdicts on agents whose nature is known.
@Suite struct JudgeTests {
  private static var catalogue: Catalogue {
    Catalogue(
      environments: [Guessing.self] + Catalogue.complete.environments,
      algorithms: [Drifting.self] + Catalogue.complete.algorithms)
  }

  private static func guessing(size: Int = 3, train: String, test: String, isTold: Bool = false) -> String {
    """
    environment = "guessing"
    horizon = 2
    episodes = 3
    [constants]
    size = \(size)
    isTold = \(isTold)
    [tasks.train]
    numbers = \(train)
    [tasks.test]
    numbers = \(test)
    """
  }

  private static let rl2 = [
    "iterations=80", "trials=128", "network.hiddenUnits=16", "ppo.minibatches=2", "ppo.epochs=4",
    "optimizer.learningRate=1e-2",
    "entropy.coefficient=0.02", "entropy.finalCoefficient=0.001",
  ]

  /// Trains and evaluates with all questions asked.
  private func evaluation(
    _ text: String, _ algorithm: String, _ overrides: [String],
    change: (inout Evaluation.Request) -> Void = { _ in }
  ) throws -> Evaluation {
    let directory = try TemporaryDirectory()
    try directory.write(text, to: "world.toml")
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides
    let configuration = try RunConfiguration(
      environment: "world", algorithm: algorithm, choices: choices,
      search: EnvironmentSearch(directories: [directory.path]), catalogue: Self.catalogue)
    let run = try trained(configuration, at: "\(directory.path)/run").run
    var request = Evaluation.Request()
    request.verdicts = .complete
    change(&request)
    return try Evaluator(configuration.environment, request: request, threadCount: 2)
      .evaluation(of: run, configuration: configuration) { Issue.record("\($0)") }
  }

  private func judgement(_ name: String, _ evaluation: Evaluation) throws -> Judgement {
    try #require(evaluation.judgements.first { $0.name == name }, "no judgement \(name)")
  }

  @Test func aLearnerUsesItsExperience() throws {
    let evaluation = try evaluation(
      Self.guessing(train: "[0, 1, 2]", test: "[0, 1, 2]"), "rl2", Self.rl2)
    #expect(evaluation.normalized ?? 0 > 0.5, "the agent has not learnt; nothing can be judged")
    #expect(try judgement("memory", evaluation).answer == .yes)
    #expect(try judgement("support", evaluation).answer == .yes)
    #expect(try judgement("episode1", evaluation).word == "helps")
    #expect(try judgement("generalisation", evaluation).answer == .notApplicable)
  }

  @Test func aPolicyThatIgnoresItsContextIsFoundOut() throws {
    let evaluation = try evaluation(
      Self.guessing(train: "[0, 1, 2]", test: "[0, 1, 2]"), "drifting", []
    ) { $0.taskCount = 30_000 }
    let memory = try judgement("memory", evaluation)
    #expect(memory.answer == .no && memory.word == "ignored")
    #expect(try judgement("support", evaluation).answer == .no)
    #expect(try judgement("episode1", evaluation).word == "no change")
  }

  @Test func aLeakIsFoundOut() throws {
    let evaluation = try evaluation(
      Self.guessing(train: "[0, 1, 2]", test: "[0, 1, 2]", isTold: true), "rl2", Self.rl2)
    #expect(evaluation.normalized ?? 0 > 0.9, "the agent has not learnt to look; nothing can be judged")
    let memory = try judgement("memory", evaluation)
    #expect(memory.answer == .no && memory.word == "not needed")
    #expect(try judgement("support", evaluation).answer == .no)
  }

  @Test func anAgentOfTwoTasksIsFoundOut() throws {
    let text = Self.guessing(size: 6, train: "[0, 1]", test: "[2, 3, 4, 5]")
    let evaluation = try evaluation(text, "rl2", Self.rl2)
    let generalisation = try judgement("generalisation", evaluation)
    #expect(generalisation.answer == .no && generalisation.word == "overfits")
    #expect(generalisation.effect?.lower ?? 0 > 0.5)
  }

  @Test func anAgentThatAdaptsBetweenEpisodesIsJudgedAlike() throws {
    let text = """
      environment = "four-state-grid"
      horizon = 1
      episodes = 2
      [tasks.train]
      [tasks.test]
      """
    let evaluation = try evaluation(
      text, "maml",
      [
        "iterations=30", "hyperparameters.tasks=16", "rollouts=20", "evaluationRollouts=20",
        "network.hiddenUnits=16",
        "adaptation.stepSize=2.0",
      ])
    #expect(evaluation.normalized ?? 0 > 0.3, "the agent has not learnt; nothing can be judged")
    #expect(try judgement("memory", evaluation).answer == .yes)
    #expect(try judgement("support", evaluation).answer == .yes)
    let step = try judgement("episode1", evaluation)
    // As the columns of the table: before any step, and after the first.
    #expect(step.word == "helps" && step.label == "step 1")
    #expect(EvaluationReport(evaluation).text.contains("\n  step 1 "))
    #expect(evaluation.table["verdicts"]?["episode1"]?["word"] == .string("helps"))
  }

  /// One task says nothing of others, on whichever side.
  @Test(arguments: [("[0]", "[1, 2]", "train"), ("[0, 1]", "[2]", "test")])
  func generalisationNeedsTwoTasks(train: String, test: String, split: String) throws {
    let evaluation = try evaluation(Self.guessing(train: train, test: test), "drifting", [])
    let generalisation = try judgement("generalisation", evaluation)
    #expect(generalisation.answer == .notApplicable)
    #expect(generalisation.statement.hasPrefix("one task of split \(split) "), "\(generalisation.statement)")
    #expect(try judgement("episode1", evaluation).label == "episode 2")
  }

  @Test func furtherSplitsAreAskedAbout() throws {
    let text =
      Self.guessing(size: 6, train: "[0, 1]", test: "[0, 1]") + "\n[tasks.others]\nnumbers = [4, 5]\n"
    let evaluation = try evaluation(text, "rl2", Self.rl2)
    #expect(try judgement("shiftOthers", evaluation).word == "falls")
    let document = evaluation.table
    #expect(document["verdicts"]?["shiftOthers"]?["answer"] == .string("no"))
    #expect(document["verdicts"]?["shiftOthers"]?["margin"] == .number(0.05))
  }

  @Test func aReferenceIsJudgedWithoutATraining() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.guessing(train: "[0, 1, 2]", test: "[0, 1, 2]"), to: "world.toml")
    let environment = try EnvironmentSearch(directories: [directory.path])
      .definition("world", catalogue: Self.catalogue)
    let evaluation = try Evaluator(environment, request: .init(), threadCount: 2).evaluation(
      ofReference: "oracle")
    // The oracle is told, and has nothing to find out.
    #expect(try judgement("memory", evaluation).answer == .notApplicable)
    #expect(try judgement("support", evaluation).answer == .notApplicable)
    #expect(!evaluation.judgements.contains { $0.name == "generalisation" })
  }

  @Test func fewTrialsSayNothing() throws {
    let evaluation = try evaluation(
      Self.guessing(train: "[0, 1, 2]", test: "[0, 1, 2]"), "drifting", []
    ) { $0.taskCount = 4 }
    #expect(evaluation.judgements.allSatisfy { $0.answer == .notApplicable })
    var request = Evaluation.Request()
    request.verdicts = .nothing
    #expect(
      try self.evaluation(Self.guessing(train: "[0]", test: "[1]"), "drifting", []) { $0 = request }
        .judgements.isEmpty)
  }
}

@Suite struct JudgementTests {
  /// The margin lies below, above and in the interval.
  @Test func theIntervalDecides() {
    func answer(_ lower: Double, _ upper: Double) -> Judgement.Answer {
      Judgement.Effect(estimate: (lower + upper) / 2, lower: lower, upper: upper, margin: 1).answer
    }
    #expect(answer(1.1, 2) == .yes)
    #expect(answer(-3, 0.9) == .no)
    #expect(answer(0.9, 1.1) == .unclear)
    #expect(answer(0.1, 0.2) == .no)
  }

  /// Episodes are counted from 1, adaptation steps from 0.
  @Test func aNumberThatIsNotFiniteIsNamedAsTheColumnsAre() {
    let number = NonFiniteNumber("reward", trial: 0, episode: 1, timeStep: 3)
    #expect("\(number)" == "the reward is not finite in task 1, episode 2, time step 4")
    let other = number.moved(toTrial: 2, afterSteps: 1)
    #expect("\(other)" == "the reward is not finite in task 3, adaptation step 1, time step 4")
    #expect("\(other.moved(toTrial: 4))".contains("task 5, adaptation step 1"))
  }
}
