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

      A run keeps the evaluation of the usual request as its result, which lists and comparisons show; others are kept \
      under names of their own, which runs show tells.
      """)

  @Argument(
    help: ArgumentHelp(
      "The run: a directory, or the name of one in runs/. Several are taken together.", valueName: "run"),
    completion: .runs)
  var names: [String] = []

  @Option(
    help: """
      The environment, to evaluate one of its reference agents, or the agent of a run in another environment than its \
      own; key=value then changes a key of it, and nothing is saved.
      """, completion: .environments)
  var env: String?

  @Option(
    help: "The reference agent: random, oracle, bayesOptimal, blind, or a heuristic that the environment has."
  )
  var agent: String?

  @Option(help: "The split that tasks are from.")
  var split = TaskSplit.test

  @Option(help: "The number of trials. (default: about 1000)")
  var tasks: Int?

  @Option(
    help: "The number of episodes of a trial. (default: the environment's, or one more than adaptation steps)"
  )
  var episodes: Int?

  @Option(help: "The seed of tasks, physics and actions.")
  var seed = 0

  @Flag(help: "Take the most probable actions instead of drawing from the policy.")
  var greedy = false

  @Flag(help: "Evaluate the run as it was before its first update: what the same agent learns from scratch.")
  var untrained = false

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Ask every question about what was learnt, in all trials and all splits, or none. (default: what costs little)"
    ))
  var verdicts: Bool?

  @Option(help: .checkpoint)
  var checkpoint: CheckpointChoice?

  @Option(
    name: .customLong("require"),
    help: """
      A comparison that must hold, such as 'episode[2].mean >= -3.3' or 'verdicts.memory == used'; the exit code is 21 \
      where not.
      """)
  var comparisons: [String] = []

  @Option(help: ArgumentHelp("Write the result as JUnit XML, for continuous integration.", valueName: "file"))
  var junit: String?

  @OptionGroup
  var threadOptions: ThreadOptions

  @Flag(help: "Print one JSON document.")
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
