import Foundation
import Scenes
import Simulation

extension SinusoidRegression {
  /// Draws the curve, the last examples of the episode with what was predicted of each, and where the next one is.
  public func draw(_ state: State, in task: Task, into scene: inout Scene) {
    addAxes(to: &scene, reach: max(task.amplitude, 1))
    scene.path(points { task.height(at: $0) }, .goal, width: 0.012 * scene.bounds.width)
    let radius = 0.014 * scene.bounds.width
    let (bottom, top) = (scene.bounds.y, scene.bounds.y + scene.bounds.height)
    func clipped(_ y: Float) -> Float { min(max(y, bottom), top) }
    if state.count < exampleCount {
      let x = state.example.input
      scene.line(from: Scene.Point(x: x, y: bottom), to: Scene.Point(x: x, y: top), .note)
    }
    let places = 0..<min(Int(state.count), SIMD16<Float>.scalarCount)
    for place in places {
      let label = Scene.Point(x: state.inputs[place], y: clipped(state.labels[place]))
      let prediction = Scene.Point(x: label.x, y: clipped(state.predictions[place]))
      scene.line(from: prediction, to: label, .hazard, width: 0.4 * radius)
      scene.circle(at: label, radius: radius, .goal)
      scene.circle(at: prediction, radius: radius, .agent)
    }
  }

  /// The ground, its middle lines, and bounds that hold heights up to the greatest prediction and `reach`.
  func addAxes(to scene: inout Scene, reach: Float) {
    let height = 1.1 * max(predictionLimit, reach)
    scene.bounds = Scene.Rectangle(x: -inputRange, y: -height, width: 2 * inputRange, height: 2 * height)
    scene.rectangle(scene.bounds, .ground)
    scene.line(from: Scene.Point(x: -inputRange, y: 0), to: Scene.Point(x: inputRange, y: 0), .grid)
    scene.line(from: Scene.Point(x: 0, y: -height), to: Scene.Point(x: 0, y: height), .grid)
  }

  /// Points of a curve, from left to right.
  func points(_ height: (_ x: Float) -> Float) -> [Scene.Point] {
    (0...96).map { index in
      let x = inputRange * (Float(index) / 48 - 1)
      return Scene.Point(x: x, y: height(x))
    }
  }

  /// The curve as a formula.
  public func words(for task: Task) -> String {
    String(format: "y = %.2f sin(x − %.2f)", task.amplitude, task.phase)
  }

  /// Amplitude and phase, as far as tasks have them.
  public func quantities(of distribution: TaskDistribution) -> [TaskQuantity<Task>] {
    [
      TaskQuantity("amplitude", at: \.amplitude, in: distribution.amplitudes),
      TaskQuantity("phase", at: \.phase, in: distribution.phases),
    ]
  }

  /// What the examples leave open.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> SinusoidKnowledge? {
    SinusoidKnowledge(environment: self, prior: SinusoidBelief(setting.distribution, noise: noise))
  }
}

/// The exact belief about the curve, as the curve that is expected and how far the true one may be from it.
public struct SinusoidKnowledge: TaskBelief {
  /// Sinusoids.
  public typealias Subject = SinusoidRegression
  private let environment: SinusoidRegression
  private let prior: SinusoidBelief
  private var belief: SinusoidBelief

  init(environment: SinusoidRegression, prior: SinusoidBelief) {
    self.environment = environment
    self.prior = prior
    belief = prior
  }

  /// Nothing is known but the distribution.
  public mutating func beginTrial() { belief = prior }

  /// Learns from the label of the example.
  public mutating func learn(
    from state: SinusoidRegression.State, taking action: Span<Float>, to next: SinusoidRegression.State,
    outcome: Outcome, observing observation: Span<Float>
  ) {
    belief.learn(state.example.label, at: state.example.input)
  }

  /// Draws the expected curve in a band of one standard deviation to either side.
  public func draw(into scene: inout Scene) {
    let posterior = belief.posterior
    environment.addAxes(to: &scene, reach: 0)
    func curve(_ deviations: Double) -> [Scene.Point] {
      environment.points { x in
        Float(posterior.mean(at: x) + deviations * posterior.variance(at: x).squareRoot())
      }
    }
    scene.polygon(curve(-1) + curve(1).reversed(), .note, .tinted)
    scene.path(curve(0), .goal, width: 0.012 * scene.bounds.width)
  }
}
