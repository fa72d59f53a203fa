import Autodiff
import Formats
import Foundation

/// An exact memory of what actions brought, read by a network that is the same for every action.
///
/// For each pair of an observation o and an action a it keeps n, how often the pair came in the trial, s, the sum of the
/// rewards that followed, and, to look ahead, m(o'), how often o' came next. With h what policy and value read of the
/// recurrent unit, every action of the present observation is judged by features f and the same weights:
///
///     z = max(0, W f + V h)          log π ∝ … + w·z          v = … + Σ π u·z
///
/// where π counts as a constant in the gradient of v. Features are 1 / (1 + n), 1 / √(1 + n) and s / (1 + n). With a
/// lookahead of L transitions there are Q¹ … Q^L too, each less its mean over actions, and the mean of the last, by L
/// steps of value iteration on what is remembered, where μ, ρ, κ and β are learned: what an action brings, how much
/// that is trusted, the same of transitions, and a bonus.
///
///     Q⁰ = (s + ρ μ) / (n + ρ) + β / √(1 + n)          V(o) = max Q(o, ·)
///     Q' = Q⁰ + (Σ m(o') V(o') + κ mean V) / (n + κ)
///
/// What is learned of one action holds for the others, so that fifty arms are learned nearly as fast as five.
///
/// Source: layers that do not depend on the order of a set: Zaheer et al. 2017, "Deep Sets", section 3.1; planning as layers of a
/// network: Tamar et al. 2016, "Value Iteration Networks". Differs: the model is counted instead of learned.
public struct ActionMemory: Sendable {
  private let unitCount: Int
  private let lookahead: Int
  private let columns: NetworkInput.PairColumns
  private var pairCount: Int { columns.pairCount }
  private var actionCount: Int { columns.actionCount }
  private var observationCount: Int { pairCount / actionCount }

  /// The most counts that are kept in a lane.
  private static let largestCount = 10_000

  /// A memory of what `encoder` writes, read by `unitCount` units that look `lookahead` transitions ahead. Throws
  /// `InvalidParameter` where pairs of observation and action are not counted, or are too many.
  public init(_ encoder: NetworkInput, unitCount: Int, lookahead: Int) throws {
    guard let columns = encoder.pairColumns else {
      throw InvalidParameter("actionUnits", "is \(unitCount), which needs input = \"counted\" and one action")
    }
    self.unitCount = unitCount
    self.lookahead = lookahead
    self.columns = columns
    guard stateCount <= Self.largestCount else {
      throw InvalidParameter(
        lookahead > 0 ? "lookahead" : "actionUnits",
        "would keep \(stateCount) counts; at most \(Self.largestCount) are possible")
    }
  }

  /// The numbers of a lane: n, s, and m for each next observation, each for all pairs.
  var stateCount: Int { (lookahead > 0 ? 2 + observationCount : 2) * pairCount }

  /// Appends what is learned, for an h of `contextCount` numbers.
  func addParameters(to layout: inout ParameterLayout, contextCount: Int) {
    layout.add("action.features", lookahead > 0 ? 4 + lookahead : 3, unitCount, .glorot)
    layout.add("action.context", contextCount, unitCount, .glorot)
    layout.add("action.output", unitCount, 1, .orthogonal(gain: 0.01))
    layout.add("action.value", unitCount, 1, .orthogonal(gain: 0.1))
    guard lookahead > 0 else { return }
    // One imaginary reward of zero, and one imaginary transition to each observation.
    layout.add("action.reward", 1, 1, .constant(0))
    layout.add("action.logRewardWeight", 1, 1, .constant(0))
    layout.add("action.logTransitionWeight", 1, 1, .constant(logf(Float(observationCount))))
    layout.add("action.bonus", 1, 1, .constant(0))
  }

  // MARK: What is remembered

  /// The memory when each input has come, `[T·B, state]`, which was `initial`, `[B, state]`, before the first.
  func states(_ inputs: Node, from initial: Node) -> Node {
    let (number, one) = (number(of: columns.pair, inputs), column(columns.one, inputs))
    let pair = number.oneHot(pairCount)
    var news = [pair * one, pair * column(columns.reward, inputs)]
    if lookahead > 0 {
      // What an episode begins with does not come of the action before.
      let isTransition = (one - column(columns.episodeStart, inputs)).rectified()
      let next = presentObservation(inputs) * Double(pairCount) + number
      news.append(next.oneHot(observationCount * pairCount) * isTransition)
    }
    let change = Node.concatenateColumns(news)
    var states = [initial]
    let laneCount = initial.shape.rows
    for time in 0..<inputs.shape.rows / laneCount {
      states.append(states[time] + change.slice(rows: time * laneCount..<(time + 1) * laneCount))
    }
    return Node.concatenateRows(Array(states.dropFirst()))
  }

  /// The number of the present observation, `[T·B, 1]`.
  private func presentObservation(_ inputs: Node) -> Node {
    columns.observations.reduce(inputs.graph.constant(0, inputs.shape.rows, 1)) {
      $0 * Double($1.count) + number(of: $1, inputs)
    }
  }

  /// Which of its numbers a feature has, `[T·B, 1]`; the first in the rows of zeros after the end of a trial.
  private func number(of feature: NetworkInput.PairColumns.Feature, _ inputs: Node) -> Node {
    (column(feature.column, inputs) - Double(feature.first)).rectified()
  }

  private func column(_ index: Int, _ inputs: Node) -> Node { inputs.slice(columns: index..<index + 1) }

  // MARK: What it is read as

  /// What the memory adds to the outputs of the policy, and the value of each action, both `[T·B, actions]`.
  ///
  /// - Parameters:
  ///   - states: `[T·B, state]`, with the inputs that led to them, `[T·B, …]`.
  ///   - context: h, `[T·B, context]`.
  func judgement(
    _ states: Node, _ inputs: Node, context: Node, _ layout: ParameterLayout, _ parameters: Node
  ) -> (outputs: Node, values: Node) {
    func matrix(_ name: String) -> Node { layout.matrix("action.\(name)", of: parameters) }
    let rows = states.shape.rows
    let features = features(states, inputs, matrix).map { $0.reshaped(1, rows * actionCount) }
    let fromFeatures = Node.concatenateRows(features)
      .matrixProduct(matrix("features"), transposeLeft: true)
    let fromContext = Node.concatenateColumns(
      Array(repeating: context.matrixProduct(matrix("context")), count: actionCount))
    let units = (fromFeatures + fromContext.reshaped(rows * actionCount, unitCount)).rectified()
    return (
      units.matrixProduct(matrix("output")).reshaped(rows, actionCount),
      units.matrixProduct(matrix("value")).reshaped(rows, actionCount)
    )
  }

  /// f of each action of the present observation, each `[T·B, actions]`.
  private func features(_ states: Node, _ inputs: Node, _ matrix: (String) -> Node) -> [Node] {
    let visits = states.slice(columns: 0..<pairCount)
    let rewards = states.slice(columns: pairCount..<2 * pairCount)
    let share = (visits + 1).reciprocal()
    let direct = [share, share.squareRoot(), rewards * share].map { atPresent($0, inputs) }
    guard lookahead > 0 else { return direct }
    let planned = values(states, visits, rewards, matrix).map { atPresent($0, inputs) }
    let means = planned.map { $0.sumOverColumns() / Double(actionCount) }
    return direct + zip(planned, means).map { $0 - $1 }
      + [means[lookahead - 1].broadcast(to: direct[0].shape)]
  }

  /// Q¹ … Q^L of all pairs, each `[T·B, pairs]`.
  private func values(
    _ states: Node, _ visits: Node, _ rewards: Node, _ matrix: (String) -> Node
  ) -> [Node] {
    let (rewardWeight, transitionWeight) = (
      matrix("logRewardWeight").exponential(), matrix("logTransitionWeight").exponential()
    )
    let immediate =
      (rewards + rewardWeight * matrix("reward")) / (visits + rewardWeight)
      + matrix("bonus") / (visits + 1).squareRoot()
    var values = [immediate]
    for _ in 0..<lookahead {
      let best = values[values.count - 1].reshaped(states.shape.rows * observationCount, actionCount)
        .maximumOverColumns().reshaped(states.shape.rows, observationCount)
      let unseen = transitionWeight * (best.sumOverColumns() / Double(observationCount))
      let total = (0..<observationCount).reduce(unseen) { sum, next in
        let counts = states.slice(columns: (2 + next) * pairCount..<(3 + next) * pairCount)
        return sum + counts * best.slice(columns: next..<next + 1)
      }
      values.append(immediate + total / (visits + transitionWeight))
    }
    return Array(values.dropFirst())
  }

  /// The columns of the pairs with the present observation, `[T·B, actions]`, of `[T·B, pairs]`.
  private func atPresent(_ values: Node, _ inputs: Node) -> Node {
    guard observationCount > 1 else { return values }
    let isPresent = presentObservation(inputs).oneHot(observationCount)
    return (0..<observationCount).map {
      isPresent.slice(columns: $0..<$0 + 1)
        * values.slice(columns: $0 * actionCount..<($0 + 1) * actionCount)
    }.reduce(inputs.graph.constant(0), +)
  }
}
