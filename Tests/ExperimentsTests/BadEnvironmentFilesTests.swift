import Catalogue
import Evaluation
import Formats
import Randomness
import Testing

/// Environment files of the catalogue's families that make no sense are refused with file, key and reason.
@Suite struct BadEnvironmentFilesTests {
  /// The refusal of a file of `family` with the given constants and splits; nil where it is accepted.
  private func refusal(
    of family: String, constants: String = "", train: String = "", test: String = "", more: String = ""
  ) throws -> Failure? {
    let text = """
      environment = "\(family)"
      horizon = 20
      episodes = 3
      [constants]
      \(constants)
      [tasks.train]
      \(train)
      [tasks.test]
      \(test)
      \(more)
      """
    let (directory, search) = try guessingSearch(text)
    return withExtendedLifetime(directory) {
      caught { _ = try search.definition("guess", catalogue: .complete) }
    }
  }

  private func expectRefusal(
    of family: String, constants: String = "", train: String = "", test: String = "", more: String = "",
    message: String
  ) throws {
    let failure = try #require(
      try refusal(of: family, constants: constants, train: train, test: test, more: more))
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains("/guess.toml: \(message)"), "\(failure)")
  }

  @Test(arguments: [
    "grid-navigation", "room-navigation", "meta-maze", "frozen-lake", "krazy-world", "key-door", "t-maze",
    "two-step", "dependent-bandit",
  ])
  func unknownKeysAreRefused(family: String) throws {
    #expect(try refusal(of: family) == nil)
    try expectRefusal(
      of: family, constants: "colour = 1", message: "constants.colour is not a known key.")
    try expectRefusal(of: family, train: "colour = 1", message: "tasks.train.colour is not a known key.")
  }

  @Test(
    arguments: [
      ("corridorLength = 0", "constants.corridorLength is 0; a number from 1 to 100 is needed"),
      ("corridorLength = 1000000", "constants.corridorLength is 1000000; a number from 1 to 100 is needed"),
      ("stepReward = nan", "line 5: constants.stepReward is nan"),
      ("thirdReward = -0.1", "constants.thirdReward is -0.1; a finite number above -0.1 is needed"),
    ])
  func badRoomsAreRefused(constants: String, message: String) throws {
    try expectRefusal(of: "room-navigation", constants: constants, message: message)
  }

  @Test func cornersMustBeThere() throws {
    try expectRefusal(
      of: "room-navigation", train: "first = []",
      message: "tasks.train.first is empty; the goal must be in a corner")
    try expectRefusal(
      of: "room-navigation", train: "first = [\"middle\"]",
      message: "tasks.train.first[0] is \"middle\"; one of \"lowerLeft\", \"lowerRight\", \"upperLeft\", ")
    try expectRefusal(
      of: "room-navigation", train: "second = [\"lowerLeft\", \"upperLeft\"]",
      test: "second = [\"lowerLeft\"]",
      message: "tasks is wrong: splits test and train have 12 tasks in common")
  }

  @Test(
    arguments: [
      ("size = 10", "constants.size is 10; an odd number is needed"),
      ("size = 100001", "constants.size is 100001; a number from 3 to 15 is needed"),
      ("sight = 2", "constants.sight is 2; a number from 3 to 9 is needed"),
      ("goalReward = inf", "line 5: constants.goalReward is inf"),
      ("wallReward = -20.0", "constants.goalReward is 10.0; a finite number above 20.0 is needed"),
    ])
  func badMazesAreRefused(constants: String, message: String) throws {
    try expectRefusal(of: "meta-maze", constants: constants, message: message)
  }

  @Test func overlappingSharesAreRefused() throws {
    try expectRefusal(
      of: "meta-maze", train: "share = { to = 0.6 }", test: "share = { from = 0.5 }",
      message: "tasks is wrong: splits test and train have 6 tasks in common")
    try expectRefusal(
      of: "meta-maze", train: "share = { from = 0.5, to = 0.501 }",
      message: "tasks.train.share holds no cell; at least one is needed")
  }

  @Test(
    arguments: [
      ("size = 9", "", "constants.size is 9; a number from 2 to 8 is needed"),
      ("slip = 1.5", "", "constants.slip holds 1.5; probabilities from 0 to 1 are needed"),
      ("noise = nan", "", "line 5: constants.noise is nan"),
      ("", "frozenProbability = 0.2", "tasks.train.frozenProbability is 0.2; at least 0.5"),
      ("", "side = 9", "tasks.train.side is 9; 0 or a number from 2 to 5 is needed"),
      ("", "share = { from = 0.7, to = 0.7 }", "tasks.train.share.to is 0.7; a finite number above 0.7"),
    ])
  func badLakesAreRefused(constants: String, train: String, message: String) throws {
    try expectRefusal(of: "frozen-lake", constants: constants, train: train, message: message)
  }

  @Test(
    arguments: [
      ("size = 4000", "", "constants.size is 4000; a number from 3 to 15 is needed"),
      ("view = 2", "", "constants.view is 2; 0 or an odd number is needed"),
      ("energy = 0", "", "constants.energy is 0; a number from 1 to 10000 is needed"),
      ("", "goalCount = 0", "tasks.train.goalCount is 0; a number from 1 to 8 is needed"),
      ("", "deathShare = 0.8", "tasks.train.deathShare and the others leave less than half of the 100 tiles"),
      ("", "iceShare = inf", "line 7: tasks.train.iceShare is inf"),
    ])
  func badBoardsAreRefused(constants: String, train: String, message: String) throws {
    try expectRefusal(of: "krazy-world", constants: constants, train: train, message: message)
  }

  @Test(
    arguments: [
      ("map = [\"..\", \"#.\"]\nstart = [0, 0]", "", "constants.start is [0, 0]; a free cell [x, y]"),
      ("map = [\"..\", \"...\"]", "", "constants.map[0] has 2 letters; 3 are needed, as in the longest row"),
      ("map = [\"S.\", \"?.\"]", "", "constants.map[1] holds \"?\""),
      (
        "map = [\"S#g\"]", "marks = \"g\"", "tasks.train.marks puts a goal at [2, 0], which cannot be reached"
      ),
      ("map = [\"S#.\"]", "goals = [[1, 0]]", "tasks.train.goals puts a goal into the wall at [1, 0]"),
      (
        "map = [\"S..\"]", "goals = [[7, 0]]", "tasks.train.goals holds [7, 0]; cells [x, y] of a 3 by 1 grid"
      ),
      ("map = [\"S..\"]", "marks = \"z\"", "tasks.train.marks leaves no cell for a goal"),
      ("width = 2000000", "", "constants.width is 2000000; a number from 1 to 1024 is needed"),
      ("goalReward = nan", "", "line 5: constants.goalReward is nan"),
    ])
  func badGridsAreRefused(constants: String, train: String, message: String) throws {
    let train = "excluded = []\n" + train
    try expectRefusal(
      of: "grid-navigation", constants: constants, train: train, test: "excluded = []", message: message)
  }

  /// Numbers that a conversion or a product of sizes cannot hold are refused like any others that make no sense.
  @Test(
    arguments: [
      (
        "grid-navigation", "start = [5000000000, 0]", "",
        "constants.start is [5000000000, 0]; a free cell [x, y] of a 5 by 5 grid is needed"
      ),
      (
        "grid-navigation", "start = [-3000000000, 0]", "",
        "constants.start is [-3000000000, 0]; a free cell [x, y] of a 5 by 5 grid is needed"
      ),
      (
        "grid-navigation", "", "goals = [[3000000000, 1]]",
        "tasks.train.goals holds [3000000000, 1]; cells [x, y] of a 5 by 5 grid are needed"
      ),
      (
        "grid-navigation", "", "excluded = [[3000000000, 0]]",
        "tasks.train.excluded holds [3000000000, 0]; cells [x, y] of a 5 by 5 grid are needed"
      ),
      (
        "grid-navigation", "goalReward = 3e38", "",
        "constants.goalReward is 3e+38; a number from -1e+09 to 1e+09 is needed"
      ),
      (
        "bandit", "", "alpha = 1e-300",
        "tasks.train.alpha is 1e-300; a number from 1e-09 to 1000000000.0 is needed"
      ),
      (
        "bandit", "", "beta = 1e300",
        "tasks.train.beta is 1e+300; a number from 1e-09 to 1000000000.0 is needed"
      ),
      (
        "bandit", "kind = \"gaussian\"\nstandardDeviation = 3e38", "",
        "constants.standardDeviation is 3e+38; a number from 0.0 to 1e+09 is needed"
      ),
      (
        "tabular-mdp", "", "concentration = 1e-300",
        "tasks.train.concentration is 1e-300; a number from 1e-09 to 1000000000.0 is needed"
      ),
      (
        "tabular-mdp", "stateCount = 1000\nactionCount = 1000", "",
        "constants.stateCount is 1000, and actionCount 1000; their table of transitions has 1000000000 numbers"
      ),
      (
        "meta-maze", "goalReward = 3e38", "",
        "constants.goalReward is 3e+38; a number from 1e-09 to 1e+09 is needed"
      ),
    ])
  func numbersBeyondAllSenseAreRefused(family: String, constants: String, train: String, message: String)
    throws
  {
    try expectRefusal(of: family, constants: constants, train: train, message: message)
  }

  /// What a file does not say is not held against it: cells are taken away by default at the published start alone.
  @Test(
    arguments: [
      ("map = [\"a.....S.....b\"]", "marks = \"ab\"", 2),
      ("width = 9\nheight = 1", "goals = [[0, 0], [8, 0]]", 2),
      ("width = 9\nheight = 1", "", 9),
      ("start = [2, 2]", "", 25),
      ("start = []", "", 25),
      ("map = [\"...\", \".S.\", \"...\"]", "", 9),
      ("", "", 21),
      ("start = [2, 2]", "excluded = [[0, 0]]", 24),
    ])
  func cellsAreTakenAwayOnlyAtThePublishedStart(constants: String, train: String, count: Int) throws {
    let text = """
      environment = "grid-navigation"
      horizon = 20
      episodes = 3
      [constants]
      \(constants)
      [tasks.train]
      \(train)
      [tasks.test]
      \(train)
      """
    let (directory, search) = try guessingSearch(text)
    try withExtendedLifetime(directory) {
      let definition = try search.definition("guess", catalogue: .complete)
      let tasks = definition.simulator.tasks(of: .train, count: nil, key: RandomKey(seed: 0))
      #expect(tasks.memberCount == count)
    }
  }

  /// Where episodes start in any cell, every goal is within reach of every cell.
  @Test(
    arguments: [
      ("marks = \"ab\"", "tasks.train.marks puts goals at [4, 0] and [0, 2], between which there is no way"),
      ("marks = \"a\"", "tasks.train.marks puts a goal at [0, 2], which cannot be reached from [3, 0]"),
      ("", "tasks.train.excluded puts goals at [0, 0] and [3, 0], between which there is no way"),
    ])
  func goalsOutOfReachAreRefused(train: String, message: String) throws {
    try expectRefusal(
      of: "grid-navigation", constants: "start = []\nmap = [\"a.#..\", \"..#..\", \"..#.b\"]", train: train,
      message: message)
  }

  @Test(
    arguments: [
      ("switchAfter = 3", "switchAfter is 3; 0 or a number of episodes below the 3 of a trial is needed"),
      ("switchAfter = 1.5", "switchAfter is 1.5; "),
      ("permutesActions = 1", "permutesActions is 1; "),
      ("switchafter = 1", "switchafter is not a known key. Did you mean \"switchAfter\"?"),
    ])
  func badShiftsAreRefused(shift: String, message: String) throws {
    try expectRefusal(
      of: "grid-navigation", more: "[tasks.shifted]\n\(shift)", message: "tasks.shifted.\(message)")
  }

  @Test func onlyDiscreteActionsCanBePermuted() throws {
    try expectRefusal(
      of: "point-navigation", more: "[tasks.shifted]\npermutesActions = true",
      message: "tasks.shifted.permutesActions is true; only one discrete action can be permuted")
  }

  /// What a split does to trials is kept in the table that runs embed.
  @Test func shiftsSurviveBeingWritten() throws {
    let text = """
      environment = "grid-navigation"
      horizon = 20
      episodes = 3
      [tasks.train]
      [tasks.test]
      [tasks.shifted]
      switchAfter = 2
      permutesActions = true
      """
    let (directory, search) = try guessingSearch(text)
    try withExtendedLifetime(directory) {
      let definition = try search.definition("guess", catalogue: .complete)
      #expect(definition.tasks["shifted"]?["switchAfter"] == .integer(2))
      #expect(definition.tasks["shifted"]?["permutesActions"] == .boolean(true))
      #expect(definition.tasks["train"]?["switchAfter"] == nil)
      let check = EnvironmentCheck(definition, seed: 0, rules: [.fileRoundTrips], catalogue: .complete)
      #expect(check.brokenCount == 0, "\(check.text)")
    }
  }
}
