import Environments
import Foundation
import Randomness
import Simulation
import Testing

/// What holds for every environment of the catalogue.
@Suite struct EnvironmentContractTests {
  @Test func namesAreUnique() {
    #expect(Set(environments.map { $0.name }).count == environments.count)
    #expect(environments.count >= 4)
  }

  @Test(arguments: environments.indices)
  func keepsTheContract(index: Int) throws { try check(environments[index]) }

  func check<Subject: Environment>(_ type: Subject.Type) throws {
    let environment = type.init()
    try environment.validate()
    try environment.validate(type.TaskDistribution())
    try checkRoundTrips(environment)
    checkDeterminism(environment)
    checkObservations(environment)
    checkEndings(environment)
    checkTasks(environment)
    checkReferences(environment)
    checkDrawing(environment)
  }

  /// Constants, distributions and tasks survive being written and read.
  func checkRoundTrips<Subject: Environment>(_ environment: Subject) throws {
    try checkRoundTrip(environment)
    try checkRoundTrip(Subject.TaskDistribution())
    for task in sampledTasks(environment, count: 3) { try checkRoundTrip(task) }
  }

  func checkRoundTrip<Value: Codable>(_ value: Value) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(value)
    let copy = try JSONDecoder().decode(Value.self, from: data)
    #expect(try encoder.encode(copy) == data)
  }

  /// Equal keys give equal numbers, however many other lanes there are.
  func checkDeterminism<Subject: Environment>(_ environment: Subject) {
    let trace = trace(environment, lanes: Array(0..<5), seed: 3)
    #expect(trace == self.trace(environment, lanes: Array(0..<5), seed: 3))
    #expect(trace != self.trace(environment, lanes: Array(0..<5), seed: 4))
    for lane in 0..<5 {
      #expect(self.trace(environment, lanes: [lane], seed: 3)[0] == trace[lane])
    }
  }

  /// The bit patterns of everything that lanes see under random actions, `[lane][number]`.
  func trace<Subject: Environment>(_ environment: Subject, lanes indices: [Int], seed: UInt64) -> [[UInt32]] {
    let simulator = EnvironmentSimulator(environment, horizon: 6, episodeCount: 3)
    let keys = indices.map { RandomKey(seed: seed).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: "test", keys: keys)
    let agent = simulator.referenceAgent("random", for: lanes)
    agent.beginTrial(keys: keys)
    let (observationWidth, actionWidth) = (
      environment.observation.componentCount, environment.action.componentCount
    )
    var actions = Array(repeating: Float(0), count: indices.count * actionWidth)
    var trace = indices.map { _ in [UInt32]() }
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &actions)
      // A lane whose trial is over ignores its actions, whatever they are.
      let active = indices.indices.filter { !lanes.timeStep.progress[$0].isTrialOver }
      lanes.step(taking: actions)
      for lane in active {
        let seen = lanes.timeStep.observation[lane * observationWidth..<(lane + 1) * observationWidth]
        #expect(environment.observation.contains(seen))
        #expect(environment.action.contains(actions[lane * actionWidth..<(lane + 1) * actionWidth]))
        #expect(lanes.timeStep.previousReward[lane].isFinite)
        trace[lane] += (seen + [lanes.timeStep.previousReward[lane]]).map(\.bitPattern)
      }
    }
    return trace
  }

  /// Every component is written, and the first observation says nothing of the task.
  func checkObservations<Subject: Environment>(_ environment: Subject) {
    let width = environment.observation.componentCount
    var first: [[Float]] = []
    for task in sampledTasks(environment, count: 20) {
      var random = RandomKey(seed: 5).stream()
      let state = environment.initialState(of: task, using: &random)
      var observation = Array(repeating: Float.nan, count: width)
      var span = observation.mutableSpan
      environment.observe(state, in: task, into: &span)
      #expect(observation.allSatisfy { !$0.isNaN })
      first.append(observation)
    }
    #expect(Set(first).count == 1)
  }

  /// An episode ends where the physics says so or at the horizon, and the task stays.
  func checkEndings<Subject: Environment>(_ environment: Subject) {
    let interface = Interface(
      observation: environment.observation, action: environment.action, horizon: 4, episodeCount: 3)
    let keys = (0..<8).map { RandomKey(seed: 6).child($0) }
    let tasks = sampledTasks(environment, count: keys.count)
    var batch = LaneBatch(environment, interface: interface, tasks: tasks, keys: keys)
    var random = RandomKey(seed: 7).stream()
    while batch.timeStep.activeLaneCount > 0 {
      let before = batch
      let actions = keys.flatMap { _ in randomAction(in: environment.action, using: &random) }
      environment.stepLanes(&batch, taking: actions.span)
      for lane in keys.indices where !before.timeStep.progress[lane].isTrialOver {
        let width = environment.action.componentCount
        var (state, stream) = (before.states[lane], before.streams[lane])
        let outcome = environment.step(
          &state, taking: actions.span.extracting(lane * width..<(lane + 1) * width), in: tasks[lane],
          using: &stream)
        let isLast = before.timeStep.progress[lane].timeOfEpisode == 3
        let expected = outcome.isTerminated ? Ending.terminated : isLast ? .truncated : .none
        #expect(batch.timeStep.progress[lane].previousEnding == expected)
        #expect(batch.timeStep.previousReward[lane].bitPattern == outcome.reward.bitPattern)
      }
      #expect(encoded(batch.tasks) == encoded(tasks))
    }
  }

  /// Tasks differ, and a finite set is what its distribution draws from.
  func checkTasks<Subject: Environment>(_ environment: Subject) {
    let drawn = sampledTasks(environment, count: 200).map { encoded([$0]) }
    #expect(Set(drawn).count > 1)
    if let members = environment.tasks(of: Subject.TaskDistribution()) {
      #expect(Set(drawn).isSubset(of: Set(members.map { encoded([$0]) })))
    }
  }

  /// There is a random agent, and an oracle that is clearly better; exact returns agree with simulation.
  func checkReferences<Subject: Environment>(_ environment: Subject) {
    let simulator = EnvironmentSimulator(environment, horizon: 15, episodeCount: 3)
    #expect(simulator.references.map(\.name).starts(with: ["random", "oracle"]))
    let (random, oracle) = (
      simulator.scores(of: "random", laneCount: 600).total,
      simulator.scores(of: "oracle", laneCount: 600).total
    )
    #expect(oracle.mean - random.mean > 8 * (oracle.standardError + random.standardError))
    for reference in simulator.references {
      guard let exact = simulator.expectedReturns(of: reference.name, split: "test") else { continue }
      #expect(exact.count == 3)
      let scores = simulator.scores(of: reference.name, laneCount: 4200).total
      #expect(abs(scores.mean - exact.reduce(0, +)) <= 4 * scores.standardError + 1e-5, "\(reference.name)")
    }
  }

  func sampledTasks<Subject: Environment>(_ environment: Subject, count: Int) -> [Subject.Task] {
    (0..<count).map {
      var random = RandomKey(seed: 8).child($0).stream()
      return environment.sampleTask(from: Subject.TaskDistribution(), using: &random)
    }
  }

  func encoded(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(value)) ?? Data()
  }

  func randomAction(in space: Space, using random: inout RandomStream) -> [Float] {
    switch space {
    case .discrete(let counts): counts.map { Float(random.integer(below: $0)) }
    case .box(let lower, let upper): zip(lower, upper).map { random.uniform(from: $0, to: $1) }
    }
  }
}
