import Autodiff
import Formats
import Foundation

/// A head that reads exact counts of what actions brought (`ActionCounts`), and is the same for every action.
///
/// With n, s and m(o') the counts of a pair of observation and action, and h what policy and value read of the recurrent
/// unit, every action of the present observation has features f, which the same weights read:
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
public struct ActionHead: Sendable {
  /// What it reads.
  public let counts: ActionCounts
  private let unitCount: Int
  private let lookahead: Int

  /// The most counts that are kept in a lane.
  private static let largestCount = 10_000

  /// A head of `unitCount` units that look `lookahead` transitions ahead, for what `encoder` writes. Throws
  /// `InvalidParameter` where pairs of observation and action are not counted, or are too many.
  public init(_ encoder: NetworkInput, unitCount: Int, lookahead: Int) throws {
    guard let columns = encoder.pairColumns else {
      throw InvalidParameter("counts", "cannot be kept here: they need one discrete action")
    }
    counts = ActionCounts(columns, countsTransitions: lookahead > 0)
    self.unitCount = unitCount
    self.lookahead = lookahead
    guard counts.stateCount <= Self.largestCount else {
      throw InvalidParameter(
        "counts",
        "would be \(counts.stateCount) numbers; at most \(Self.largestCount) are possible"
          + (lookahead > 0 ? ", without a lookahead there are fewer" : ""))
    }
  }

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
    layout.add("action.logTransitionWeight", 1, 1, .constant(logf(Float(counts.observationCount))))
    layout.add("action.bonus", 1, 1, .constant(0))
  }

  /// What it adds to the outputs of the policy, and the value of each action, both `[T·B, actions]`.
  ///
  /// - Parameters:
  ///   - states: the counts, `[T·B, state]`, with the inputs that led to them, `[T·B, …]`.
  ///   - context: h, `[T·B, context]`.
  func outputs(
    _ states: Node, _ inputs: Node, context: Node, _ layout: ParameterLayout, _ parameters: Node
  ) -> (preferences: Node, values: Node) {
    func matrix(_ name: String) -> Node { layout.matrix("action.\(name)", of: parameters) }
    let rows = states.shape.rows
    let features = features(states, inputs, matrix).map { $0.reshaped(1, rows * counts.actionCount) }
    let fromFeatures = Node.concatenateRows(features)
      .matrixProduct(matrix("features"), transposeLeft: true)
    let fromContext = Node.concatenateColumns(
      Array(repeating: context.matrixProduct(matrix("context")), count: counts.actionCount))
    let units = (fromFeatures + fromContext.reshaped(rows * counts.actionCount, unitCount)).rectified()
    return (
      units.matrixProduct(matrix("output")).reshaped(rows, counts.actionCount),
      units.matrixProduct(matrix("value")).reshaped(rows, counts.actionCount)
    )
  }

  /// f of each action of the present observation, each `[T·B, actions]`.
  private func features(_ states: Node, _ inputs: Node, _ matrix: (String) -> Node) -> [Node] {
    let visits = states.slice(columns: 0..<counts.pairCount)
    let rewards = states.slice(columns: counts.pairCount..<2 * counts.pairCount)
    let share = (visits + 1).reciprocal()
    let direct = [share, share.squareRoot(), rewards * share].map { counts.atPresent($0, inputs) }
    guard lookahead > 0 else { return direct }
    let planned = values(states, visits, rewards, matrix).map { counts.atPresent($0, inputs) }
    let means = planned.map { $0.sumOverColumns() / Double(counts.actionCount) }
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
      let best = values[values.count - 1].reshaped(
        states.shape.rows * counts.observationCount, counts.actionCount
      )
      .maximumOverColumns().reshaped(states.shape.rows, counts.observationCount)
      let unseen = transitionWeight * (best.sumOverColumns() / Double(counts.observationCount))
      let total = (0..<counts.observationCount).reduce(unseen) { sum, next in
        let arrivals = states.slice(columns: (2 + next) * counts.pairCount..<(3 + next) * counts.pairCount)
        return sum + arrivals * best.slice(columns: next..<next + 1)
      }
      values.append(immediate + total / (visits + transitionWeight))
    }
    return Array(values.dropFirst())
  }
}
