import Formats
import Randomness
import Scenes
import Simulation
import Testing

/// A point on a line, pushed by the action, by the task's drift and by chance; made for these tests.
///
/// Observation: position, time steps since the start of the episode, the task's number. Action: the push.
/// Reward: the position. Ends: after the task's lifetime, if it is positive.
struct Drift: Environment {
  struct Task: Codable, Hashable, Sendable {
    var number: Int
    var drift: Float
    var lifetime: Int32
  }

  struct TaskDistribution: TaskDistributionParameters {
    var lifetimes: [Int32] = [0]
    var isFinite = false
    init() {}
    init(lifetimes: [Int32], isFinite: Bool = false) {
      self.lifetimes = lifetimes
      self.isFinite = isFinite
    }
  }

  struct State: BitwiseCopyable, Sendable {
    var position: Float
    var age: Int32
  }

  static let name = "drift"
  var noise: Float = 1

  func validate() throws {
    if noise < 0 { throw InvalidParameter("noise", "is \(noise); at least 0 is needed") }
  }
  func validate(_ distribution: TaskDistribution) throws {}

  var observation: Space {
    .box(lower: [-.infinity, 0, 0], upper: [.infinity, .infinity, .infinity])
  }
  var action: Space { .box(lower: [-1], upper: [1]) }

  func tasks(of distribution: TaskDistribution) -> [Task]? {
    guard distribution.isFinite else { return nil }
    return distribution.lifetimes.enumerated().map {
      Task(number: $0.offset, drift: Float($0.offset), lifetime: $0.element)
    }
  }

  func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let lifetime = distribution.lifetimes[random.integer(below: distribution.lifetimes.count)]
    return Task(number: random.integer(below: 1 << 20), drift: random.normal(), lifetime: lifetime)
  }

  func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(position: noise * random.normal(), age: 0)
  }

  func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    state.position += action[0] + task.drift + noise * random.normal()
    state.age += 1
    return Outcome(reward: state.position, isTerminated: state.age == task.lifetime)
  }

  func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = state.position
    observation[1] = Float(state.age)
    observation[2] = Float(task.number)
  }

  func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(reach: 10)
    scene.agent(at: Scene.Point(x: state.position, y: 0), radius: 1)
  }

  func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Drift>] {
    [
      Reference(name: "random", summary: "A random push.", makeLane: { _ in RandomPush() }),
      Reference(
        name: "oracle", summary: "The push against the drift.", makeLane: { CounterPush(drift: $0.drift) },
        expectedReturns: { Array(repeating: 0, count: episodeCount) }),
    ]
  }
}

struct RandomPush: ReferenceLane {
  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = random.uniform(from: -1, to: 1)
  }
}

/// Pushes against the drift, and checks that what it is told agrees with what it did and remembers.
struct CounterPush: ReferenceLane {
  let drift: Float
  var actCount = 0

  init(drift: Float) { self.drift = drift }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let isFirst = actCount == 0
    #expect(moment.progress.isTrialStart == isFirst)
    #expect(moment.previousAction == [isFirst ? 0 : -drift])
    if !moment.progress.isEpisodeStart { #expect(moment.previousReward == observation[0]) }
    actCount += 1
    action[0] = -drift
  }
}

/// A simulator of `Drift`.
func driftSimulator(
  lifetimes: [Int32] = [0], isFinite: Bool = false, noise: Float = 1, horizon: Int = 5, episodeCount: Int = 3
) -> any SimulatedEnvironment {
  var environment = Drift()
  environment.noise = noise
  return EnvironmentSimulator(
    environment, distributions: [.train: .init(lifetimes: lifetimes, isFinite: isFinite), .test: .init()],
    horizon: horizon, episodeCount: episodeCount)
}

/// `count` keys below that of `seed`.
func keys(_ count: Int, seed: UInt64 = 1) -> [RandomKey] {
  (0..<count).map { RandomKey(seed: seed).child($0) }
}

/// An action for each lane, different for every lane and time.
func actions(_ laneCount: Int, at time: Int) -> [Float] {
  (0..<laneCount).map { Float(($0 * 7 + time * 3) % 11) / 11 - 0.5 }
}

/// Everything that one lane shows at one time.
struct View: Hashable {
  var observation: [Float]
  var previousAction: Float
  var previousReward: Float
  var progress: Progress
  var returns: [Float]
}

extension Lanes {
  /// What lane `lane` shows now.
  func view(of lane: Int) -> View {
    let episodeCount = returns.count / timeStep.laneCount
    return View(
      observation: Array(timeStep.observation[3 * lane..<3 * lane + 3]),
      previousAction: timeStep.previousAction[lane], previousReward: timeStep.previousReward[lane],
      progress: timeStep.progress[lane],
      returns: Array(returns[lane * episodeCount..<(lane + 1) * episodeCount]))
  }

  /// What every lane shows at every time, `[time][lane]`, from now until all trials are over, at most
  /// `limit` time steps later.
  func trace(limit: Int = 100) -> [[View]] {
    let lanes = 0..<timeStep.laneCount
    var trace = [lanes.map(view(of:))]
    while timeStep.activeLaneCount > 0 && trace.count <= limit {
      step(taking: actions(lanes.count, at: trace.count - 1))
      trace.append(lanes.map(view(of:)))
    }
    return trace
  }
}
