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

  /// The standard deviation of the same.
  var deviationOfFirst: Double {
    let squares = hypotheses.indices.reduce(0) { sum, index in
      let probability = hypotheses[index].probability
      return sum + straight[index] * probability * probability
        + reversed[index] * (1 - probability) * (1 - probability)
    }
    return max(squares - meanOfFirst * meanOfFirst, 0).squareRoot()
  }

  /// Becomes as `other` is, a belief about the same hypotheses, without allocating.
  mutating func become(_ other: SideBelief) {
    for index in hypotheses.indices {
      straight[index] = other.straight[index]
      reversed[index] = other.reversed[index]
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

  /// The most observations that exact expectations are worth computing for.
  static let observationLimit = 4000

  /// The expected probability of a success on the side that looks better, after each number of observations below `count`
  /// that began with one of `probabilities`, all equally likely, or uniform on [0, 1] where there are none. The sides
  /// stay.
  static func bestMeans(count: Int, of probabilities: [Double]) -> [Double] {
    guard !probabilities.isEmpty else { return (0..<count).map(bestMeanOfUniform) }
    let share = 1 / Double(probabilities.count)
    // The chances that so many observations so far favoured the first side, for each probability.
    var chances = probabilities.map { _ in [1.0] }
    return (0..<count).map { made in
      let best = (0...made).reduce(0.0) { sum, favourable in
        var (first, second) = (0.0, 0.0)
        for (index, probability) in probabilities.enumerated() {
          first += chances[index][favourable] * probability
          second += chances[index][favourable] * (1 - probability)
        }
        return sum + share * max(first, second)
      }
      for (index, probability) in probabilities.enumerated() {
        let before = chances[index]
        chances[index] = (0...made + 1).map { favourable in
          (favourable > 0 ? before[favourable - 1] * probability : 0)
            + (favourable <= made ? before[favourable] * (1 - probability) : 0)
        }
      }
      return best
    }
  }

  /// Of n observations every number of favourable ones, f, is equally likely, and then the mean is (f + 1) / (n + 2).
  private static func bestMeanOfUniform(afterObserving count: Int) -> Double {
    (0...count).reduce(0.0) { sum, favourable in
      let mean = Double(favourable + 1) / Double(count + 2)
      return sum + max(mean, 1 - mean) / Double(count + 1)
    }
  }
}
