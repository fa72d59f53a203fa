import Formats
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

  /// Draws a table with a row for each state and a column for each action, the lighter the higher the mean reward.
  /// The row of the current state is framed, and its cells are the places of the actions.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    let width = Self.nameWidth + Self.cellWidth * Float(actionCount)
    scene.bounds = Scene.Rectangle(x: 0, y: -1, width: width + 0.3, height: Float(stateCount) + 2)
    scene.rectangle(scene.bounds, .ground)
    drawRewards(of: task, into: &scene)
    drawNames(into: &scene)
    let current = Int(state.index)
    scene.isActionTable = true
    scene.actionPlaces = (0..<actionCount).map { action in
      let cell = self.cell(current, action)
      return Scene.Point(x: cell.x + cell.width / 2, y: cell.y + cell.height / 2)
    }
    let row = cell(current, 0)
    scene.rectangle(
      Scene.Rectangle(x: row.x, y: row.y, width: width - row.x, height: row.height), .agent, .outlined)
  }

  private static let (nameWidth, cellWidth): (Float, Float) = (2.3, 2)

  /// Where a state and an action lie in the table.
  private func cell(_ state: Int, _ action: Int) -> Scene.Rectangle {
    Scene.Rectangle(
      x: Self.nameWidth + Self.cellWidth * Float(action), y: Float(stateCount - 1 - state),
      width: Self.cellWidth, height: 1)
  }

  private func drawRewards(of task: Task, into scene: inout Scene) {
    let (low, high) = (task.meanRewards.min() ?? 0, task.meanRewards.max() ?? 0)
    var shares: [Float] = []
    for state in (0..<stateCount).reversed() {
      for reward in task.meanRewards[state * actionCount..<(state + 1) * actionCount] {
        shares.append(high > low ? (reward - low) / (high - low) : 1)
      }
    }
    let corner = cell(stateCount - 1, 0)
    let table = Scene.Rectangle(
      x: corner.x, y: corner.y, width: Self.cellWidth * Float(actionCount), height: Float(stateCount))
    scene.heatMap(shares, columnCount: actionCount, over: table)
    drawLines(over: table, into: &scene)
    let range = "mean reward: dark \(rounded(low)), light \(rounded(high))"
    scene.text(range, at: Scene.Point(x: corner.x + table.width / 2, y: -0.5), height: 0.36)
  }

  private func drawLines(over table: Scene.Rectangle, into scene: inout Scene) {
    let (right, top) = (table.x + table.width, table.y + table.height)
    for row in 0...stateCount {
      let y = table.y + Float(row)
      scene.line(from: Scene.Point(x: table.x, y: y), to: Scene.Point(x: right, y: y), .grid)
    }
    for column in 0...actionCount {
      let x = table.x + Self.cellWidth * Float(column)
      scene.line(from: Scene.Point(x: x, y: table.y), to: Scene.Point(x: x, y: top), .grid)
    }
  }

  private func drawNames(into scene: inout Scene) {
    for state in 0..<stateCount {
      let place = Scene.Point(x: Self.nameWidth - 0.2, y: cell(state, 0).y + 0.5)
      scene.text(state == 0 ? "state 1" : "\(state + 1)", at: place, height: 0.42, .trailing)
    }
    for action in 0..<actionCount {
      let place = Scene.Point(x: cell(0, action).x + Self.cellWidth / 2, y: Float(stateCount) + 0.5)
      scene.text(action == 0 ? "action 1" : "\(action + 1)", at: place, height: 0.42)
    }
  }

  private func rounded(_ value: Float) -> String {
    fixed(Double(value), digits: 1).replacing("-", with: "−")
  }
}
