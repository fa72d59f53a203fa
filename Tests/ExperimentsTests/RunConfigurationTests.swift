import Catalogue
import Configuration
import Runs
import Testing

@Suite struct RunConfigurationTests {
  @Test func theCommandLineComesLast() throws {
    let plain = try guessingRun()
    #expect(plain.hyperparameters.table["rate"] == .number(2))
    #expect(plain.hyperparameters.table["inner"]?["steps"] == .integer(7))
    #expect(plain.seed == 0)
    #expect(plain.runName == "guess-drifting-seed0")
    let changed = try guessingRun(
      [
        "rate=0.125", "inner.size=2", "mode=wild", "episodes=5", "constants.size=4", "tasks.test.numbers=[3]",
        "tasks=9",
        "environment.horizon=9", "hyperparameters.iterations=6", "checkpointInterval=2", "seed=3",
      ])
    #expect(changed.hyperparameters.table["rate"] == .number(0.125))
    #expect(changed.hyperparameters.table["inner"] == .table(["steps": .integer(7), "size": .number(2)]))
    #expect(changed.hyperparameters.iterationCount == 6)
    #expect(changed.hyperparameters.table["tasks"] == .integer(9))
    #expect(changed.environment.tasks["test"]?["numbers"] == .array([.integer(3)]))
    #expect(changed.environment.episodeCount == 5)
    #expect(changed.environment.horizon == 9)
    #expect(changed.environment.constants["size"] == .integer(4))
    #expect(changed.checkpointInterval == 2)
    #expect(changed.seed == 3)
  }

  @Test func aFileAloneSaysTheSame() throws {
    let directory = try TemporaryDirectory()
    let configuration = try guessingRun(["mode=wild", "limit=0.1", "constants.size=4"], seed: 8)
    let file = try directory.write(configuration.document, to: "config.toml")
    let again = try RunConfiguration(file: file, catalogue: .toys)
    #expect(again.document == configuration.document)
    #expect(again.environment.name == "guess")
    #expect(again.seed == 8)
    var choices = RunConfiguration.Choices()
    choices.seed = 9
    choices.iterationCount = 2
    let other = try RunConfiguration(file: file, choices: choices, catalogue: .toys)
    #expect(other.seed == 9)
    #expect(other.hyperparameters.iterationCount == 2)
    #expect(other.hyperparameters.table["mode"] == .string("wild"))
  }

  @Test(arguments: [
    ("rat=1", "command line: rat is not a known key. Did you mean \"rate\"? Allowed: iterations, rate,"),
    ("rate=-1", "command line: rate is -1.0; it must be greater than 0"),
    ("rate=fast", "command line: rate is \"fast\"; a number is needed"),
    ("hyperparameters.rat=1", "command line: rat is not a known key."),
    ("tasks.tset.numbers=[1]", "command line: tasks.tset is not a known key. Did you mean \"test\"?"),
    ("seed=1.5", "command line: seed is 1.5; a whole number is needed"),
    ("seed=-1", "seed is -1; at least 0 is needed"),
    ("checkpointInterval=0", "checkpointInterval is 0; at least 1 is needed"),
    ("episodes=0", "from the command line: episodes is 0; a whole number from 1 to 1000000 is needed"),
    ("constants.size.x=1", "constants.size is 1"),
  ])
  func refuses(argument: String, message: String) throws {
    let failure = try #require(caught { _ = try guessingRun([argument]) })
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains(message) || argument == "constants.size.x=1", "\(failure)")
  }

  @Test func refusesAnUnknownAlgorithm() throws {
    let (directory, search) = try guessingSearch()
    let failure = withExtendedLifetime(directory) {
      caught {
        _ = try RunConfiguration(
          environment: "guess", algorithm: "drift", choices: .init(), search: search, catalogue: .toys)
      }
    }
    #expect(
      failure?.description
        == "command line: algorithm \"drift\" is not known. Did you mean \"drifting\"? Known: drifting.")
  }

  @Test(arguments: [
    (
      "algorithm = \"drifting\"", "algoritm = \"drifting\"",
      "algoritm is not a known key. Did you mean \"algorithm\"?"
    ),
    ("algorithm = \"drifting\"", "", "algorithm is missing"),
    ("seed = 0", "seed = true", "seed is true; a whole number is needed"),
    ("rate = 2.0", "rate = -2.0", "hyperparameters.rate is -2.0; it must be greater than 0"),
    ("rate = 2.0", "rat = 2.0", "hyperparameters.rat is not a known key."),
    ("size = 3", "size = 0", "environment.constants.size is 0; at least 1 is needed"),
  ])
  func refusesAChangedFile(part: String, replacement: String, message: String) throws {
    let directory = try TemporaryDirectory()
    let text = try guessingRun().document
    #expect(text.contains(part))
    let file = try directory.write(text.replacing(part, with: replacement), to: "config.toml")
    let failure = try #require(caught { _ = try RunConfiguration(file: file, catalogue: .toys) })
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains("config.toml: \(message)"), "\(failure)")
  }

  /// On the command line or in a file that could know; what the command line makes useless in a file is no mistake.
  @Test func whatHasNoEffectIsRefused() throws {
    let directory = try TemporaryDirectory()
    let world = "environment = \"point-navigation\"\nhorizon = 5\nepisodes = 2\n[tasks.train]\n[tasks.test]\n"
    let ppo = "[presets.maml]\nouter.optimizer = \"ppo\"\noptimizer.learningRate = 0.5\n"
    _ = try directory.write(world + ppo, to: "ppo.toml")
    _ = try directory.write(world + "[presets.maml]\noptimizer.learningRate = 0.5\n", to: "dead.toml")
    func run(_ environment: String, _ overrides: [String]) throws -> RunConfiguration {
      var choices = RunConfiguration.Choices()
      choices.overrides = overrides
      return try RunConfiguration(
        environment: environment, algorithm: "maml", choices: choices,
        search: EnvironmentSearch(directories: [directory.path]), catalogue: .complete)
    }
    #expect(try run("ppo", []).hyperparameters.table.value(at: "optimizer.learningRate") == .number(0.5))
    let reason =
      "optimizer.learningRate has no effect where outer.optimizer is \"trpo\"; outer.optimizer = \"ppo\" or \"adam\""
    for (environment, settings, place) in [
      ("dead", [], "presets.maml."),
      ("ppo", ["outer.optimizer=trpo", "optimizer.learningRate=0.1"], "command line: "),
    ] {
      let failure = try #require(caught { _ = try run(environment, settings) })
      #expect(failure.kind == .configuration && failure.description.contains(place + reason), "\(failure)")
    }
    let changed = try run("ppo", ["outer.optimizer=trpo"])
    #expect(changed.hyperparameters.table.value(at: "optimizer.learningRate") == .number(0.001))
    #expect(changed.usedTable.value(at: "hyperparameters.optimizer.learningRate") == nil)
    #expect(
      changed.origins.first { $0.key == "hyperparameters.optimizer.learningRate" }?.origin.hasPrefix(
        "not used; ")
        == true)
    let file = try directory.write(changed.document, to: "config.toml")
    #expect(try RunConfiguration(file: file, catalogue: .complete).document == changed.document)
    let dead = changed.document.replacing("learningRate = 0.001", with: "learningRate = 0.9")
    let other = try directory.write(dead, to: "other.toml")
    let failure = try #require(caught { _ = try RunConfiguration(file: other, catalogue: .complete) })
    #expect(failure.description.contains("other.toml: hyperparameters.\(reason)"), "\(failure)")
  }

  @Test func everyValueHasAnOrigin() throws {
    let configuration = try guessingRun(["rate=3", "episodes=5", "constants.size=4"], seed: 9)
    let origins = Dictionary(uniqueKeysWithValues: configuration.origins.map { ($0.key, $0.origin) })
    for key in [
      "seed", "algorithm", "hyperparameters.rate", "environment.episodes", "environment.constants.size",
    ] { #expect(origins[key] == "command line", "\(key)") }
    for key in ["checkpointInterval", "hyperparameters.inner.size", "environment.constants.manner"] {
      #expect(origins[key] == "default", "\(key)")
    }
    #expect(origins["hyperparameters.inner.steps"]?.hasSuffix("guess.toml, presets.drifting") == true)
    for key in ["environment.horizon", "environment.constants.bonus", "environment.tasks.test.numbers"] {
      #expect(origins[key]?.hasSuffix("guess.toml") == true, "\(key)")
    }
    #expect(configuration.origins.count == configuration.origins.map(\.key).count)
    let directory = try TemporaryDirectory()
    let file = try directory.write(configuration.document, to: "config.toml")
    var choices = RunConfiguration.Choices()
    choices.iterationCount = 3
    let again = try RunConfiguration(file: file, choices: choices, catalogue: .toys)
    for (key, value, origin) in again.origins where value != .null {
      #expect(origin == (key == "hyperparameters.iterations" ? "command line" : file), "\(key)")
    }
  }
}
