import Algorithms
import Formats
import Learning
import Randomness
import Simulation
import Testing

/// Walks nowhere, and breaks where it is told to.
struct Broken: Environment {
  static let name = "broken"
  enum Place: String, Codable, Sendable { case nowhere, observation, reward, rareReward }
  struct Task: Hashable, Codable, Sendable { var isRare = false }
  struct State: BitwiseCopyable, Sendable { var time: Float }
  struct TaskDistribution: TaskDistributionParameters {}

  var place = Place.nowhere
  var value = Float.nan

  func validate() throws {}
  func validate(_ distribution: TaskDistribution) throws {}
  var observation: Space { .box(lower: [-10], upper: [10]) }
  var action: Space { .box(lower: [-1, -1], upper: [1, 1]) }
  func tasks(of distribution: TaskDistribution) -> [Task]? { nil }
  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    Task(isRare: random.uniform() < 0.25)
  }
  func initialState(of task: Task, using random: inout RandomStream) -> State { State(time: 0) }

  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.time += 1
    let isBroken = place == .reward || (place == .rareReward && task.isRare)
    return Outcome(reward: isBroken && state.time == 3 ? value : action[0])
  }

  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = place == .observation && state.time == 3 ? value : state.time
  }
}

/// Every place that a number can stop being finite at is named in the iteration that it happens in.
@Suite("Divergence")
struct DivergenceTests {
  static func simulator(_ place: Broken.Place = .nowhere, _ value: Float = .nan) -> any Simulator {
    EnvironmentSimulator(
      Broken(place: place, value: value), distributions: [.train: .init(), .test: .init()], horizon: 5,
      episodeCount: 2)
  }

  private static func divergence(_ body: () throws -> Void) -> Divergence? {
    do {
      try body()
      return nil
    } catch {
      return error as? Divergence
    }
  }

  private static func divergence(
    ofRL2 simulator: any Simulator, state: (Int, Float)? = nil, _ change: (inout RL2.Configuration) -> Void
  ) throws -> Divergence? {
    let learner = try RL2Tests.learner(simulator, RL2Tests.small(change))
    if let (index, value) = state { try learner.restore(Self.poisoned(learner.state, index, value)) }
    return divergence { try RL2Tests.run(learner, 0..<1) }
  }

  /// `state` with one parameter replaced.
  private static func poisoned(_ state: LearnerState, _ index: Int, _ value: Float) -> LearnerState {
    var state = state
    let tensor = state.tensors[0]
    var values = tensor.values
    values[index < 0 ? values.count + index : index] = value
    state.tensors[0] = NamedTensor(name: tensor.name, shape: tensor.shape, values: values)
    return state
  }

  @Test("of what the environment gives names the task", arguments: [Float.nan, .infinity, -.infinity])
  func environments(value: Float) throws {
    for (place, name) in [(Broken.Place.observation, "observation"), (.reward, "reward")] {
      let recurrent = try #require(
        try Self.divergence(ofRL2: Self.simulator(place, value)) { $0.trials = 8 })
      #expect(recurrent.description == "\(name) is not finite in task 0 of iteration 1")
      let learner = try MAMLTests.learner(MAMLTests.small(), Self.simulator(place, value))
      let adaptive = try #require(Self.divergence { try MAMLTests.run(learner, 0..<1) })
      #expect(adaptive.place == name)
      #expect(adaptive.task == 0)
      #expect(adaptive.iteration == 0)
    }
  }

  @Test("of a policy names what it said first")
  func policies() throws {
    let found = try (0..<40).compactMap { index in
      try Self.divergence(ofRL2: Self.simulator(), state: (-1 - index, .nan)) { _ in }?.place
    }
    #expect(found.count == 40)
    #expect(Set(found).isSubset(of: ["action", "logProbability", "value"]))
    #expect(found.contains("action") && found.contains("value"))
  }

  @Test("of an estimate names it")
  func estimates() throws {
    func place(_ change: (inout RL2.Configuration) -> Void) throws -> String? {
      try Self.divergence(ofRL2: Self.simulator(), change)?.place
    }
    let places = [
      try place { $0.rewardScale = 3e38 },
      try place { $0.rewardScale = 1e38 },
      try place {
        $0.rewardScale = 1e25
        $0.advantages.normalize = false
      },
      try place {
        $0.value.coefficient = 1e35
        $0.rewardScale = 1e10
      },
      try place {
        $0.optimizer.learningRate = 3e38
        $0.optimizer.finalLearningRate = 3e38
      },
    ]
    #expect(places == ["scaledReward", "advantage", "valueLoss", "gradient", "policyLoss"])
    #expect(try place { _ in } == nil)
  }

  @Test("of the inner and the outer loop names it")
  func loops() throws {
    func divergence(_ change: (inout MAMLConfiguration) -> Void) throws -> Divergence? {
      let learner = try MAMLTests.learner(MAMLTests.small(change), Self.simulator())
      return Self.divergence { try MAMLTests.run(learner, 0..<1) }
    }
    let inner = try divergence { $0.adaptation.stepSize = 3e38 }
    #expect(inner?.place == "adaptedParameters" || inner?.place == "action")
    #expect(inner?.task == 0)
    let outer = try divergence {
      $0.outer.optimizer = .adam
      $0.optimizer.learningRate = 3e38
      $0.optimizer.finalLearningRate = 3e38
    }
    #expect(outer == nil || outer?.place == "parameters")
    #expect(try divergence { _ in } == nil)
  }
}
