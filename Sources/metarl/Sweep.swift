import ArgumentParser
import Catalogue
import Configuration
import Formats
import Runs
import Studies
import Training

/// `metarl sweep`: many trainings.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train with every combination of settings, evaluate the runs and summarise them.",
    discussion: """
      metarl sweep --env gridnavi --algorithm rl2 seed=1..10 optimizer.learningRate=1e-3,3e-4 --jobs 2
      metarl sweep --resume runs/gridnavi-rl2-sweep
      metarl sweep --env gridnavi --algorithm rl2 seed=1..10 --emit slurm > job.sh

      key=value sets a key as in metarl train. key=value,value and key=first..last give it several values.
      """)

  @Option(
    help: "Use this environment: a file, or the name of a file in envs/.", completion: .environments)
  var env: String?

  @Option(help: "Use this algorithm; metarl list algorithms prints their names.", completion: .algorithms)
  var algorithm: String?

  @Argument(help: "Settings as key=value, with one or several values.")
  var settings: [String] = []

  @Option(
    help: ArgumentHelp("Continue a sweep, or summarise a finished one.", valueName: "sweep"),
    completion: .directory)
  var resume: String?

  @Option(
    name: .customLong("sweep"), help: "Save the sweep in this directory. (default: runs/ENV-ALGORITHM-sweep)",
    completion: .directory)
  var directory: String?

  @Option(help: "Run this number of trainings at the same time. (default: the number of cores)")
  var jobs: Int?

  @Option(help: "Use this number of threads in each training.")
  var threads = 1

  @Option(help: "Do not train, but print a job file for this engine.")
  var emit: SweepJob.Engine?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    try require("--jobs", jobs, atLeast: 1, atMost: OptionLimit.jobs)
    try require("--threads", threads, atLeast: 1, atMost: OptionLimit.jobs)
    if resume != nil {
      guard env == nil, algorithm == nil, settings.isEmpty, directory == nil else {
        throw ValidationError("--resume takes everything from the sweep; nothing can be changed.")
      }
    } else if env == nil || algorithm == nil {
      throw ValidationError("--env and --algorithm are needed, or --resume.")
    }
  }

  func run() throws {
    let stop = StopRequest.onSignals()
    let sweep = try sweep()
    let jobCount = min(jobs ?? ThreadOptions.coreCount, sweep.names.count)
    if let emit {
      return try Console.writeUnchanged(
        SweepJob(sweep, jobCount: jobCount, threadCount: threads).document(for: emit))
    }
    Console.note("metarl: \(sweep.names.count) trainings, \(jobCount) at a time: \(sweep.path)")
    let outcomes = sweep.train(
      catalogue: { .complete }, jobCount: jobCount, threadCount: threads, stop: stop,
      tell: { Console.note("metarl: \($0)") })
    let summary = try SweepSummary(of: sweep, catalogue: .complete)
    try Console.write(summary.document, isJSON: json) { summary.text }
    try sweep.check(outcomes, stop: stop)
  }

  private func sweep() throws -> Sweep {
    if let resume { return try Sweep(resuming: resume) }
    let (env, algorithm) = (env ?? "", algorithm ?? "")
    let plan = try SweepPlan(settings)
    let name = EnvironmentSearch.name(of: env)
    return try Sweep(plan, at: directory ?? "runs/\(name)-\(algorithm)-sweep") { point in
      var choices = RunConfiguration.Choices()
      choices.overrides = point.settings
      return try RunConfiguration(
        environment: env, algorithm: algorithm, choices: choices, search: environmentSearch,
        catalogue: .complete)
    }
  }
}

extension SweepJob.Engine: ExpressibleByArgument {}
