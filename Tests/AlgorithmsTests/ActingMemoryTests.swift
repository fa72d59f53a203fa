import Algorithms
import Autodiff
import Environments
import Learning
import Randomness
import Simulation
import Testing
import Trials

/// Whatever remembers says step by step, while an agent acts, what it says of the whole trial at once, which is what it
/// learns by.
@Suite struct ActingMemoryTests {
  private static let laneCount = 5

  /// A grid whose episodes end at the goal, so that some lanes are over long before others.
  private static let simulator: any Simulator = {
    var grid = GridNavigation()
    (grid.width, grid.height, grid.endsAtGoal) = (3, 3, true)
    return EnvironmentSimulator(
      grid, distributions: [.train: .init(), .test: .init()], horizon: 9, episodeCount: 3)
  }()

  private static func network(
    _ kind: MemoryKind, hasSeparateValue: Bool, _ encoder: NetworkInput
  ) -> RecurrentNetwork {
    var settings = RecurrentNetworkSettings(memory: kind, hiddenUnits: 12)
    settings.heads = 3
    return RecurrentNetwork(
      featureCount: encoder.featureCount, memory: settings.makeMemory(),
      distribution: ActionDistribution(simulator.interface.action), hasSeparateValue: hasSeparateValue,
      initialStandardDeviation: 1, readoutCount: 6)
  }

  @Test(arguments: MemoryKind.allCases, [false, true])
  func stepsSayWhatTheTrialSays(kind: MemoryKind, hasSeparateValue: Bool) throws {
    try check(kind, hasSeparateValue, room: Self.simulator.interface.trialLength)
  }

  /// Trials may be longer than those that there was room for at first, as when more episodes are evaluated.
  @Test(arguments: [1, 5, 20])
  func roomIsMadeForLongerTrials(room: Int) throws { try check(.transformer, true, room: room) }

  private func check(_ kind: MemoryKind, _ hasSeparateValue: Bool, room: Int) throws {
    let (simulator, laneCount) = (Self.simulator, Self.laneCount)
    let stepCount = simulator.interface.trialLength
    let distribution = ActionDistribution(simulator.interface.action)
    let encoder = try NetworkInput(simulator.interface)
    let network = Self.network(kind, hasSeparateValue: hasSeparateValue, encoder)
    let actor = Actor(network.acting(distribution, encoder, laneCount: laneCount, stepLimit: room))
    let parameters = network.layout.initialValues(RandomKey(seed: 2)).map { $0 * 1.5 }
    actor.setParameters(parameters)
    let rollout = Rollout(stepCount: stepCount, laneCount: laneCount, columns: actor.columns)
    let keys = (0..<laneCount).map { RandomKey(seed: 3).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    var actions = Array(repeating: Float(0), count: laneCount)
    // The second time nothing of the first may be left.
    for _ in 0..<2 {
      lanes.restart(keys: keys)
      actor.beginTrial(keys: keys)
      lanes.collect(actor, into: rollout, actions: &actions)
    }
    #expect(Set(rollout.lengths).count > 1, "all lanes are equally long")

    let graph = Graph()
    let inputs = graph.input("inputs", stepCount * laneCount, encoder.width)
    let vector = graph.input("parameters", 1, network.layout.count)
    let result = network.unrolled(
      inputs, from: graph.constant(0, laneCount, network.stateCount), parameters: vector)
    let workspace = Workspace<Float>(
      Program([result.values, result.outputs.logSoftmax().exponential()]))
    workspace.setInput(0, rollout[.inputs])
    workspace.setInput(1, parameters)
    workspace.run()
    let (values, acted) = (workspace.output(0), rollout[.values])
    for lane in 0..<laneCount {
      for time in 0..<rollout.lengths[lane] {
        let place = time * laneCount + lane
        #expect(abs(values[place] - acted[place]) < 1e-5, "lane \(lane), time \(time)")
      }
    }
  }

  /// Who takes over a memory in the middle of a trial goes on as its owner would have.
  @Test(arguments: MemoryKind.allCases)
  func memoriesCanBeTakenOver(kind: MemoryKind) throws {
    let (simulator, laneCount) = (Self.simulator, Self.laneCount)
    let distribution = ActionDistribution(simulator.interface.action)
    let encoder = try NetworkInput(simulator.interface)
    let network = Self.network(kind, hasSeparateValue: true, encoder)
    let acting = network.acting(
      distribution, encoder, laneCount: laneCount, stepLimit: simulator.interface.trialLength)
    let (first, second) = (Actor(acting, isGreedy: true), Actor(acting, isGreedy: true))
    let keys = (0..<laneCount).map { RandomKey(seed: 3).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    for actor in [first, second] {
      actor.setParameters(network.layout.initialValues(RandomKey(seed: 2)).map { $0 * 3 })
      actor.beginTrial(keys: keys)
    }
    var (actions, others) = (Array(repeating: Float(0), count: laneCount), [Float(9)])
    others = actions
    for _ in 0..<7 {
      first.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
    }
    second.takeMemory(of: first)
    for _ in 0..<5 {
      first.act(on: lanes.timeStep, into: &actions)
      second.act(on: lanes.timeStep, into: &others)
      #expect(actions == others)
      #expect((0..<laneCount).allSatisfy { first.memory(ofLane: $0) == second.memory(ofLane: $0) })
      lanes.step(taking: actions)
    }
  }

  @Test func headsDivideTheUnits() {
    var configuration = RL2.Configuration()
    configuration.network = RecurrentNetworkSettings(memory: .transformer, hiddenUnits: 10)
    #expect {
      try configuration.validate()
    } throws: { "\($0)".contains("network.heads") && "\($0)".contains("10 units") }
  }
}
