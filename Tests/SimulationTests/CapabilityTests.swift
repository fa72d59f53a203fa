import Randomness
import Scenes
import Simulation
import Testing

/// A family that is its physics and nothing else can be played, drawn, checked and compared with.
@Suite struct CapabilityTests {
  private let simulator = EnvironmentSimulator(
    Guess(), distributions: [.train: .init(), .test: .init()], horizon: 4, episodeCount: 2)

  @Test(arguments: ConformanceRule.allCases)
  func physicsAloneBreaksNoRule(rule: ConformanceRule) {
    let verdict = simulator.verdict(on: rule, key: RandomKey(seed: 1))
    #expect(!verdict.isBroken, "\(verdict)")
  }

  @Test func nobodyIsToldTheTask() {
    for rule in [ConformanceRule.oracleBeatsRandom, .nobodyBeatsTheOracle] {
      let verdict = simulator.verdict(on: rule, key: RandomKey(seed: 1))
      #expect(verdict == .notApplicable("no agent is told the task, or none acts at random"))
    }
  }

  @Test func theOneAgentActsAtRandom() {
    #expect(simulator.references.map(\.role) == [.random])
    let keys = (0..<2000).map { RandomKey(seed: 3).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: .test, keys: keys)
    let agent = simulator.referenceAgent("random", for: lanes)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: keys.count)
    while !lanes.timeStep.isOver {
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
    }
    // 2,000 trials of 8 guesses, of which each is right with probability 1/3: the standard error is 0.0037.
    let share = lanes.returns.reduce(0, +) / 16_000
    #expect(abs(share - 1 / 3) < 0.015, "\(share)")
  }

  @Test func itsDrawingIsInWords() {
    let scene = Guess().scene(of: .init(), in: .init(answer: 2))
    let words = scene.shapes.compactMap { shape in
      if case .text(let text, _, _, _, _) = shape { text } else { nil }
    }
    #expect(words == ["Task(answer: 2)", "State()"])
  }

  @Test func nothingElseIsKnown() {
    let (family, task) = (Guess(), Guess.Task(answer: 1))
    #expect(family.actionNames.isEmpty && family.observationMap == nil && family.disclosure == nil)
    #expect(family.words(for: task).isEmpty && family.landmarks(in: task).isEmpty)
    #expect(family.task(task, touchedAt: Scene.Point(x: 0, y: 0)) == nil)
    #expect(family.quantities(of: .init()).isEmpty)
    #expect(
      family.belief(in: .init(.init(), horizon: 1, episodeCount: 1)) == nil
        && family.behaviorTally(in: task) == nil)
    #expect(!Guess.endsByChance)
  }
}

/// Guesses one of three numbers, time and again, and learns whether that was right.
private struct Guess: Environment {
  struct Task: Hashable, Codable { var answer: Int }
  struct TaskDistribution: TaskDistributionParameters {}
  struct State: BitwiseCopyable {}

  static let name = "guess"

  func validate() {}
  func validate(_ distribution: TaskDistribution) {}
  var observation: Space { .discrete([1]) }
  var action: Space { .discrete([3]) }
  func tasks(of distribution: TaskDistribution) -> [Task]? { (0..<3).map { Task(answer: $0) } }
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(answer: random.integer(below: 3))
  }
  func initialState(of task: Task, using random: inout RandomStream) -> State { State() }
  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome { Outcome(reward: Int(action[0]) == task.answer ? 1 : 0) }
  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = 0
  }
}
