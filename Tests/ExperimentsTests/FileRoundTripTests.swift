import Configuration
import Evaluation
import Randomness
import Scenes
import Simulation
import Testing

/// The rule that a file written from what was read says the same is kept by the catalogue, and broken here.
@Suite struct FileRoundTripTests {
  private static var catalogue: Catalogue { Catalogue(environments: [Swelling.self], algorithms: []) }

  private func verdict(growing key: String) throws -> Verdict {
    let text = """
      environment = "swelling"
      horizon = 2
      episodes = 1
      [constants]
      growth = \(key == "constant" ? 1 : 0)
      [tasks.train]
      growth = \(key == "task" ? 1 : 0)
      [tasks.test]
      """
    let (directory, search) = try guessingSearch(text)
    return try withExtendedLifetime(directory) {
      let environment = try search.definition("guess", catalogue: Self.catalogue)
      let check = EnvironmentCheck(
        environment, seed: 0, rules: [.fileRoundTrips], catalogue: Self.catalogue)
      return try #require(check.rows.first).verdict
    }
  }

  @Test func whatStaysAsItIsKeepsTheRule() throws { #expect(try !verdict(growing: "nothing").isBroken) }

  @Test(arguments: ["constant", "task"])
  func whatGrowsWhenItIsReadBreaksTheRule(key: String) throws {
    #expect(try verdict(growing: key) == .broken("written and read, it says something else"))
  }
}

/// A number that grows by `growth` whenever it is read.
private struct Growing: Hashable, Codable, Sendable {
  var growth = 0
  var value = 0

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    growth = try container.decode(Int.self, forKey: .growth)
    value = try container.decode(Int.self, forKey: .value) + growth
  }
}

/// An environment in which nothing happens, and whose numbers grow when they are read.
private struct Swelling: Environment {
  struct Task: Hashable, Codable, Sendable { var number = 0 }

  struct TaskDistribution: TaskDistributionParameters {
    private var number = Growing()
    init() {}
    init(from decoder: any Decoder) throws { number = try Growing(from: decoder) }
    func encode(to encoder: any Encoder) throws { try number.encode(to: encoder) }
  }

  struct State: BitwiseCopyable, Sendable {}

  static let name = "swelling"
  private var number = Growing()

  init() {}
  init(from decoder: any Decoder) throws { number = try Growing(from: decoder) }
  func encode(to encoder: any Encoder) throws { try number.encode(to: encoder) }

  func validate() throws {}
  func validate(_ distribution: TaskDistribution) throws {}
  var observation: Space { .discrete([]) }
  var action: Space { .discrete([2]) }
  func tasks(of distribution: TaskDistribution) -> [Task]? { nil }
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task { Task() }
  func initialState(of task: Task, using random: inout RandomStream) -> State { State() }
  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome { Outcome(reward: 0) }
  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {}
  func draw(_ state: State, in task: Task, into scene: inout Scene) {}
  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Swelling>] { [] }
}
