import Algorithms
import Environments
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Testing

/// What every algorithm must keep, whatever it learns by. A new one is tested without a line here.
@Suite("A learner")
struct LearnerContractTests {
  /// An algorithm with settings beside its defaults.
  struct Case: CustomTestStringConvertible, Sendable {
    let algorithm: Int
    var settings: [(key: String, value: Value)] = []
    /// How large a part of the parameters may belong to units that are silent in all that is played, which rectifiers may
    /// be whatever their weights are: of residual layers, half of whose parameters they have, a larger one.
    var silentPart: Double {
      if settings.contains(where: { [.string("transformer"), .string("linear")].contains($0.value) }) {
        return 0.1
      }
      let hasReadout = settings.contains { $0.key == "network.readoutUnits" && $0.value != .integer(0) }
      return ["recurrent-sac", "rl2-counts", "varibad"].contains(name) || hasReadout ? 0.05 : 0
    }
    /// Where it learns: exact counts are of discrete observations, and a belief is not computed everywhere.
    var world: any Simulator {
      switch name {
      case "rl2-counts": RL2Tests.process
      case "varibad" where !settings.isEmpty: RL2Tests.process
      case "belief": LearnerContractTests.arcs
      default: LearnerContractTests.world(posing: algorithms[algorithm].problemKind)
      }
    }
    var name: String { algorithms[algorithm].information.name }
    var testDescription: String {
      let words = [name, algorithms[algorithm].problemKind.rawValue]
      return (words + settings.map { "\($0.key) = \(TOML.inline($0.value))" }).joined(separator: ", ")
    }
  }

  /// Every algorithm as it is, and the parts of networks that a word chooses.
  static let cases: [Case] =
    algorithms.indices.map {
      // The readout is tried by itself below: of its many units many are silent where only beliefs are read.
      let isBelief = algorithms[$0].information.name == "belief"
      return Case(algorithm: $0, settings: isBelief ? [("network.readoutUnits", .integer(0))] : [])
    }
    + parts.map { parts in
      guard let index = algorithms.firstIndex(where: { $0.information.name == parts.algorithm }) else {
        preconditionFailure("no algorithm is called \(parts.algorithm)")
      }
      return Case(algorithm: index, settings: parts.settings)
    }

  private static let parts: [(algorithm: String, settings: [(key: String, value: Value)])] = [
    ("rl2", [("network.memory", .string("lstm"))]), ("rl2", [("network.memory", .string("none"))]),
    ("rl2", [("network.memory", .string("linear"))]), ("rl2", [("network.memory", .string("transformer"))]),
    ("rl2", [("network.memory", .string("transformer")), ("value.separateMemory", .boolean(true))]),
    ("rl2", [("value.separateMemory", .boolean(true))]),
    ("rl2", [("network.memory", .string("lstm")), ("value.separateMemory", .boolean(true))]),
    ("rl2", [("network.readoutUnits", .integer(7))]),
    ("recurrent-sac", [("network.memory", .string("lstm"))]),
    ("recurrent-sac", [("network.memory", .string("transformer"))]),
    ("varibad", [("network.memory", .string("transformer")), ("value.separateMemory", .boolean(true))]),
    ("varibad", [("inference.likelihood", .string("bernoulli"))]),
  ]

  /// Work that takes no time, for the keys that an algorithm has.
  private static let small: [(key: String, value: Value)] = [
    ("iterations", .integer(4)), ("trials", .integer(24)), ("tasks", .integer(5)), ("rollouts", .integer(6)),
    ("evaluationRollouts", .integer(6)), ("network.hiddenUnits", .integer(8)), ("ppo.epochs", .integer(2)),
    ("ppo.minibatches", .integer(2)), ("inference.minibatches", .integer(2)), ("shardTrials", .integer(4)),
    ("network.activation", .string("hyperbolicTangent")),
    ("replay.capacity", .integer(80)), ("replay.batchTrials", .integer(12)),
  ]

  /// Goals on an arc, of which a belief is computed.
  static var arcs: any Simulator {
    var arc = PointNavigation.TaskDistribution()
    arc.region = .arc
    return EnvironmentSimulator(
      PointNavigation(), distributions: [.train: arc, .test: arc], horizon: 10, episodeCount: 2)
  }

  /// An environment that poses problems of `kind`.
  static func world(posing kind: ProblemKind) -> any Simulator {
    switch kind {
    case .reinforcement:
      EnvironmentSimulator(
        PointNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 2)
    case .supervised:
      EnvironmentSimulator(
        SinusoidRegression(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 2
      )
    }
  }

  /// The configuration of `type` on a small scale with `settings`; what it has no key for is left out.
  static func configuration<Learner: MetaLearner>(
    _ type: Learner.Type, _ settings: [(key: String, value: Value)] = []
  ) throws -> Learner.Configuration {
    var table = try ValueEncoder.table(of: Learner.Configuration())
    for (key, value) in small + settings where table.value(at: key) != nil { table.set(value, at: key) }
    return try ValueDecoder.decode(Learner.Configuration.self, from: .table(table))
  }

  static func learner(
    _ subject: Case, seed: UInt64 = 5, threads: Int = 1, more: [(key: String, value: Value)] = []
  ) throws -> any MetaLearner {
    func make<Learner: MetaLearner>(_ type: Learner.Type) throws -> any MetaLearner {
      try type.init(
        configuration(type, subject.settings + more), for: subject.world, key: RandomKey(seed: seed),
        pool: ThreadPool(threadCount: threads))
    }
    return try make(algorithms[subject.algorithm])
  }

  @discardableResult
  static func run(_ learner: any MetaLearner, _ iterations: Range<Int>) throws -> LearnerState {
    for iteration in iterations {
      _ = try learner.update(iteration: iteration, key: RandomKey(seed: 6).child(iteration))
    }
    return learner.state
  }

  @Test("gives the same bytes for 1, 2 and 3 threads", arguments: cases)
  func threads(_ subject: Case) throws {
    let states = try [1, 2, 3].map { try Self.run(Self.learner(subject, threads: $0), 0..<3) }
    #expect(states[0] == states[1] && states[0] == states[2])
  }

  @Test("continues from its state as if never stopped, and is what it restores", arguments: cases)
  func resuming(_ subject: Case) throws {
    let uninterrupted = try Self.run(Self.learner(subject), 0..<4)
    let learner = try Self.learner(subject)
    let half = try Self.run(learner, 0..<2)
    // Another seed, so that nothing is the same by chance.
    let other = try Self.learner(subject, seed: 7)
    #expect(other.state != half)
    try other.restore(half)
    #expect(other.state == half)
    if let (mine, its) = learner.records.flatMap({ mine in other.records.map { (mine, $0) } }) {
      its.fill(mine.numbers, mine.values(of: mine.numbers))
    }
    #expect(try Self.run(other, 2..<4) == uninterrupted)
  }

  /// Processes that train together do so where one is lost in the middle of an update.
  @Test("goes back to the state before an update with nothing but that", arguments: cases)
  func goingBack(_ subject: Case) throws {
    let learner = try Self.learner(subject)
    // Enough for a replay to have forgotten its first trials.
    let before = try Self.run(learner, 0..<5)
    let after = try Self.run(learner, 5..<6)
    try learner.restore(before)
    #expect(learner.state == before)
    #expect(try Self.run(learner, 5..<6) == after)
  }

  @Test("moves every trainable parameter in its first update", arguments: cases)
  func everyParameterMoves(_ subject: Case) throws {
    let learner = try Self.learner(subject)
    func parameters(_ state: LearnerState) -> [Float] {
      state.tensors.filter { $0.name.hasSuffix("parameters") }.flatMap(\.values)
    }
    let before = parameters(learner.state)
    #expect(before.count == learner.state.parameterCount && before.count > 0)
    let after = try parameters(Self.run(learner, 0..<1))
    let unmoved = zip(before, after).filter { $0 == $1 }.count
    if subject.silentPart > 0 {
      #expect(Double(unmoved) < subject.silentPart * Double(before.count))
      // Without a readout, what stays is all that leads to silent units of layers of 8 units, their biases, and all
      // that leads on from them.
      if subject.name == "rl2", subject.silentPart == 0.1 { #expect(unmoved % 17 == 0) }
    } else {
      // The context of CAVIA is zero before adaptation by definition.
      #expect(unmoved == (subject.name == "cavia" ? 2 : 0))
    }
  }

  @Test("refuses a state that is not its own, and keeps what it has", arguments: cases)
  func foreignStates(_ subject: Case) throws {
    let learner = try Self.learner(subject)
    let before = learner.state
    let larger = try Self.learner(subject, more: [("network.hiddenUnits", .integer(12))]).state
    #expect(throws: InvalidParameter.self) { try learner.restore(larger) }
    #expect(throws: InvalidParameter.self) { try learner.restore(LearnerState()) }
    for missing in before.tensors.indices {
      var part = before
      let name = part.tensors.remove(at: missing).name
      #expect(throws: InvalidParameter.self, "without \(name)") { try learner.restore(part) }
    }
    for index in before.counts.indices {
      var part = before
      let name = part.counts.remove(at: index).name
      #expect(throws: InvalidParameter.self, "without \(name)") { try learner.restore(part) }
      part.counts.append(NamedCount(name: name, value: -1))
      #expect(throws: InvalidParameter.self, "\(name) of -1") { try learner.restore(part) }
    }
    #expect(learner.state == before)
  }

  @Test("refuses work that is none, naming the key", arguments: cases)
  func badConfigurations(_ subject: Case) throws {
    func check<Learner: MetaLearner>(_ type: Learner.Type) throws {
      let table = try ValueEncoder.table(of: Learner.Configuration())
      for key in ["iterations", "trials", "tasks", "rollouts", "network.hiddenUnits"]
      where table.value(at: key) != nil {
        let error = #expect(throws: InvalidParameter.self, "\(key)") {
          try Self.configuration(type, subject.settings + [(key, .integer(0))]).validate()
        }
        #expect(error?.key == key)
      }
    }
    try check(algorithms[subject.algorithm])
  }

  @Test("learns where its kind of problem is posed, and refuses to where it is not", arguments: cases)
  func problems(_ subject: Case) throws {
    func check<Learner: MetaLearner>(_ type: Learner.Type) throws {
      #expect(throws: Never.self) { try Learner.Problem(Self.world(posing: type.problemKind)) }
      guard type.problemKind == .supervised else { return }
      let error = #expect(throws: InvalidParameter.self) {
        try Learner.Problem(Self.world(posing: .reinforcement))
      }
      #expect(error?.key == "environment")
    }
    try check(algorithms[subject.algorithm])
  }

  @Test("says what one update took, and what it learnt from", arguments: cases)
  func metrics(_ subject: Case) throws {
    let learner = try Self.learner(subject)
    let metrics = try learner.update(iteration: 0, key: RandomKey(seed: 6))
    #expect(metrics.entries.allSatisfy { $0.value.isFinite })
    #expect(metrics["timeSteps"] == Double(learner.timeStepsPerUpdate) && learner.timeStepsPerUpdate > 0)
    #expect(metrics["return"] != nil && (metrics["operations"] ?? 0) > 0)
  }
}
