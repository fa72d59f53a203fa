import Catalogue
import Configuration
import Formats
import Runs
import Testing

/// Files with the keys of before they stood in groups are refused with the present name of each.
@Suite struct FormerKeysTests {
  private static let world =
    "environment = \"grid-navigation\"\nhorizon = 5\nepisodes = 2\n[tasks.train]\n[tasks.test]\n"

  /// What the configuration of a preset, or of settings on the command line, is refused with.
  private func refusal(
    _ algorithm: String, preset: String = "", _ overrides: [String] = []
  ) throws -> String {
    let directory = try TemporaryDirectory()
    _ = try directory.write(
      Self.world + (preset.isEmpty ? "" : "[presets.\(algorithm)]\n\(preset)\n"), to: "old.toml")
    var choices = RunConfiguration.Choices()
    choices.overrides = overrides
    let failure = caught {
      _ = try RunConfiguration(
        environment: "old", algorithm: algorithm, choices: choices,
        search: EnvironmentSearch(directories: [directory.path]), catalogue: .complete)
    }
    return failure?.description ?? "accepted"
  }

  @Test func aFileIsToldTheNewNameOfEachKey() throws {
    let preset = "trials = 8\nlearningRate = 0.1\ninput = \"paired\"\nmemorySpan = 9\n"
    #expect(
      try refusal("rl2", preset: preset).hasSuffix(
        "old.toml: presets.rl2.learningRate is now optimizer.learningRate, input is now input.form, "
          + "memorySpan is now network.chronoSpan"))
    #expect(
      try refusal("maml", preset: "baseline = false\nadapted = \"head\"").contains(
        "presets.maml.baseline is now baseline.linear, adapted is now adaptation.parameters"))
  }

  @Test func soIsTheCommandLine() throws {
    for (algorithm, setting, name) in [
      ("rl2", "learningRate=0.1", "optimizer.learningRate"), ("rl2", "memory=lstm", "network.memory"),
      ("rl2", "input=paired", "input.form"), ("maml", "divergenceLimit=0.1", "trpo.klLimit"),
      ("recurrent-sac", "replayTrials=20", "replay.capacity"),
      ("rl2-counts", "actionUnits=8", "counts.units"),
    ] {
      let key = setting.prefix { $0 != "=" }
      #expect(try refusal(algorithm, [setting]) == "command line: \(key) is now \(name)")
    }
  }

  /// What is another algorithm now is named as one.
  @Test func exactCountsAreAnotherAlgorithm() throws {
    #expect(
      try refusal("rl2", preset: "actionUnits = 8\nlookahead = 2").contains(
        "actionUnits is now counts.units of the algorithm rl2-counts, "
          + "lookahead is now counts.lookahead of the algorithm rl2-counts"))
  }

  /// What an algorithm never had stays unknown, and what has its old name is taken.
  @Test func othersAreNotRenamed() throws {
    #expect(try refusal("rl2", ["damping=1"]).contains("damping is not a known key"))
    #expect(try refusal("rl2", ["trials=8", "ppo.minibatches=2"]) == "accepted")
    #expect(try refusal("rl2", ["ppo.lr=1"]).contains("Did you mean \"optimizer.learningRate\"?"))
  }
}
