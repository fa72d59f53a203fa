import Formats
import Foundation
import Randomness
import Scenes
import Simulation

/// Points of a sinusoid of unknown amplitude and phase, whose height is to be predicted.
///
/// - Observation: x of the example to predict; y of the one before it, and 1, or 0 and 0 at the start of an episode: a box
///   of ±`inputRange`, of all finite numbers, and of 0…1. The y of an episode's last example is observed where the
///   episode ends; who is shown the next one instead learns of it from the reward alone.
/// - Action: the prediction of y, a box of ±`predictionLimit`; one outside of it counts as it is.
/// - Reward: −(prediction − y)² / `exampleCount`, so that the return of an episode is minus the mean squared error. Noise is
///   in y, once, and so in the error: the best that can be had is −`noise`².
/// - Ends: never; an episode is `exampleCount` examples.
/// - Task: y = A sin(x − φ), with amplitude A and phase φ uniform, A in 0.1…5 and φ in 0…π; x is uniform in ±5.
/// - Source: Finn et al., "Model-agnostic meta-learning for fast adaptation of deep networks", ICML 2017, section 5.1;
///   https://github.com/cbfinn/maml, `data_generator.py`. The paper has 5, 10 and 20 examples and no noise.
/// - Differs: published learners are shown the support set at once and the query set after it; here both are episodes of
///   examples one by one, the support set the episode before. Support and query share no example. Test tasks are drawn
///   from the training distribution, as published.
public struct SinusoidRegression: SupervisedEnvironment {
  /// The family's name in environment files.
  public static let name = "sinusoid-regression"

  /// How many examples an episode has; the horizon is the same.
  public var exampleCount = 10
  /// Inputs are uniform within ± this.
  public var inputRange: Float = 5
  /// The standard deviation of what is added to each label.
  public var noise: Float = 0
  /// Half the width of the box of predictions.
  public var predictionLimit: Float = 5

  /// The example to predict, and those of the episode that were.
  @frozen
  public struct State: Sendable, BitwiseCopyable {
    /// The example to predict.
    var example: Example
    /// How many were predicted.
    var count: Int32 = 0
    /// The last of those, each in the place of its number modulo the places there are.
    var inputs = SIMD16<Float>()
    /// Their labels.
    var labels = SIMD16<Float>()
    /// What was predicted.
    var predictions = SIMD16<Float>()

    /// The place of example `number`.
    @inline(__always)
    static func place(of number: Int32) -> Int { Int(number) % SIMD16<Float>.scalarCount }
  }

  /// A point of a curve, noise included.
  @frozen
  public struct Example: Sendable, BitwiseCopyable {
    var input: Float
    var label: Float
  }

  /// The curve.
  public struct Task: Hashable, Codable, Sendable {
    /// A, its greatest height.
    public var amplitude: Float
    /// φ, where it goes through zero upwards, in radians.
    public var phase: Float

    /// The curve A sin(x − φ).
    public init(amplitude: Float, phase: Float) {
      self.amplitude = amplitude
      self.phase = phase
    }

    /// Its height.
    @inline(__always)
    public func height(at x: Float) -> Float { amplitude * sinf(x - phase) }
  }

  /// Amplitude and phase are uniform.
  public struct TaskDistribution: TaskDistributionParameters {
    /// The least amplitude.
    public var leastAmplitude: Float = 0.1
    /// The greatest amplitude.
    public var greatestAmplitude: Float = 5
    /// The least phase, in degrees.
    public var leastPhase: Float = 0
    /// The greatest phase, in degrees.
    public var greatestPhase: Float = 180

    /// The published curves.
    public init() {}

    var amplitudes: ClosedRange<Float> { leastAmplitude...greatestAmplitude }
    var phases: ClosedRange<Float> { leastPhase * .pi / 180...greatestPhase * .pi / 180 }
  }

  /// The published constants, without noise, and 10 examples.
  public init() {}

  /// Throws `InvalidParameter` for constants outside their ranges.
  public func validate() throws {
    try require("exampleCount", exampleCount, in: 1...10_000)
    try require("inputRange", inputRange, in: 0.001...1000)
    try require("noise", noise, in: 0...1000)
    try require("predictionLimit", predictionLimit, in: 0.001...10_000)
  }

  /// Throws `InvalidParameter` for ranges without anything in between.
  public func validate(_ distribution: TaskDistribution) throws {
    try require("leastAmplitude", distribution.leastAmplitude, in: 0.001...1000)
    try require("greatestAmplitude", distribution.greatestAmplitude, in: distribution.leastAmplitude...1000)
    try require("leastPhase", distribution.leastPhase, in: -360...360)
    try require("greatestPhase", distribution.greatestPhase, in: distribution.leastPhase...360)
  }

  /// x, y of the example before, and whether there is one.
  public var observation: Space {
    let bound = Float.greatestFiniteMagnitude
    return .box(lower: [-inputRange, -bound, 0], upper: [inputRange, bound, 1])
  }

  /// The prediction.
  public var action: Space { .box(lower: [-predictionLimit], upper: [predictionLimit]) }

  /// There is no end of curves.
  public func tasks(of distribution: TaskDistribution) -> [Task]? { nil }

  /// A curve of uniform amplitude and phase.
  public func sampleTask(from distribution: TaskDistribution, using random: inout RandomStream) -> Task {
    let (amplitudes, phases) = (distribution.amplitudes, distribution.phases)
    let amplitude = random.uniform(from: amplitudes.lowerBound, to: amplitudes.upperBound)
    return Task(
      amplitude: amplitude, phase: random.uniform(from: phases.lowerBound, to: phases.upperBound))
  }

  /// Draws x, uniform, and y.
  public func drawExample(
    of task: Task, input: inout MutableSpan<Float>, label: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let example = example(of: task, using: &random)
    (input[0], label[0]) = (example.input, example.label)
  }

  @inline(__always)
  private func example(of task: Task, using random: inout RandomStream) -> Example {
    let input = random.uniform(from: -inputRange, to: inputRange)
    let height = task.height(at: input)
    return Example(input: input, label: noise > 0 ? height + noise * random.normal() : height)
  }

  /// The first example, and none before it.
  public func initialState(of task: Task, using random: inout RandomStream) -> State {
    State(example: example(of: task, using: &random))
  }

  /// Compares the prediction with the label, and goes on to the next example.
  public func step(
    _ state: inout State, taking action: Span<Float>, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    let error = action[0] - state.example.label
    let place = State.place(of: state.count)
    state.inputs[place] = state.example.input
    state.labels[place] = state.example.label
    state.predictions[place] = action[0]
    state.count += 1
    state.example = example(of: task, using: &random)
    return Outcome(reward: -error * error / Float(exampleCount))
  }

  /// Writes x, and y of the example before.
  public func observe(_ state: State, in task: Task, into observation: inout MutableSpan<Float>) {
    let hasLabel = state.count > 0
    observation[0] = state.example.input
    observation[1] = hasLabel ? state.labels[State.place(of: state.count - 1)] : 0
    observation[2] = hasLabel ? 1 : 0
  }
}
