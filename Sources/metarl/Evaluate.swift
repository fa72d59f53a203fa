import ArgumentParser
import Catalogue
import Evaluation
import Formats
import Runs
import Simulation

/// `metarl evaluate`: the return of every episode on tasks of a split, beside the agents to compare with.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run, several runs together, or a reference agent of an environment.",
    discussion: """
      metarl evaluate gridnavi-rl2-seed1 gridnavi-rl2-seed2 gridnavi-rl2-seed3
      metarl evaluate gridnavi-rl2-seed1 --env gridnavi constants.goalReward=10

      The evaluation with the default options is saved as the result of the run; lists and comparisons show it. Evaluations \
      with other options are saved under names of their own, which metarl runs show prints.
      """)

  @Argument(
    help: ArgumentHelp(
      "The run: its directory, or its name in runs/. Several runs are evaluated together.", valueName: "run"),
    completion: .runs)
  var names: [String] = []

  @Option(
    help: """
      Evaluate in this environment: one of its reference agents, or the agent of a run that was trained elsewhere. \
      key=value then changes a key of the environment, and nothing is saved.
      """, completion: .environments)
  var env: String?

  @Option(
    help: "Use this reference agent: random, oracle, bayesOptimal, blind, or a heuristic of the environment."
  )
  var agent: String?

  @Option(help: "Take the tasks from this split.")
  var split = TaskSplit.test

  @Option(help: "Play this number of trials. (default: about 1000)")
  var tasks: Int?

  @Option(
    help:
      "Play this number of episodes a trial. (default: the environment's, or one more than the adaptation steps)"
  )
  var episodes: Int?

  @Option(help: "Draw tasks, physics and actions by this seed.")
  var seed = 0

  @Flag(help: "Take the most probable actions instead of drawing from the policy.")
  var greedy = false

  @Flag(help: "Evaluate the agent as it was before the first update of its training.")
  var untrained = false

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Ask all questions about what was learnt, in all trials and splits; or ask none. (default: those that cost little)"
    ))
  var verdicts: Bool?

  @Option(help: .checkpoint)
  var checkpoint: CheckpointChoice?

  @Option(
    name: .customLong("require"),
    help: """
      Require that this comparison holds, such as 'episode[2].mean >= -3.3' or 'verdicts.memory == used'. The exit code \
      is 21 if it does not.
      """)
  var comparisons: [String] = []

  @Option(help: ArgumentHelp("Write the result as JUnit XML, for continuous integration.", valueName: "file"))
  var junit: String?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    try require("--tasks", tasks, atLeast: 1, atMost: OptionLimit.evaluatedTrials)
    try require("--episodes", episodes, atLeast: 1, atMost: OptionLimit.trials)
    try require("--seed", seed, atLeast: 0)
    guard runNames.isEmpty == (agent != nil), agent == nil || env != nil else {
      throw ValidationError("A run is needed, or both --env and --agent.")
    }
    guard env != nil || settings.isEmpty else {
      throw ValidationError("\(settings[0]) is neither a run nor, without --env, a change of an environment.")
    }
    guard env == nil || runNames.count < 2 else {
      throw ValidationError("--env is for one run, whose agent is evaluated in that environment.")
    }
    guard checkpoint == nil || (!runNames.isEmpty && !untrained) else {
      throw ValidationError("--checkpoint is for runs, without --untrained.")
    }
  }

  func run() throws {
    let requirements = try comparisons.map { try Requirement($0) }
    var isShown = false
    let evaluation = try evaluation(requirements) { evaluation in
      // What was played is out before questions are asked of it, whatever becomes of those.
      guard !json else { return }
      try Console.write(EvaluationReport(evaluation).resultText)
      isShown = true
    }
    try Console.write(.table(evaluation.table), isJSON: json) {
      isShown ? EvaluationReport(evaluation).verdictText : EvaluationReport(evaluation).text
    }
    let gate = try Gate(evaluation, requirements: requirements)
    try junit.map(gate.writeJUnit)
    ContinuousIntegration.summarise(gate.markdown)
    for failure in gate.failures {
      Console.note("metarl: \(failure)")
      ContinuousIntegration.annotate("error", failure)
    }
    if !gate.failures.isEmpty { throw RequestedExit(code: Failure.Kind.requirement.rawValue) }
  }

  /// The arguments that are runs, whose names may hold a sign of equality, too.
  private var runNames: [String] { names.filter { !isSetting($0) } }
  /// The arguments that change the environment.
  private var settings: [String] { names.filter(isSetting) }

  private func isSetting(_ name: String) -> Bool {
    name.contains("=") && (try? RunDirectory.find(name)) == nil
  }

  private func evaluation(
    _ requirements: [Requirement], whenPlayed: (Evaluation) throws -> Void
  ) throws -> Evaluation {
    var request = Evaluation.Request()
    request.split = split
    request.taskCount = tasks
    request.episodeCount = episodes
    request.seed = seed
    request.isGreedy = greedy
    request.isUntrained = untrained
    request.checkpoint = checkpoint
    request.requirements = requirements
    request.verdicts = verdicts.map { $0 ? .complete : .nothing } ?? .quick
    if let env, let agent {
      let environment = try environmentSearch.definition(env, changing: settings, catalogue: .complete)
      let evaluator = try Evaluator(environment, request: request, threadCount: threadOptions.count)
      tellCost(of: evaluator)
      return try evaluator.evaluation(ofReference: agent, whenPlayed: whenPlayed)
    }
    if let env {
      let environment = try environmentSearch.definition(env, changing: settings, catalogue: .complete)
      return try Evaluator(environment, request: request, threadCount: threadOptions.count)
        .evaluation(transferring: RunDirectory.find(runNames[0]), catalogue: .complete, warn: Console.warn)
    }
    let runs = try runNames.map { try RunDirectory.find($0) }
    if let checkpoint { for run in runs { _ = try Console.iteration(checkpoint, in: run) } }
    let configuration = try runs[0].configuration(catalogue: .complete)
    let evaluator = try Evaluator(
      configuration.environment, request: request, threadCount: threadOptions.count)
    tellCost(of: evaluator)
    return runs.count == 1
      ? try evaluator.evaluation(
        of: runs[0], configuration: configuration, whenPlayed: whenPlayed, warn: Console.warn)
      : try evaluator.evaluation(combining: runs, catalogue: .complete, warn: Console.warn)
  }

  /// Says what is going to take long before it does.
  private func tellCost(of evaluator: Evaluator) {
    if let notice = evaluator.costNotice { Console.note("metarl: \(notice)") }
  }
}
