import Algorithms
import Environments
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Testing
import Trials

@Suite("RL²")
struct RL2Tests {
  static let gridNavigation = EnvironmentSimulator(
    GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 15, episodeCount: 2)
  static let bandit = EnvironmentSimulator(
    Bandit(), distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 10)
  static let pointNavigation = EnvironmentSimulator(
    PointNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 2)

  static let process = EnvironmentSimulator(
    TabularMDP(), distributions: [.train: .init(), .test: .init()], horizon: 5, episodeCount: 2)

  static func small(_ change: (inout RL2.Configuration) -> Void = { _ in }) -> RL2.Configuration {
    smaller(change)
  }

  /// RL² with exact counts, on which it plans.
  static func counting(
    _ change: (inout RL2Counts.Configuration) -> Void = { _ in }
  ) -> RL2Counts.Configuration {
    smaller {
      $0.counts.units = 4
      $0.counts.lookahead = 2
      change(&$0)
    }
  }

  private static func smaller<Configuration: RecurrentPPOConfiguration>(
    _ change: (inout Configuration) -> Void
  ) -> Configuration {
    var configuration = Configuration()
    configuration.iterations = 4
    configuration.trials = 24
    configuration.network.hiddenUnits = 8
    configuration.ppo.epochs = 2
    configuration.ppo.minibatches = 2
    configuration.shardTrials = 4
    change(&configuration)
    return configuration
  }

  static func learner<Configuration: RecurrentPPOConfiguration>(
    _ simulator: any Simulator, _ configuration: Configuration, threads: Int = 1
  ) throws -> RecurrentPPO<Configuration> {
    try RecurrentPPO(
      configuration, for: simulator, key: RandomKey(seed: 5).child("parameters"),
      pool: ThreadPool(threadCount: threads))
  }

  static func run(_ learner: some MetaLearner, _ iterations: Range<Int>) throws {
    for iteration in iterations {
      _ = try learner.update(iteration: iteration, key: RandomKey(seed: 5).child("train").child(iteration))
    }
  }

  @Test("gives the same bytes for 1, 2 and 3 threads", arguments: 0..<4)
  func threads(_ which: Int) throws {
    let simulator: any Simulator = [Self.gridNavigation, Self.bandit, Self.pointNavigation, Self.process][
      which]
    func state(_ configuration: some RecurrentPPOConfiguration, _ threads: Int) throws -> LearnerState {
      var configuration = configuration
      configuration.network.readoutUnits = which == 0 ? 0 : 6
      let learner = try Self.learner(simulator, configuration, threads: threads)
      try Self.run(learner, 0..<3)
      return learner.state
    }
    let states = try [1, 2, 3].map {
      which == 3 ? try state(Self.counting(), $0) : try state(Self.small(), $0)
    }
    #expect(states[0] == states[1])
    #expect(states[0] == states[2])
  }

  @Test("begins an update with the probabilities that it played with", arguments: [false, true])
  func sameProbabilities(hasCounts: Bool) throws {
    func check(_ configuration: some RecurrentPPOConfiguration) throws {
      var configuration = configuration
      configuration.ppo.epochs = 1
      configuration.ppo.minibatches = 1
      // Large steps, so that the second and third update are not with the small weights of the beginning.
      configuration.optimizer.learningRate = 0.1
      configuration.network.readoutUnits = 6
      let learner = try Self.learner(Self.process, configuration)
      for iteration in 0..<3 {
        let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 5).child(iteration))
        #expect(abs(metrics["approximateKL"] ?? .nan) < 1e-6)
        #expect(metrics["clipFraction"] == 0)
      }
    }
    if hasCounts { try check(Self.counting()) } else { try check(Self.small()) }
  }

  @Test("moves every parameter of what reads counts within three updates")
  func countsMove() throws {
    let learner = try Self.learner(Self.process, Self.counting())
    let before = learner.state.tensors[0].values
    try Self.run(learner, 0..<3)
    // Weights of units that are zero everywhere stay; the last four are those of the model it plans with.
    #expect(zip(before, learner.state.tensors[0].values).suffix(4).allSatisfy { $0 != $1 })
  }

  @Test("takes trials that end early with exact counts")
  func countsOfShortTrials() throws {
    let simulator = EnvironmentSimulator(
      FrozenLake(), distributions: [.train: .init(), .test: .init()], horizon: 9, episodeCount: 2)
    // Each trial by itself, so that nothing stands after the end of the shorter ones.
    let configuration = Self.counting { $0.shardTrials = 1 }
    let learner = try Self.learner(simulator, configuration)
    let metrics = try learner.update(iteration: 0, key: RandomKey(seed: 5).child("train"))
    #expect(learner.timeStepsPerUpdate < configuration.trials * simulator.interface.trialLength)
    #expect(metrics["gradientNorm"] ?? 0 > 0)
  }

  @Test("learns which of thirty arms to pull, by remembering what each has paid")
  func learnsManyArms() throws {
    var bandit = Bandit()
    bandit.armCount = 30
    let simulator = EnvironmentSimulator(
      bandit, distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 60)
    func lastReturn(_ configuration: some RecurrentPPOConfiguration) throws -> Double {
      var configuration = configuration
      configuration.iterations = 40
      configuration.trials = 128
      configuration.network.hiddenUnits = 16
      configuration.ppo.minibatches = 8
      configuration.optimizer.learningRate = 5e-3
      configuration.rewardScale = 0.05
      configuration.discount = 1
      configuration.shardTrials = 16
      let learner = try Self.learner(simulator, configuration, threads: 2)
      var last = 0.0
      for iteration in 0..<40 {
        let key = RandomKey(seed: 5).child("train").child(iteration)
        last = try learner.update(iteration: iteration, key: key)["return"] ?? .nan
      }
      return last
    }
    // Random pulls bring 30 in 60.
    let counting = Self.counting {
      $0.counts.units = 8
      $0.counts.lookahead = 0
    }
    #expect(try lastReturn(counting) > 44)
    #expect(try lastReturn(Self.small { $0.input.form = .counted }) < 36)
  }

  @Test("learns GridNavi from below zero to more than ten in two episodes")
  func learns() throws {
    let configuration = Self.small {
      $0.iterations = 150
      $0.trials = 128
      $0.network.hiddenUnits = 32
      $0.ppo.minibatches = 4
      $0.optimizer.learningRate = 5e-3
      $0.rewardScale = 0.2
      $0.shardTrials = 32
    }
    let learner = try Self.learner(Self.gridNavigation, configuration, threads: 2)
    var last = 0.0
    for iteration in 0..<150 {
      let key = RandomKey(seed: 5).child("train").child(iteration)
      last = try learner.update(iteration: iteration, key: key)["return"] ?? .nan
    }
    #expect(last > 10)
  }

  @Test("counts the gradients and operations of an update", arguments: [1, 3])
  func effort(threads: Int) throws {
    let metrics = try (1...3).map { epochs in
      let learner = try Self.learner(Self.bandit, Self.small { $0.ppo.epochs = epochs }, threads: threads)
      return try learner.update(iteration: 0, key: RandomKey(seed: 5))
    }
    #expect(metrics.map { $0["gradientEvaluations"] } == [24, 48, 72])
    let operations = metrics.map { $0["operations"] ?? .nan }
    let epoch = operations[1] - operations[0]
    #expect(operations[2] - operations[1] == epoch)
    // 24 trials of 10 pulls: 8 units with three gates each, five arms and a value; no product with one-hot inputs.
    let unitsAndOutputs = 3 * 8 + 5 + 1
    let playing = Double(24 * 10 * 2 * 8 * unitsAndOutputs)
    #expect(operations[0] - epoch == playing)
    // Forwards once, backwards to what was multiplied and to what it was multiplied by.
    #expect((2.5...3).contains(epoch / playing))
  }

  @Test("refuses values that make no sense, naming the key")
  func validation() {
    func key(_ change: (inout RL2.Configuration) -> Void) -> String? {
      do { try Self.small(change).validate() } catch let error as InvalidParameter { return error.key } catch
      {}
      return nil
    }
    #expect(key { $0.trials = 0 } == "trials")
    #expect(key { $0.ppo.minibatches = 5 } == "ppo.minibatches")
    #expect(key { $0.discount = 1.5 } == "discount")
    #expect(key { $0.optimizer.learningRate = .nan } == "optimizer.learningRate")
    #expect(key { $0.entropy.coefficient = -1 } == "entropy.coefficient")
    #expect(key { $0.network.readoutUnits = -1 } == "network.readoutUnits")
    #expect(throws: InvalidParameter.self) { try Self.counting { $0.counts.units = 0 }.validate() }
    #expect(throws: InvalidParameter.self) { try Self.learner(Self.pointNavigation, Self.counting()) }
    #expect(key { _ in } == nil)
  }
}

@Suite("A recurrent actor")
struct RecurrentActorTests {
  /// What the actor does in trials of GridNavi, and the input it had at every step.
  func inputs(trialCount: Int, isReset: Bool) throws -> [[Float]] {
    let simulator = RL2Tests.gridNavigation
    let distribution = ActionDistribution(simulator.interface.action)
    let encoder = try NetworkInput(simulator.interface)
    let network = RecurrentNetwork(
      featureCount: encoder.featureCount, memory: GatedRecurrentUnit(unitCount: 8),
      distribution: distribution,
      hasSeparateValue: false, initialStandardDeviation: 1)
    let actor = Actor(network.acting(distribution, encoder, laneCount: 1, stepLimit: 30))
    let rollout = Rollout(stepCount: 1, laneCount: 1, columns: actor.columns)
    actor.setParameters(network.layout.initialValues(RandomKey(seed: 1)).map { $0 * 2 })
    let keys = [RandomKey(seed: 9)]
    var values: [[Float]] = []
    for trial in 0..<trialCount {
      let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
      if trial == 0 || isReset { actor.beginTrial(keys: keys) }
      var actions: [Float] = [0]
      while lanes.timeStep.activeLaneCount > 0 {
        actor.act(on: lanes.timeStep, into: &actions)
        lanes.step(taking: actions)
        actor.write(to: rollout, at: 0)
        values.append(rollout[.inputs] + rollout[.values] + rollout[.logProbabilities])
      }
    }
    return values
  }

  @Test("forgets everything when the task changes")
  func reset() throws {
    let both = try inputs(trialCount: 2, isReset: true)
    #expect(Array(both[..<30]) == Array(both[30...]))
  }

  @Test("remembers across episodes of a trial")
  func memory() throws {
    // An input is six terms, observation, action, reward, episode start and one, and their values.
    // The first observation of the second episode is that of the first, the value is not.
    let steps = try inputs(trialCount: 1, isReset: true)
    #expect(Array(steps[0][..<2]) == Array(steps[15][..<2]))
    #expect(steps[0][steps[0].count - 2] != steps[15][steps[15].count - 2])
    // The last reward of the first episode arrives with it.
    #expect(steps[15][6 + 3] != 0)
    #expect(steps[15][6 + 4] == 1)
  }
}
