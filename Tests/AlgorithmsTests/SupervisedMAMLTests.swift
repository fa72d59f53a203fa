import Algorithms
import Autodiff
import Environments
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Testing
import Trials

@Suite("Supervised MAML")
struct SupervisedMAMLTests {
  static let sinusoids = EnvironmentSimulator(
    SinusoidRegression(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 2)

  /// A small learner's program with made-up examples, in Double.
  private struct Outer {
    let workspace: Workspace<Double>
    var parameters: [Double]

    init(steps: Int, isFirstOrder: Bool) throws {
      var configuration = SupervisedMAML.Configuration()
      (configuration.network.hiddenUnits, configuration.adaptation.steps) = (4, steps)
      (configuration.tasks, configuration.adaptation.stepSize) = (1, 0.05)
      configuration.network.activation = .hyperbolicTangent
      configuration.adaptation.isFirstOrder = isFirstOrder
      let model = SupervisedMAMLModel(configuration, try SupervisedProblem(SupervisedMAMLTests.sinusoids))
      workspace = Workspace(model.gradientProgram())
      parameters = model.network.layout.initialValues(RandomKey(seed: 3)).map(Double.init)
      for set in 0...steps {
        let inputs = (0..<10).map { 4 * sin(Double($0 * 7 + set)) }
        workspace.setInput(1 + 2 * set, inputs)
        workspace.setInput(2 + 2 * set, inputs.map { 2 * sin($0 - 0.4) })
      }
    }

    func gradient() -> [Double] {
      run(parameters)
      return workspace.output(0)
    }

    /// J.
    func loss(_ parameters: [Double]) -> Double {
      run(parameters)
      return workspace.output(1)[1]
    }

    private func run(_ parameters: [Double]) {
      workspace.setInput(0, parameters)
      workspace.run()
    }

    /// The greatest difference of the gradient from central differences of five points, relative to its largest.
    func greatestError() -> Double {
      let (found, step) = (gradient(), 1e-3)
      let scale = found.reduce(1e-3) { max($0, abs($1)) }
      return parameters.indices.reduce(0) { worst, index in
        func at(_ shift: Double) -> Double {
          var shifted = parameters
          shifted[index] += shift
          return loss(shifted)
        }
        let (near, far) = (at(step) - at(-step), at(2 * step) - at(-2 * step))
        return max(worst, abs(found[index] - (8 * near - far) / (12 * step)) / scale)
      }
    }
  }

  @Test("differentiates its loss through the steps of the inner loop", arguments: [1, 3])
  func gradient(steps: Int) throws {
    let (exact, firstOrder) = (
      try Outer(steps: steps, isFirstOrder: false), try Outer(steps: steps, isFirstOrder: true)
    )
    let (error, other) = (exact.greatestError(), firstOrder.greatestError())
    #expect(error < 1e-5, "\(error)")
    // A gradient that leaves something out is not that of the loss.
    #expect(other > 1e-2, "\(other)")
  }

  /// What the agent does, worked out again: it descends once on the mean squared error of all ten examples.
  @Test("has agents that adapt to every example of an episode, the last one too")
  func agents() throws {
    var configuration = SupervisedMAML.Configuration()
    configuration.network.hiddenLayers = 0
    configuration.adaptation.stepSize = 0.02
    let learner = try SupervisedMAML(
      configuration, for: Self.sinusoids, key: RandomKey(seed: 1), pool: ThreadPool(threadCount: 1))
    let parameters = try #require(learner.state.tensors.first).values
    let agent = learner.agent(laneCount: 1, isGreedy: false)
    let key = [RandomKey(seed: 2)]
    let lanes = Self.sinusoids.with(episodeCount: 1).beginTrial(drawingFrom: .test, keys: key)
    /// Plays an episode; returns its inputs, labels and predictions.
    func play() -> [(x: Float, y: Float, prediction: Float)] {
      var (examples, actions): ([(x: Float, y: Float, prediction: Float)], [Float]) = ([], [0])
      agent.beginEpisodes(keys: key, isGreedy: false)
      while !lanes.timeStep.isOver {
        let input = lanes.timeStep.observation[0]
        agent.act(on: lanes.timeStep, into: &actions)
        lanes.step(taking: actions)
        examples.append((input, lanes.timeStep.observation[1], actions[0]))
      }
      return examples
    }
    agent.beginTrial(keys: key)
    let support = play()
    // Weight and bias.
    var line = (parameters[0], parameters[1])
    for example in support {
      #expect(abs(example.prediction - line.0 * example.x - line.1) < 1e-5)
    }
    let slopes = support.map { 2 * ($0.prediction - $0.y) / 10 }
    line.0 -= 0.02 * zip(slopes, support).reduce(0) { $0 + $1.0 * $1.1.x }
    line.1 -= 0.02 * slopes.reduce(0, +)
    agent.learn(after: lanes.timeStep)
    lanes.restart(keys: [RandomKey(seed: 3)])
    for example in play() {
      #expect(abs(example.prediction - line.0 * example.x - line.1) < 1e-4)
    }
    agent.beginTrial(keys: key)
    lanes.restart(keys: key)
    #expect(play().map(\.prediction) == support.map(\.prediction))
  }

  @Test("learns initial parameters from which one step fits a sinusoid")
  func learns() throws {
    var configuration = SupervisedMAML.Configuration()
    configuration.iterations = 1500
    configuration.optimizer.learningRate = 3e-3
    let pool = ThreadPool(threadCount: 2)
    let learner = try SupervisedMAML(configuration, for: Self.sinusoids, key: RandomKey(seed: 1), pool: pool)
    for iteration in 0..<configuration.iterations {
      _ = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
    }
    let tasks = Self.sinusoids.tasks(of: .test, count: 200, key: RandomKey(seed: 3))
    let player = TrialPlayer(simulator: Self.sinusoids, pool: pool)
    let returns = try player.outcome(
      of: learner.agents, in: tasks, at: Array(0..<200), key: RandomKey(seed: 4)
    ).returns
    func mean(_ episode: Int) -> Double {
      stride(from: episode, to: returns.count, by: 2).reduce(0) { $0 + returns[$1] } / 200
    }
    // Nobody does better than −3.0057 ± 0.2 without data.
    #expect(mean(0) < -2.4 && mean(1) > -1.2, "\(mean(0)), \(mean(1))")
  }
}
