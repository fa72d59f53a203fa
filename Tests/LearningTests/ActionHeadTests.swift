import Autodiff
import Formats
import Learning
import Randomness
import Simulation
import Testing

@Suite("A head that reads exact counts")
struct ActionHeadTests {
  /// Three observations, two actions; a trial of two episodes of three steps.
  static let process = Interface(
    observation: .discrete([3]), action: .discrete([2]), horizon: 3, episodeCount: 2)
  static let arms = Interface(observation: .discrete([]), action: .discrete([4]), horizon: 1, episodeCount: 6)

  /// What happened: an action, its reward, what was observed then.
  struct Transition {
    let action: Int
    let reward: Float
    let next: Int
  }

  /// Six transitions from observation 0 on; an episode ends after the third.
  static let history = [
    Transition(action: 1, reward: 2, next: 2), Transition(action: 0, reward: -1, next: 1),
    Transition(action: 1, reward: 4, next: 0), Transition(action: 1, reward: 3, next: 2),
    Transition(action: 0, reward: 0.5, next: 0), Transition(action: 1, reward: 1, next: 1),
  ]

  /// A network in one lane after a history: `parameters` changes those of the memory and leaves the others zero.
  struct Played {
    let outputs: [Double]
    let memory: [Double]
    let value: Double

    init(
      _ interface: Interface, _ history: [Transition], unitCount: Int, lookahead: Int,
      parameters change: (String) -> [Double]?
    ) throws {
      let encoder = try NetworkInput(interface, form: .counted)
      let network = RecurrentNetwork(
        featureCount: encoder.featureCount, memory: GatedRecurrentUnit(unitCount: 2),
        distribution: ActionDistribution(interface.action), hasSeparateValue: false,
        initialStandardDeviation: 1,
        actionHead: try ActionHead(encoder, unitCount: unitCount, lookahead: lookahead))
      let rows = Self.rows(history, encoder, interface)
      let graph = Graph()
      let parameters = graph.input("parameters", 1, network.layout.count)
      let inputs = graph.input("inputs", history.count + 1, encoder.width)
      let result = network.unrolled(
        inputs, from: graph.constant(0, 1, network.stateCount), parameters: parameters)
      let workspace = Workspace<Double>(Program([result.outputs, result.values, result.finalState]))
      workspace.setInput(
        0,
        network.layout.entries.flatMap { entry in
          change(entry.name) ?? Array(repeating: 0, count: entry.shape.count)
        })
      workspace.setInput(1, rows)
      workspace.run()
      outputs = Array(workspace.output(0).suffix(network.outputCount))
      value = workspace.output(1)[history.count]
      memory = Array(workspace.output(2).dropFirst(2))
    }

    /// The inputs of all time steps; an episode begins after every `horizon` of them.
    private static func rows(
      _ history: [Transition], _ encoder: NetworkInput, _ interface: Interface
    ) -> [Double] {
      var step = TimeStep(laneCount: 1, interface: interface)
      var row = Array(repeating: Float(0), count: encoder.width)
      func encode() -> [Double] {
        var span = row.mutableSpan
        encoder.encode(step, into: &span)
        return row.map(Double.init)
      }
      return encode()
        + history.enumerated().flatMap { time, transition in
          step.previousAction = [Float(transition.action)]
          step.previousReward = [transition.reward]
          if interface.observation.componentCount > 0 { step.observation = [Float(transition.next)] }
          step.progress[0].episode = Int32((time + 1) / interface.horizon)
          step.progress[0].timeOfEpisode = Int32((time + 1) % interface.horizon)
          return encode()
        }
    }
  }

  @Test("counts visits, adds rewards, and counts what came next but for where an episode begins")
  func counts() throws {
    let played = try Played(Self.process, Self.history, unitCount: 1, lookahead: 1) { _ in nil }
    // Pairs (observation, action) in order: (0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1).
    #expect(Array(played.memory[0..<6]) == [0, 3, 0, 1, 2, 0])
    #expect(Array(played.memory[6..<12]) == [0, 6, 0, 4, -0.5, 0])
    // Next observations 0, 1 and 2: the third transition led to the end of an episode, and so did the sixth.
    #expect(Array(played.memory[12..<18]) == [0, 0, 0, 0, 1, 0])
    #expect(Array(played.memory[18..<24]) == [0, 0, 0, 0, 1, 0])
    #expect(Array(played.memory[24..<30]) == [0, 2, 0, 0, 0, 0])
    let plain = try Played(Self.process, Self.history, unitCount: 1, lookahead: 0) { _ in nil }
    #expect(plain.memory == Array(played.memory[..<12]))
  }

  /// Weights of units that each show one feature as it is: one unit for its positive part, one for its negative.
  static func showing(_ feature: Int, of featureCount: Int) -> (String) -> [Double]? {
    { name in
      switch name {
      case "action.features": (0..<featureCount).flatMap { $0 == feature ? [1.0, -1] : [0, 0] }
      case "action.output": [1, -1]
      case "action.reward": [0.7]
      case "action.logRewardWeight": [0.4]
      case "action.logTransitionWeight": [0.9]
      case "action.bonus": [0.3]
      default: nil
      }
    }
  }

  @Test("judges actions by 1 / (1 + n), 1 / √(1 + n) and s / (1 + n)")
  func direct() throws {
    let expected = [[1, 0.5], [1, 0.5.squareRoot()], [0, 2]]
    for (feature, values) in expected.enumerated() {
      let played = try Played(
        Self.process, Self.history, unitCount: 2, lookahead: 0, parameters: Self.showing(feature, of: 3))
      // The last observation is 1, where action 0 was never taken and action 1 once, with a reward of 4.
      for (output, value) in zip(played.outputs, values) { #expect(abs(output - value) < 1e-12) }
    }
  }

  @Test("looks ahead by value iteration on what it counted", arguments: 1...3)
  func planning(lookahead: Int) throws {
    let visits = [0.0, 3, 0, 1, 2, 0]
    let rewards = [0.0, 6, 0, 4, -0.5, 0]
    let next = [[0.0, 0, 0], [0, 0, 2], [0, 0, 0], [0, 0, 0], [1, 1, 0], [0, 0, 0]]
    let (rewardWeight, weight) = (1.4918246976412703, 2.45960311115695)
    let immediate = (0..<6).map {
      (rewards[$0] + 0.7 * rewardWeight) / (visits[$0] + rewardWeight) + 0.3 / (visits[$0] + 1).squareRoot()
    }
    var values = [immediate]
    for _ in 0..<lookahead {
      let last = values[values.count - 1]
      let best = (0..<3).map { max(last[2 * $0], last[2 * $0 + 1]) }
      let mean = best.reduce(0, +) / 3
      values.append(
        (0..<6).map { pair in
          let total = zip(next[pair], best).reduce(weight * mean) { $0 + $1.0 * $1.1 }
          return immediate[pair] + total / (visits[pair] + weight)
        })
    }
    func expect(_ feature: Int, _ expected: [Double]) throws {
      let played = try Played(
        Self.process, Self.history, unitCount: 2, lookahead: lookahead,
        parameters: Self.showing(feature, of: 4 + lookahead))
      for (output, value) in zip(played.outputs, expected) { #expect(abs(output - value) < 1e-12) }
    }
    for depth in 1...lookahead {
      let (first, second) = (values[depth][2], values[depth][3])
      try expect(2 + depth, [(first - second) / 2, (second - first) / 2])
    }
    let mean = (values[lookahead][2] + values[lookahead][3]) / 2
    try expect(3 + lookahead, [mean, mean])
  }

  /// Parameters of the memory drawn from the normal distribution.
  static func drawn(unitCount: Int, lookahead: Int) -> (String) -> [Double]? {
    { name in
      let count: Int
      switch name {
      case "action.features": count = (lookahead > 0 ? 4 + lookahead : 3) * unitCount
      case "action.output", "action.value": count = unitCount
      case "action.context": count = 2 * unitCount
      case let name where name.hasPrefix("action."): count = 1
      default: return nil
      }
      var random = RandomKey(seed: 3).child(name).stream()
      return (0..<count).map { _ in Double(random.normal()) }
    }
  }

  @Test("judges exchanged actions by exchanged outputs and the same value, and untried ones alike")
  func exchange() throws {
    func played(_ order: [Int]) throws -> Played {
      let pulls = zip([0, 2, 0, 2, 1], [1, 0, 1, 1, 0] as [Float]).map {
        Transition(action: order[$0], reward: $1, next: 0)
      }
      return try Played(
        Self.arms, pulls, unitCount: 5, lookahead: 0, parameters: Self.drawn(unitCount: 5, lookahead: 0))
    }
    let (plain, exchanged) = (try played([0, 1, 2, 3]), try played([3, 1, 0, 2]))
    for (arm, other) in [3, 1, 0, 2].enumerated() {
      #expect(abs(plain.outputs[arm] - exchanged.outputs[other]) < 1e-12)
    }
    #expect(abs(plain.value - exchanged.value) < 1e-12)
    #expect(Set(plain.outputs).count == 4)
    let untried = try Played(
      Self.arms, [Transition(action: 1, reward: 1, next: 0)], unitCount: 5, lookahead: 0,
      parameters: Self.drawn(unitCount: 5, lookahead: 0))
    #expect(untried.outputs[0] == untried.outputs[2] && untried.outputs[2] == untried.outputs[3])
    #expect(untried.outputs[0] != untried.outputs[1])
  }

  @Test("refuses inputs that do not count, actions of several components, and too many counts")
  func refusals() throws {
    func refused(_ interface: Interface, _ form: NetworkInput.Form, lookahead: Int) throws -> String? {
      let encoder = try NetworkInput(interface, form: form)
      do {
        _ = try ActionHead(encoder, unitCount: 4, lookahead: lookahead)
        return nil
      } catch let error as InvalidParameter { return error.key }
    }
    #expect(try refused(Self.process, .paired, lookahead: 0) == "counts")
    let several = Interface(
      observation: .discrete([3]), action: .discrete([2, 2]), horizon: 3, episodeCount: 1)
    #expect(try refused(several, .counted, lookahead: 0) == "counts")
    let many = Interface(observation: .discrete([99]), action: .discrete([2]), horizon: 3, episodeCount: 1)
    #expect(try refused(many, .counted, lookahead: 0) == nil)
    #expect(try refused(many, .counted, lookahead: 1) == "counts")
  }
}
