import Autodiff
import Foundation
import Randomness
import Simulation

/// The law that a policy draws actions from: independent categorical components, or a normal distribution
/// with a standard deviation that is a parameter of its own, in units in which the box is [−1, 1]. In its squashed form
/// (`ActionDistribution+Squashed`) the deviation is an output of the network, and actions never leave the box.
public struct ActionDistribution: Sendable {
  let space: Space
  /// Whether real numbers are of the squashed form.
  let isSquashed: Bool

  /// The distribution for actions of `space`.
  public init(_ space: Space, isSquashed: Bool = false) {
    self.space = space
    if case .box = space { self.isSquashed = isSquashed } else { self.isSquashed = false }
  }

  /// The outputs a network must have.
  public var outputCount: Int { NetworkInput.width(of: space) * (isSquashed ? 2 : 1) }
  /// Whether actions are choices among finitely many.
  public var isDiscrete: Bool { space.isDiscrete }
  /// The numbers of an action.
  public var componentCount: Int { space.componentCount }
  /// Whether there is a logarithm of the standard deviation, `[1, components]`, among the parameters.
  public var hasStandardDeviation: Bool {
    if case .box = space { !isSquashed } else { false }
  }

  /// What acting needs of the network's outputs, `[m, outputs]`: probabilities, or means, with the deviations if those are
  /// outputs.
  public func acting(_ outputs: Node) -> Node {
    guard case .discrete(let counts) = space else { return isSquashed ? squashedActing(outputs) : outputs }
    return Node.concatenateColumns(logProbabilities(outputs, counts).map { $0.exponential() })
  }

  /// log π of every value of discrete actions of one component, `[m, outputs]`.
  public func logProbabilities(_ outputs: Node) -> Node { logProbabilities(outputs, [outputCount])[0] }

  func logProbabilities(_ outputs: Node, _ counts: [Int]) -> [Node] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return outputs.slice(columns: start..<start + count).logSoftmax()
    }
  }

  /// log π(a) for each row of `outputs`, `[m, 1]`, with actions as the policy chose them, `[m, components]`.
  /// Components are added, not averaged: they are independent.
  public func logProbability(of actions: Node, _ outputs: Node, logStandardDeviation: Node?) -> Node {
    switch (space, logStandardDeviation) {
    case (.discrete(let counts), _):
      let logs = logProbabilities(outputs, counts)
      return logs.enumerated().map { $1.elements(at: actions.slice(columns: $0..<$0 + 1)) }
        .reduce(outputs.graph.constant(0), +)
    case (.box(let lower, _), let logStandardDeviation?):
      let standardized = (actions - outputs) / logStandardDeviation.exponential()
      let constant = 0.5 * log(2 * Double.pi) * Double(lower.count)
      return -((0.5 * standardized.square() + logStandardDeviation).sumOverColumns()) - constant
    default: preconditionFailure("a continuous policy needs a deviation")
    }
  }

  /// The entropy for each row of `outputs`, `[m, 1]`.
  public func entropy(_ outputs: Node, logStandardDeviation: Node?) -> Node {
    switch (space, logStandardDeviation) {
    case (.discrete(let counts), _):
      return -logProbabilities(outputs, counts).map { ($0.exponential() * $0).sumOverColumns() }
        .reduce(outputs.graph.constant(0), +)
    case (.box(let lower, _), let logStandardDeviation?):
      let constant = 0.5 * (1 + log(2 * Double.pi)) * Double(lower.count)
      return (logStandardDeviation.sumOverColumns() + constant).broadcast(to: Shape(outputs.shape.rows, 1))
    default: preconditionFailure("a continuous policy needs a deviation")
    }
  }

  /// The entropy of drawing evenly from the best action and the fraction `spread` of the others; of real numbers, from that
  /// fraction of the box along each axis. Learned temperatures aim at it.
  public func entropy(ofSpread spread: Double) -> Double {
    switch space {
    case .discrete(let counts): counts.reduce(0) { $0 + log(1 + spread * Double($1 - 1)) }
    case .box(let lower, _): Double(lower.count) * log(2 * spread)
    }
  }

  /// Draws an action; returns log π of it. `choice` receives the action as the policy chose it, `action` as
  /// the environment takes it.
  public func sample(
    _ acting: Span<Float>, deviation: Span<Float>, using random: inout RandomStream,
    choice: inout MutableSpan<Float>, action: inout MutableSpan<Float>
  ) -> Float {
    switch space {
    case .discrete(let counts):
      var (logProbability, start) = (Float(0), 0)
      for component in counts.indices {
        let chosen = Self.draw(acting, start, counts[component], random.uniform())
        choice[component] = Float(chosen)
        action[component] = Float(chosen)
        logProbability += logf(acting[start + chosen])
        start += counts[component]
      }
      return logProbability
    case .box where isSquashed:
      return sampleSquashed(acting, using: &random, choice: &choice, action: &action)
    case .box(let lower, let upper):
      var logProbability = -0.5 * logf(2 * .pi) * Float(lower.count)
      for component in lower.indices {
        let noise = random.normal()
        let value = acting[component] + deviation[component] * noise
        choice[component] = value
        action[component] = ActionScaling.action(value, lower[component], upper[component])
        logProbability -= 0.5 * noise * noise + logf(deviation[component])
      }
      return logProbability
    }
  }

  /// The most probable action.
  public func mode(_ acting: Span<Float>, action: inout MutableSpan<Float>) {
    switch space {
    case .discrete(let counts):
      var start = 0
      for component in counts.indices {
        var best = 0
        for index in 1..<max(counts[component], 1) where acting[start + index] > acting[start + best] {
          best = index
        }
        action[component] = Float(best)
        start += counts[component]
      }
    case .box(let lower, let upper):
      for component in lower.indices {
        let mean = isSquashed ? tanhf(acting[component]) : acting[component]
        action[component] = ActionScaling.action(mean, lower[component], upper[component])
      }
    }
  }

  /// The index whose stretch of the cumulative probabilities holds `uniform`; one of probability zero is
  /// never drawn.
  private static func draw(_ probabilities: Span<Float>, _ start: Int, _ count: Int, _ uniform: Float) -> Int
  {
    var cumulative: Float = 0
    var last = 0
    for index in 0..<count where probabilities[start + index] > 0 {
      cumulative += probabilities[start + index]
      last = index
      if uniform < cumulative { return index }
    }
    return last
  }
}
