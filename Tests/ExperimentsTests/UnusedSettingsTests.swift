import Algorithms
import Catalogue
import Configuration
import Environments
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Testing
import Trials

/// Keys that are said to have no effect have none, and all others have one.
@Suite struct UnusedSettingsTests {
  private static let seenWhole: KrazyWorld = {
    var world = KrazyWorld()
    world.view = 0
    return world
  }()

  private static let arc: PointNavigation.TaskDistribution = {
    var arc = PointNavigation.TaskDistribution()
    arc.region = .arc
    return arc
  }()

  private static let worlds: [any Simulator] = [
    EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 5, episodeCount: 2),
    EnvironmentSimulator(
      PointNavigation(), distributions: [.train: arc, .test: arc], horizon: 4, episodeCount: 2),
    EnvironmentSimulator(
      seenWhole, distributions: [.train: .init(), .test: .init()], horizon: 4, episodeCount: 2),
    EnvironmentSimulator(
      Bandit(), distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 1),
    EnvironmentSimulator(
      SinusoidRegression(), distributions: [.train: .init(), .test: .init()], horizon: 3, episodeCount: 1),
  ]

  /// What makes trainings take next to no time.
  private static let small: Table = [
    "iterations": .integer(4), "tasks": .integer(3), "rollouts": .integer(3),
    "network.hiddenUnits": .integer(4),
    "trpo.conjugateGradientSteps": .integer(2), "evaluationRollouts": .integer(2), "trials": .integer(8),
    "shardTrials": .integer(4), "ppo.minibatches": .integer(2), "ppo.epochs": .integer(2),
    "inference.minibatches": .integer(2),
    "replay.batchTrials": .integer(8),
    "replay.capacity": .integer(12),
  ]

  /// Changes in which other keys are used or unused.
  private static let changes: [Table] = [
    [:], ["outer.optimizer": .string("ppo")], ["outer.optimizer": .string("ppo"), "ppo.epochs": .integer(1)],
    [
      "outer.optimizer": .string("ppo"), "ppo.epochs": .integer(4), "optimizer.learningRate": .number(0.5),
      "ppo.clipRange": .number(0.01), "optimizer.maximumGradientNorm": .number(0.01),
    ],
    ["counts.lookahead": .integer(2)],
    ["outer.optimizer": .string("adam"), "optimizer.finalLearningRate": .number(0.002)],
    ["adaptation.steps": .integer(0)], ["adaptation.steps": .integer(2)],
    ["adaptation.parameters": .string("context")],
    ["baseline.linear": .boolean(false)], ["network.hiddenLayers": .integer(0)],
    ["trpo.lineSearchCandidates": .integer(1)],
    ["outer.gradient": .string("reptile"), "outer.optimizer": .string("adam")],
    [
      "ppo.epochs": .integer(1), "ppo.minibatches": .integer(1), "inference.minibatches": .integer(1),
    ], ["network.memory": .string("none")],
    ["network.memory": .string("gru")], ["network.memory": .string("transformer")],
    ["network.memory": .string("linear")],
    ["input.form": .string("counted")], ["input.form": .string("transition")],
  ]

  /// Another value of `key`.
  private static func others(than value: Value, of key: String) -> [Value] {
    let words = [
      "adaptation.loss": ["policyGradient", "dice"], "outer.gradient": ["exact", "firstOrder"],
      "adaptation.parameters": ["everything", "head"], "outer.optimizer": ["trpo", "adam"],
      "network.activation": ["rectifier", "hyperbolicTangent"], "input.form": ["separate", "transition"],
      "network.memory": ["gru", "lstm", "linear", "transformer", "none"],
      "inference.likelihood": ["bernoulli", "normal"],
    ]
    switch value {
    case .integer(let number):
      return [
        .integer(
          ["ppo.minibatches", "inference.minibatches", "shardTrials", "network.heads"].contains(key)
            ? number / 2 : number + 1)
      ]
    case .number(let number): return [.number(number == 0 ? 0.5 : number / 2), .number(number * 2)]
    case .boolean(let flag): return [.boolean(!flag)]
    default: return (words[key] ?? []).map(Value.string).filter { $0 != value }
    }
  }

  @Test(arguments: Catalogue.complete.algorithms.indices)
  func sayTheTruth(algorithm: Int) throws {
    let types: [any MetaLearner.Type] = Catalogue.complete.algorithms
    try check(types[algorithm])
  }

  private func check<Learner: MetaLearner>(_ type: Learner.Type) throws {
    let keys = try ValueEncoder.table(of: Learner.Configuration()).leaves.map(\.path)
    var effective: Set<String> = ["iterations"]
    let isFull = ["maml", "rl2", "rl2-counts", "belief", "recurrent-sac", "varibad"].contains(
      type.information.name)
    for world in Self.worlds where (world is any ExampleSource) == (type.problemKind == .supervised) {
      for change in isFull ? Self.changes : [[:]] {
        let given = try settings(change, over: Learner.Configuration())
        guard let before = try digest(type, given, in: world) else { continue }
        let unused = before.unused
        for key in keys where unused.contains(key) || (isFull && !effective.contains(key)) {
          for other in Self.others(than: given.value(at: key) ?? .null, of: key) {
            var changed = given
            changed.set(other, at: key)
            guard let after = try digest(type, changed, in: world), after.numbers != before.numbers else {
              continue
            }
            effective.insert(key)
            #expect(!unused.contains(key), "\(key) has an effect on \(type.information.name) with \(change)")
          }
        }
      }
    }
    guard isFull else { return }
    // Exact counts are of discrete actions, which have no standard deviation.
    let never = type.information.name == "rl2-counts" ? ["exploration.initialStandardDeviation"] : []
    for key in keys where !never.contains(key) {
      #expect(effective.contains(key), "\(key) has no effect on \(type.information.name)")
    }
  }

  private func settings(_ change: Table, over configuration: some LearnerConfiguration) throws -> Table {
    var table = try ValueEncoder.table(of: configuration)
    for (key, value) in Self.small.entries + change.entries where table.value(at: key) != nil {
      table.set(value, at: key)
    }
    return table
  }

  /// All that a training leaves behind, and the keys that are said to have no effect on it; nil where the settings do
  /// not go together.
  private func digest<Learner: MetaLearner>(
    _ type: Learner.Type, _ settings: Table, in world: any Simulator
  ) throws -> (numbers: [Double], unused: Set<String>)? {
    let configuration = try ValueDecoder.decode(Learner.Configuration.self, from: .table(settings))
    let key = RandomKey(seed: 3)
    let learner: Learner
    do {
      try configuration.validate()
      learner = try Learner(configuration, for: world, key: key, pool: ThreadPool(threadCount: 1))
    } catch is InvalidParameter {
      return nil
    }
    var numbers: [Double] = []
    for iteration in 1..<3 {
      numbers += try learner.update(iteration: iteration, key: key.child(iteration)).entries.map(\.value)
    }
    numbers += learner.state.tensors.flatMap { $0.values.map(Double.init) }
    if let rolloutCount = learner.course.rolloutCount { numbers.append(Double(rolloutCount)) }
    return (numbers, Set(configuration.unusedSettings(in: world.interface).map(\.key)))
  }
}
