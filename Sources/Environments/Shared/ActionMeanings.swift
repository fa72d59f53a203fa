/// What is known of what actions do where they have changed places in an unknown way.
///
/// Every way is equally likely at first; what each action was seen to do makes some of them less so.
struct ActionMeanings: Sendable {
  /// What each action stands for, `[way][action]`.
  private var ways: [[UInt8]]
  /// How probable each way is, up to a factor, `[way]`.
  private var weights: [Double]

  private static let byCount = Memo<Int, [[UInt8]]>()

  /// What `count` actions, at most 5, may stand for.
  init(count: Int) {
    precondition((1...5).contains(count), "the ways of \(count) actions are not listed")
    ways = Self.byCount.value(at: count) { Self.orders(of: Array(0..<UInt8(count))) }
    weights = Array(repeating: 1, count: ways.count)
  }

  private static func orders(of values: [UInt8]) -> [[UInt8]] {
    guard values.count > 1 else { return [values] }
    return values.indices.flatMap { index in
      var rest = values
      let first = rest.remove(at: index)
      return orders(of: rest).map { [first] + $0 }
    }
  }

  /// Learns from what `action` did, which has the probability `likelihood` for each that it may stand for.
  mutating func learn(_ action: Int, likelihood: (Int) -> Double) {
    let likelihoods = ways[0].indices.map(likelihood)
    let before = weights
    for way in ways.indices { weights[way] *= likelihoods[Int(ways[way][action])] }
    let total = weights.reduce(0, +)
    // What cannot have happened teaches nothing.
    guard total > 0 else { return weights = before }
    ways = ways.indices.filter { weights[$0] > 1e-12 * total }.map { ways[$0] }
    weights = weights.filter { $0 > 1e-12 * total }.map { $0 / total }
  }

  /// What `action` stands for, once it is certain.
  func meaning(of action: Int) -> Int? {
    let meanings = meanings(of: action)
    return meanings.count == 1 ? meanings.first : nil
  }

  /// All that `action` may stand for.
  func meanings(of action: Int) -> Set<Int> { Set(ways.map { Int($0[action]) }) }

  /// The action that most probably stands for `meaning`.
  func action(for meaning: Int) -> Int {
    let chances = ways[0].indices.map { action in
      ways.indices.reduce(0.0) { $0 + (Int(ways[$1][action]) == meaning ? weights[$1] : 0) }
    }
    return chances.indices.reduce(0) { chances[$1] > chances[$0] + 1e-12 ? $1 : $0 }
  }
}
