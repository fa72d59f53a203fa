import ArgumentParser
import Catalogue
import Configuration
import Formats
import Runs
import Studies

/// `metarl config`: what a training would use.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show and explain configurations.", subcommands: [ShowConfig.self, ExplainConfig.self])
}

/// `metarl config explain`.
struct ExplainConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a key: its meaning, range, unit and default, and what reads it.",
    discussion: """
      metarl config explain optimizer.learningRate
      metarl config explain --algorithm rl2
      """)

  @Argument(help: "The key. Without it, all keys are listed, a line for each.", completion: .settings)
  var key: String?

  @Option(help: "Explain only the hyperparameters of this algorithm.", completion: .algorithms)
  var algorithm: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let guide = try SettingGuide(.complete, algorithm: algorithm)
    let document = try guide.document(explaining: key)
    let text = try guide.text(explaining: key)
    try Console.write(document, isJSON: json) { text }
  }
}

/// `metarl config show`.
struct ShowConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show every setting of a training, with its value and the source of the value.",
    discussion: """
      metarl config show --env gridnavi --algorithm rl2 optimizer.learningRate=0.001
      metarl config show --config runs/mine/config.toml
      """)

  @OptionGroup var choices: ConfigurationOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws { try choices.requireSource() }

  func run() throws {
    let configuration = try choices.configuration()
    let rows = Value.array(
      configuration.origins.map { key, value, origin in
        .table(["key": .string(key), "value": value, "origin": .string(origin)])
      })
    try Console.write(rows, isJSON: json) { Listing.text(configuration.origins) }
  }
}

/// What a training uses, in words of the command line.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: "Use this environment: a file, or the name of a file in envs/.", completion: .environments)
  var env: String?

  @Option(help: "Use this algorithm; metarl list algorithms prints their names.", completion: .algorithms)
  var algorithm: String?

  @Option(help: "Repeat the run that this file describes, the config.toml of a run.", completion: .file())
  var config: String?

  @Argument(
    help: "Settings as key=value; metarl config explain says what each key means.", completion: .settingValues
  )
  var overrides: [String] = []

  @Option(help: "Draw all random numbers by this seed. (default: 0, or the seed in the file)")
  var seed: Int?

  @Option(help: "Train for this number of updates. (default: as the algorithm or the file says)")
  var iterations: Int?

  /// Whether nothing is said.
  var isEmpty: Bool {
    env == nil && algorithm == nil && config == nil && overrides.isEmpty && seed == nil && iterations == nil
  }

  func validate() throws {
    try require("--seed", seed, atLeast: 0)
    try require("--iterations", iterations, atLeast: 1, atMost: OptionLimit.iterations)
  }

  /// Throws where it is not said what to train, or twice. `other` would say it, too.
  func requireSource(orElse other: String? = nil) throws {
    if config != nil {
      guard env == nil && algorithm == nil else {
        throw ValidationError("--config says what --env and --algorithm say; give one or the other.")
      }
    } else if env == nil || algorithm == nil {
      throw ValidationError(
        "--env and --algorithm are needed, or --config\(other.map { ", or \($0)" } ?? "").")
    }
  }

  /// What is said besides environment and algorithm.
  var choices: RunConfiguration.Choices {
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides
    choices.seed = seed
    choices.iterationCount = iterations
    return choices
  }

  func configuration() throws -> RunConfiguration {
    if let config { return try RunConfiguration(file: config, choices: choices, catalogue: .complete) }
    return try RunConfiguration(
      environment: env ?? "", algorithm: algorithm ?? "", choices: choices, search: environmentSearch,
      catalogue: .complete)
  }
}
