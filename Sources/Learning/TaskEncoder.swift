import Autodiff

/// A memory that says at every time step what it believes of the task: a normal distribution of a latent vector, as a
/// function of a flat parameter vector.
public struct TaskEncoder: Sendable {
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let memory: any Memory
  private let head: GaussianHead

  /// An encoder of inputs of `featureCount` features, for latent vectors of `latentCount` components.
  public init(featureCount: Int, memory: any Memory, latentCount: Int) {
    self.memory = memory
    head = GaussianHead(inputCount: memory.outputCount, latentCount: latentCount)
    var layout = ParameterLayout()
    memory.addParameters(to: &layout, Self.name, featureCount: featureCount)
    head.addParameters(to: &layout, Self.name)
    self.layout = layout
  }

  private static let name = "encoder"

  /// The components of the latent vector.
  public var latentCount: Int { head.latentCount }
  /// The numbers of a lane that are carried from step to step: mean and logarithm of the variance, and then the memory's.
  public var stateCount: Int { 2 * latentCount + memory.stateCount }
  /// The numbers of a lane that are kept of every step of a trial, for memories that look back.
  public var keptCount: Int { memory.keptCount }

  /// Reads a sequence from the beginning of its trials; returns what is believed at each step, `[T·B, latent]`.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - parameters: `[1, layout.count]`.
  public func posteriors(_ inputs: Node, laneCount: Int, parameters: Node) -> GaussianLatent {
    let start = parameters.graph.constant(0, laneCount, memory.stateCount)
    return read(inputs, from: start, after: nil, parameters).latent
  }

  /// Goes on by one step from `state`, `[B, state]`, or after `past`; returns what is believed then, the state, and what is to
  /// be kept of the step.
  public func step(
    _ input: Node, from state: Node, after past: Past?, parameters: Node
  ) -> (latent: GaussianLatent, state: Node, kept: Node?) {
    let read = read(input, from: state.slice(columns: 2 * latentCount..<stateCount), after: past, parameters)
    let state = Node.concatenateColumns([read.latent.mean, read.latent.logVariance, read.finalState])
    return (read.latent, state, read.kept)
  }

  private func read(
    _ inputs: Node, from state: Node, after past: Past?, _ parameters: Node
  ) -> (latent: GaussianLatent, finalState: Node, kept: Node?) {
    func matrix(_ part: String) -> Node { layout.matrix("\(Self.name).\(part)", of: parameters) }
    let read = memory.continued(inputs, from: state, after: past, matrix)
    return (head.latent(read.outputs, matrix), read.finalState, read.kept)
  }
}

extension GaussianLatent {
  /// KL(q_t ‖ q_{t−1}) at each step of sequences of `laneCount` lanes, `[T·B, 1]`, where the step before the first believes
  /// the standard normal distribution. Its gradient reaches both.
  public func klDivergenceFromStepBefore(laneCount: Int) -> Node {
    let prior = Self.standard(like: mean.slice(rows: 0..<laneCount))
    func before(_ first: Node, _ node: Node) -> Node {
      guard node.shape.rows > laneCount else { return first }
      return Node.concatenateRows([first, node.slice(rows: 0..<node.shape.rows - laneCount)])
    }
    return klDivergence(
      from: GaussianLatent(
        mean: before(prior.mean, mean), logVariance: before(prior.logVariance, logVariance)))
  }
}
