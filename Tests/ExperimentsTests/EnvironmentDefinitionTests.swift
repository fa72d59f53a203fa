import Configuration
import Testing

@Suite struct EnvironmentDefinitionTests {
  private func definition(_ text: String) throws -> EnvironmentDefinition {
    let (directory, search) = try guessingSearch(text)
    return try withExtendedLifetime(directory) { try search.definition("guess", catalogue: .toys) }
  }

  @Test func readsAFile() throws {
    let definition = try definition(guessingFile)
    #expect(definition.name == "guess")
    #expect(definition.family == "guessing")
    #expect(definition.summary == "Guess a number.")
    #expect(
      definition.constants == [
        "size": .integer(3), "bonus": .number(0.25), "manner": .string("finite"), "isTold": .boolean(false),
      ])
    #expect(definition.tasks["test"]?["numbers"] == .array([.integer(2), .integer(1)]))
    #expect(definition.tasks["train"]?["numbers"] == .array([.integer(0)]))
    #expect(definition.simulator.interface.horizon == 2)
    #expect(definition.simulator.interface.episodeCount == 3)
    #expect(definition.simulator.splits == [.test, .train])
    #expect(!definition.testsOnTrainingDistribution)
  }

  @Test(arguments: [
    (
      "environment = \"guessing\"", "environment = \"gessing\"",
      "environment \"gessing\" is not known. Did you mean \"guessing\"?"
    ),
    ("environment = \"guessing\"", "", "environment is missing"),
    ("horizon = 2", "horizon = 0", "horizon is 0; a whole number from 1 to 1000000 is needed"),
    ("horizon = 2", "horizont = 2", "horizont is not a known key. Did you mean \"horizon\"?"),
    ("episodes = 3", "episodes = 3.0", "episodes is 3.0; a whole number is needed"),
    (
      "bonus = 0.25", "bonsu = 0.25",
      "constants.bonsu is not a known key. Did you mean \"bonus\"? Allowed: size, bonus, manner, isTold."
    ),
    ("bonus = 0.25", "size = -1", "constants.size is -1; at least 1 is needed"),
    (
      "bonus = 0.25", "manner = \"draw\"",
      "constants.manner is \"draw\"; one of \"finite\", \"drawn\" is needed"
    ),
    ("[tasks.train]", "[tasks.tarin]", "tasks.tarin is too much like train"),
    ("numbers = [2, 1]", "numbers = [5]", "tasks.test.numbers holds a number that is not below 3"),
    ("numbers = [2, 1]", "numbers = [1.5]", "tasks.test.numbers[0] is 1.5; a whole number is needed"),
    (
      "numbers = [2, 1]", "numbers = [0, 1]",
      "tasks is wrong: splits test and train have 1 task in common, such as {\"number\":0}"
    ),
    ("numbers = [2, 1]", "number = 3", "tasks.test.number is not a known key. Did you mean \"numbers\"?"),
    (
      "[presets.drifting]", "[presets.drifing]",
      "presets.drifing is not a known key. Did you mean \"drifting\"?"
    ),
    ("rate = 2", "rate = 0", "presets.drifting.rate is 0.0; it must be greater than 0"),
    ("rate = 2", "ratte = 2", "presets.drifting.ratte is not a known key. Did you mean \"rate\"?"),
    ("inner.steps = 7", "inner.step = 7", "presets.drifting.inner.step is not a known key."),
    ("source = \"nowhere\"", "name = \"x\"", "name is not a known key."),
  ])
  func refusesWithFileAndKey(part: String, replacement: String, message: String) throws {
    let text = guessingFile.replacing(part, with: replacement)
    let failure = try #require(caught { _ = try definition(text) })
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains("/guess.toml: \(message)"), "\(failure)")
  }

  @Test func everyOneLetterChangeOfAKeyIsRefused() throws {
    for line in guessingFile.split(separator: "\n") where line.contains("=") {
      let key = line.prefix { $0 != " " }
      let changed = "\(key.dropLast())Q" + line.dropFirst(key.count)
      let text = guessingFile.replacing(line, with: changed)
      #expect(caught { _ = try definition(text) }?.kind == .configuration, "\(changed)")
    }
  }
}
