import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// A small Markov decision process with random transitions and rewards.
///
/// - Observation: the state, `discrete([stateCount])`.
/// - Action: `discrete([actionCount])`.
/// - Reward: normal around the mean of (state, action), with standard deviation `rewardDeviation`.
/// - Ends: never; as published, an episode has 10 steps and starts in state 0.
/// - Task: for every state and action, the distribution of the next state, drawn from a symmetric Dirichlet
///   distribution, and the mean reward, drawn from a normal distribution.
/// - Source: Duan et al., "RL²: fast reinforcement learning via slow reinforcement learning", 2016, section 3.2.
/// - Differs: nothing known.
public struct TabularMDP: Environment {
  /// The family's name in environment files.
  public static let name = "tabular-mdp"

  /// The number of states.
  public var stateCount = 10
  /// The number of actions.
  public var actionCount = 5
  /// The standard deviation of a reward around its mean.
  public var rewardDeviation: Float = 1

  /// The current state.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The number of the state.
    public var index: Int32

    /// State `index`.
    public init(index: Int32) { self.index = index }
  }

  /// One Markov decision process.
  public struct Task: Hashable, Codable, Sendable {
    /// The probability of a next state up to and including each, `[state, action, next state]`; rows end in 1.
    public var cumulative: [Float]
    /// The mean rewards, `[state, action]`.
    public var meanRewards: [Float]

    /// The process with the given tables.
    public init(cumulative: [Float], meanRewards: [Float]) {
      self.cumulative = cumulative
      self.meanRewards = meanRewards
    }
  }

  /// The law of transitions and mean rewards.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The concentration of the Dirichlet distribution of next states, per state.
    public var concentration = 1.0
    /// The mean of the mean rewards.
    public var mean: Float = 1
    /// The standard deviation of the mean rewards.
    public var standardDeviation: Float = 1

    /// Transitions from a flat Dirichlet distribution, mean rewards from N(1, 1).
    public init() {}
  }

  /// The published process: 10 states, 5 actions.
  public init() {}

  /// The most numbers that the table of transitions of one task may have.
  private static let transitionLimit = 1_000_000

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("stateCount", stateCount, in: 1...1000)
    try require("actionCount", actionCount, in: 1...1000)
    guard stateCount * stateCount * actionCount <= Self.transitionLimit else {
      throw InvalidParameter(
        "stateCount",
        "is \(stateCount), and actionCount \(actionCount); their table of transitions has "
          + "\(stateCount * stateCount * actionCount) numbers, and up to \(Self.transitionLimit) are possible"
      )
    }
    try require("rewardDeviation", rewardDeviation, atLeast: 0)
  }

  /// Throws `InvalidParameter` for a distribution that no task can be drawn from.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("concentration", distribution.concentration, above: 0)
    try require("mean", isFinite: distribution.mean)
    try require("standardDeviation", distribution.standardDeviation, atLeast: 0)
  }

  /// The state.
  public var observation: Space { .discrete([stateCount]) }
  /// The action.
  public var action: Space { .discrete([actionCount]) }

  /// Nil: there are infinitely many processes.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A process with independent rows and mean rewards.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let rowCount = stateCount * actionCount
    var task = Task(
      cumulative: Array(repeating: 0, count: rowCount * stateCount),
      meanRewards: Array(repeating: 0, count: rowCount))
    redraw(&task, from: distribution, using: &random)
    return task
  }

  /// A process with independent rows and mean rewards, in place.
  public func redraw(
    _ task: inout Task, from distribution: TaskDistribution, using random: inout RandomStream
  ) {
    var table = task.cumulative.mutableSpan
    for row in 0..<stateCount * actionCount {
      var probabilities = table._mutatingExtracting(row * stateCount..<(row + 1) * stateCount)
      random.dirichlet(concentration: distribution.concentration, into: &probabilities)
      var total = 0.0
      for next in 0..<stateCount {
        total += Double(probabilities[next])
        probabilities[next] = Float(total)
      }
      // Whatever the rounding, a uniform number below 1 must find its state.
      probabilities[stateCount - 1] = 1
    }
    for index in task.meanRewards.indices {
      task.meanRewards[index] = distribution.mean + distribution.standardDeviation * random.normal()
    }
  }

  /// State 0.
  public func initialState(of task: Task, using random: inout RandomStream) -> State { State(index: 0) }

  /// Draws the next state and the reward.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let row = Int(state.index) * actionCount + choice(action[0], below: actionCount)
    let threshold = random.uniform()
    let cumulative = task.cumulative.span.extracting(row * stateCount..<(row + 1) * stateCount)
    var next = 0
    while threshold >= cumulative[next] { next += 1 }
    state.index = Int32(next)
    return Outcome(reward: task.meanRewards[row] + rewardDeviation * random.normal())
  }

  /// Writes the state.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.index)
  }

  /// Draws the states on a circle, each as strong as its best mean reward is high, and from the current one
  /// lines as wide as the mean probability to go there.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    scene.bounds = Scene.Rectangle(x: -1.35, y: -1.42, width: 2.7, height: 2.7)
    scene.rectangle(scene.bounds, .ground)
    let radius = min(0.16, 2.4 / Float(stateCount))
    for (next, probability) in meanProbabilities(from: Int(state.index), of: task).enumerated() {
      let width = 0.12 * probability
      scene.line(from: place(of: Int(state.index)), to: place(of: next), .note, width: width)
    }
    let best = (0..<stateCount).map { state in
      task.meanRewards[state * actionCount..<(state + 1) * actionCount].reduce(-Float.infinity) {
        max($0, $1)
      }
    }
    let (low, high) = (best.min() ?? 0, best.max() ?? 1)
    for index in 0..<stateCount {
      let heat = high > low ? (best[index] - low) / (high - low) : 1
      scene.circle(at: place(of: index), radius: radius, .heat(heat))
      scene.circle(at: place(of: index), radius: radius, .grid, .outlined)
      let outside = Scene.Point(x: place(of: index).x * 1.14, y: place(of: index).y * 1.14)
      scene.text("\(index + 1)", at: outside, height: min(0.11, radius))
    }
    let legend = "lighter: the best action there pays more   lines: where actions lead on average"
    scene.text(legend, at: Scene.Point(x: 0, y: -1.33), height: 0.065)
    scene.agent(at: place(of: Int(state.index)), radius: 0.6 * radius)
  }

  private func place(of state: Int) -> Scene.Point {
    let angle = Float.pi / 2 - 2 * .pi * Float(state) / Float(stateCount)
    return Scene.Point(x: cosf(angle), y: sinf(angle))
  }

  /// The probability of each next state under uniformly random actions.
  private func meanProbabilities(from state: Int, of task: Task) -> [Float] {
    var probabilities = Array(repeating: Float(0), count: stateCount)
    for action in 0..<actionCount {
      var before: Float = 0
      for next in 0..<stateCount {
        let upTo = task.cumulative[(state * actionCount + action) * stateCount + next]
        probabilities[next] += (upTo - before) / Float(actionCount)
        before = upTo
      }
    }
    return probabilities
  }
}
