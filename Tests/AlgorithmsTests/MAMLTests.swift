import Algorithms
import Environments
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Testing
import Trials

@Suite("MAML")
struct MAMLTests {
  static let pointNavigation = EnvironmentSimulator(
    PointNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 1)
  static let bandit = EnvironmentSimulator(
    Bandit(), distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 1)

  static func small(_ change: (inout MAMLConfiguration) -> Void = { _ in }) -> MAMLConfiguration {
    var configuration = MAMLConfiguration()
    configuration.iterations = 4
    configuration.tasks = 5
    configuration.rollouts = 6
    configuration.network.hiddenUnits = 8
    configuration.network.activation = .hyperbolicTangent
    configuration.evaluationRollouts = 6
    change(&configuration)
    return configuration
  }

  static func learner(
    _ configuration: MAMLConfiguration, _ simulator: any Simulator = pointNavigation, threads: Int = 1
  ) throws -> MAML {
    try MAML(
      configuration, for: simulator, key: RandomKey(seed: 5).child("parameters"),
      pool: ThreadPool(threadCount: threads))
  }

  @discardableResult
  static func run(_ learner: MAML, _ iterations: Range<Int>) throws -> Metrics {
    var metrics = Metrics()
    for iteration in iterations {
      metrics = try learner.update(
        iteration: iteration, key: RandomKey(seed: 5).child("train").child(iteration))
    }
    return metrics
  }

  @Test("gives the same bytes for 1, 2 and 3 threads", arguments: OuterOptimizer.allCases)
  func threads(_ optimizer: OuterOptimizer) throws {
    for simulator in [Self.pointNavigation, Self.bandit] as [any Simulator] {
      let states = try [1, 2, 3].map { threads in
        let configuration = Self.small {
          $0.outer.optimizer = optimizer
          $0.adaptation.steps = 2
        }
        let learner = try Self.learner(configuration, simulator, threads: threads)
        try Self.run(learner, 0..<3)
        return learner.state
      }
      #expect(states[0] == states[1])
      #expect(states[0] == states[2])
    }
  }

  /// The variant's own choices on a small scale.
  static func configuration<Learner: MetaLearner>(_ type: Learner.Type) throws -> Learner.Configuration {
    var configuration = Learner.Configuration()
    if var variant = configuration as? any MAMLChoices {
      variant.choices.tasks = 5
      variant.choices.rollouts = 6
      variant.choices.network.hiddenUnits = 8
      variant.choices.network.activation = .hyperbolicTangent
      variant.choices.evaluationRollouts = 6
      if let changed = variant as? Learner.Configuration { configuration = changed }
    }
    return configuration
  }

  @Test("trains one policy for all tasks where there are no adaptation steps")
  func jointTraining() throws {
    let configuration = Self.small {
      $0.adaptation.steps = 0
      $0.trpo.klLimit = 0.03
    }
    let learner = try Self.learner(configuration, Self.bandit)
    let first = try Self.run(learner, 0..<1)
    #expect(first["returnAfter0"] == first["return"] && first["returnAfter1"] == nil)
    #expect(try Self.run(learner, 1..<4)["innerStepGain"] == 0)
    for choose in [
      { $0.adaptation.learnedStepSizes = true },
      {
        $0.outer.gradient = .reptile
        $0.outer.optimizer = .adam
      },
    ] as [(inout MAMLConfiguration) -> Void] {
      var refused = configuration
      choose(&refused)
      #expect(throws: InvalidParameter.self) { try refused.validate() }
    }
  }

  @Test("a failed line search leaves the parameters alone, to the bit, and says so")
  func failedLineSearch() throws {
    let learner = try Self.learner(Self.small { $0.trpo.klLimit = 1e-30 })
    let before = learner.state
    let metrics = try Self.run(learner, 0..<1)
    #expect(metrics["stepAccepted"] == 0)
    #expect(learner.state == before)
  }

  @Test("an accepted step lowers the loss and keeps the divergence within its limit")
  func acceptedStep() throws {
    let metrics = try Self.run(try Self.learner(Self.small()), 0..<1)
    #expect(metrics["stepAccepted"] == 1)
    #expect((metrics["lossAfter"] ?? .nan) < (metrics["lossBefore"] ?? .nan))
    let divergence = metrics["klDivergence"] ?? .nan
    #expect(divergence > 1e-4 && divergence <= 0.01)
  }

  @Test("counts the gradients and operations of an update", arguments: [1, 3])
  func effort(threads: Int) throws {
    func effort(_ change: (inout MAMLConfiguration) -> Void) throws -> (
      gradients: Double?, operations: Double
    ) {
      let metrics = try Self.run(try Self.learner(Self.small(change), threads: threads), 0..<1)
      return (metrics["gradientEvaluations"], metrics["operations"] ?? .nan)
    }
    // Five tasks: two steps of adaptation and one outer gradient.
    #expect(try effort { $0.adaptation.steps = 2 }.gradients == 15)
    let adam = try (1...3).map { epochs in
      try effort {
        $0.outer.optimizer = .ppo
        $0.ppo.epochs = epochs
      }
    }
    #expect(adam.map(\.gradients) == [10, 15, 20])
    #expect(adam[2].operations - adam[1].operations == adam[1].operations - adam[0].operations)
    let reptile = try effort {
      $0.outer.gradient = .reptile
      $0.outer.optimizer = .adam
    }
    #expect(reptile.gradients == 5 && reptile.operations < adam[0].operations)
    // Two layers of 8 units and two coordinates, from two; six episodes of 10 steps twice in five tasks, and one
    // gradient, which needs no product with what is not to be differentiated.
    let stepCount = 5 * 6 * 10
    let (first, others) = (2 * 8, 8 * 8 + 8 * 2)
    let forward = 2 * stepCount * (first + others)
    let gradient = forward + 2 * stepCount * (first + 2 * others)
    #expect(reptile.operations == Double(2 * forward + gradient))
  }

  @Test("the inner step size is no outer one: Adam's first step is its own rate")
  func rates() throws {
    for innerStepSize in [0.01, 1] {
      let learner = try Self.learner(
        Self.small {
          $0.outer.optimizer = .adam
          $0.adaptation.stepSize = innerStepSize
          $0.optimizer.learningRate = 0.003
        })
      let before = learner.state.tensors[0].values
      try Self.run(learner, 0..<1)
      let largest = zip(before, learner.state.tensors[0].values).map { abs($0 - $1) }.max() ?? 0
      #expect(abs(largest - 0.003) < 1e-4)
    }
  }

  @Test("an inner step that is far too large stops the run, and says where")
  func divergence() throws {
    for innerStepSize in [1e6, 1e30] {
      let learner = try Self.learner(Self.small { $0.adaptation.stepSize = innerStepSize })
      #expect(throws: Divergence.self) { try Self.run(learner, 0..<10) }
    }
  }

  @Test("refuses what does not go together, naming the key")
  func validation() {
    func key(_ change: (inout MAMLConfiguration) -> Void) -> String? {
      do { try Self.small(change).validate() } catch let error as InvalidParameter { return error.key } catch
      {}
      return nil
    }
    #expect(key { $0.tasks = 0 } == "tasks")
    #expect(key { $0.adaptation.stepSize = .nan } == "adaptation.stepSize")
    #expect(key { $0.outer.gradient = .reptile } == "outer.optimizer")
    #expect(
      key {
        $0.adaptation.loss = .dice
        $0.trpo.curvatureStride = 2
      } == "trpo.curvatureStride")
    #expect(key { _ in } == nil)
  }

  @Test(
    "evaluation gives the same curve for every number of threads, and adaptation starts afresh in every task")
  func evaluation() throws {
    let learner = try Self.learner(Self.small())
    let tasks = Self.pointNavigation.tasks(of: .test, count: 5, key: RandomKey(seed: 9))
    func curves(of agents: AgentFactory, threads: Int) throws -> [[Double]] {
      let player = TrialPlayer(
        simulator: Self.pointNavigation.with(episodeCount: 3), pool: ThreadPool(threadCount: threads))
      return try player.outcomes(
        of: agents, in: tasks, at: Array(0..<5), key: RandomKey(seed: 3), modes: [.sampled, .greedy]
      ).map(\.returns)
    }
    let agents = AgentFactory(course: learner.course) { _, _ in learner.agent() }
    let first = try curves(of: agents, threads: 1)
    #expect(first[0].count == 15 && first[0] != first[1])
    for threads in [2, 3] { #expect(try curves(of: agents, threads: threads) == first) }
    // An agent that has adapted before does in a new task what a new agent does.
    let used = learner.agent()
    let users = AgentFactory(course: learner.course) { _, _ in used }
    for _ in 0..<2 { #expect(try curves(of: users, threads: 1) == first) }
  }

  @Test("learns to adapt in 2D navigation within seconds")
  func learns() throws {
    let configuration = Self.small {
      $0.iterations = 20
      $0.tasks = 20
      $0.rollouts = 20
      $0.network.hiddenUnits = 32
      $0.network.activation = .rectifier
      $0.adaptation.stepSize = 0.5
      $0.trpo.curvatureStride = 2
    }
    let learner = try Self.learner(configuration, threads: 2)
    let metrics = try Self.run(learner, 0..<20)
    // Staying at the start brings about −3.8.
    #expect((metrics["returnAfter1"] ?? .nan) > -2.7)
    #expect((metrics["innerStepGain"] ?? .nan) > 1)
  }
}
