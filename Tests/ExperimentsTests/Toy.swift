import Configuration
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Runs
import Scenes
import Simulation
import Testing
import Training

/// Guess the number that is the task: 1 and the end of the episode when right, 0 when wrong.
struct Guessing: Environment {
  static let name = "guessing"

  enum Manner: String, Codable, Sendable, CaseIterable { case finite, drawn }

  var size = 3
  var bonus: Float = 0.1
  var manner = Manner.finite
  /// Whether the number is what is observed: an environment that leaks its task.
  var isTold = false

  struct Task: Codable, Hashable, Sendable { var number: Int }
  struct State: BitwiseCopyable, Sendable {}

  struct TaskDistribution: TaskDistributionParameters {
    var numbers = [0, 1, 2]
    var weight = 1.0
  }

  func validate() throws {
    guard size >= 1 else { throw InvalidParameter("size", "is \(size); at least 1 is needed") }
  }

  func validate(_ distribution: TaskDistribution) throws {
    guard distribution.numbers.allSatisfy({ (0..<size).contains($0) }) else {
      throw InvalidParameter("numbers", "holds a number that is not below \(size)")
    }
  }

  var observation: Space { .discrete(isTold ? [size] : []) }
  var action: Space { .discrete([size]) }

  func tasks(of distribution: TaskDistribution) -> [Task]? {
    manner == .finite ? distribution.numbers.map(Task.init) : nil
  }

  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(number: distribution.numbers[random.integer(below: distribution.numbers.count)])
  }

  func initialState(of task: Task, using random: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let isRight = Int(action[0]) == task.number
    return Outcome(reward: isRight ? 1 : 0, isTerminated: isRight)
  }

  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    if isTold { observation[0] = Float(task.number) }
  }

  func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.text("\(task.number)", at: Scene.Point(x: 0, y: 0), height: 1)
  }

  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Guessing>] {
    let chance = 1 - pow(1 - 1 / Double(size), Double(horizon))
    return [
      Reference(
        name: "random", summary: "Guesses.", makeLane: { [size] _ in RandomGuess(size: size) },
        expectedReturns: { Array(repeating: chance, count: episodeCount) }),
      Reference(name: "oracle", summary: "Knows.", makeLane: { KnownGuess(number: $0.number) }),
    ]
  }
}

private struct RandomGuess: ReferenceLane {
  let size: Int
  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) { action[0] = Float(random.integer(below: size)) }
}

private struct KnownGuess: ReferenceLane {
  let number: Int
  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) { action[0] = Float(number) }
}

/// A learner that drifts at random; its greedy agent says the number it has learnt last.
final class Drifting: MetaLearner {
  struct Configuration: LearnerConfiguration {
    enum Mode: String, Codable, Sendable, CaseIterable { case calm, wild }
    struct Inner: Codable, Sendable {
      var steps = 1
      var size: Float = 0.1
    }
    var iterations = 4
    var rate = 0.5
    var mode = Mode.calm
    var layers = [4, 4]
    var limit: Double?
    var inner = Inner()
    var divergesAt = -1
    var poisonsAt = -1
    var tasks = 7
    func validate() throws {
      guard rate > 0 else { throw InvalidParameter("rate", "is \(rate); it must be greater than 0") }
    }
  }

  static let information = AlgorithmInformation(name: "drifting", summary: "drifts", source: "none")

  let configuration: Configuration
  let size: Int
  var parameters: [Float]
  let timeStepsPerUpdate = 10

  init(_ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool)
    throws
  {
    guard case .discrete(let counts) = problem.simulator.interface.action else {
      throw InvalidParameter("mode", "is for discrete actions")
    }
    self.configuration = configuration
    size = counts[0]
    var random = key.stream()
    parameters = (0..<3).map { _ in random.normal() }
  }

  func update(iteration: Int, key: RandomKey) throws -> Metrics {
    if iteration == configuration.divergesAt { throw Divergence(place: "gradient", iteration: iteration) }
    var random = key.stream()
    for index in parameters.indices { parameters[index] += Float(configuration.rate) * random.normal() }
    if iteration == configuration.poisonsAt { parameters[1] = .nan }
    var metrics = Metrics()
    metrics["first"] = Double(parameters[0])
    return metrics
  }

  var state: LearnerState {
    LearnerState(tensors: [NamedTensor(name: "parameters", shape: [3], values: parameters)])
  }

  func restore(_ state: LearnerState) throws { parameters = try state.values("parameters", count: 3) }

  func agent(laneCount: Int, isGreedy: Bool) -> any Agent { Guesser(size: size, isGreedy: isGreedy) }
}

private final class Guesser: Agent {
  let size: Int
  let isGreedy: Bool
  var streams: [RandomStream] = []

  init(size: Int, isGreedy: Bool) {
    self.size = size
    self.isGreedy = isGreedy
  }

  func beginTrial(keys: [RandomKey]) { streams = keys.map { $0.child("agent").stream() } }
  func takeMemory(of other: Guesser) {}

  func act(on timeStep: TimeStep, into actions: inout [Float]) {
    for lane in streams.indices { actions[lane] = isGreedy ? 0 : Float(streams[lane].integer(below: size)) }
  }
}

extension Catalogue {
  /// The toys.
  static var toys: Catalogue { Catalogue(environments: [Guessing.self], algorithms: [Drifting.self]) }
}

/// A directory that is removed with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "metarl-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }

  func read(_ name: String) throws -> [UInt8] { try DurableFile.read("\(path)/\(name)", limit: 1 << 24) }
}

/// The text of `guessing.toml` that the tests begin with.
let guessingFile = """
  environment = "guessing"
  description = "Guess a number."
  source = "nowhere"
  horizon = 2
  episodes = 3

  [constants]
  bonus = 0.25

  [tasks.train]
  numbers = [0]
  [tasks.test]
  numbers = [2, 1]

  [presets.drifting]
  rate = 2
  inner.steps = 7
  """

/// A directory with the file above, and a search of it.
func guessingSearch(_ text: String = guessingFile) throws -> (
  directory: TemporaryDirectory, search: EnvironmentSearch
) {
  let directory = try TemporaryDirectory()
  try directory.write(text, to: "guess.toml")
  return (directory, EnvironmentSearch(directories: [directory.path]))
}

/// The training of the toys.
func guessingRun(_ overrides: [String] = [], seed: Int? = nil, text: String = guessingFile) throws
  -> RunConfiguration
{
  let (directory, search) = try guessingSearch(text)
  var choices = RunConfiguration.Choices()
  choices.overrides = overrides
  choices.seed = seed
  return try withExtendedLifetime(directory) {
    try RunConfiguration(
      environment: "guess", algorithm: "drifting", choices: choices, search: search, catalogue: .toys)
  }
}

/// The failure that `body` ends with.
func caught(_ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error as? Failure
  }
}

/// The whole training of `configuration`, which leaves a run at `path` and warns of nothing.
func trained(
  _ configuration: RunConfiguration, at path: String, threadCount: Int = 1
) throws -> (run: RunDirectory, summary: Trainer.Summary) {
  let trainer = try Trainer(configuration, threadCount: threadCount)
  let claim = try trainer.begin(at: path, commandLine: ["metarl", "train"])
  let summary = try trainer.train(
    claim, reporter: ProgressReporter(.none) { _ in }, warn: { Issue.record("\($0)") })
  return (claim.run, summary)
}
