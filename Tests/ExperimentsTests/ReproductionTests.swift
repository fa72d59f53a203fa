import Configuration
import Formats
import Foundation
import Studies
import Synchronization
import Testing
import Training

@Suite struct ReproductionTests {
  private static let document = """
    title = "Guessing"
    source = "nobody"
    notes = ["a note"]

    [[trainings]]
    environment = "guess"
    algorithm = "drifting"
    settings = ["checkpointInterval=2"]
    smoke = ["iterations=1"]
    seeds = 3

    [[cells]]
    name = "total"
    training = "guess-drifting"
    tasks = 200
    published = 1.0
    exact = 3.0
    reproduced = 1.0
    better = 100.0

    [[cells]]
    name = "misses"
    training = "guess-drifting"
    measure = "episodes[1].mean"
    offset = 1.0
    factor = -1.0
    tasks = 200
    reproduced = 0.1
    lowerIsBetter = true
    seeds = 2

    [[agents]]
    environment = "guess"
    agents = ["random", "oracle"]
    tasks = 400
    published = { oracle = 2.9 }
    computed = { oracle = 3.0, random = 1.667 }
    standardError = 0.01
    """

  /// A directory with the environment `guess` and a table `guesses`.
  private func search(_ text: String = ReproductionTests.document) throws -> (
    TemporaryDirectory, EnvironmentSearch
  ) {
    let directory = try TemporaryDirectory()
    try directory.write(guessingFile, to: "guess.toml")
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/tables", withIntermediateDirectories: true)
    try directory.write(text, to: "tables/guesses.toml")
    return (directory, EnvironmentSearch(directories: [directory.path]))
  }

  private func report(
    _ directory: TemporaryDirectory, _ search: EnvironmentSearch, _ budget: PublishedTable.Budget = .laptop,
    stop: StopRequest = StopRequest(), tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> Value {
    let table = try PublishedTable("guesses", search: search)
    return try Reproduction(
      table, budget: budget, at: "\(directory.path)/runs/\(budget)", search: search, catalogue: { .toys },
      threadCount: 2
    ).results(stop: stop, tell: tell).document(command: ["metarl"])
  }

  @Test func cellsAreMeasuredAndMarked() throws {
    let (directory, search) = try search()
    let document = try report(directory, search)
    let (total, misses) = (document["cells"]?[0], document["cells"]?[1])
    // The drifting agent guesses right five times in nine.
    #expect(abs((total?["value"]?.double ?? 0) - 5.0 / 3) < 0.2)
    #expect(total?["mark"] == .string("reproduced") && total?["seeds"]?.array?.count == 3)
    #expect(abs((misses?["value"]?.double ?? 0) - 4.0 / 9) < 0.1)
    #expect(misses?["mark"] == .string("short"))
    #expect(document["agents"]?[1]?["value"] == .number(3))
    #expect(abs(document["agents"]?[0]?["deviation"]?.double ?? 9) < 4)
    #expect(document["agents"]?[0]?["published"] == .null)
  }

  @Test func whatIsFinishedIsNotDoneAgain() throws {
    let (directory, search) = try search()
    let stop = StopRequest()
    _ = stop.receive(15)
    let failure = try #require(caught { _ = try report(directory, search, stop: stop) })
    #expect(failure.kind == .stoppedEarly)
    let first = try report(directory, search)
    let told = Mutex<[String]>([])
    let second = try report(directory, search) { line in told.withLock { $0.append(line) } }
    #expect(first == second)
    let lines = told.withLock { $0 }
    #expect(!lines.contains { $0.contains("evaluating") || $0.contains("playing") })
    #expect(try report(directory, search, .smoke)["cells"]?[0]?["seeds"]?.array?.count == 1)
  }

  @Test func otherSettingsNeedAnotherDirectory() throws {
    let (directory, search) = try search()
    _ = try report(directory, search)
    try directory.write(
      Self.document.replacing("checkpointInterval=2", with: "checkpointInterval=3"), to: "tables/guesses.toml"
    )
    #expect(caught { _ = try report(directory, search) }?.kind == .exists)
  }

  @Test func mistakesInATableAreNamed() throws {
    for (text, replacement, expected) in [
      ("measure =", "measured =", "cells[1].measured is not a known key"),
      ("seeds = 3", "seeds = 0", "trainings[0].seeds is a whole number; a whole number of at least 1"),
      ("training = \"guess-drifting\"", "training = \"guess\"", "unknown training \"guess\""),
      ("title = \"Guessing\"", "", "title is missing"),
    ] {
      let (directory, search) = try search(Self.document.replacing(text, with: replacement))
      let failure = try withExtendedLifetime(directory) {
        try #require(caught { _ = try PublishedTable("guesses", search: search) })
      }
      #expect(failure.kind == .configuration && failure.description.contains(expected), "\(failure)")
    }
    let (directory, search) = try search()
    let unknown = try withExtendedLifetime(directory) {
      try #require(caught { _ = try PublishedTable("guess", search: search) })
    }
    #expect(unknown.description.contains("Did you mean \"guesses\"?"))
  }
}
