/// What an agent knows of two sides of which one is better, where every observation tells as much about one as
/// about the other: the hypotheses differ in how good the good side is and in how often the sides change places.
///
/// Because no action brings more knowledge than another, the best action is the one that is best now.
struct SideBelief: Sendable {
  /// One possibility: a success on the first side has `probability`, on the second 1 − `probability`; before
  /// each further observation the sides change places with probability `volatility`.
  struct Hypothesis: Hashable, Sendable {
    let probability: Double
    let volatility: Double
  }

  private let hypotheses: [Hypothesis]
  /// The weight of each hypothesis with the sides in their first places, and changed over, `[hypothesis]`.
  private var straight: [Double]
  private var reversed: [Double]

  /// The belief that holds each of `hypotheses` equally likely, with the sides in their first places.
  init(_ hypotheses: [Hypothesis]) {
    self.hypotheses = hypotheses
    straight = Array(repeating: 1 / Double(hypotheses.count), count: hypotheses.count)
    reversed = Array(repeating: 0, count: hypotheses.count)
  }

  /// The probability of a success on the first side now.
  var meanOfFirst: Double {
    hypotheses.indices.reduce(0) { sum, index in
      let probability = hypotheses[index].probability
      return sum + straight[index] * probability + reversed[index] * (1 - probability)
    }
  }

  /// Learns that a success on the first side, or a failure on the second, was seen, or else the opposite.
  mutating func observe(favoursFirst: Bool) {
    var total = 0.0
    for (index, hypothesis) in hypotheses.enumerated() {
      let likelihood = favoursFirst ? hypothesis.probability : 1 - hypothesis.probability
      straight[index] *= likelihood
      reversed[index] *= 1 - likelihood
      total += straight[index] + reversed[index]
    }
    guard total > 0 else { return }
    for index in hypotheses.indices {
      straight[index] /= total
      reversed[index] /= total
    }
  }

  /// Time passes: the sides may change places.
  mutating func advance() {
    for (index, hypothesis) in hypotheses.enumerated() where hypothesis.volatility > 0 {
      let (stayed, changed) = (straight[index], reversed[index])
      straight[index] = (1 - hypothesis.volatility) * stayed + hypothesis.volatility * changed
      reversed[index] = (1 - hypothesis.volatility) * changed + hypothesis.volatility * stayed
    }
  }

  /// A new episode begins: the sides are in their first places again.
  mutating func restart() {
    for index in hypotheses.indices {
      straight[index] += reversed[index]
      reversed[index] = 0
    }
  }

  /// The expected probability of a success on the side that looks better, after `count` observations that began
  /// with one of `probabilities`, all equally likely, or uniform on [0, 1] where there are none. The sides stay.
  static func bestMean(afterObserving count: Int, of probabilities: [Double]) -> Double {
    (0...count).reduce(0.0) { sum, favourable in
      let (first, second) = jointProbabilities(favourable: favourable, of: count, probabilities)
      return sum + max(first, second)
    }
  }

  /// The probabilities that `favourable` of `count` observations favour the first side and then the first, or
  /// the second, side succeeds.
  private static func jointProbabilities(
    favourable: Int, of count: Int, _ probabilities: [Double]
  ) -> (first: Double, second: Double) {
    guard !probabilities.isEmpty else {
      let mean = Double(favourable + 1) / Double(count + 2)
      return (mean / Double(count + 1), (1 - mean) / Double(count + 1))
    }
    let ways = (0..<favourable).reduce(1.0) { $0 * Double(count - $1) / Double($1 + 1) }
    return probabilities.reduce((0.0, 0.0)) { sum, probability in
      var joint = ways / Double(probabilities.count)
      for _ in 0..<favourable { joint *= probability }
      for _ in favourable..<count { joint *= 1 - probability }
      return (sum.0 + joint * probability, sum.1 + joint * (1 - probability))
    }
  }
}
