import Formats
import Simulation

/// How a time step becomes the input of a network: the observation, the previous action, the previous reward,
/// whether an episode begins, and a one whose weights are biases; discrete components as one-hot vectors.
///
/// Most features are zero, so a lane's input is a sparse row `[2 · terms]`, as `Node.sparseProduct` reads it:
/// one term for each component above, its feature number in the first half, its value in the second.
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
    /// That too, and a one at that place, by which visits can be counted.
    case counted
    /// Less: neither the previous action nor the reward, so that no task can be told from another by what they
    /// bring. What is trained with it is one policy for all tasks.
    case observation
  }

  /// How many features there are: the width of the input if it were not sparse.
  public let featureCount: Int
  private let observation: Space
  private let action: Space
  /// How often the pair of observation and action that came before is written: with the reward, and with a one.
  private let pairTermCount: Int
  private let isBlind: Bool
  private let croppedMap: CroppedMap?
  private let previousCount: Int
  /// How many numbers of an exact belief about the task are read.
  public let beliefWidth: Int
  /// Whether the time that has passed is read.
  private let readsTime: Bool
  /// The time limits.
  private let limits: (horizon: Float, episodeCount: Float)
  /// The number of each term's first feature.
  private let firstFeatures: [Int]

  /// The input for agents of `interface`; with a `cropRadius` above 0, a grid is written as seen from the agent. Throws
  /// `InvalidParameter` for pairs of continuous spaces, or of too large ones, and where no grid is observed.
  ///
  /// - Parameters:
  ///   - beliefWidth: how many numbers an exact belief about the task has that is written too; 0 for none.
  ///   - readsTime: whether it is written too which part of the episode, and of the episodes, has passed.
  public init(
    _ interface: Interface, form: Form = .separate, cropRadius: Int = 0, beliefWidth: Int = 0,
    readsTime: Bool = false
  ) throws {
    self.beliefWidth = beliefWidth
    self.readsTime = readsTime
    limits = (Float(interface.horizon), Float(interface.episodeCount))
    observation = interface.observation
    action = interface.action
    pairTermCount = form == .counted ? 2 : form == .paired ? 1 : 0
    isBlind = form == .observation
    previousCount = form == .separate || isBlind ? 0 : observation.componentCount
    croppedMap = try cropRadius > 0 ? Self.croppedMap(interface, form, cropRadius) : nil
    let observed = croppedMap?.featureCounts ?? Self.featureCounts(of: observation)
    let acted = isBlind ? [] : Self.featureCounts(of: action)
    var counts = observed + (previousCount == 0 ? [] : observed) + acted
    if pairTermCount > 0 {
      guard case .discrete = observation, case .discrete = action else {
        throw InvalidParameter(
          "input.form", "is \(form.rawValue), which needs discrete observations and actions")
      }
      guard let pairCount = Space.discrete(observed + acted).elementCount(atMost: Self.largestPairCount)
      else {
        throw InvalidParameter(
          "input.form",
          "is \(form.rawValue), which needs at most \(Self.largestPairCount) pairs of observation and action")
      }
      counts += Array(repeating: pairCount, count: pairTermCount)
    }
    counts += Array(repeating: 1, count: beliefWidth + (readsTime ? 2 : 0))
    counts += isBlind ? [1, 1] : [1, 1, 1]
    let shared = croppedMap?.firstFeatures ?? []
    firstFeatures = shared + counts.indices.dropFirst(shared.count).map { counts[..<$0].reduce(0, +) }
    featureCount = counts.reduce(0, +)
  }

  /// How many features can differ from zero at once.
  public var termCount: Int { firstFeatures.count }
  /// The numbers that one lane takes.
  public var width: Int { 2 * termCount }

  /// The terms of the belief and of the time.
  private var beliefTermCount: Int { beliefWidth + (readsTime ? 2 : 0) }

  /// Where a `counted` row says what the last transition was; nil for other forms, or actions of several components.
  var pairColumns: PairColumns? {
    guard pairTermCount == 2, action.componentCount == 1 else { return nil }
    func feature(_ term: Int) -> PairColumns.Feature {
      PairColumns.Feature(
        column: term, first: firstFeatures[term], count: firstFeatures[term + 1] - firstFeatures[term])
    }
    let ones = termCount - 4 - beliefTermCount
    return PairColumns(
      pair: feature(ones), actionCount: Self.width(of: action), reward: termCount + ones - 1,
      one: termCount + ones, episodeStart: termCount + termCount - 2,
      observations: (0..<observation.componentCount).map(feature))
  }

  /// Where a row tells of the pair of observation and action that came before, and of the present observation.
  struct PairColumns: Sendable {
    /// A column that holds one of `count` feature numbers from `first` on.
    struct Feature: Sendable {
      let column: Int
      let first: Int
      let count: Int
    }

    /// The pair; pairs with the same observation are consecutive.
    let pair: Feature
    /// How many pairs have the same observation.
    let actionCount: Int
    /// The column of the reward that followed the pair.
    let reward: Int
    /// The column of a one, or of a zero where nothing came before.
    let one: Int
    /// The column of a one where an episode begins.
    let episodeStart: Int
    /// The components of the present observation.
    let observations: [Feature]

    /// How many pairs there are.
    var pairCount: Int { pair.count }
  }

  private static func croppedMap(_ interface: Interface, _ form: Form, _ radius: Int) throws -> CroppedMap {
    guard let map = interface.map, case .discrete(let counts) = interface.observation else {
      throw InvalidParameter(
        "input.cropRadius", "is \(radius), which needs observations that show a grid whole")
    }
    guard form == .separate || form == .observation else {
      throw InvalidParameter(
        "input.cropRadius", "is \(radius), which goes with input.form = \"separate\" or \"observation\" alone"
      )
    }
    return CroppedMap(map, radius: radius, counts: counts)
  }

  private static let largestPairCount = 100_000

  private static func featureCounts(of space: Space) -> [Int] {
    switch space {
    case .discrete(let counts): counts
    case .box(let lower, _): lower.map { _ in 1 }
    }
  }

  /// The numbers that an element of `space` takes when its discrete components are one-hot vectors.
  static func width(of space: Space) -> Int {
    switch space {
    case .discrete(let counts): counts.reduce(0, +)
    case .box(let lower, _): lower.count
    }
  }

  /// Writes the input of every lane, `[lane, width]`, over that of the previous time step, which the previous
  /// observation is taken from.
  public func encode(_ step: TimeStep, into input: inout MutableSpan<Float>) {
    precondition(input.count == step.laneCount * width, "\(input.count) numbers for \(step.laneCount) lanes")
    for lane in 0..<step.laneCount { encode(step, lane, into: &input) }
  }

  private func encode(_ step: TimeStep, _ lane: Int, into input: inout MutableSpan<Float>) {
    let row = lane * width
    let (observationCount, actionCount) = (observation.componentCount, action.componentCount)
    let firstAction = observationCount + previousCount
    let isTrialStart = step.progress[lane].isTrialStart
    for component in 0..<previousCount {
      let feature = Int(input[row + component]) - firstFeatures[component]
      let value = input[row + termCount + component]
      write(
        observationCount + component, feature: isTrialStart ? 0 : feature, isTrialStart ? 0 : value, row,
        &input)
    }
    for component in 0..<observationCount {
      if let croppedMap {
        let feature = croppedMap.feature(
          component, step.observation.span, from: lane * observationCount)
        write(component, feature: feature ?? 0, feature == nil ? 0 : 1, row, &input)
        continue
      }
      let (feature, value) = observation.feature(step.observation[lane * observationCount + component])
      write(component, feature: feature, value, row, &input)
    }
    write(termCount - 2, step.progress[lane].isEpisodeStart ? 1 : 0, row, &input)
    write(termCount - 1, 1, row, &input)
    if beliefTermCount > 0 { encodeBelief(step, lane, row, &input) }
    if isBlind { return }
    for component in 0..<actionCount {
      let (feature, value) = action.actionFeature(
        component, step.previousAction[lane * actionCount + component])
      write(
        firstAction + component, feature: isTrialStart ? 0 : feature, isTrialStart ? 0 : value, row, &input)
    }
    let reward = step.previousReward[lane]
    if pairTermCount > 0 {
      let term = firstAction + actionCount
      let pair = isTrialStart ? 0 : joined(observationCount..<term, input, row)
      write(term, feature: pair, isTrialStart ? 0 : reward, row, &input)
      if pairTermCount == 2 { write(term + 1, feature: pair, isTrialStart ? 0 : 1, row, &input) }
    }
    write(termCount - 3, reward, row, &input)
  }

  private func encodeBelief(
    _ step: TimeStep, _ lane: Int, _ row: Int, _ input: inout MutableSpan<Float>
  ) {
    let first = termCount - (isBlind ? 2 : 3) - beliefTermCount
    let (belief, progress) = (step.belief.span, step.progress[lane])
    for index in 0..<beliefWidth { write(first + index, belief[lane * beliefWidth + index], row, &input) }
    guard readsTime else { return }
    write(first + beliefWidth, Float(progress.timeOfEpisode) / limits.horizon, row, &input)
    write(first + beliefWidth + 1, Float(progress.episode) / limits.episodeCount, row, &input)
  }

  private func write(
    _ term: Int, feature: Int = 0, _ value: Float, _ row: Int, _ input: inout MutableSpan<Float>
  ) {
    input[row + term] = Float(firstFeatures[term] + feature)
    input[row + termCount + term] = value
  }

  /// The discrete values of `terms` in a row of `input`, as the digits of one number.
  private func joined(_ terms: Range<Int>, _ input: borrowing MutableSpan<Float>, _ row: Int) -> Int {
    terms.reduce(0) { number, term in
      let count = firstFeatures[term + 1] - firstFeatures[term]
      return number * count + Int(input[row + term]) - firstFeatures[term]
    }
  }
}

extension Space {
  /// Which of its component's features an observed `value` stands for, and the value of that feature.
  fileprivate func feature(_ value: Float) -> (feature: Int, value: Float) {
    switch self {
    case .discrete: (Int(value), 1)
    case .box: (0, value)
    }
  }

  /// As `feature`, for an action, whose unit is half the box.
  fileprivate func actionFeature(_ component: Int, _ value: Float) -> (feature: Int, value: Float) {
    switch self {
    case .discrete: (Int(value), 1)
    case .box(let lower, let upper):
      (0, ActionScaling.normalized(value, lower[component], upper[component]))
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
