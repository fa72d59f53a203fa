import Environments
import Formats
import Foundation
import Randomness
import Scenes
import Simulation
import Testing

@Suite("Sinusoid regression")
struct SinusoidRegressionTests {
  /// The mean squared error of `bayesOptimal` against the curve after 0, 1, 2, … labels, and its standard error: what it
  /// errs more than the oracle, which has the same noise.
  static func errors(
    noise: Float, labelCount: Int, laneCount: Int
  ) -> [(mean: Double, standardError: Double)] {
    let mine = squares(of: "bayesOptimal", noise: noise, labelCount: labelCount, laneCount: laneCount)
    let least = squares(of: "oracle", noise: noise, labelCount: labelCount, laneCount: laneCount)
    return zip(mine, least).map { mine, least in
      let errors = zip(mine, least).map { $0 - $1 }
      let mean = errors.reduce(0, +) / Double(laneCount)
      let variance = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(laneCount - 1)
      return (mean, (variance / Double(laneCount)).squareRoot())
    }
  }

  /// The squared errors of a reference against labels, `[labels seen][lane]`.
  private static func squares(
    of name: String, noise: Float, labelCount: Int, laneCount: Int
  ) -> [[Double]] {
    var environment = SinusoidRegression()
    (environment.noise, environment.exampleCount) = (noise, labelCount + 1)
    let simulator = EnvironmentSimulator(environment, horizon: labelCount + 1, episodeCount: 1)
    let keys = (0..<laneCount).map { RandomKey(seed: 4).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: .test, keys: keys)
    let agent = simulator.referenceAgent(name, for: lanes)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: laneCount)
    return (0...labelCount).map { _ in
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
      return lanes.timeStep.previousReward.map { -Double($0) * Double(labelCount + 1) }
    }
  }

  /// Calculated independently: by quadrature and by sampling.
  @Test("is predicted by the exact posterior mean with the known errors")
  func exactPredictor() {
    let errors = Self.errors(noise: 0, labelCount: 3, laneCount: 2000)
    #expect(isClose(errors[0].mean, 3.0057, within: 4 * errors[0].standardError))
    let tolerance = 4 * hypot(errors[1].standardError, 0.013)
    #expect(isClose(errors[1].mean, 1.238, within: tolerance), "\(errors[1])")
    // Two points give amplitude and phase, unless they are nearly the same.
    #expect(errors[2].mean < 1e-3 && errors[3].mean < 1e-6, "\(errors)")
  }

  /// An error after some labels, and how far it is known.
  struct Known: Sendable {
    let labelCount: Int
    let error: Double
    let tolerance: Double
    init(_ labelCount: Int, _ error: Double, _ tolerance: Double) {
      (self.labelCount, self.error, self.tolerance) = (labelCount, error, tolerance)
    }
  }

  private static let knownErrors: [(noise: Float, known: [Known])] = [
    (0.1, [Known(1, 1.30, 0.02), Known(2, 0.084, 0.02), Known(5, 0.0056, 6e-4), Known(10, 0.0022, 3e-4)]),
    (0.3, [Known(1, 1.37, 0.02), Known(2, 0.276, 0.03), Known(5, 0.045, 4e-3), Known(10, 0.0194, 2e-3)]),
  ]

  @Test("is predicted under noise with the known errors", arguments: knownErrors.indices)
  func noisyPredictor(_ which: Int) {
    let (noise, known) = Self.knownErrors[which]
    let errors = Self.errors(noise: noise, labelCount: 10, laneCount: 600)
    for entry in known {
      let (labelCount, tolerance) = (entry.labelCount, entry.tolerance)
      let found = errors[labelCount]
      #expect(
        isClose(found.mean, entry.error, within: tolerance + 4 * found.standardError),
        "\(labelCount) labels: \(found), not \(entry.error)")
    }
  }

  @Test("knows the returns of those who do not learn")
  func exactReturns() throws {
    let simulator = EnvironmentSimulator(SinusoidRegression(), horizon: 10, episodeCount: 2)
    func exact(_ name: String) throws -> [Double] {
      try #require(simulator.expectedReturns(of: name, split: .test))
    }
    #expect(try exact("oracle") == [0, 0])
    #expect(try exact("blind").allSatisfy { isClose($0, -3.0057, within: 1e-4) })
    // E A² / 2 beside the variance of a prediction.
    let heights = (125 - 0.001) / (3 * 4.9) / 2
    #expect(try exact("random").allSatisfy { isClose($0, -(25 / 3.0 + heights), within: 1e-4) })
    #expect(simulator.expectedReturns(of: "bayesOptimal", split: .test) == nil)
  }

  /// Where an episode is one example, no label is ever observed, and the distances of the labels from the predictions have
  /// to do: two leave four curves, and the third decides.
  @Test("is learnt from rewards alone where episodes are single examples")
  func rewardsAlone() {
    var environment = SinusoidRegression()
    environment.exampleCount = 1
    let simulator = EnvironmentSimulator(environment, horizon: 1, episodeCount: 6)
    let means = simulator.scores(of: "bayesOptimal", laneCount: 1000).means
    #expect(means[0] < -2.5 && means[2] > means[1] + 0.3, "\(means)")
    #expect(means[3] > -0.05 && means[5] > -1e-4, "\(means)")
  }

  @Test("shows the label of an example with the next one, and in the end that of the last")
  func labels() {
    var environment = SinusoidRegression()
    environment.exampleCount = 3
    let simulator = EnvironmentSimulator(environment, horizon: 3, episodeCount: 1)
    let keys = (0..<5).map { RandomKey(seed: 2).child($0) }
    let lanes = simulator.beginTrial(drawingFrom: .test, keys: keys)
    var (inputs, labels): ([Float], [Float]) = ([], [])
    for time in 0..<3 {
      let seen = lanes.timeStep.observation
      #expect((0..<5).allSatisfy { seen[3 * $0 + 2] == (time > 0 ? 1 : 0) })
      if time == 0 { #expect((0..<5).allSatisfy { seen[3 * $0 + 1] == 0 }) }
      inputs.append(seen[0])
      lanes.step(taking: Array(repeating: 1, count: 5))
      labels.append(lanes.timeStep.observation[1])
      let error = 1 - labels[time]
      #expect(abs(lanes.timeStep.previousReward[0] + error * error / 3) < 1e-6)
    }
    #expect(lanes.timeStep.isOver && lanes.timeStep.progress[0].previousEnding == .truncated)
    // Both are of one curve.
    #expect(Set(inputs).count == 3 && labels.allSatisfy { abs($0) <= 5 })
  }

  @Test("draws the curve, and each example beside what was predicted of it")
  func drawing() {
    let environment = SinusoidRegression()
    let task = SinusoidRegression.Task(amplitude: 2, phase: 0)
    var random = RandomKey(seed: 3).stream()
    var state = environment.initialState(of: task, using: &random)
    func discs() -> [Scene.Point] {
      var scene = Scene()
      environment.draw(state, in: task, into: &scene)
      return scene.shapes.compactMap { shape -> Scene.Point? in
        if case .circle(let center, _, _, _) = shape { center } else { nil }
      }
    }
    #expect(discs().isEmpty)
    for _ in 0..<20 { _ = environment.step(&state, 1.5, in: task, using: &random) }
    // The last 16 of 20, the label and then the prediction.
    let points = discs()
    #expect(points.count == 32)
    for index in stride(from: 0, to: 32, by: 2) {
      let (label, prediction) = (points[index], points[index + 1])
      #expect(abs(label.y - 2 * sinf(label.x)) < 1e-5 && prediction.x == label.x && prediction.y == 1.5)
    }
    #expect(environment.words(for: task) == "y = 2.00 sin(x − 0.00)")
  }

  @Test("knows with the curve it is about how sure it is")
  func belief() throws {
    let environment = SinusoidRegression()
    let simulator = EnvironmentSimulator(environment, horizon: 10, episodeCount: 1)
    let lanes = simulator.beginTrial(drawingFrom: .test, keys: [RandomKey(seed: 5)])
    let observer = lanes.observer(ofLane: 0)
    /// How high the band around the expected curve is, at its highest.
    func width() throws -> Float {
      let shapes = try #require(observer.belief).shapes
      let band = shapes.lazy.compactMap { shape -> [Scene.Point]? in
        if case .polygon(let points, _, _) = shape { points } else { nil }
      }
      let points = try #require(band.first)
      return zip(points, points.reversed()).reduce(0) { max($0, abs($1.0.y - $1.1.y)) }
    }
    #expect(try width() > 2)
    for _ in 0..<3 {
      observer.learn(from: [0])
      lanes.step(taking: [0])
    }
    #expect(try width() < 0.01)
  }

  @Test("refuses nonsense")
  func nonsense() {
    var environment = SinusoidRegression()
    environment.noise = -1
    #expect(refusal { try environment.validate() }?.hasPrefix("noise is -1.0") == true)
    environment = SinusoidRegression()
    environment.exampleCount = 0
    #expect(refusal { try environment.validate() }?.hasPrefix("exampleCount is 0") == true)
    var distribution = SinusoidRegression.TaskDistribution()
    distribution.greatestPhase = -1
    #expect(
      refusal { try SinusoidRegression().validate(distribution) }?.hasPrefix("greatestPhase is -1.0") == true)
  }
}
