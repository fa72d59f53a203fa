import Catalogue
import Configuration
import Environments
import Formats
import Learning
import Parallel
import Randomness
import Runs
import Simulation
import Studies
import Testing

/// An algorithm may be published for several kinds of problem under one name; the environment says which is meant.
@Suite struct ProblemTests {
  private static var catalogue: Catalogue {
    Catalogue(
      environments: [Guessing.self, SinusoidRegression.self],
      algorithms: [Drifting.self, DriftingOnExamples.self, OnlyOnExamples.self])
  }

  @Test func theEnvironmentSaysWhichAlgorithmIsMeant() throws {
    func kind(_ name: String, in family: String? = nil) throws -> ProblemKind {
      try Self.catalogue.algorithm(name, family: family).problemKind
    }
    #expect(try kind("drifting") == .reinforcement && kind("drifting", in: "guessing") == .reinforcement)
    #expect(try kind("drifting", in: "sinusoid-regression") == .supervised)
    // What there is only for one kind of problem is found, and refuses others itself.
    #expect(try kind("only-on-examples", in: "guessing") == .supervised)
    #expect(Self.catalogue.algorithmNames == ["drifting", "only-on-examples"])
    #expect(Listing.algorithms(Self.catalogue)[1]?["problem"] == .string("supervised"))
  }

  private static func file(_ family: String, horizon: Int, _ more: String = "") -> String {
    """
    environment = "\(family)"
    horizon = \(horizon)
    episodes = 2
    [tasks.train]
    [tasks.test]
    \(more)
    """
  }

  private static func failure(in text: String) throws -> Failure? {
    let (directory, search) = try guessingSearch(text)
    return withExtendedLifetime(directory) {
      caught { _ = try search.definition("guess", catalogue: catalogue) }
    }
  }

  @Test func presetsAreThoseOfTheAlgorithmThatIsMeant() throws {
    let preset = "[presets.drifting]\nshots = 3"
    #expect(try Self.failure(in: Self.file("sinusoid-regression", horizon: 10, preset)) == nil)
    let failure = try #require(try Self.failure(in: Self.file("guessing", horizon: 2, preset)))
    #expect(failure.description.contains("presets.drifting.shots is not a known key"))
  }

  @Test func anEpisodeIsAsLongAsItsExamples() throws {
    let failure = try #require(try Self.failure(in: Self.file("sinusoid-regression", horizon: 5)))
    #expect(failure.description.contains("horizon is 5; 10 is needed, as constants.exampleCount says"))
    #expect(
      try Self.failure(
        in: Self.file("sinusoid-regression", horizon: 5, "[constants]\nexampleCount = 5")) == nil)
  }

  @Test func runsAreOfTheAlgorithmThatIsMeant() throws {
    let (directory, search) = try guessingSearch(Self.file("sinusoid-regression", horizon: 10))
    try withExtendedLifetime(directory) {
      var choices = RunConfiguration.Choices()
      choices.overrides = ["shots=4"]
      let run = try RunConfiguration(
        environment: "guess", algorithm: "drifting", choices: choices, search: search,
        catalogue: Self.catalogue)
      let pool = ThreadPool(threadCount: 1)
      #expect(try run.learner(pool: pool) is DriftingOnExamples)
      let again = try RunConfiguration(
        document: run.document, file: "config.toml", catalogue: Self.catalogue)
      #expect(try again.learner(pool: pool) is DriftingOnExamples && again.table == run.table)
    }
  }

  @Test func anEnvironmentWithoutExamplesIsRefused() throws {
    let (directory, search) = try guessingSearch(Self.file("guessing", horizon: 2))
    try withExtendedLifetime(directory) {
      let run = try RunConfiguration(
        environment: "guess", algorithm: "only-on-examples", choices: .init(), search: search,
        catalogue: Self.catalogue)
      let failure = try #require(caught { _ = try run.learner(pool: ThreadPool(threadCount: 1)) })
      #expect(failure.kind == .configuration)
      #expect(
        failure.description == "only-on-examples in guess: environment has no labelled examples, which this "
          + "algorithm learns from; a supervised one is needed")
    }
  }
}

/// Learns nothing from labelled examples.
private class Supervised {
  struct Configuration: LearnerConfiguration {
    var iterations = 4
    var shots = 2
    func validate() throws {}
  }

  var state: LearnerState { LearnerState() }
  let timeStepsPerUpdate = 1
  init() {}
  func update(iteration: Int, key: RandomKey) throws -> Metrics { Metrics() }
  func restore(_ state: LearnerState) throws {}
  func agent(laneCount: Int, isGreedy: Bool) -> any Agent { preconditionFailure("nobody asks for agents") }
}

private final class DriftingOnExamples: Supervised, MetaLearner {
  static let information = AlgorithmInformation(name: "drifting", summary: "drifts", source: "none")
  init(_ configuration: Configuration, for problem: SupervisedProblem, key: RandomKey, pool: ThreadPool) {}
}

private final class OnlyOnExamples: Supervised, MetaLearner {
  static let information = AlgorithmInformation(name: "only-on-examples", summary: "stays", source: "none")
  init(_ configuration: Configuration, for problem: SupervisedProblem, key: RandomKey, pool: ThreadPool) {}
}
