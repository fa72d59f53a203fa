import Simulation

/// How a time step becomes the input of a network, `[lane, width]`: the observation, the previous action,
/// the previous reward, whether an episode begins, and a one whose weights are biases; discrete components
/// as one-hot vectors.
///
/// This is all that a recurrent agent learns from: the last reward and action of an episode arrive with the
/// first observation of the next, and nothing is blanked at episode ends (RL², section 2.2 of Duan et al.).
public struct NetworkInput: Sendable {
  /// What the input has beside the above: Duan et al. leave open how a transition is embedded.
  public enum Form: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case separate
    /// The observation that the previous action answered, so that a transition is seen at once.
    case transition
    /// That too, and the previous reward at the place of its pair of observation and action among all pairs,
    /// for discrete spaces.
    case paired
  }

  private let observation: Space
  private let action: Space
  private let observationWidth: Int
  private let actionWidth: Int
  private let form: Form
  private let pairCount: Int

  /// The input for agents of `interface`. Throws `InvalidParameter` for pairs of continuous spaces.
  public init(_ interface: Interface, form: Form = .separate) throws {
    observation = interface.observation
    action = interface.action
    observationWidth = Self.width(of: observation)
    actionWidth = Self.width(of: action)
    self.form = form
    switch (form, observation, action) {
    case (.paired, .discrete(let observations), .discrete(let actions)):
      pairCount = (observations + actions).reduce(1, *)
    case (.paired, _, _):
      throw InvalidParameter("input", "is paired, which needs discrete observations and actions")
    default: pairCount = 0
    }
  }

  /// The numbers that one lane takes.
  public var width: Int { observationWidth + previousWidth + actionWidth + pairCount + 3 }
  private var previousWidth: Int { form == .separate ? 0 : observationWidth }

  /// The numbers that an element of `space` takes when its discrete components are one-hot vectors.
  static func width(of space: Space) -> Int {
    switch space {
    case .discrete(let counts): counts.reduce(0, +)
    case .box(let lower, _): lower.count
    }
  }

  /// Writes the input of every lane over that of the previous time step, which the previous observation is
  /// taken from.
  public func encode(_ step: TimeStep, into input: inout MutableSpan<Float>) {
    precondition(input.count == step.laneCount * width, "\(input.count) numbers for \(step.laneCount) lanes")
    for lane in 0..<step.laneCount { encode(step, lane, into: &input) }
  }

  private func encode(_ step: TimeStep, _ lane: Int, into input: inout MutableSpan<Float>) {
    let first = lane * width
    let previous = first + observationWidth
    let acted = previous + previousWidth
    let rest = acted + actionWidth + pairCount
    let isTrialStart = step.progress[lane].isTrialStart
    for index in 0..<previousWidth { input[previous + index] = isTrialStart ? 0 : input[first + index] }
    for index in first..<previous { input[index] = 0 }
    for index in acted..<rest { input[index] = 0 }
    write(step.observation, lane * observation.componentCount, of: observation, into: &input, at: first)
    if !isTrialStart {
      write(
        step.previousAction, lane * action.componentCount, of: action, into: &input, at: acted, isAction: true
      )
      if form == .paired {
        input[acted + actionWidth + pair(input, previous, step, lane)] = step.previousReward[lane]
      }
    }
    input[rest] = step.previousReward[lane]
    input[rest + 1] = step.progress[lane].isEpisodeStart ? 1 : 0
    input[rest + 2] = 1
  }

  /// The number of the pair of the previous observation, one-hot at `start`, and the previous action.
  private func pair(_ input: borrowing MutableSpan<Float>, _ start: Int, _ step: TimeStep, _ lane: Int) -> Int
  {
    guard case .discrete(let observations) = observation, case .discrete(let actions) = action else {
      return 0
    }
    var (number, start) = (0, start)
    for count in observations {
      var value = 0
      while value < count - 1 && input[start + value] == 0 { value += 1 }
      number = number * count + value
      start += count
    }
    for (component, count) in actions.enumerated() {
      number = number * count + Int(step.previousAction[lane * actions.count + component])
    }
    return number
  }

  private func write(
    _ values: [Float], _ first: Int, of space: Space, into input: inout MutableSpan<Float>, at start: Int,
    isAction: Bool = false
  ) {
    switch space {
    case .discrete(let counts):
      var start = start
      for component in counts.indices {
        input[start + Int(values[first + component])] = 1
        start += counts[component]
      }
    case .box(let lower, let upper):
      for component in lower.indices {
        let value = values[first + component]
        input[start + component] =
          isAction ? ActionScaling.normalized(value, lower[component], upper[component]) : value
      }
    }
  }
}

/// Policies act in units in which a box is [−1, 1] along each axis.
enum ActionScaling {
  /// The action of the environment for `value` of the policy.
  static func action(_ value: Float, _ lower: Float, _ upper: Float) -> Float {
    (lower + upper) / 2 + value * (upper - lower) / 2
  }

  /// The policy's value for an action, kept within the box as the environment keeps it.
  static func normalized(_ action: Float, _ lower: Float, _ upper: Float) -> Float {
    let value = (action - (lower + upper) / 2) / ((upper - lower) / 2)
    return value < -1 ? -1 : value > 1 ? 1 : value
  }
}
