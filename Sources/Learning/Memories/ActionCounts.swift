import Autodiff

/// An exact memory of what actions brought, which has nothing to learn.
///
/// For each pair of an observation o and an action a it keeps n, how often the pair came in the trial, s, the sum of the
/// rewards that followed, and, where it is to be planned on, m(o'), how often o' came next. `ActionHead` reads it.
public struct ActionCounts: Memory {
  private let columns: NetworkInput.PairColumns
  private let countsTransitions: Bool

  /// The counts of what `columns` tell of, those of transitions among them if asked for.
  init(_ columns: NetworkInput.PairColumns, countsTransitions: Bool) {
    self.columns = columns
    self.countsTransitions = countsTransitions
  }

  /// How many pairs of observation and action there are.
  var pairCount: Int { columns.pairCount }
  /// How many pairs have the same observation.
  var actionCount: Int { columns.actionCount }
  /// How many observations there are.
  var observationCount: Int { pairCount / actionCount }

  /// n, s, and m for each next observation, each for all pairs.
  public var stateCount: Int { (countsTransitions ? 2 + observationCount : 2) * pairCount }
  /// All of them are read.
  public var outputCount: Int { stateCount }

  /// None.
  public func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int) {}

  /// The counts when each input has come, and when the last has.
  public func unrolled(
    _ inputs: Node, from initial: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node) {
    let (number, one) = (number(of: columns.pair, inputs), column(columns.one, inputs))
    let pair = number.oneHot(pairCount)
    var news = [pair * one, pair * column(columns.reward, inputs)]
    if countsTransitions {
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
    return (Node.concatenateRows(Array(states.dropFirst())), states[states.count - 1])
  }

  /// The number of the present observation, `[T·B, 1]`.
  func presentObservation(_ inputs: Node) -> Node {
    columns.observations.reduce(inputs.graph.constant(0, inputs.shape.rows, 1)) {
      $0 * Double($1.count) + number(of: $1, inputs)
    }
  }

  /// Which of its numbers a feature has, `[T·B, 1]`; the first in the rows of zeros after the end of a trial.
  private func number(of feature: NetworkInput.PairColumns.Feature, _ inputs: Node) -> Node {
    (column(feature.column, inputs) - Double(feature.first)).rectified()
  }

  private func column(_ index: Int, _ inputs: Node) -> Node { inputs.slice(columns: index..<index + 1) }

  /// The columns of the pairs with the present observation, `[T·B, actions]`, of `[T·B, pairs]`.
  func atPresent(_ values: Node, _ inputs: Node) -> Node {
    guard observationCount > 1 else { return values }
    let isPresent = presentObservation(inputs).oneHot(observationCount)
    return (0..<observationCount).map {
      isPresent.slice(columns: $0..<$0 + 1)
        * values.slice(columns: $0 * actionCount..<($0 + 1) * actionCount)
    }.reduce(inputs.graph.constant(0), +)
  }
}
