import Algorithms
import Autodiff
import Environments
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Testing

@Suite("VariBAD")
struct VariBADTests {
  static func configuration(
    _ change: (inout VariBAD.Configuration) -> Void = { _ in }
  ) -> VariBAD.Configuration {
    var configuration = VariBAD.Configuration()
    (configuration.network.hiddenUnits, configuration.network.readoutUnits) = (4, 5)
    (configuration.inference.latentCount, configuration.inference.decoderUnits) = (2, 4)
    (configuration.trials, configuration.shardTrials) = (24, 4)
    (configuration.ppo.minibatches, configuration.inference.minibatches) = (2, 2)
    change(&configuration)
    return configuration
  }

  private static let (stepCount, laneCount) = (4, 2)

  /// The inputs of the loss of encoder and decoder in two lanes of four time steps, of which the second lane takes three.
  private static func inputs(_ model: VariBAD.Model, _ interface: Interface) throws -> [[Double]] {
    var random = RandomKey(seed: 7).stream()
    let point = model.initialInference(RandomKey(seed: 1)).map { Double($0) + 0.3 * Double(random.normal()) }
    let encoder = try NetworkInput(interface, readsTime: true)
    var step = TimeStep(laneCount: laneCount, interface: interface)
    var (row, rows) = (Array(repeating: Float(0), count: laneCount * encoder.width), [Double]())
    for time in 0..<stepCount {
      for lane in 0..<laneCount {
        step.progress[lane].timeOfEpisode = Int32(time)
        step.previousReward[lane] = random.normal()
        step.observation[lane] = Float(random.integer(below: 3))
      }
      var span = row.mutableSpan
      encoder.encode(step, into: &span)
      rows += row.map(Double.init)
    }
    let noise = (0..<stepCount * laneCount * 2).map { _ in Double(random.normal()) }
    return [
      point, rows, [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0], noise, [0.5, 0, 1, 0, 1, 0],
      [2, 0, 2, 1, 1, 1],
    ]
  }

  private static let interface = Interface(
    observation: .discrete([3]), action: .discrete([4]), horizon: 4, episodeCount: 1)

  @Test(
    "has a loss of encoder and decoder whose slopes are those of central differences",
    arguments: RewardDecoder.Likelihood.allCases)
  func slopes(_ likelihood: RewardDecoder.Likelihood) throws {
    let model = try VariBAD.Model(
      Self.configuration {
        $0.inference.likelihood = likelihood
        $0.inference.klCoefficient = 0.7
      }, Self.interface)
    let graph = model.inferenceGraph(stepCount: Self.stepCount, laneCount: Self.laneCount)
    let slope = graph.loss.gradient(withRespectTo: [graph.parameters])[0]
    let (exact, loss) = (Workspace<Double>(Program([slope])), Workspace<Double>(Program([graph.loss])))
    let inputs = try Self.inputs(model, Self.interface)
    for (index, values) in inputs.enumerated() {
      exact.setInput(index, values)
      loss.setInput(index, values)
    }
    exact.run()
    func value(_ index: Int, _ change: Double) -> Double {
      var point = inputs[0]
      point[index] += change
      loss.setInput(0, point)
      loss.run()
      return loss.output(0)[0]
    }
    for (index, slope) in exact.output(0).enumerated() {
      let difference = (value(index, 1e-5) - value(index, -1e-5)) / 2e-5
      #expect(abs(slope - difference) < 1e-6 * max(1, abs(difference)), "parameter \(index)")
    }
  }

  @Test(
    "adds up what every latent vector says of every reward of its trial",
    arguments: RewardDecoder.Likelihood.allCases)
  func rewardLoss(_ likelihood: RewardDecoder.Likelihood) throws {
    let decoder = RewardDecoder(
      likelihood, latentCount: 2, unitCount: 3, observation: .discrete([2, 2]))
    // Two trials: what was reached, and the reward for it.
    let trials: [[(observation: Int, reward: Double)]] = [
      [(0, 1), (3, 0), (3, 1), (2, 0)], [(1, 1), (1, 1), (0, 0), (1, 0)],
    ]
    var (visits, sums) = (Array(repeating: 0.0, count: 8), Array(repeating: 0.0, count: 8))
    for (lane, trial) in trials.enumerated() {
      for (observation, reward) in trial {
        visits[4 * lane + observation] += 1
        sums[4 * lane + observation] += reward
      }
    }
    let means = zip(sums, visits).map { $1 > 0 ? $0 / $1 : 0 }
    let graph = Graph()
    let latent = graph.input("latent", 8, 2)
    let parameters = graph.input("parameters", 1, decoder.layout.count)
    let loss = decoder.loss(
      latent, visits: graph.input("visits", 2, 4), rewards: graph.input("rewards", 2, 4),
      parameters: parameters)
    let workspace = Workspace<Double>(Program([loss, decoder.outputs(latent, parameters: parameters)]))
    var random = RandomKey(seed: 3).stream()
    let point = decoder.layout.initialValues(RandomKey(seed: 2)).map {
      Double($0) + 0.5 * Double(random.normal())
    }
    for (index, values) in [(0..<16).map { _ in Double(random.normal()) }, point, visits, means].enumerated()
    {
      workspace.setInput(index, values)
    }
    workspace.run()
    let outputs = workspace.output(1)
    for row in 0..<8 {
      let expected = trials[row % 2].reduce(0.0) { sum, step in
        let (said, index) = (outputs[4 * row + step.observation], 4 * (row % 2) + step.observation)
        switch likelihood {
        case .bernoulli: return sum + log(1 + exp(said)) - step.reward * said
        // What rewards for the same observation differ among one another depends on no parameter.
        case .normal:
          return sum + 0.5 * (pow(said - step.reward, 2) - pow(means[index] - step.reward, 2))
        }
      }
      #expect(abs(workspace.output(0)[row] - expected) < 1e-9, "row \(row)")
    }
    #expect(decoder.observationCount == 4)
  }

  private static func rows(of observations: [Float], laneCount: Int, _ input: ObservationInput) -> [Float] {
    var rows = Array(repeating: Float(0), count: laneCount * input.width)
    var span = rows.mutableSpan
    input.encode(observations.span, laneCount: laneCount, into: &span)
    return rows
  }

  @Test("says the same of one observation at a time where it has the same weights")
  func oneAtATime() throws {
    let counts = [2, 2]
    let each = RewardDecoder(
      .normal, latentCount: 2, unitCount: 3, observation: .discrete(counts), largestObservationCount: 3)
    let input = try #require(each.observationInput)
    // Two trials of three steps, of which the second takes two; the vectors of steps 2 and 0 are decoded.
    let (stepCount, laneCount) = (3, 2)
    let reached: [[Float]] = [[0, 1], [1, 1], [1, 0], [0, 0], [0, 1], [0, 0]]
    let rewards = [0.5, -1, 2, 0.3, 1, 7]
    let mask = [1.0, 1, 1, 1, 1, 0]
    let graph = Graph()
    let latent = graph.input("latent", 4, 2)
    let observations = graph.input("observations", 6, input.width)
    let parameters = graph.input("parameters", 1, each.layout.count)
    let loss = each.loss(
      latent, observations: observations, rewards: graph.input("rewards", 6, 1),
      mask: graph.input("mask", 6, 1), laneCount: laneCount, parameters: parameters)
    let workspace = Workspace<Double>(Program([loss]))
    var random = RandomKey(seed: 3).stream()
    let point = each.layout.initialValues(RandomKey(seed: 2)).map {
      Double($0) + 0.5 * Double(random.normal())
    }
    let vectors = (0..<8).map { _ in Double(random.normal()) }
    let rows = Self.rows(of: reached.flatMap { $0 }, laneCount: 6, input)
    for (index, values) in [vectors, rows.map(Double.init), point, rewards, mask].enumerated() {
      workspace.setInput(index, values)
    }
    workspace.run()

    func part(_ name: String) -> [Double] {
      let entry = each.layout.entries.first { $0.name == "decoder.\(name)" }
      return entry.map { Array(point[$0.offset..<$0.offset + $0.shape.count]) } ?? []
    }
    func said(_ vector: ArraySlice<Double>, _ observation: [Float]) -> Double {
      let v = Array(vector)
      let first = (0..<3).map { unit in
        let fromLatent = v[0] * part("latent")[unit] + v[1] * part("latent")[3 + unit]
        let seen = (0..<2).reduce(0.0) {
          $0 + part("observation")[3 * (2 * $1 + Int(observation[$1])) + unit]
        }
        return max(0, fromLatent + seen + part("bias1")[unit])
      }
      let second = (0..<3).map { unit in
        max(0, (0..<3).reduce(part("bias2")[unit]) { $0 + first[$1] * part("weight2")[3 * $1 + unit] })
      }
      return (0..<3).reduce(part("outputBias")[0]) { $0 + second[$1] * part("output")[$1] }
    }
    for row in 0..<4 {
      let lane = row % laneCount
      let expected = (0..<stepCount).reduce(0.0) { sum, time in
        let step = time * laneCount + lane
        return sum + mask[step] * 0.5
          * pow(said(vectors[2 * row..<2 * row + 2], reached[step]) - rewards[step], 2)
      }
      #expect(abs(workspace.output(0)[row] - expected) < 1e-9, "row \(row)")
    }
  }

  @Test("believes while it acts what it believes when the trial is read as a whole")
  func oneStepAfterAnother() throws {
    let model = try VariBAD.Model(Self.configuration(), Self.interface)
    let inputs = try Self.inputs(model, Self.interface)
    let graph = Graph()
    let rows = graph.input("inputs", Self.stepCount * Self.laneCount, model.encoder.width)
    let parameters = graph.input("parameters", 1, model.inferenceCount)
    let posteriors = model.belief.posteriors(
      rows, laneCount: Self.laneCount,
      parameters: parameters.slice(columns: 0..<model.belief.layout.count))
    let whole = Workspace<Float>(Program([posteriors.mean, posteriors.logVariance]))
    whole.setInput(0, inputs[1].map(Float.init))
    whole.setInput(1, inputs[0].map(Float.init))
    whole.run()

    let step = Workspace<Float>(model.acting(laneCount: Self.laneCount).program)
    let policy = model.policy.layout.initialValues(RandomKey(seed: 4))
    step.setInput(0, inputs[0].map(Float.init) + policy)
    let width = Self.laneCount * model.encoder.width
    for time in 0..<Self.stepCount {
      step.setInput(1, inputs[1][time * width..<(time + 1) * width].map(Float.init))
      step.run()
      for lane in 0..<Self.laneCount {
        let row = time * Self.laneCount + lane
        for component in 0..<2 {
          let seen = step.withOutput(1, row: lane) { ($0[component], $0[2 + component]) }
          #expect(abs(seen.0 - whole.output(0)[2 * row + component]) < 1e-5)
          #expect(abs(seen.1 - whole.output(1)[2 * row + component]) < 1e-5)
        }
      }
      step.copyOutput(1, toInput: 2)
    }
  }

  private static let grid = EnvironmentSimulator(
    GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 6, episodeCount: 2)

  @Test("begins every trial from the same belief, whatever the trial before was like")
  func trialsBeginAnew() throws {
    let model = try VariBAD.Model(Self.configuration(), Self.grid.interface)
    let agent = Actor(
      model.acting(laneCount: 3), isGreedy: false,
      parameters: model.initialInference(RandomKey(seed: 1))
        + model.policy.layout.initialValues(RandomKey(seed: 2)))
    var beliefs: [[[Float]]] = []
    for trial in 0..<2 {
      let keys = (0..<3).map { RandomKey(seed: 3).child(3 * trial + $0) }
      let lanes = Self.grid.beginTrial(drawingFrom: .train, keys: keys)
      var actions = Array(repeating: Float(0), count: 3)
      agent.beginTrial(keys: keys)
      agent.act(on: lanes.timeStep, into: &actions)
      beliefs.append((0..<3).map { agent.memory(ofLane: $0) })
      while !lanes.timeStep.isOver {
        lanes.step(taking: actions)
        agent.act(on: lanes.timeStep, into: &actions)
      }
      #expect((0..<3).map { agent.memory(ofLane: $0) } != beliefs[trial])
    }
    #expect(beliefs[0] == beliefs[1] && beliefs[0][0].count == 4)
  }

  @Test("knows after its first update about as much of rewards as it did before")
  func firstUpdate() throws {
    let learner = try VariBAD(
      Self.configuration { $0.inference.likelihood = .bernoulli }, for: Self.grid, key: RandomKey(seed: 1),
      pool: ThreadPool(threadCount: 1))
    let metrics = try learner.update(iteration: 0, key: RandomKey(seed: 2))
    // An untrained decoder says a probability near one half of each of twelve rewards: 12 log 2.
    let loss = try #require(metrics["rewardLoss"])
    #expect(loss > 4 && loss < 16)
    #expect(try #require(metrics["posteriorKL"]) >= 0)
  }
}
